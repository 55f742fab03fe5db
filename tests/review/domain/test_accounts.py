from collections.abc import Iterator

import pytest
from flask import Flask

from review.domain.accounts import change_password, reinstate, revoke_role, suspend
from review.domain.attempts import Origin
from review.domain.sessions import sign_in
from review.enums import PasswordFlaw, Role
from review.errors import (
    CredentialsError,
    NoSuchRoleError,
    OwnAccountError,
    WeakPasswordError,
    WrongStatusError,
)
from review.extensions import db
from review.models.accounts import LoginSession, Membership
from review.models.audit import AuditEvent
from review.permissions import Actor
from review.queries.accounts import acting_as
from tests import world

HERE, NEW = Origin("network 10.0.0.1"), "Lantern-River-42"


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        world.regions()
        yield


@pytest.fixture
def member() -> Membership:
    return world.person(Role.CHIEF)


@pytest.fixture
def administrator() -> Actor:
    found = world.person(Role.ADMINISTRATOR, world.PROVINCE)
    return acting_as(found.user, found)


def sessions(member: Membership) -> int:
    return db.session.query(LoginSession).filter_by(user_id=member.user_id).count()


def last_event() -> AuditEvent:
    return db.session.query(AuditEvent).order_by(AuditEvent.id.desc()).limit(1).one()


def test_password_change_needs_the_current_one(member: Membership) -> None:
    with pytest.raises(CredentialsError):
        change_password(acting_as(member.user, member), "wrong", NEW, HERE)
    assert sign_in(member.user.email, world.PASSWORD, HERE)


def test_password_change_refuses_what_is_easy_to_guess(member: Membership) -> None:
    with pytest.raises(WeakPasswordError) as refused:
        change_password(acting_as(member.user, member), world.PASSWORD, "x", HERE)
    assert refused.value.flaw is PasswordFlaw.SHORT


def test_password_change_leaves_one_new_session(member: Membership) -> None:
    for _ in range(3):
        world.session_token(member)
    change_password(acting_as(member.user, member), world.PASSWORD, NEW, HERE)
    assert sessions(member) == 1
    assert sign_in(member.user.email, NEW, HERE)
    actions = [event.action for event in db.session.query(AuditEvent)]
    assert actions.count("password.changed") == 1


def test_suspension_ends_every_session(member: Membership, administrator: Actor) -> None:
    world.session_token(member)
    suspend(member.user, administrator)
    assert sessions(member) == 0
    assert (last_event().action, last_event().actor_id) == (
        "account.suspended",
        administrator.user_id,
    )
    with pytest.raises(WrongStatusError):
        suspend(member.user, administrator)


def test_nobody_suspends_the_own_account(member: Membership) -> None:
    with pytest.raises(OwnAccountError):
        suspend(member.user, acting_as(member.user, member))


def test_only_suspended_accounts_are_reinstated(member: Membership, administrator: Actor) -> None:
    with pytest.raises(WrongStatusError):
        reinstate(member.user, administrator)
    suspend(member.user, administrator)
    reinstate(member.user, administrator)
    assert sign_in(member.user.email, world.PASSWORD, HERE)


def test_revoked_role_takes_its_sessions_and_no_others(
    member: Membership, administrator: Actor
) -> None:
    other = world.add(Membership(user_id=member.user_id, role=Role.AUDITOR, region_code=world.CITY))
    world.session_token(member)
    world.session_token(other)
    revoke_role(member.user, "chief:990101", administrator)
    (left,) = db.session.query(LoginSession).all()
    assert left.membership_id == other.id
    assert last_event().details == {"role": "chief", "region_code": world.COUNTY}


def test_role_that_is_not_held_cannot_be_revoked(member: Membership, administrator: Actor) -> None:
    with pytest.raises(NoSuchRoleError):
        revoke_role(member.user, "chief:990000", administrator)


def test_role_in_use_is_not_taken_from_oneself(administrator: Actor) -> None:
    user = db.session.get_one(Membership, administrator.membership_id).user
    with pytest.raises(OwnAccountError):
        revoke_role(user, "administrator:990000", administrator)
