"""Invitations, and what of the register an invitation is bound to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from review.enums import Role
from review.extensions import db
from review.models.accounts import Invitation, Membership, Region, ReviewerProfile, User
from review.models.cases import Case
from review.models.handler import Handler, Provider
from review.permissions import Actor
from review.queries.regions import within

PAGE_ROWS = 50
INVITED_BY: dict[Role, tuple[Role, ...]] = {
    Role.ADMINISTRATOR: tuple(Role),
    Role.ORGANISER: (Role.REVIEWER, Role.HANDLER),
}
"""Which roles somebody in a role may give; nobody else invites."""


def open_invitations(actor: Actor, page: int) -> tuple[Sequence[Row[Any]], int]:
    """One page of the invitations in the actor's reach that still wait, newest first; how many."""
    mine = _in_reach(actor)
    count = db.session.scalar(select(func.count()).select_from(Invitation).where(mine))
    inviter = select(User.name).where(User.id == Invitation.invited_by_id).scalar_subquery()
    rows = db.session.execute(
        select(Invitation, Region.name.label("region"), inviter.label("inviter"))
        .join(Region, Region.code == Invitation.region_code)
        .where(mine)
        .order_by(Invitation.id.desc())
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
    ).all()
    return rows, count or 0


def invitation_in_reach(actor: Actor, invitation_id: int) -> Invitation | None:
    """An invitation that still waits and that the actor may withdraw."""
    return db.session.scalar(
        select(Invitation).where(Invitation.id == invitation_id, _in_reach(actor))
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation's link offers, and to whose account if the address has one already."""

    email: str
    name: str
    role: Role
    region: str
    user_id: int | None
    has_account: bool
    is_reset: bool


def offer_of(token_digest: str) -> Offer | None:
    """What a link offers while its invitation waits."""
    row = db.session.execute(
        select(Invitation, Region.name, User.id)
        .join(Region, Region.code == Invitation.region_code)
        .outerjoin(User, User.email == Invitation.email)
        .where(Invitation.token_digest == token_digest, _waits())
    ).first()
    if row is None:
        return None
    invitation, region, user_id = row
    is_reset = user_id is not None and invitation.user_id == user_id
    return Offer(
        email=invitation.email,
        name=invitation.name,
        role=invitation.role,
        region=region,
        user_id=user_id,
        has_account=user_id is not None and not is_reset,
        is_reset=is_reset,
    )


def invitation_by(token_digest: str) -> Invitation | None:
    """The waiting invitation that a link opens, held for the running transaction."""
    return db.session.scalar(
        select(Invitation)
        .where(Invitation.token_digest == token_digest, _waits())
        .with_for_update()
    )


def like_invitations(email: str, role: Role, region_code: str) -> Sequence[Invitation]:
    """Waiting invitations of one person to one role in one region."""
    return db.session.scalars(
        select(Invitation).where(
            Invitation.email == email,
            Invitation.role == role,
            Invitation.region_code == region_code,
            _waits(),
        )
    ).all()


def user_named(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email))


def holds_role(user_id: int, role: Role, region_code: str) -> bool:
    held: Select[Any] = select(Membership.id).where(
        Membership.user_id == user_id,
        Membership.role == role,
        Membership.region_code == region_code,
    )
    return db.session.scalar(held) is not None


def region_exists(code: str) -> bool:
    return db.session.get(Region, code) is not None


def licensed_handler(actor: Actor, licence_number: str) -> Handler | None:
    """The handler with this licence who did a case in the actor's region tree."""
    did_case = select(Case.id).where(
        Case.handler_id == Handler.id, within(Case.region_code, actor.region_code)
    )
    return db.session.scalar(
        select(Handler).where(Handler.licence_number == licence_number, did_case.exists())
    )


def handler_account(handler_id: int) -> int | None:
    """The id of the user who is tied to a handler of the register."""
    return db.session.scalar(
        select(Membership.user_id).where(Membership.handler_id == handler_id).limit(1)
    )


def licensed_reviewer(licence_number: str) -> int | None:
    """The id of the reviewer who practises under this licence."""
    return db.session.scalar(
        select(ReviewerProfile.user_id).where(ReviewerProfile.licence_number == licence_number)
    )


def provider_named(name: str) -> int | None:
    return db.session.scalar(select(Provider.id).where(Provider.name == name))


def province_code() -> str | None:
    """The province of this installation."""
    return db.session.scalar(
        select(Region.code).where(Region.parent_code.is_(None)).order_by(Region.code).limit(1)
    )


def _waits() -> ColumnElement[bool]:
    return Invitation.accepted_at.is_(None) & (Invitation.expires_at > datetime.now(UTC))


def _in_reach(actor: Actor) -> ColumnElement[bool]:
    roles = INVITED_BY.get(actor.role, ())
    reach = _waits() & Invitation.role.in_(roles)
    if actor.role is Role.ADMINISTRATOR:
        return reach
    return reach & within(Invitation.region_code, actor.region_code)
