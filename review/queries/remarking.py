"""Cases that a round marks again: who could do it, and what it has found."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, case, func, select

from review.enums import UNFINISHED, AssignmentStatus, Grade, RoundStatus, SampledCaseStatus
from review.extensions import db
from review.models.assignment import Assignment
from review.models.cases import Case
from review.models.results import Result
from review.models.reviewing import Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.regions import within

AT_WORK = (*UNFINISHED, AssignmentStatus.RESERVE)


def waiting_for_a_marker(round_: Round) -> Sequence[int]:
    """Drawn cases for which a further mark was called and nobody is at work or in reserve."""
    at_work = select(Assignment.id).where(
        Assignment.sampled_case_id == SampledCase.id,
        Assignment.status.in_(AT_WORK),
        ~Assignment.is_linking,
    )
    return db.session.scalars(
        select(SampledCase.id)
        .where(
            SampledCase.round_id == round_.id,
            SampledCase.status == SampledCaseStatus.THIRD_MARK,
            ~at_work.exists(),
        )
        .order_by(SampledCase.id)
    ).all()


def everybody_on(sampled_id: int) -> set[int]:
    """Whoever has or had an assignment of a case, in any state."""
    query = select(Assignment.reviewer_id).where(Assignment.sampled_case_id == sampled_id)
    return set(db.session.scalars(query))


def highest_ordinal(sampled_id: int) -> int:
    query = select(func.max(Assignment.ordinal)).where(Assignment.sampled_case_id == sampled_id)
    return db.session.scalar(query) or 0


def calls_by_reason(round_: Round) -> Sequence[Row[Any]]:
    """For each reason of a further mark: how many cases it was called for, in how many of them
    one was given, how many are settled, and how many of these as fails."""
    given = (
        select(func.count(Review.id))
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(
            Assignment.sampled_case_id == SampledCase.id,
            Review.submitted_at.is_not(None),
            ~Assignment.is_linking,
        )
        .scalar_subquery()
    )
    marked = (
        select(SampledCase.called_for, Result.grade, (given > round_.marks_per_case).label("again"))
        .outerjoin(Result, Result.sampled_case_id == SampledCase.id)
        .where(SampledCase.round_id == round_.id)
        .subquery()
    )
    settled = marked.c.grade.is_not(None)
    return db.session.execute(
        select(
            marked.c.called_for,
            func.count().label("called"),
            func.sum(case((marked.c.again, 1), else_=0)).label("again"),
            func.sum(case((settled & marked.c.again, 1), else_=0)).label("settled"),
            func.sum(case(((marked.c.grade == Grade.FAIL) & marked.c.again, 1), else_=0)).label(
                "fails"
            ),
            func.sum(case((settled & ~marked.c.again, 1), else_=0)).label("unserved"),
        ).group_by(marked.c.called_for)
    ).all()


def plain_passes(round_: Round, plain: Sequence[Grade]) -> int:
    """Cases settled by their first marks at one of these grades, without a further mark."""
    return (
        db.session.scalar(
            select(func.count(Result.id))
            .join(SampledCase, SampledCase.id == Result.sampled_case_id)
            .where(
                SampledCase.round_id == round_.id,
                SampledCase.called_for.is_(None),
                Result.grade.in_(plain),
            )
        )
        or 0
    )


def case_numbers(sampled_ids: Collection[int]) -> dict[int, str]:
    """The numbers of drawn cases."""
    query = select(SampledCase.id, Case.case_number).join(Case, Case.id == SampledCase.case_id)
    return dict(db.session.execute(query.where(SampledCase.id.in_(sampled_ids))).tuples().all())


def latest_published(actor: Actor) -> Round | None:
    """The round of the actor's region or below whose results were published last."""
    return db.session.scalar(
        select(Round)
        .where(
            within(Round.region_code, actor.region_code),
            Round.status == RoundStatus.PUBLISHED,
            Round.marks_per_case > 1,
        )
        .order_by(Round.published_at.desc(), Round.id.desc())
        .limit(1)
    )
