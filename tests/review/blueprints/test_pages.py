import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from review.enums import Role
from review.extensions import db
from tests import world

NO_ROW = 10**25
NINES = "9" * 4000
ROLES = [role for role in Role if role is not Role.HANDLER]


def rules(app: Flask, method: str) -> list[Rule]:
    every = [r for r in app.url_map.iter_rules() if r.methods and method in r.methods]
    return [rule for rule in every if rule.endpoint != "static"]


def address(rule: Rule) -> str:
    path = rule.rule
    for name in rule.arguments:
        path = path.replace(f"<int:{name}>", str(NO_ROW)).replace(f"<{name}>", str(NO_ROW))
    return path


@pytest.fixture
def client(
    app: Flask, client_as: Callable[[int], FlaskClient], request: pytest.FixtureRequest
) -> FlaskClient:
    with app.app_context():
        world.regions()
        member = world.person(request.param, world.PROVINCE).id
        db.session.commit()
    return client_as(member)


@pytest.mark.parametrize("client", ROLES, indirect=True)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_id_larger_than_any_row_is_no_page(app: Flask, client: FlaskClient, method: str) -> None:
    named = [rule for rule in rules(app, method) if rule.arguments]
    assert named
    for rule in named:
        answer = client.open(address(rule), method=method)
        assert answer.status_code in (404, 405), rule


@pytest.mark.parametrize("client", ROLES, indirect=True)
@pytest.mark.parametrize("number", [str(NO_ROW), "-1", NINES, "x"])
def test_impossible_page_or_number_is_answered(
    app: Flask, client: FlaskClient, number: str
) -> None:
    for rule in (r for r in rules(app, "GET") if not r.arguments):
        wanted = {"page": number, "actor_id": number, "before": number, "round": number}
        answer = client.get(rule.rule, query_string=wanted)
        assert answer.status_code < 500, rule


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("/rounds/new", "/rounds"),
        ("/definitions/import", "/definitions"),  # another blueprint's page below it
        ("/cases/", "/cases/"),
        ("/cases/imports", "/cases/imports"),  # below both, and nearer to the second
        ("/account", ""),
    ],
)
def test_navigation_marks_the_page_one_is_at_or_below(
    members: dict[str, int], client_as: Callable[[int], FlaskClient], address: str, here: str
) -> None:
    page = client_as(members[world.CITY]).get(address).text
    marked = re.findall(r'<a href="([^"]+)" aria-current="page">', page)
    assert marked == [here] * bool(here)
