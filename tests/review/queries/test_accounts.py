from collections.abc import Iterator

import pytest
from flask import Flask

from review.enums import Role
from review.extensions import db
from review.models.accounts import Membership
from review.queries.accounts import DEMO_SHOWN, accounts_page, acting_as, demo_accounts, password_of
from tests import world


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        world.regions()
        yield


def named(local: str, role: Role = Role.CHIEF) -> Membership:
    member = world.person(role)
    member.user.email = f"{local}@demo.invalid"
    return member


def test_demo_accounts_are_a_line_for_each_role_of_the_demos_own_people() -> None:
    both = named("two-roles")
    world.add(Membership(user_id=both.user_id, role=Role.AUDITOR, region_code=world.CITY))
    named("away").user.is_active = False
    world.person(Role.CHIEF)
    world.person(Role.CHIEF).user.email = "demo.invalid@example.org"
    db.session.flush()
    found = [(user.email, role.role, region) for user, role, region in demo_accounts()]
    assert found == [
        ("two-roles@demo.invalid", Role.CHIEF, "城关区"),
        ("two-roles@demo.invalid", Role.AUDITOR, "东川市"),
    ]


def test_demo_accounts_are_few() -> None:
    for n in range(DEMO_SHOWN + 3):
        named(f"n{n}")
    db.session.flush()
    assert len(demo_accounts()) == DEMO_SHOWN


def test_account_without_a_role_may_not_be_used() -> None:
    member = world.person(Role.CHIEF)
    email = member.user.email
    assert password_of(email) is not None
    db.session.delete(member)
    db.session.flush()
    assert password_of(email) is None


def test_administrator_of_the_province_sees_everybody_also_those_without_a_role() -> None:
    admin = world.person(Role.ADMINISTRATOR, world.PROVINCE)
    gone, other = world.person(Role.CHIEF), world.person(Role.CHIEF, world.OTHER_COUNTY)
    gone_id = gone.user_id
    db.session.delete(gone)
    db.session.flush()
    users, roles, count = accounts_page(acting_as(admin.user, admin), 1)
    assert [user.id for user in users] == [other.user_id, gone_id, admin.user_id]
    assert count == 3
    assert roles[gone_id] == []
    assert [name for _role, name in roles[other.user_id]] == ["白水县"]
