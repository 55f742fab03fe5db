from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from review.enums import Role
from review.forms.accounts import canonical_email, invitation_form

REGION = {"email": " New@Example.ORG ", "name": " \u202e新来者 ", "region_code": ""}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [(" A@B.org ", "a@b.org"), ("a@b.org", "a@b.org"), ("", ""), (None, "")],
)
def test_address_has_one_spelling(typed: str | None, stored: str) -> None:
    assert canonical_email(typed) == stored


@pytest.mark.parametrize(
    ("role", "fields"),
    [
        (Role.CHIEF, {"email", "name", "region_code"}),
        (Role.ADMINISTRATOR, {"email", "name"}),
        (Role.HANDLER, {"email", "licence_number", "region_code"}),
        (
            Role.REVIEWER,
            {
                "email",
                "name",
                "licence_number",
                "provider_name",
                "practising_since",
                "region_code",
            },
        ),
    ],
)
def test_form_asks_for_what_the_role_needs(app: Flask, role: Role, fields: set[str]) -> None:
    with app.test_request_context():
        assert set(invitation_form(role, []).data) - {"csrf_token"} == fields


def test_administrator_gets_the_region_of_whoever_invites(app: Flask) -> None:
    with app.test_request_context(method="POST", data=MultiDict(REGION)):
        form = invitation_form(Role.ADMINISTRATOR, [])
        assert form.validate()
        who = form.invited(Role.ADMINISTRATOR, "990000")
    assert (who.email, who.name, who.region_code) == ("new@example.org", "新来者", "990000")


def test_region_must_be_chosen(app: Flask) -> None:
    with app.test_request_context(method="POST", data=MultiDict(REGION)):
        form = invitation_form(Role.CHIEF, [])
        assert not form.validate()
        assert set(form.errors) == {"region_code"}


def test_empty_fields_of_a_reviewer_are_missing_not_empty(app: Flask) -> None:
    data = REGION | {"practising_since": "2012-05-01", "licence_number": " "}
    with app.test_request_context(method="POST", data=MultiDict(data)):
        form = invitation_form(Role.REVIEWER, [])
        form.validate()
        who = form.invited(Role.REVIEWER, "990000")
    assert (who.licence_number, who.provider_name) == (None, None)
    assert who.practising_since == date(2012, 5, 1)
