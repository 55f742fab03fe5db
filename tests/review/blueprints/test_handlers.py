from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import Role
from review.extensions import db
from review.models.handler import Handler
from tests import world
from tests.statements import counted
from tests.world import CITY, COUNTY

STATEMENTS = 8


@pytest.fixture
def organiser(app: Flask, client_as: Callable[[int], FlaskClient]) -> FlaskClient:
    with app.app_context():
        world.regions()
        membership = world.person(Role.ORGANISER, CITY).id
        db.session.commit()
    return client_as(membership)


def twins(app: Flask, pairs: int) -> tuple[int, int, str]:
    with app.app_context():
        at = world.agency(COUNTY)
        for _ in range(pairs):
            one = world.handler(region_code=COUNTY)
            other = world.add(Handler(name=one.name, provider_id=one.provider_id))
            for handler in (one, other):
                world.case(handler, at, closed_on=date(2024, 5, 6))
        db.session.commit()
        return one.id, other.id, one.name


def test_pairs_are_proposed_and_merged_by_one_button(app: Flask, organiser: FlaskClient) -> None:
    kept, other, name = twins(app, 1)
    page = organiser.get("/handlers/alike").get_data(as_text=True)
    assert page.count(f"<strong>{name}</strong>") == 2
    assert f"/handlers/{kept}/merge/{other}" in page
    assert organiser.post(f"/handlers/{kept}/merge/{other}").status_code == 302
    page = organiser.get("/handlers/alike").get_data(as_text=True)
    assert "已合并为一人" in page
    assert "没有看起来是同一人的承办人员" in page
    assert organiser.post(f"/handlers/{kept}/merge/{other}").status_code == 404


def test_either_of_the_two_can_be_kept(app: Flask, organiser: FlaskClient) -> None:
    first, second, _name = twins(app, 1)
    page = organiser.get("/handlers/alike").get_data(as_text=True)
    assert f"/handlers/{second}/merge/{first}" in page
    organiser.post(f"/handlers/{second}/merge/{first}")
    with app.app_context():
        assert db.session.get_one(Handler, first).merged_into_id == second


def test_pairs_come_twenty_to_a_page(app: Flask, organiser: FlaskClient) -> None:
    twins(app, 21)
    shown = [
        organiser.get(f"/handlers/alike?page={n}").get_data(as_text=True).count("/apart/")
        for n in (1, 2, 3)
    ]
    assert shown == [20, 1, 1]  # beyond the last page is the last


def test_two_people_are_told_apart_by_the_other_button(app: Flask, organiser: FlaskClient) -> None:
    kept, other, _name = twins(app, 1)
    assert organiser.post(f"/handlers/{kept}/apart/{other}").status_code == 302
    assert "没有看起来是同一人" in organiser.get("/handlers/alike").get_data(as_text=True)


def test_two_accounts_are_refused_in_words(app: Flask, organiser: FlaskClient) -> None:
    kept, other, _name = twins(app, 1)
    with app.app_context():
        for handler in (kept, other):
            world.person(Role.HANDLER, COUNTY, handler_id=handler)
        db.session.commit()
    answer = organiser.post(f"/handlers/{kept}/merge/{other}")
    assert answer.status_code == 409
    assert "各有账号" in answer.get_data(as_text=True)


def test_page_takes_as_many_statements_for_many_pairs(app: Flask, organiser: FlaskClient) -> None:
    twins(app, 8)
    with counted(app) as statements:
        assert organiser.get("/handlers/alike").status_code == 200
    assert len(statements) <= STATEMENTS
