"""Past results with the marks behind them, as far as the actor's tree reaches."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, select

from review.enums import CaseKind, Grade, SettledBy
from review.extensions import db
from review.models.cases import Case
from review.models.results import Result
from review.models.reviewing import Mark, Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.published import published_cases, published_markings

PAGE_ROWS = 50


class PastReview(NamedTuple):
    id: int
    case: int
    rubric_key: str
    overall: str
    total: Decimal
    failed_by: list[str]


class PastCase(NamedTuple):
    id: int
    scheme_key: str
    marks_per_case: int
    threshold: Decimal
    border: Decimal
    remarked_grades: list[str]
    total: Decimal
    grade: Grade
    settled_by: SettledBy
    failed_by: list[str]


class PastMark(NamedTuple):
    review: int
    code: str
    points: Decimal | None
    not_applicable: bool
    answer: str
    found: bool


def past_cases(actor: Actor, kinds: Collection[CaseKind]) -> list[PastCase]:
    """Every published result of these kinds of case, in a fixed order."""
    query = select(
        SampledCase.id,
        Round.scheme_key,
        Round.marks_per_case,
        Round.threshold,
        Round.border,
        Round.remarked_grades,
        Result.total,
        Result.grade,
        Result.settled_by,
        Result.failed_by,
    )
    settled = published_cases(query, actor).join(Result, Result.sampled_case_id == SampledCase.id)
    rows = db.session.execute(_of_kinds(settled, kinds).order_by(SampledCase.id))
    return [PastCase(*row) for row in rows]


def past_reviews(actor: Actor, kinds: Collection[CaseKind]) -> Mapping[int, Sequence[PastReview]]:
    """The markings that counted, by drawn case."""
    query = select(
        Review.id,
        SampledCase.id,
        Review.rubric_key,
        Review.overall,
        Review.total,
        Review.failed_by,
    )
    counted = _of_kinds(published_markings(query, actor), kinds)
    found: defaultdict[int, list[PastReview]] = defaultdict(list)
    for row in db.session.execute(counted.order_by(Review.id)):
        review = PastReview(*row)
        found[review.case].append(review)
    return found


def past_marks(actor: Actor, kinds: Collection[CaseKind]) -> Mapping[int, Sequence[PastMark]]:
    """The marks behind them, by review."""
    query = select(
        Mark.review_id,
        Mark.criterion_code,
        Mark.points,
        Mark.not_applicable,
        Mark.answer,
        Mark.found,
    )
    given = published_markings(query, actor).join(Mark, Mark.review_id == Review.id)
    found: defaultdict[int, list[PastMark]] = defaultdict(list)
    for row in db.session.execute(_of_kinds(given, kinds)):
        mark = PastMark(*row)
        found[mark.review].append(mark)
    return found


def named_cases(actor: Actor, sampled_ids: Collection[int]) -> dict[int, Row[Any]]:
    """Case number and round of some drawn cases of published rounds in reach, by drawn case."""
    query = select(SampledCase.id, Case.case_number, Round.id.label("round_id"), Round.name)
    mine = published_cases(query, actor).join(Case, Case.id == SampledCase.case_id)
    rows = db.session.execute(mine.where(SampledCase.id.in_(sampled_ids)))
    return {row.id: row for row in rows}


def _of_kinds(query: Select[Any], kinds: Collection[CaseKind]) -> Select[Any]:
    return query.join(Case, Case.id == SampledCase.case_id).where(Case.kind.in_(kinds))
