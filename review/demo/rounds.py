"""Six finished half-year rounds: frozen, drawn and assigned by the real verbs, then dated back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select, update

from review.demo.cases import CASES_OF_YEAR
from review.demo.chance import stream
from review.demo.regions import PROVINCE
from review.domain.assignment import assign_reviewers
from review.domain.design_plan import population_of
from review.domain.design_rules import Rules
from review.domain.designs import save_design
from review.domain.frames import freeze_frame
from review.domain.rounds import RoundValues, create_round
from review.domain.sampling import draw_sample
from review.domain.seeds import SeedPlan
from review.enums import CaseKind, RegionLevel, SeedKind, SizeBy
from review.extensions import db
from review.models.assignment import Assignment
from review.models.audit import AuditEvent
from review.models.frames import FrameVersion
from review.models.notices import Notice
from review.models.rounds import Round
from review.models.sampling import Draw, SampledCase
from review.permissions import Actor
from scoring.seeds import SEED_DIGITS

RUBRICS = {CaseKind.CIVIL_FIRST: "civil-first/1", CaseKind.CRIMINAL_TRIAL: "criminal-trial/1"}
SAMPLE_SHARE = 0.095
"""Of the frame; gives 600 to 1,000 cases a round at full size."""
LEAST_SAMPLE = 300
"""A small province draws so many, or all, so that its pages are as full as a large one's."""
PANEL = 120
"""Members of a round's panel, of the province's 400 reviewers."""
CREATE, FREEZE, DRAW, ASSIGN, DUE, PUBLISH = 5, 10, 12, 15, 55, 75
"""Days after a round's window at which it took each step."""
Window = tuple[date, date]
SEED_SOURCE = "公证处现场掷骰（演示数据）"


@dataclass(frozen=True, slots=True)
class Half:
    """A half year, and the calendar of the round that evaluated it."""

    year: int
    half: int

    @property
    def window(self) -> Window:
        if self.half == 1:
            return date(self.year, 1, 1), date(self.year, 6, 30)
        return date(self.year, 7, 1), date(self.year, 12, 31)

    @property
    def name(self) -> str:
        return f"{self.year}年{'上' if self.half == 1 else '下'}半年全省案件质量评估"

    def moment(self, days: int) -> datetime:
        """Ten o'clock in Beijing, ``days`` after the window."""
        day = self.window[1] + timedelta(days=days)
        return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)

    @property
    def calendar(self) -> dict[str, datetime]:
        """When each step of the round was taken, by the last word of its audit event."""
        steps = {
            "created": CREATE,
            "frozen": FREEZE,
            "drawn": DRAW,
            "assigned": ASSIGN,
            "published": PUBLISH,
        }
        return {step: self.moment(days) for step, days in steps.items()}


HALVES = tuple(Half(year, half) for year in CASES_OF_YEAR for half in (1, 2))


def assigned(half: Half, reviewer_ids: list[int], by: Actor, seed: int) -> Round:
    """A round of the half year up to the point where its panel starts to mark."""
    round_ = draft(half.name, PROVINCE, half.window, half.moment(DUE).date(), by)
    frozen(round_, LEAST_SAMPLE, by, share=SAMPLE_SHARE)
    drawn(round_, seed, by)
    panel = stream(seed, half.name).permutation(reviewer_ids)[:PANEL]
    assign_reviewers(round_, panel.tolist(), by)
    return round_


def frozen(round_: Round, size: int, by: Actor, *, share: float = 0.0) -> None:
    """Freeze under a design of ``size`` cases, more where the ``share`` of the frame is larger:
    one a stratum at least, the frame at most."""
    population = population_of(round_, Rules())
    at_least = len({label for label, _unit in population.cells})
    wanted = max(size, round(share * population.size), at_least)
    number = Decimal(min(wanted, population.size))
    save_design(round_, Rules(size_by=SizeBy.NUMBER, wanted=number), by)
    freeze_frame(round_, SeedPlan(SeedKind.DICE, SEED_SOURCE), by)


def drawn(round_: Round, seed: int, by: Actor) -> None:
    """Draw under a made-up seed."""
    draw_sample(round_, digits=public_seed(seed, round_.name), by=by)


def draft(name: str, region_code: str, window: Window, due: date, by: Actor) -> Round:
    """A draft round over civil first instances and criminal trials, marked twice."""
    values: RoundValues = {
        "name": name,
        "region_code": region_code,
        "window_from": window[0],
        "window_to": window[1],
        "rubrics": RUBRICS,
        "scheme_key": "hundred-4",
        "marks_per_case": 2,
        "threshold": Decimal(10),
        "conflict_level": RegionLevel.COUNTY,
        "marking_due_on": due,
    }
    return create_round(values, by)


def public_seed(seed: int, name: str) -> str:
    digits = stream(seed, f"public-{name}").integers(0, 10, SEED_DIGITS)
    return "".join(map(str, digits.tolist()))


def date_back(round_: Round, days: Mapping[str, datetime]) -> None:
    """Give each step of a round its day, in its rows and in the audit log. Commits."""
    drawn = select(SampledCase.id).where(SampledCase.round_id == round_.id)
    round_.frozen_at = days["frozen"]
    round_.published_at = days.get("published")
    db.session.execute(
        update(FrameVersion)
        .where(FrameVersion.round_id == round_.id)
        .values(frozen_at=days["frozen"], drawn_at=days["drawn"])
    )
    db.session.execute(
        update(Draw).where(Draw.round_id == round_.id).values(drawn_at=days["drawn"])
    )
    db.session.execute(
        update(Assignment)
        .where(Assignment.sampled_case_id.in_(drawn))
        .values(assigned_at=days["assigned"])
    )
    told = update(Notice).where(Notice.round_id == round_.id)
    db.session.execute(told.values(made_at=days["assigned"], read_at=days.get("published")))
    for step, at in days.items():
        _date_back_event(f"round.{step}", round_, at)
    db.session.commit()


def _date_back_event(action: str, round_: Round, at: datetime) -> None:
    db.session.execute(
        update(AuditEvent)
        .where(
            AuditEvent.action == action,
            AuditEvent.object_type == Round.__tablename__,
            AuditEvent.object_id == str(round_.id),
        )
        .values(at=at)
    )
