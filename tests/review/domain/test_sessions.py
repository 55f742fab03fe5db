from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask

from review.domain import sessions
from review.domain.attempts import Origin
from review.domain.sessions import choose_role, end_own_session, sign_in, sign_out
from review.enums import Role
from review.errors import CredentialsError, NoSuchRoleError, NoSuchSessionError
from review.extensions import db
from review.models.accounts import LoginSession, Membership
from review.models.audit import AuditEvent
from review.permissions import Actor
from review.privacy import token_digest
from review.queries.accounts import acting_as, role_name, signed_in
from tests import world

HERE = Origin("network 10.0.0.1")


@pytest.fixture
def member(app: Flask) -> Iterator[Membership]:
    """A reviewer of one county who is also a chief of another."""
    with app.app_context():
        world.regions()
        found = world.reviewer()
        found.user.memberships.append(Membership(role=Role.CHIEF, region_code=world.OTHER_CITY))
        db.session.commit()
        yield found


def actor(token: str) -> Actor:
    found = signed_in(token_digest(token))
    assert found is not None
    return found[0]


def session_id(token: str) -> int:
    found = signed_in(token_digest(token))
    assert found is not None
    return found[1].id


def is_dead(token: str) -> bool:
    return signed_in(token_digest(token)) is None


def test_sign_in_begins_in_the_first_role(member: Membership) -> None:
    me = actor(sign_in(member.user.email, world.PASSWORD, HERE))
    assert (me.role, me.region_code) == (Role.REVIEWER, world.OTHER_COUNTY)
    assert me.other_roles == 1


def test_sign_in_may_name_the_role(member: Membership) -> None:
    token = sign_in(member.user.email, world.PASSWORD, HERE, "chief:990200")
    assert actor(token).role is Role.CHIEF


@pytest.mark.parametrize("state", ["suspended", "without password", "without role"])
def test_account_that_may_not_be_used_is_refused(member: Membership, state: str) -> None:
    user = member.user
    if state == "suspended":
        user.is_active = False
    elif state == "without password":
        user.password_hash = None
    else:
        db.session.query(Membership).delete()
    db.session.commit()
    with pytest.raises(CredentialsError):
        sign_in(user.email, world.PASSWORD, HERE)


def test_outdated_hash_is_renewed_at_sign_in(member: Membership) -> None:
    member.user.password_hash = PasswordHasher(2, 16, 1).hash(world.PASSWORD)
    db.session.commit()
    sign_in(member.user.email, world.PASSWORD, HERE)
    assert (member.user.password_hash or "").startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert sign_in(member.user.email, world.PASSWORD, HERE)


def test_every_sign_in_gets_a_token_of_its_own(member: Membership) -> None:
    tokens = [sign_in(member.user.email, world.PASSWORD, HERE) for _ in range(3)]
    assert len(set(tokens)) == 3
    assert not any(is_dead(token) for token in tokens)


def test_sign_out_makes_the_token_worthless(member: Membership) -> None:
    token = sign_in(member.user.email, world.PASSWORD, HERE)
    sign_out(actor(token), session_id(token))
    assert is_dead(token)


def test_role_switch_changes_the_token_and_keeps_the_age(member: Membership) -> None:
    token = sign_in(member.user.email, world.PASSWORD, HERE)
    login = db.session.get_one(LoginSession, session_id(token))
    began = login.started_at = datetime.now(UTC) - timedelta(hours=3)
    db.session.commit()
    other = choose_role(actor(token), login.id, "chief:990200")
    assert is_dead(token)
    assert actor(other).role is Role.CHIEF
    assert db.session.get_one(LoginSession, session_id(other)).started_at == began


@pytest.mark.parametrize("name", ["chief:990000", "administrator:990000", "", "reviewer"])
def test_role_that_is_not_held_cannot_be_chosen(member: Membership, name: str) -> None:
    token = sign_in(member.user.email, world.PASSWORD, HERE)
    with pytest.raises(NoSuchRoleError):
        choose_role(actor(token), session_id(token), name)
    assert not is_dead(token)


def test_own_session_elsewhere_can_be_ended(member: Membership) -> None:
    here, there = (sign_in(member.user.email, world.PASSWORD, HERE) for _ in range(2))
    name = sessions.session_name(db.session.get_one(LoginSession, session_id(there)))
    end_own_session(actor(here), name)
    assert is_dead(there)
    assert not is_dead(here)


def test_session_of_another_person_cannot_be_ended(member: Membership) -> None:
    stranger = world.person(Role.AUDITOR)
    theirs = world.session_token(stranger)
    db.session.commit()
    name = sessions.session_name(db.session.get_one(LoginSession, session_id(theirs)))
    with pytest.raises(NoSuchSessionError):
        end_own_session(acting_as(member.user, member), name)
    assert not is_dead(theirs)


def test_sessions_past_their_time_go_at_the_next_sign_in(member: Membership) -> None:
    old = world.session_token(member)
    db.session.query(LoginSession).update(
        {LoginSession.seen_at: datetime.now(UTC) - timedelta(minutes=31)}
    )
    db.session.commit()
    sign_in(member.user.email, world.PASSWORD, HERE)
    assert is_dead(old)


def test_beginning_and_end_are_recorded_in_the_role(member: Membership) -> None:
    token = sign_in(member.user.email, world.PASSWORD, HERE)
    sign_out(actor(token), session_id(token))
    events = db.session.query(AuditEvent).order_by(AuditEvent.id).all()
    assert [event.action for event in events] == ["session.started", "session.ended"]
    assert {(e.actor_id, e.role, e.region_code) for e in events} == {
        (member.user_id, Role.REVIEWER, world.OTHER_COUNTY)
    }


def test_role_name_holds_no_row_number(member: Membership) -> None:
    assert role_name(member) == "reviewer:990201"
