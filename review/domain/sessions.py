"""Signed-in browsers: how a session begins, changes its role, and ends."""

import secrets
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import delete, or_, update

from review.domain.attempts import Origin, check_password
from review.domain.audit import record
from review.domain.passwords import hash_password, is_outdated
from review.errors import CredentialsError, NoSuchRoleError, NoSuchSessionError
from review.extensions import db
from review.models.accounts import LoginSession, Membership, User
from review.permissions import Actor
from review.privacy import token_digest
from review.queries import accounts as queries
from review.sqlite import write_transaction

TOKEN_BYTES = 32


def sign_in(email: str, password: str, origin: Origin, role_name: str | None = None) -> str:
    """Begin a session, in the person's first role if none is named, and return its token.

    Commits; raises CredentialsError or TooManyAttemptsError.
    """
    user_id, stored = check_password(email, password, origin)
    user = db.session.get_one(User, user_id)
    if is_outdated(stored):
        user.password_hash = hash_password(password)
    roles = [membership for membership, _region in queries.roles_of(user.id)]
    if not roles:  # taken away while the password was being checked
        raise CredentialsError
    named = (m for m in roles if queries.role_name(m) == role_name)
    token = begin_session(user, next(named, roles[0]))
    db.session.commit()
    return token


def begin_session(user: User, membership: Membership, started_at: datetime | None = None) -> str:
    """A new token for this person in this role; sessions past their time go. Does not commit."""
    now = datetime.now(UTC)
    _forget_expired(user.id, now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    login = LoginSession(
        token_digest=token_digest(token),
        user_id=user.id,
        membership_id=membership.id,
        started_at=started_at or now,
        seen_at=now,
    )
    db.session.add(login)
    record(queries.acting_as(user, membership), "session.started", login)
    return token


def choose_role(actor: Actor, session_id: int, role_name: str) -> str:
    """Go on in another role under a new token. Commits; raises NoSuchRoleError.

    The eight hours run on from the sign-in.
    """
    roles = [membership for membership, _region in queries.roles_of(actor.user_id)]
    chosen = next((m for m in roles if queries.role_name(m) == role_name), None)
    if chosen is None:
        raise NoSuchRoleError
    token = continue_session(actor, session_id, chosen)
    db.session.commit()
    return token


def continue_session(actor: Actor, session_id: int, membership: Membership) -> str:
    """End a session and begin another in ``membership``, as old as the first. Does not commit."""
    login = db.session.get_one(LoginSession, session_id)
    started_at = login.started_at
    _end(actor, login)
    return begin_session(db.session.get_one(User, actor.user_id), membership, started_at)


def sign_out(actor: Actor, session_id: int) -> None:
    """Make the session's token worthless. Commits."""
    _end(actor, db.session.get_one(LoginSession, session_id))
    db.session.commit()


def end_own_session(actor: Actor, name: str) -> None:
    """End one of the person's own sessions, named by ``session_name``. Commits; raises."""
    login = next((s for s in queries.sessions_of(actor) if session_name(s) == name), None)
    if login is None:
        raise NoSuchSessionError
    _end(actor, login)
    db.session.commit()


def end_sessions_of(user_id: int, by: Actor, *, membership_id: int | None = None) -> None:
    """End a person's sessions, all or those in one role. Does not commit."""
    for login in queries.sessions_of_user(user_id):
        if membership_id in {None, login.membership_id}:
            _end(by, login)


def session_name(login: LoginSession) -> str:
    """What the person's own page calls a session: neither its token nor its number."""
    return login.token_digest[:22]


def touch_session(session_id: int, now: datetime) -> None:
    """Remember that a session is in use, in a short transaction of its own. Commits."""
    _let_go()
    with write_transaction(), db.engine.begin() as connection:
        connection.execute(
            update(LoginSession).where(LoginSession.id == session_id).values(seen_at=now)
        )


def end_session(session_id: int) -> None:
    """Make the token of a session past its time worthless. Commits, in its own transaction."""
    _let_go()
    with write_transaction(), db.engine.begin() as connection:
        connection.execute(delete(LoginSession).where(LoginSession.id == session_id))


def _let_go() -> None:
    """End what the request has only read so far: on SQLite it may hold the one write lock, and a
    second connection would wait for it in vain."""
    db.session.rollback()


def _end(by: Actor, login: LoginSession) -> None:
    record(by, "session.ended", login)
    db.session.delete(login)
    db.session.flush()


def _forget_expired(user_id: int, now: datetime) -> None:
    idle = timedelta(minutes=current_app.config["IDLE_MINUTES"])
    longest = timedelta(hours=current_app.config["SESSION_HOURS"])
    db.session.execute(
        delete(LoginSession).where(
            LoginSession.user_id == user_id,
            or_(LoginSession.seen_at < now - idle, LoginSession.started_at < now - longest),
        )
    )
