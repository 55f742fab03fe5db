"""What a rubric is made of. All of it is immutable: an edit is a new version under a new key."""

from dataclasses import dataclass, field
from decimal import Decimal

FULL_TOTAL = Decimal(100)

AGENCY, HANDLER = "agency", "handler"
ANSWERABLE = (AGENCY, HANDLER)

# Where the evidence for a criterion is looked for: documents in the order of a dossier, then what
# lies outside it. Codes are stable; the words are those on a dossier's catalogue.
EVIDENCE: dict[str, str] = {
    "catalogue": "卷宗目录",
    "approval": "审批表",
    "application": "申请表",
    "identity": "身份证明",
    "hardship": "经济困难证明",
    "defence_notice": "通知辩护公函",
    "authorisation": "授权委托书/协议",
    "pleading": "起诉状/答辩状",
    "interview_record": "谈话笔录",
    "meeting_record": "会见笔录",
    "file_notes": "阅卷笔录",
    "evidence": "证据目录与证据",
    "indictment": "起诉书",
    "sentencing_recommendation": "量刑建议",
    "representation_statement": "代理词",
    "defence_statement": "辩护词/辩护意见",
    "court_notice": "出庭通知",
    "hearing_record": "庭审笔录",
    "judgment": "裁判文书",
    "service_receipt": "送达回证",
    "closing_report": "结案报告",
    "supervision_card": "质量监督卡",
    "callback_record": "回访记录",
    "court_observation": "庭审旁听",
    "authority_opinion": "征询意见",
    "callback": "回访",
}


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a criterion that is marked by level: what deserves these points."""

    points: Decimal
    description: str


@dataclass(frozen=True, slots=True)
class Deduction:
    """A fault that takes points off; the reviewer may take off others, with a reason."""

    points: Decimal
    description: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """二级指标, or a bonus item. ``code`` never changes once published; the rest is for people.

    Marked by ``levels`` (one of their points, nothing between), by ``deductions`` from the
    maximum, or, without either, by any points up to the maximum.
    """

    code: str
    title: str
    points: Decimal
    guidance: str
    may_be_na: bool = False
    answers: str = HANDLER
    evidence: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    deductions: tuple[Deduction, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The words for ``evidence``; what no list knows, in a draft, stands as it is."""
        return tuple(EVIDENCE.get(code, code) for code in self.evidence)


@dataclass(frozen=True, slots=True)
class Veto:
    """一票否决: a finding about the handler's work that fails the case, whatever its total."""

    code: str
    title: str
    guidance: str


@dataclass(frozen=True, slots=True)
class Section:
    """一级指标. Below ``minimum`` of the handler's points the case fails."""

    code: str
    title: str
    criteria: tuple[Criterion, ...]
    minimum: Decimal | None = None

    @property
    def points(self) -> Decimal:
        return sum((c.points for c in self.criteria), Decimal(0))


@dataclass(frozen=True)
class Rubric:
    """评估标准: one version, for the kinds of case it fits. Marks go in whole ``step``s.

    ``by_code`` holds the criteria alone, ``answerable`` also the bonus items and the vetoes.
    """

    key: str
    title: str
    version: int
    is_example: bool
    kinds: tuple[str, ...]
    step: Decimal
    sections: tuple[Section, ...]
    vetoes: tuple[Veto, ...] = ()
    bonuses: tuple[Criterion, ...] = ()
    bonus_cap: Decimal = Decimal(0)
    criteria: tuple[Criterion, ...] = field(init=False, repr=False, compare=False)
    by_code: dict[str, Criterion] = field(init=False, repr=False, compare=False)
    answerable: dict[str, Criterion | Veto] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        flat = tuple(c for section in self.sections for c in section.criteria)
        object.__setattr__(self, "criteria", flat)
        object.__setattr__(self, "by_code", {c.code: c for c in flat})
        items: tuple[Criterion | Veto, ...] = (*flat, *self.bonuses, *self.vetoes)
        object.__setattr__(self, "answerable", {item.code: item for item in items})

    @property
    def name(self) -> str:
        """The part of the key that all versions share."""
        return self.key.rpartition("/")[0]

    def part(self, answers: str) -> tuple[Criterion, ...]:
        """The criteria for which the agency, or the handler, answers."""
        return tuple(c for c in self.criteria if c.answers == answers)


@dataclass(frozen=True, slots=True)
class GivenMark:
    """What a reviewer answered: points, or 不适用, or neither yet; a veto is found or not.

    ``answer`` is the code of the scheme's option that was chosen in place of points.
    """

    points: Decimal | None = None
    not_applicable: bool = False
    reason: str = ""
    answer: str = ""
    found: bool = False

    @property
    def is_answered(self) -> bool:
        return self.not_applicable or self.points is not None or bool(self.answer)
