"""Who may invite whom, what a link opens, and that it opens once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from review.domain import invitations
from review.domain.attempts import Origin
from review.domain.invitations import Invited, accept, accept_as, invite, reset_password, withdraw
from review.domain.sessions import sign_in
from review.enums import Role
from review.errors import (
    AlreadyHeldError,
    CredentialsError,
    InvitationClosedError,
    InvitedElseError,
    LicenceTakenError,
    OutOfReachError,
    OwnAccountError,
    UnknownLicenceError,
    UnknownProviderError,
    WeakPasswordError,
)
from review.extensions import db
from review.models.accounts import Invitation, LoginSession, Membership, ReviewerProfile, User
from review.models.audit import AuditEvent
from review.models.handler import Handler, Provider
from review.permissions import Actor
from review.privacy import token_digest
from review.queries.accounts import acting_as, signed_in
from tests import world

EMAIL, NAME, PASSWORD = "new@example.org", "新来者", "Lantern-River-42"
HERE = Origin("network 10.0.0.1")


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        world.regions()
        yield


def actor(role: Role = Role.ADMINISTRATOR, region_code: str = world.PROVINCE) -> Actor:
    member = world.person(role, region_code)
    return acting_as(member.user, member)


def chief(**changes: Any) -> Invited:
    values = {"email": EMAIL, "name": NAME, "role": Role.CHIEF, "region_code": world.COUNTY}
    return Invited(**(values | changes))


def reviewer(**changes: Any) -> Invited:
    return chief(role=Role.REVIEWER, **changes)


def handler_with_a_case() -> Handler:
    found = world.handler()
    world.case(found, world.agency())
    return found


def held_by(token: str) -> Actor:
    found = signed_in(token_digest(token))
    assert found is not None
    return found[0]


def user() -> User:
    return db.session.query(User).filter_by(email=EMAIL).one()


# Who may invite


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.HANDLER, Role.REVIEWER}])
def test_administrator_invites_any_role_anywhere(role: Role) -> None:
    me = actor(region_code=world.COUNTY)
    token = invite(chief(role=role, region_code=world.OTHER_COUNTY), me)
    assert held_by(accept(token, NAME, PASSWORD)).role is role


@pytest.mark.parametrize("role", [Role.CHIEF, Role.ORGANISER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_organiser_does_not_invite_other_roles(role: Role) -> None:
    with pytest.raises(OutOfReachError):
        invite(chief(role=role), actor(Role.ORGANISER, world.CITY))


@pytest.mark.parametrize(
    ("region_code", "is_allowed"),
    [
        (world.COUNTY, True),
        (world.CITY, True),
        (world.PROVINCE, False),
        (world.OTHER_COUNTY, False),
        ("990199", False),  # in the tree, but there is no such region
    ],
)
def test_organiser_invites_reviewers_within_the_own_tree(
    region_code: str, *, is_allowed: bool
) -> None:
    me = actor(Role.ORGANISER, world.CITY)
    if is_allowed:
        assert invite(reviewer(region_code=region_code), me)
        return
    with pytest.raises(OutOfReachError):
        invite(reviewer(region_code=region_code), me)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CHIEF, Role.HANDLER, Role.AUDITOR])
def test_nobody_else_invites(role: Role) -> None:
    handler_id = world.handler().id if role is Role.HANDLER else None
    member = world.person(role, world.PROVINCE, handler_id=handler_id)
    with pytest.raises(OutOfReachError):
        invite(reviewer(), acting_as(member.user, member))


# What a link opens


def test_link_makes_an_account_with_name_password_and_role() -> None:
    me = held_by(accept(invite(chief(), actor()), "本名", PASSWORD))
    assert (me.name, me.role, me.region_code) == ("本名", Role.CHIEF, world.COUNTY)
    assert sign_in(EMAIL, PASSWORD, HERE)


def test_only_the_digest_of_the_link_is_stored() -> None:
    token = invite(chief(), actor())
    stored = db.session.query(Invitation).one()
    assert stored.token_digest == token_digest(token) != token
    assert len(token) >= 43


def test_link_opens_once() -> None:
    token = invite(chief(), actor())
    accept(token, NAME, PASSWORD)
    with pytest.raises(InvitationClosedError):
        accept(token, NAME, PASSWORD)


@pytest.mark.parametrize(("days", "is_open"), [(6.99, True), (7, False)])
def test_link_opens_for_seven_days(days: float, *, is_open: bool) -> None:
    token = invite(chief(), actor())
    db.session.query(Invitation).one().expires_at -= timedelta(days=days)
    db.session.commit()
    if is_open:
        assert accept(token, NAME, PASSWORD)
        return
    with pytest.raises(InvitationClosedError):
        accept(token, NAME, PASSWORD)


def test_withdrawn_link_opens_nothing() -> None:
    me = actor()
    token = invite(chief(), me)
    withdraw(db.session.query(Invitation).one(), me)
    with pytest.raises(InvitationClosedError):
        accept(token, NAME, PASSWORD)


def test_inviting_again_replaces_the_first_link() -> None:
    me = actor()
    first, second = invite(chief(), me), invite(chief(), me)
    with pytest.raises(InvitationClosedError):
        accept(first, NAME, PASSWORD)
    assert accept(second, NAME, PASSWORD)


def test_guessable_password_leaves_the_link_open() -> None:
    token = invite(chief(), actor())
    with pytest.raises(WeakPasswordError):
        accept(token, NAME, "Password-2024")
    assert accept(token, NAME, PASSWORD)


# People who have an account


def test_account_receives_the_role_after_signing_in() -> None:
    member = world.person(Role.AUDITOR)
    token = invite(chief(email=member.user.email), actor())
    with pytest.raises(InvitedElseError):
        accept(token, NAME, PASSWORD)
    mine = sign_in(member.user.email, world.PASSWORD, HERE)
    found = signed_in(token_digest(mine))
    assert found is not None
    there = held_by(accept_as(token, found[0], found[1].id))
    assert (there.user_id, there.role, there.other_roles) == (member.user_id, Role.CHIEF, 1)
    assert signed_in(token_digest(mine)) is None  # the old token went with the old role
    assert member.user.name != NAME


def test_account_of_somebody_else_does_not_receive_the_role() -> None:
    stranger = world.person(Role.AUDITOR)
    token = invite(chief(), actor())
    mine = sign_in(stranger.user.email, world.PASSWORD, HERE)
    found = signed_in(token_digest(mine))
    assert found is not None
    with pytest.raises(InvitedElseError):
        accept_as(token, found[0], found[1].id)


def test_role_held_already_is_not_offered() -> None:
    member = world.person(Role.CHIEF)
    with pytest.raises(AlreadyHeldError):
        invite(chief(email=member.user.email), actor())


def test_suspended_person_gets_in_by_no_link() -> None:
    member = world.person(Role.CHIEF)
    token = reset_password(member.user, actor())
    member.user.is_active = False
    db.session.commit()
    with pytest.raises(InvitedElseError):
        accept(token, NAME, PASSWORD)


# A lost password


def test_reset_ends_the_sessions_and_the_link_sets_a_new_password() -> None:
    member = world.person(Role.CHIEF)
    sign_in(member.user.email, world.PASSWORD, HERE)
    token = reset_password(member.user, actor())
    assert db.session.query(LoginSession).filter_by(user_id=member.user_id).count() == 0
    with pytest.raises(CredentialsError):
        sign_in(member.user.email, world.PASSWORD, HERE)
    me = held_by(accept(token, NAME, PASSWORD))
    assert (me.user_id, me.membership_id) == (member.user_id, member.id)
    assert sign_in(member.user.email, PASSWORD, HERE)


def test_no_other_link_sets_the_password_of_an_account_that_waits_for_its_reset() -> None:
    """An organiser could otherwise take over whoever an administrator is helping."""
    victim = world.person(Role.ADMINISTRATOR, world.PROVINCE)
    reset_password(victim.user, actor())
    trap = invite(reviewer(email=victim.user.email), actor(Role.ORGANISER, world.CITY))
    with pytest.raises(InvitedElseError):
        accept(trap, NAME, PASSWORD)


def test_own_password_is_not_reset() -> None:
    member = world.person(Role.ADMINISTRATOR, world.PROVINCE)
    with pytest.raises(OwnAccountError):
        reset_password(member.user, acting_as(member.user, member))


# Handlers


def test_handler_is_bound_to_the_register_by_licence_and_takes_its_name() -> None:
    handler = handler_with_a_case()
    who = chief(role=Role.HANDLER, name="", licence_number=handler.licence_number)
    me = held_by(accept(invite(who, actor(Role.ORGANISER, world.CITY)), NAME, PASSWORD))
    assert me.handler_id == handler.id
    assert db.session.query(Invitation).one().name == handler.name


@pytest.mark.parametrize("number", ["1999000000000000", "", None])
def test_handler_without_such_a_licence_is_not_invited(number: str | None) -> None:
    handler_with_a_case()
    with pytest.raises(UnknownLicenceError):
        invite(chief(role=Role.HANDLER, licence_number=number), actor(Role.ORGANISER, world.CITY))


def test_handler_of_another_tree_is_unknown_to_the_organiser() -> None:
    handler = handler_with_a_case()
    who = chief(
        role=Role.HANDLER, region_code=world.OTHER_COUNTY, licence_number=handler.licence_number
    )
    with pytest.raises(UnknownLicenceError):
        invite(who, actor(Role.ORGANISER, world.OTHER_CITY))


def test_handler_with_an_account_is_not_given_to_another() -> None:
    handler = handler_with_a_case()
    world.person(Role.HANDLER, handler_id=handler.id)
    with pytest.raises(LicenceTakenError):
        invite(chief(role=Role.HANDLER, licence_number=handler.licence_number), actor())


def test_two_links_to_one_handler_make_one_account() -> None:
    number = handler_with_a_case().licence_number
    one, other = (
        invite(chief(email=email, role=Role.HANDLER, licence_number=number), actor())
        for email in (EMAIL, "second@example.org")
    )
    accept(one, NAME, PASSWORD)
    with pytest.raises(LicenceTakenError):
        accept(other, NAME, PASSWORD)
    db.session.rollback()
    assert db.session.query(User).filter_by(email="second@example.org").count() == 0


# Reviewers


def test_reviewer_is_recorded_with_what_the_conflict_rules_need() -> None:
    provider = world.add(Provider(name="城关律师事务所", region_code=world.COUNTY))
    who = reviewer(
        licence_number="1234", provider_name=provider.name, practising_since=date(2012, 5, 1)
    )
    accept(invite(who, actor()), NAME, PASSWORD)
    profile = db.session.get_one(ReviewerProfile, user().id)
    assert (profile.region_code, profile.licence_number) == (world.COUNTY, "1234")
    assert (profile.provider_id, profile.practising_since) == (provider.id, date(2012, 5, 1))


def test_reviewer_may_belong_to_no_provider() -> None:
    accept(invite(reviewer(), actor()), NAME, PASSWORD)
    profile = db.session.get_one(ReviewerProfile, user().id)
    assert (profile.licence_number, profile.provider_id) == (None, None)


def test_provider_that_the_register_does_not_know_is_refused() -> None:
    with pytest.raises(UnknownProviderError):
        invite(reviewer(provider_name="无此律所"), actor())


def test_same_licence_under_a_second_address_is_refused() -> None:
    first = world.reviewer()
    with pytest.raises(LicenceTakenError):
        invite(reviewer(licence_number=f"L{first.user_id}"), actor())


def test_later_invitation_does_not_rewrite_what_is_known_of_a_reviewer() -> None:
    known = world.reviewer(world.OTHER_COUNTY)
    firm = world.add(Provider(name="新律所", region_code=world.COUNTY))
    token = invite(reviewer(email=known.user.email, provider_name="新律所"), actor())
    found = signed_in(token_digest(sign_in(known.user.email, world.PASSWORD, HERE)))
    assert found is not None
    accept_as(token, found[0], found[1].id)
    profile = db.session.get_one(ReviewerProfile, known.user_id)
    assert profile.region_code == world.OTHER_COUNTY
    assert profile.licence_number == f"L{known.user_id}"
    assert profile.provider_id == firm.id  # a gap is filled


# The log


def test_every_step_is_recorded_without_name_or_address() -> None:
    me = actor()
    accept(invite(chief(), me), NAME, PASSWORD)
    events = db.session.query(AuditEvent).order_by(AuditEvent.id).all()
    assert [event.action for event in events] == [
        "invitation.created",
        "invitation.accepted",
        "session.started",
    ]
    assert [event.actor_id for event in events] == [me.user_id, user().id, user().id]
    assert not any("@" in str(e.details) or NAME in str(e.details) for e in events)


def test_first_administrator_is_invited_by_nobody() -> None:
    token = invitations.invite_first_administrator(EMAIL, NAME, world.PROVINCE)
    assert db.session.query(Invitation).one().invited_by_id is None
    assert held_by(accept(token, NAME, PASSWORD)).role is Role.ADMINISTRATOR


def test_invitation_expires_in_the_future() -> None:
    invite(chief(), actor())
    left = db.session.query(Invitation).one().expires_at - datetime.now(UTC)
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)


def test_revoked_role_does_not_come_back_by_an_open_link() -> None:
    from review.domain.accounts import revoke_role

    member = world.person(Role.CHIEF)
    admin = actor()
    token = reset_password(member.user, admin)
    revoke_role(member.user, f"chief:{world.COUNTY}", admin)
    with pytest.raises(InvitationClosedError):
        accept(token, NAME, PASSWORD)
    assert db.session.query(Membership).filter_by(user_id=member.user_id).count() == 0
