"""The only door from SQL to ``scoring``: rows in, columns out."""

from collections.abc import Collection
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select

from review.enums import Grade
from review.extensions import db
from review.models.assignment import Assignment
from review.models.cases import Case
from review.models.results import Result
from review.models.reviewing import Review
from review.models.sampling import SampledCase, Stratum
from scoring.ratings import CaseTotals, Floats, Ints, Ratings

GOOD_GRADES = frozenset({Grade.EXCELLENT, Grade.GOOD})
"""What counts towards the 优良率."""


def quarter_of(day: date) -> str:
    """2024-05-03 lies in 2024Q2."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def load_ratings(round_ids: Collection[int]) -> Ratings:
    """Every submitted mark of these rounds, in a fixed order, in one statement."""
    rows = db.session.execute(
        select(
            Review.total,
            Assignment.reviewer_id,
            Case.handler_id,
            SampledCase.id,
            SampledCase.round_id,
            SampledCase.stratum_id,
            SampledCase.inclusion_probability,
            Case.kind,
            Case.region_code,
            Case.closed_on,
        )
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .join(Case, Case.id == SampledCase.case_id)
        .where(SampledCase.round_id.in_(round_ids), Review.submitted_at.is_not(None))
        .order_by(Review.id)
    ).all()
    total, reviewer, handler, case, round_, stratum, chance, kind, region, closed = _columns(
        rows, 10
    )
    return Ratings(
        score=np.array(total, dtype=float),
        reviewer=np.array(reviewer, dtype=np.int64),
        handler=np.array(handler, dtype=np.int64),
        case=np.array(case, dtype=np.int64),
        round=np.array(round_, dtype=np.int64),
        stratum=np.array(stratum, dtype=np.int64),
        weight=1 / np.array(chance, dtype=float),
        kind=np.array(kind, dtype=np.str_),
        region=np.array(region, dtype=np.str_),
        quarter=np.array([quarter_of(day) for day in closed], dtype=np.str_),
    )


def load_marks(round_id: int) -> tuple[Floats, Ints]:
    """Every submitted mark that counts in a round, and its drawn case, in a fixed order."""
    rows = db.session.execute(
        select(Review.total, Assignment.sampled_case_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .where(
            SampledCase.round_id == round_id,
            Review.submitted_at.is_not(None),
            ~Assignment.is_linking,
        )
        .order_by(Review.id)
    ).all()
    total, case = _columns(rows, 2)
    return np.array(total, dtype=float), np.array(case, dtype=np.int64)


def load_totals(round_ids: Collection[int]) -> CaseTotals:
    """Every settled case of these rounds, in a fixed order, in one statement."""
    rows = db.session.execute(
        select(
            Result.total,
            Result.grade,
            Case.handler_id,
            SampledCase.round_id,
            SampledCase.stratum_id,
            Stratum.population,
            SampledCase.inclusion_probability,
            Case.region_code,
            Case.closed_on,
        )
        .join(SampledCase, SampledCase.id == Result.sampled_case_id)
        .join(Stratum, Stratum.id == SampledCase.stratum_id)
        .join(Case, Case.id == SampledCase.case_id)
        .where(SampledCase.round_id.in_(round_ids))
        .order_by(SampledCase.id)
    ).all()
    total, grade, handler, round_, stratum, population, chance, region, closed = _columns(rows, 9)
    return CaseTotals(
        total=np.array(total, dtype=float),
        is_good=np.array([g in GOOD_GRADES for g in grade], dtype=bool),
        grade=np.array([str(g.value) for g in grade], dtype=np.str_),
        handler=np.array(handler, dtype=np.int64),
        round=np.array(round_, dtype=np.int64),
        stratum=np.array(stratum, dtype=np.int64),
        stratum_population=np.array(population, dtype=np.int64),
        chance=np.array(chance, dtype=float),
        region=np.array(region, dtype=np.str_),
        quarter=np.array([quarter_of(day) for day in closed], dtype=np.str_),
    )


def _columns(rows: Any, width: int) -> tuple[Any, ...]:
    return tuple(zip(*rows, strict=True)) if rows else ((),) * width
