"""Marks of a finished round: what its panel gave, drawn from the planted truth, and the results.

The rule of combination, totals and grades are those of ``rubrics``; only the writing is in bulk.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from sqlalchemy import bindparam, func, select, update

from review.demo.chance import public_ids, stream
from review.demo.database import fill
from review.demo.marks import (
    Floats,
    answers,
    applicability,
    case_weights,
    comment,
    given,
    losses,
)
from review.demo.rounds import ASSIGN, DUE, Half
from review.demo.truth import Truth
from review.enums import AssignmentStatus, CallReason, Grade, Role, SampledCaseStatus, SettledBy
from review.extensions import db
from review.models.accounts import ReviewerProfile
from review.models.assignment import Assignment
from review.models.audit import AuditEvent
from review.models.cases import Case
from review.models.results import Result
from review.models.reviewing import Mark, Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.ratings import quarter_of
from rubrics.arithmetic import total_score
from rubrics.combining import Combination, Rule, combine
from rubrics.model import Rubric
from rubrics.registry import get_rubric, get_scheme

WEIGHT_SPREAD = 0.5
"""How far reviewers of one case differ in where they see its faults (log standard deviation)."""
PANEL_REASON = "合议认为两名专家的扣分有重复之处，取中间意见。"
TENTH = Decimal("0.1")
Row = dict[str, object]
Points = dict[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class DrawnCase:
    """A drawn case, its expected quality, and the assignments made for it, by ordinal."""

    id: int
    rubric_key: str
    quality: float
    assignment_ids: tuple[int, ...]
    reviewer_ids: tuple[int, ...]
    reviewer_regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marking:
    """One named reviewer's marks on one case; a reserve's stay unused unless they are called."""

    assignment_id: int
    reviewer_id: int
    reviewer_region: str
    rubric: Rubric
    points: Points
    total: Decimal


@dataclass(frozen=True, slots=True)
class Settled:
    """A drawn case with the markings that counted and what they came to."""

    sampled_case_id: int
    markings: tuple[Marking, ...]
    combination: Combination

    @property
    def total(self) -> Decimal:
        """The panel takes the middle one of three marks that lie apart."""
        if self.combination.total is not None:
            return self.combination.total
        return median(marking.total for marking in self.markings).quantize(TENTH)

    @property
    def settled_by(self) -> SettledBy:
        return SettledBy(self.combination.settled_by or SettledBy.PANEL)


def mark_round(round_: Round, half: Half, truth: Truth, by: Actor) -> list[Settled]:
    """Mark and settle every drawn case of a round. Commits; publishing is left to the verb."""
    rng = stream(truth.seed, f"marks-{half.name}")
    cases = drawn_cases(round_, truth)
    named = markings(cases, intended_totals(cases, truth, rng), rng)
    settled = [settle(case, named[case.id], round_) for case in cases]
    used = [marking for case in settled for marking in case.markings]
    _store_reviews(used, _moments(half, len(used), rng), rng)
    _store_results(settled, round_, half.moment(DUE), rng, by)
    db.session.commit()
    return settled


def drawn_cases(round_: Round, truth: Truth) -> list[DrawnCase]:
    """The round's cases in the order of their ids, which one seed always repeats."""
    named = _named(round_)
    rows = db.session.execute(
        select(
            SampledCase.id,
            SampledCase.rubric_key,
            Case.region_code,
            Case.handler_id,
            Case.closed_on,
        )
        .join(Case, Case.id == SampledCase.case_id)
        .where(SampledCase.round_id == round_.id)
        .order_by(SampledCase.id)
    ).all()
    return [
        DrawnCase(
            id=row.id,
            rubric_key=row.rubric_key,
            quality=truth.quality(row.region_code, row.handler_id, quarter_of(row.closed_on)),
            assignment_ids=tuple(assignment for assignment, _, _ in named[row.id]),
            reviewer_ids=tuple(reviewer for _, reviewer, _ in named[row.id]),
            reviewer_regions=tuple(region for _, _, region in named[row.id]),
        )
        for row in rows
    ]


def _named(round_: Round) -> dict[int, list[tuple[int, int, str]]]:
    """Assignment, reviewer and region by drawn case, in the order of their ordinals."""
    named: dict[int, list[tuple[int, int, str]]] = {}
    for case_id, *marker in db.session.execute(
        select(
            Assignment.sampled_case_id,
            Assignment.id,
            Assignment.reviewer_id,
            ReviewerProfile.region_code,
        )
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .join(ReviewerProfile, ReviewerProfile.user_id == Assignment.reviewer_id)
        .where(SampledCase.round_id == round_.id)
        .order_by(Assignment.sampled_case_id, Assignment.ordinal)
    ):
        named.setdefault(case_id, []).append(tuple(marker))
    return named


def intended_totals(cases: list[DrawnCase], truth: Truth, rng: Generator) -> Floats:
    """What each named reviewer means to give, shape (cases, markers): the model of ``truth``."""
    markers = len(cases[0].reviewer_ids)
    quality = np.array([case.quality for case in cases])
    severity = np.array([[truth.severity[r] for r in case.reviewer_ids] for case in cases])
    own = rng.normal(0, truth.case_sd, len(cases))
    residual = rng.normal(0, truth.residual_sd, (len(cases), markers))
    intended: Floats = (quality + own)[:, None] + severity + residual
    return intended


def markings(
    cases: list[DrawnCase], intended: Floats, rng: Generator
) -> dict[int, tuple[Marking, ...]]:
    """Every named reviewer's marks by drawn case, near the intended totals."""
    made: dict[int, tuple[Marking, ...]] = {}
    for key in sorted({case.rubric_key for case in cases}):
        rows = [n for n, case in enumerate(cases) if case.rubric_key == key]
        of_rubric = [cases[n] for n in rows]
        made.update(_under(get_rubric(key), of_rubric, intended[rows], rng))
    return made


def _under(
    rubric: Rubric, cases: list[DrawnCase], intended: Floats, rng: Generator
) -> Iterator[tuple[int, tuple[Marking, ...]]]:
    applies = applicability(rubric, rng, len(cases))
    lost = _lost(rubric, applies, intended, rng)
    for n, case in enumerate(cases):
        made = []
        named = zip(case.assignment_ids, case.reviewer_ids, case.reviewer_regions, strict=True)
        for marker, who in enumerate(named):
            points = given(rubric, lost[n, marker], applies[n])
            made.append(Marking(*who, rubric, points, total_score(rubric, points)))
        yield case.id, tuple(made)


def _lost(rubric: Rubric, applies: NDArray[np.bool_], intended: Floats, rng: Generator) -> Floats:
    """Lost points, shape (cases, markers, C)."""
    cases, markers = intended.shape
    shape = (cases, markers, len(rubric.criteria))
    weights = case_weights(rubric, rng, cases)[:, None] * rng.lognormal(0, WEIGHT_SPREAD, shape)
    flat = losses(
        np.array([float(c.points) for c in rubric.criteria]),
        np.repeat(applies, markers, axis=0),
        intended.ravel(),
        weights.reshape(-1, shape[2]),
    )
    return flat.reshape(shape)


def settle(case: DrawnCase, named: tuple[Marking, ...], round_: Round) -> Settled:
    """Call the reserve only where the first marks ask for it, as the verb would."""
    used = named[: round_.marks_per_case]
    combination = _combine(used, round_)
    if combination.outcome == "further_mark":
        used = named
        combination = _combine(used, round_)
    return Settled(case.id, used, combination)


def _combine(used: Sequence[Marking], round_: Round) -> Combination:
    totals = [marking.total for marking in used]
    return combine(totals, Rule(round_.marks_per_case, round_.threshold))


def _store_reviews(used: list[Marking], moments: list[datetime], rng: Generator) -> None:
    """Submitted reviews with their marks, and the state of their assignments."""
    first = next_id(Review)
    chances = rng.random(len(used)).tolist()
    numbered = list(enumerate(zip(used, moments, chances, strict=True), start=first))
    fill(Review, (_review_row(number, *values) for number, values in numbered))
    fill(
        Mark, (row for number, (marking, _, _) in numbered for row in _marks(number, marking, rng))
    )
    assignment = Assignment.__table__
    db.session.connection().execute(
        update(assignment)  # type: ignore[arg-type]
        .where(assignment.c.id == bindparam("which"))
        .values(status=AssignmentStatus.SUBMITTED),
        [{"which": marking.assignment_id} for marking in used],
    )
    fill(AuditEvent, (_submitted(number, *values[:2]) for number, values in numbered))


def next_id(model: type[Review] | type[Result]) -> int:
    return (db.session.scalar(select(func.max(model.id))) or 0) + 1


def _marks(review_id: int, marking: Marking, rng: Generator) -> Iterator[Row]:
    for code, mark in answers(marking.rubric, marking.points, rng).items():
        yield {
            "review_id": review_id,
            "criterion_code": code,
            "points": mark.points,
            "not_applicable": mark.not_applicable,
            "reason": mark.reason,
        }


def _review_row(number: int, marking: Marking, submitted: datetime, chance: float) -> Row:
    return {
        "id": number,
        "assignment_id": marking.assignment_id,
        "rubric_key": marking.rubric.key,
        "version": 1,
        "comment": comment(marking.total, chance),
        "total": marking.total,
        "started_at": submitted - timedelta(minutes=int(20 + 70 * chance)),
        "saved_at": submitted,
        "submitted_at": submitted,
    }


def _submitted(number: int, marking: Marking, at: datetime) -> Row:
    """What the verb records of a submission."""
    return {
        "at": at,
        "actor_id": marking.reviewer_id,
        "role": Role.REVIEWER,
        "region_code": marking.reviewer_region,
        "action": "review.submitted",
        "object_type": Review.__tablename__,
        "object_id": str(number),
        "details": {"rubric": marking.rubric.key, "version": 1},
    }


def _moments(half: Half, size: int, rng: Generator) -> list[datetime]:
    """Working hours of the days between assignment and due date."""
    days = rng.integers(ASSIGN + 1, DUE, size).tolist()
    minutes = rng.integers(0, 8 * 60, size).tolist()
    return [half.moment(day) + timedelta(minutes=m) for day, m in zip(days, minutes, strict=True)]


def _store_results(
    settled: list[Settled], round_: Round, at: datetime, rng: Generator, by: Actor
) -> None:
    first = next_id(Result)
    ids = public_ids(rng, len(settled))
    rows = [_result_row(case, round_, at, by) for case in settled]
    numbered = list(enumerate(rows, start=first))
    fill(Result, ({**row, "id": n, "public_id": ids[n - first]} for n, row in numbered))
    fill(AuditEvent, (_result_event(n, row, by) for n, row in numbered))
    db.session.execute(
        update(SampledCase)
        .where(SampledCase.round_id == round_.id)
        .values(status=SampledCaseStatus.SETTLED)
    )
    third = [one.sampled_case_id for one in settled if len(one.markings) > round_.marks_per_case]
    called = update(SampledCase).where(SampledCase.id.in_(third))
    db.session.execute(called.values(called_for=CallReason.DIFFERENCE))


def _result_row(case: Settled, round_: Round, at: datetime, by: Actor) -> Row:
    by_panel = case.settled_by is SettledBy.PANEL
    return {
        "sampled_case_id": case.sampled_case_id,
        "total": case.total,
        "grade": Grade(get_scheme(round_.scheme_key).grade_of(case.total)),
        "settled_by": case.settled_by,
        "reason": PANEL_REASON if by_panel else "",
        "decided_by_id": by.user_id if by_panel else None,
        "settled_at": at,
    }


def _result_event(number: int, result: Row, by: Actor) -> Row:
    """A panel's decision has somebody who took it; the rule has not."""
    by_panel = result["settled_by"] is SettledBy.PANEL
    return {
        "at": result["settled_at"],
        "actor_id": by.user_id if by_panel else None,
        "role": by.role if by_panel else None,
        "region_code": by.region_code if by_panel else None,
        "action": "result.settled",
        "object_type": Result.__tablename__,
        "object_id": str(number),
        "details": {"settled_by": str(result["settled_by"])},
    }
