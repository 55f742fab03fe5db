"""A reviewer's own declarations."""

from collections.abc import Sequence

from sqlalchemy import select

from review.extensions import db
from review.models.accounts import ReviewerProfile
from review.models.conflicts import Declaration
from review.permissions import Actor


def own_declarations(actor: Actor) -> Sequence[Declaration]:
    """Those that hold, newest first."""
    return db.session.scalars(
        select(Declaration)
        .where(Declaration.user_id == actor.user_id, Declaration.withdrawn_at.is_(None))
        .order_by(Declaration.id.desc())
    ).all()


def own_declaration(actor: Actor, declaration_id: int) -> Declaration | None:
    return db.session.scalar(
        select(Declaration).where(
            Declaration.user_id == actor.user_id, Declaration.id == declaration_id
        )
    )


def own_profile(actor: Actor) -> ReviewerProfile | None:
    return db.session.get(ReviewerProfile, actor.user_id)
