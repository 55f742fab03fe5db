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
from review.domain.rounds import RoundValues, create_round
from review.domain.sampling import draw_sample, freeze_frame
from review.enums import Allocation, CaseKind, RegionLevel
from review.extensions import db
from review.models.assignment import Assignment
from review.models.audit import AuditEvent
from review.models.rounds import Round
from review.models.sampling import Draw, SampledCase
from review.permissions import Actor
from review.queries.sampling import strata_of
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
    freeze_frame(round_, by)
    drawn(round_, max(LEAST_SAMPLE, round(SAMPLE_SHARE * (round_.frame_size or 0))), seed, by)
    panel = stream(seed, half.name).permutation(reviewer_ids)[:PANEL]
    assign_reviewers(round_, panel.tolist(), by)
    return round_


def drawn(round_: Round, size: int, seed: int, by: Actor) -> None:
    """Draw about ``size`` cases under a made-up seed: one a stratum at least, the frame at most."""
    at_least = len(strata_of(round_))
    draw_sample(
        round_,
        seed=public_seed(seed, round_.name),
        seed_source=SEED_SOURCE,
        sample_size=min(max(size, at_least), round_.frame_size or 0),
        allocation=Allocation.PROPORTIONAL,
        by=by,
    )


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
        update(Draw).where(Draw.round_id == round_.id).values(drawn_at=days["drawn"])
    )
    db.session.execute(
        update(Assignment)
        .where(Assignment.sampled_case_id.in_(drawn))
        .values(assigned_at=days["assigned"])
    )
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
