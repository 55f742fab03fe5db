"""What happens to an account: its password, its roles, and whether it may be used."""

from review.domain.attempts import Origin, check_password
from review.domain.audit import record
from review.domain.passwords import flaw_of, hash_password
from review.domain.sessions import begin_session, end_sessions_of
from review.errors import (
    CredentialsError,
    NoSuchRoleError,
    OwnAccountError,
    WeakPasswordError,
    WrongStatusError,
)
from review.extensions import db
from review.models.accounts import Membership, User
from review.permissions import Actor
from review.queries import accounts as queries
from review.queries.invitations import like_invitations


def change_password(actor: Actor, current: str, new: str, origin: Origin) -> str:
    """Set a new password, end every session, begin another and return its token.

    Commits; raises WeakPasswordError, CredentialsError or TooManyAttemptsError.
    """
    if flaw := flaw_of(new):
        raise WeakPasswordError(flaw)
    user_id, _stored = check_password(queries.email_of(actor), current, origin, actor)
    if user_id != actor.user_id:
        raise CredentialsError
    user = db.session.get_one(User, user_id)
    user.password_hash = hash_password(new)
    end_sessions_of(user_id, actor)
    record(actor, "password.changed", user)
    token = begin_session(user, db.session.get_one(Membership, actor.membership_id))
    db.session.commit()
    return token


def suspend(user: User, by: Actor) -> None:
    """Lock a person out at once. Commits; raises OwnAccountError or WrongStatusError."""
    if user.id == by.user_id:
        raise OwnAccountError
    if not user.is_active:
        raise WrongStatusError
    user.is_active = False
    end_sessions_of(user.id, by)
    record(by, "account.suspended", user)
    db.session.commit()


def reinstate(user: User, by: Actor) -> None:
    """Let a suspended person sign in again. Commits; raises WrongStatusError."""
    if user.is_active:
        raise WrongStatusError
    user.is_active = True
    record(by, "account.reinstated", user)
    db.session.commit()


def revoke_role(user: User, role_name: str, by: Actor) -> None:
    """Take one role away, with the sessions in it and any link that would give it again.

    Commits; raises NoSuchRoleError or OwnAccountError.
    """
    held = [membership for membership, _region in queries.roles_of(user.id)]
    role = next((m for m in held if queries.role_name(m) == role_name), None)
    if role is None:
        raise NoSuchRoleError
    if role.id == by.membership_id:
        raise OwnAccountError
    end_sessions_of(user.id, by, membership_id=role.id)
    for invitation in like_invitations(user.email, role.role, role.region_code):
        db.session.delete(invitation)
    record(by, "role.revoked", user, role=role.role, region_code=role.region_code)
    db.session.delete(role)
    db.session.commit()
