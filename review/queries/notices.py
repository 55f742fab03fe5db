"""A person's inbox."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from review.enums import Role
from review.extensions import db
from review.models.accounts import Membership
from review.models.notices import Notice
from review.models.rounds import Round
from review.permissions import Actor

PAGE_ROWS = 50


def own_notices(actor: Actor, page: int) -> Sequence[Row[Any]]:
    """A page of the inbox, newest first, each line with the name of its round."""
    return db.session.execute(
        select(Notice, Round.name.label("round_name"))
        .join(Round, Round.id == Notice.round_id)
        .where(Notice.user_id == actor.user_id)
        .order_by(Notice.id.desc())
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
    ).all()


def inbox_size(actor: Actor) -> int:
    mine = select(func.count(Notice.id)).where(Notice.user_id == actor.user_id)
    return db.session.scalar(mine) or 0


def organisers_of(round_: Round) -> set[int]:
    """Who set the round up, and the organisers of its region."""
    query = select(Membership.user_id).where(
        Membership.role == Role.ORGANISER, Membership.region_code == round_.region_code
    )
    return {round_.created_by_id, *db.session.scalars(query)}
