"""Invitations: the only way to an account. A link works once, for seven days.

Only the digest of a link's token is stored; the token itself is shown once to whoever invites.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from review.domain.audit import record
from review.domain.passwords import flaw_of, hash_password
from review.domain.sessions import begin_session, continue_session, end_sessions_of
from review.enums import Role
from review.errors import (
    AlreadyHeldError,
    InvitationClosedError,
    InvitedElseError,
    LicenceTakenError,
    NoSuchRoleError,
    OutOfReachError,
    OwnAccountError,
    UnknownLicenceError,
    UnknownProviderError,
    WeakPasswordError,
)
from review.extensions import db
from review.models.accounts import Invitation, Membership, ReviewerProfile, User
from review.permissions import Actor
from review.privacy import token_digest
from review.queries import accounts
from review.queries import invitations as queries
from review.queries.regions import contains

VALID_FOR = timedelta(days=7)
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is invited to what. A handler's name comes from the register."""

    email: str
    role: Role
    region_code: str
    name: str = ""
    licence_number: str | None = None
    provider_name: str | None = None
    practising_since: date | None = None


def invite(who: Invited, by: Actor) -> str:
    """Invite somebody to a role and return the link's token; a like invitation is replaced.

    Commits; raises OutOfReachError, AlreadyHeldError, UnknownLicenceError, LicenceTakenError
    or UnknownProviderError.
    """
    if who.role not in queries.INVITED_BY.get(by.role, ()):
        raise OutOfReachError
    is_free = by.role is Role.ADMINISTRATOR
    if not (is_free or contains(by.region_code, who.region_code)):
        raise OutOfReachError
    if not queries.region_exists(who.region_code):
        raise OutOfReachError
    invitation = _invitation(who, by)
    token = _open(invitation, by)
    db.session.commit()
    return token


def invite_first_administrator(email: str, name: str, region_code: str) -> str:
    """Invite an administrator from the console and return the link's token. Commits."""
    role = Role.ADMINISTRATOR
    token = _open(Invitation(email=email, name=name, role=role, region_code=region_code), None)
    db.session.commit()
    return token


def withdraw(invitation: Invitation, by: Actor) -> None:
    """Make an invitation's link worthless. Commits."""
    _withdraw(invitation, by)
    db.session.commit()


def reset_password(user: User, by: Actor) -> str:
    """Take a person's password away and return the token of a link to set another.

    Ends the person's sessions. Commits; raises OwnAccountError or NoSuchRoleError.
    """
    if user.id == by.user_id:
        raise OwnAccountError
    roles = [membership for membership, _region in accounts.roles_of(user.id)]
    if not roles:
        raise NoSuchRoleError
    user.password_hash = None  # until the link is used nobody can sign in
    end_sessions_of(user.id, by)
    record(by, "password.reset", user)
    first = roles[0]
    invitation = Invitation(email=user.email, name=user.name, user_id=user.id, role=first.role)
    invitation.region_code, invitation.handler_id = first.region_code, first.handler_id
    token = _open(invitation, by)
    db.session.commit()
    return token


def accept(token: str, name: str, password: str) -> str:
    """Set name and password, receive the role, and return a new session's token.

    Commits; raises InvitationClosedError, InvitedElseError (the address has an account: sign in
    to it first), LicenceTakenError or WeakPasswordError.
    """
    if flaw := flaw_of(password):
        raise WeakPasswordError(flaw)
    invitation = _waiting(token)
    user = queries.user_named(invitation.email)
    if user is None:
        user = User(email=invitation.email)
    elif user.id != invitation.user_id or not user.is_active:
        raise InvitedElseError
    user.name, user.password_hash = name, hash_password(password)
    db.session.add(user)
    db.session.flush()
    session_token = begin_session(user, _give_role(invitation, user))
    db.session.commit()
    return session_token


def accept_as(token: str, actor: Actor, session_id: int) -> str:
    """Receive the role in the account that is signed in; the token of a session in it.

    Commits; raises InvitationClosedError, InvitedElseError or LicenceTakenError.
    """
    invitation = _waiting(token)
    user = db.session.get_one(User, actor.user_id)
    if user.email != invitation.email:
        raise InvitedElseError
    session_token = continue_session(actor, session_id, _give_role(invitation, user))
    db.session.commit()
    return session_token


def _invitation(who: Invited, by: Actor) -> Invitation:
    user = queries.user_named(who.email)
    user_id = user.id if user else None
    if user_id and queries.holds_role(user_id, who.role, who.region_code):
        raise AlreadyHeldError
    made = Invitation(email=who.email, name=who.name, role=who.role, region_code=who.region_code)
    if who.role is Role.HANDLER:
        _bind_handler(made, who, by, user_id)
    if who.role is Role.REVIEWER:
        _bind_reviewer(made, who, user_id)
    return made


def _bind_handler(made: Invitation, who: Invited, by: Actor, user_id: int | None) -> None:
    handler = queries.licensed_handler(by, who.licence_number or "")
    if handler is None:
        raise UnknownLicenceError
    if queries.handler_account(handler.id) not in {None, user_id}:
        raise LicenceTakenError
    made.handler_id, made.name = handler.id, handler.name


def _bind_reviewer(made: Invitation, who: Invited, user_id: int | None) -> None:
    made.practising_since = who.practising_since
    if who.licence_number:
        if queries.licensed_reviewer(who.licence_number) not in {None, user_id}:
            raise LicenceTakenError
        made.licence_number = who.licence_number
    if who.provider_name:
        made.provider_id = queries.provider_named(who.provider_name)
        if made.provider_id is None:
            raise UnknownProviderError


def _open(invitation: Invitation, by: Actor | None) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    role, region_code = invitation.role, invitation.region_code
    for earlier in queries.like_invitations(invitation.email, role, region_code):
        _withdraw(earlier, by)
    invitation.token_digest = token_digest(token)
    invitation.invited_by_id = by.user_id if by else None
    invitation.expires_at = datetime.now(UTC) + VALID_FOR
    db.session.add(invitation)
    record(by, "invitation.created", invitation, role=role, region_code=region_code)
    return token


def _withdraw(invitation: Invitation, by: Actor | None) -> None:
    record(by, "invitation.withdrawn", invitation)
    db.session.delete(invitation)


def _waiting(token: str) -> Invitation:
    invitation = queries.invitation_by(token_digest(token))
    if invitation is None:
        raise InvitationClosedError
    return invitation


def _give_role(invitation: Invitation, user: User) -> Membership:
    """Use the invitation up; a role held already stays as it is. Does not commit."""
    invitation.accepted_at = datetime.now(UTC)
    held = [membership for membership, _region in accounts.roles_of(user.id)]
    like = (invitation.role, invitation.region_code)
    given = next((m for m in held if (m.role, m.region_code) == like), None)
    if given is None:
        given = _new_role(invitation, user)
    by = accounts.acting_as(user, given)
    record(by, "invitation.accepted", invitation, role=given.role, region_code=given.region_code)
    return given


def _new_role(invitation: Invitation, user: User) -> Membership:
    if invitation.handler_id and queries.handler_account(invitation.handler_id) is not None:
        raise LicenceTakenError
    given = Membership(user_id=user.id, role=invitation.role, region_code=invitation.region_code)
    given.handler_id = invitation.handler_id
    db.session.add(given)
    if invitation.role is Role.REVIEWER:
        _add_profile(invitation, user)
    db.session.flush()
    return given


def _add_profile(invitation: Invitation, user: User) -> None:
    """What is known of a reviewer already stays; only gaps are filled."""
    profile = db.session.get(ReviewerProfile, user.id)
    if profile is None:
        profile = ReviewerProfile(user_id=user.id, region_code=invitation.region_code)
        db.session.add(profile)
    if invitation.licence_number and profile.licence_number is None:
        if queries.licensed_reviewer(invitation.licence_number) is not None:
            raise LicenceTakenError
        profile.licence_number = invitation.licence_number
    profile.provider_id = profile.provider_id or invitation.provider_id
    profile.practising_since = profile.practising_since or invitation.practising_since
