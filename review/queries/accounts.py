"""Who may sign in, who is signed in, and the accounts that an administrator looks after."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import aliased

from review.enums import Role
from review.extensions import db
from review.models.accounts import LoginFailure, LoginSession, Membership, Region, User
from review.models.notices import Notice
from review.permissions import Actor
from review.queries.regions import contains, within

PAGE_ROWS = 50
DEMO_ADDRESS, DEMO_SHOWN = "@demo.invalid", 12
ATTEMPTS_LOCK = 7_418_529  # any number of our own: names the lock among PostgreSQL's


def signed_in(token_digest: str) -> tuple[Actor, LoginSession] | None:
    """Who holds this session token, in one statement; the caller judges its age."""
    other = aliased(Membership)
    roles = select(func.count()).where(other.user_id == User.id).scalar_subquery()
    unread = (
        select(func.count())
        .where(Notice.user_id == User.id, Notice.read_at.is_(None))
        .scalar_subquery()
    )
    row = db.session.execute(
        select(LoginSession, User, Membership, roles, unread)
        .join(User, User.id == LoginSession.user_id)
        .join(Membership, Membership.id == LoginSession.membership_id)
        .where(LoginSession.token_digest == token_digest, User.is_active)
    ).first()
    if row is None:
        return None
    login, user, membership, count, waiting = row
    return acting_as(user, membership, other_roles=count - 1, unread=waiting), login


def acting_as(
    user: User, membership: Membership, *, other_roles: int = 0, unread: int = 0
) -> Actor:
    """The person in this role."""
    return Actor(
        user_id=user.id,
        name=user.name,
        membership_id=membership.id,
        role=membership.role,
        region_code=membership.region_code,
        handler_id=membership.handler_id,
        other_roles=other_roles,
        unread=unread,
    )


def organiser_named(email: str, region_code: str) -> Actor | None:
    """The organiser with this address whose region is or contains ``region_code``."""
    rows = db.session.execute(
        select(User, Membership)
        .join(Membership)
        .where(User.email == email, User.is_active, Membership.role == Role.ORGANISER)
        .order_by(Membership.region_code.desc())
    )
    for user, membership in rows:
        if contains(membership.region_code, region_code):
            return acting_as(user, membership)
    return None


def password_of(email: str) -> Row[tuple[int, str | None]] | None:
    """Id and password hash of an account that may be used: active, invited in, with a role."""
    has_role = select(Membership.id).where(Membership.user_id == User.id).exists()
    return db.session.execute(
        select(User.id, User.password_hash).where(User.email == email, User.is_active, has_role)
    ).first()


def lock_attempts() -> None:
    """Let one sign-in count at a time; on SQLite the write transaction does so by itself."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(ATTEMPTS_LOCK)))


def recent_failures(account: str, network: str, since: datetime) -> Sequence[LoginFailure]:
    """Failed and running sign-ins to this account, or from this network."""
    return db.session.scalars(
        select(LoginFailure).where(
            or_(LoginFailure.account_digest == account, LoginFailure.network_digest == network),
            LoginFailure.failed_at > since,
        )
    ).all()


def roles_of(user_id: int) -> Sequence[Row[tuple[Membership, str]]]:
    """A person's roles in the order they were given, each with the name of its region."""
    return db.session.execute(
        select(Membership, Region.name)
        .join(Region, Region.code == Membership.region_code)
        .where(Membership.user_id == user_id)
        .order_by(Membership.id)
    ).all()


def role_name(membership: Membership) -> str:
    """What forms call one of a person's roles: ``reviewer:990101``, no row number."""
    return f"{membership.role.value}:{membership.region_code}"


def sessions_of(actor: Actor) -> Sequence[LoginSession]:
    """The actor's own signed-in browsers, the latest used first."""
    return sessions_of_user(actor.user_id)


def sessions_of_user(user_id: int) -> Sequence[LoginSession]:
    """A person's signed-in browsers, the latest used first."""
    return db.session.scalars(
        select(LoginSession)
        .where(LoginSession.user_id == user_id)
        .order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())
    ).all()


def email_of(actor: Actor) -> str:
    return db.session.get_one(User, actor.user_id).email


def account_of(actor: Actor, user_id: int) -> User | None:
    """One account in the administrator's view."""
    return db.session.scalar(select(User).where(User.id == user_id, _in_view(actor)))


def accounts_page(
    actor: Actor, page: int, words: str = "", role: Role | None = None
) -> tuple[Sequence[User], dict[int, list[Row[tuple[Membership, str]]]], int]:
    """One page of the accounts in the administrator's view, newest first.

    With the roles of each by user id, and how many accounts there are. ``words`` are looked for
    in names and addresses.
    """
    wanted = _in_view(actor)
    if words:
        wanted &= User.name.contains(words, autoescape=True) | User.email.contains(
            words.lower(), autoescape=True
        )
    if role:
        wanted &= User.memberships.any(Membership.role == role)
    count = db.session.scalar(select(func.count()).select_from(User).where(wanted)) or 0
    users = db.session.scalars(
        select(User)
        .where(wanted)
        .order_by(User.id.desc())
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
    ).all()
    return users, _roles_by_user([user.id for user in users]), count


def _roles_by_user(user_ids: Sequence[int]) -> dict[int, list[Row[tuple[Membership, str]]]]:
    rows = db.session.execute(
        select(Membership, Region.name)
        .join(Region, Region.code == Membership.region_code)
        .where(Membership.user_id.in_(user_ids))
        .order_by(Membership.id)
    ).all()
    roles: dict[int, list[Row[tuple[Membership, str]]]] = {user_id: [] for user_id in user_ids}
    for row in rows:
        roles[row[0].user_id].append(row)
    return roles


def _in_view(actor: Actor) -> ColumnElement[bool]:
    """Who holds a role in the actor's region tree, or has lost every role."""
    return or_(
        User.memberships.any(within(Membership.region_code, actor.region_code)),
        ~User.memberships.any(),
    )


def demo_accounts() -> Sequence[Row[tuple[User, Membership, str]]]:
    """The demo's own people, one line for each role of each, with the name of its region."""
    return db.session.execute(
        select(User, Membership, Region.name)
        .join(Membership, Membership.user_id == User.id)
        .join(Region, Region.code == Membership.region_code)
        .where(User.email.endswith(DEMO_ADDRESS), User.is_active)
        .order_by(User.id, Membership.id)
        .limit(DEMO_SHOWN)
    ).all()
