"""Extensions that reviewers asked for, for the organisers of their round."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select

from review.enums import UNFINISHED
from review.extensions import db
from review.models.accounts import User
from review.models.assignment import Assignment
from review.models.reviewing import Extension, Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.regions import within

MOST_ROWS = 200


def open_extension(assignment_id: int) -> Extension | None:
    query = select(Extension).where(
        Extension.assignment_id == assignment_id, Extension.decided_at.is_(None)
    )
    return db.session.scalar(query)


def latest_extension(assignment_id: int) -> Extension | None:
    query = select(Extension).where(Extension.assignment_id == assignment_id)
    return db.session.scalar(query.order_by(Extension.id.desc()).limit(1))


def extensions_of(round_: Round) -> Sequence[Row[Any]]:
    """Asked for in this round: the undecided first, then the latest."""
    return db.session.execute(
        select(Extension, Assignment.alias, Assignment.due_on, Assignment.status, User.name)
        .add_columns(Review.saved_at)
        .join(Assignment, Assignment.id == Extension.assignment_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .join(User, User.id == Assignment.reviewer_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(SampledCase.round_id == round_.id)
        .order_by(Extension.decided_at.is_not(None), Extension.id.desc())
        .limit(MOST_ROWS)
    ).all()


def waiting_extensions(round_: Round) -> int:
    """How many are undecided whose task is still open."""
    query = _in_rounds(func.count(Extension.id)).where(
        Round.id == round_.id,
        Extension.decided_at.is_(None),
        Assignment.status.in_(UNFINISHED),
    )
    return db.session.scalar(query) or 0


def extension_in_reach(actor: Actor, round_id: int, extension_id: int) -> Extension:
    """An extension of a round in the actor's tree, or 404."""
    mine = within(Round.region_code, actor.region_code)
    query = _in_rounds(Extension).where(Extension.id == extension_id, Round.id == round_id, mine)
    found: Extension = db.one_or_404(query)
    return found


def _in_rounds(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Extension)
        .join(Assignment, Assignment.id == Extension.assignment_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .join(Round, Round.id == SampledCase.round_id)
    )
