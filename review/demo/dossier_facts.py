"""What the documents of one synthetic dossier have in common: persons, offices, days, numbers."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from numpy.random import Generator

from review.demo import names
from review.enums import CaseKind, Outcome

CAUSES = Path(__file__).with_name("dossier_causes.toml")
DEFENCE = {
    CaseKind.CRIMINAL_INVESTIGATION: ("犯罪嫌疑人", "侦查"),
    CaseKind.CRIMINAL_PROSECUTION: ("犯罪嫌疑人", "审查起诉"),
    CaseKind.CRIMINAL_TRIAL: ("被告人", "审判"),
    CaseKind.DUTY_LAWYER: ("犯罪嫌疑人", "审查起诉"),
}
ARBITRATED = frozenset({CaseKind.LABOUR_ARBITRATION, CaseKind.NON_LITIGATION})
FALLBACKS = {
    CaseKind.ADMINISTRATIVE: "行政",
    CaseKind.LABOUR_ARBITRATION: "劳动关系",
    CaseKind.NON_LITIGATION: "劳动关系",
}
RESULTS = {
    Outcome.WON: "受援人的主要诉讼请求得到支持",
    Outcome.LOST: "受援人的诉讼请求未获支持",
    Outcome.MEDIATED: "双方达成调解协议",
    Outcome.SETTLED: "双方自行和解",
    Outcome.WITHDRAWN: "受援人申请撤诉并获准许",
    Outcome.ADOPTED: "辩护意见被全部采纳",
    Outcome.PARTLY_ADOPTED: "辩护意见被部分采纳",
    Outcome.NOT_ADOPTED: "辩护意见未被采纳",
}
COMPANIES = ("宏达", "永盛", "金桥", "顺和", "恒通", "新源")


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the platform knows of a case."""

    case_number: str
    kind: CaseKind
    cause: str
    place: str
    agency: str
    handler: str
    provider: str
    recipient: str
    assigned_on: date
    closed_on: date
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A case with the persons, offices and days that its documents invent."""

    case: CaseFacts
    words: dict[str, Any]
    opponent: str
    clerk: str
    judge: str
    year_born: int
    id_number: str
    phone: str
    days: dict[str, date]

    @property
    def is_defence(self) -> bool:
        return self.case.kind in DEFENCE

    @property
    def is_criminal(self) -> bool:
        return self.is_defence or self.case.kind is CaseKind.VICTIM

    @property
    def role(self) -> str:
        """What the recipient is called in this kind of proceeding."""
        if self.is_defence:
            return DEFENCE[self.case.kind][0]
        return "申请人" if self.case.kind in ARBITRATED else "原告"

    @property
    def result(self) -> str:
        return (self.case.outcome and RESULTS.get(self.case.outcome)) or "本案按程序终结"

    @property
    def court(self) -> str:
        if self.case.kind in ARBITRATED:
            return f"{self.case.place}劳动人事争议仲裁委员会"
        return f"{self.case.place}人民法院"

    @property
    def prosecutors(self) -> str:
        return f"{self.case.place}人民检察院"

    @property
    def police(self) -> str:
        return f"{self.case.place}公安局"

    def day(self, name: str) -> str:
        return chinese(self.days[name])

    def fill(self, text: str) -> str:
        """A text of the causes with this case's persons and places in it."""
        filled = text.format(
            recipient=self.case.recipient,
            opponent=self.opponent,
            place=self.case.place,
            happened=self.day("happened"),
        )
        return filled.replace("被告人", self.role) if self.is_defence else filled


def chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def scene(case: CaseFacts, rng: Generator) -> Scene:
    """Everything that a dossier of this case needs, the same for the same random numbers."""
    opponent, clerk, judge = names.people(rng, 3)
    born = int(rng.integers(1950, 2003))
    employed = case.kind in ARBITRATED or "劳动" in case.cause
    firm = f"{case.place}{rng.choice(COMPANIES)}有限公司"
    office = f"{case.place}人力资源和社会保障局"
    other = office if case.kind is CaseKind.ADMINISTRATIVE else firm if employed else opponent
    return Scene(
        case=case,
        words=_words(case),
        opponent=other,
        clerk=clerk,
        judge=judge,
        year_born=born,
        id_number=f"990101{born}{rng.integers(10, 13)}{rng.integers(100010, 289999)}",
        phone=f"139{rng.integers(10**7, 10**8)}",
        days=_days(case),
    )


def _days(case: CaseFacts) -> dict[str, date]:
    """From the assignment to the closing: each step at its share of the time between."""
    length = max((case.closed_on - case.assigned_on).days, 20)
    shares = {"met": 0.05, "read": 0.15, "filed": 0.25, "noticed": 0.55, "heard": 0.7,
              "stated": 0.75, "decided": 0.9, "served": 0.95}  # fmt: skip
    steps = {name: timedelta(days=round(share * length)) for name, share in shares.items()}
    days = {name: case.closed_on - timedelta(days=length) + step for name, step in steps.items()}
    return days | {
        "happened": case.assigned_on - timedelta(days=95),
        "applied": case.assigned_on - timedelta(days=4),
        "assigned": case.assigned_on,
        "closed": case.closed_on,
        "filed_away": case.closed_on + timedelta(days=12),
        "called": case.closed_on + timedelta(days=30),
    }


def _words(case: CaseFacts) -> dict[str, Any]:
    """The texts for the case's cause, or those nearest to it."""
    penal = case.kind in DEFENCE or case.kind is CaseKind.VICTIM
    texts = _causes()["penal" if penal else "civil"]
    if case.kind is CaseKind.ADMINISTRATIVE:
        return texts["行政"]
    near = (key for key in texts if key in case.cause or case.cause in key)
    found = next(near, FALLBACKS.get(case.kind, next(iter(texts))))
    return texts[found]


@cache
def _causes() -> dict[str, dict[str, dict[str, Any]]]:
    with CAUSES.open("rb") as file:
        return tomllib.load(file)
