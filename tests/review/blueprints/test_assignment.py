from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import Role
from review.extensions import db
from review.models.assignment import Assignment
from tests import world
from tests.statements import counted

LIST_STATEMENTS = 8
ClientAs = Callable[[int], FlaskClient]


@pytest.fixture
def scene(app: Flask) -> tuple[int, list[int], int]:
    """An organiser with a drawn round of six cases, four reviewers, and one of the same county."""
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        by, at = world.handler(), world.agency()
        world.drawn_round(member, [world.case(by, at) for _ in range(6)])
        reviewers = [world.reviewer().user_id for _ in range(4)]
        near = world.reviewer(world.COUNTY).user_id
        db.session.commit()
        return member.id, reviewers, near


def stored(app: Flask) -> int:
    with app.app_context():
        return db.session.query(Assignment).count()


def test_choose_preview_confirm(
    app: Flask, client_as: ClientAs, scene: tuple[int, list[int], int]
) -> None:
    organiser, reviewers, near = scene
    client = client_as(organiser)
    assert "西岭市" in client.get("/rounds/1/assignment").get_data(as_text=True)
    chosen = {"reviewer": [*reviewers, near]}
    page = client.post("/rounds/1/assignment", data=chosen).get_data(as_text=True)
    # 12 marks among four, three each; the one of the county must stand back from all 6.
    assert "每人 0–3 件" in page
    assert stored(app) == 0
    back = client.post("/rounds/1/assignment", data=chosen | {"back": "1"})
    assert back.get_data(as_text=True).count(" checked") == 5
    assert client.post("/rounds/1/assignment/confirm", data=chosen).status_code == 302
    assert stored(app) == 18
    again = client.post("/rounds/1/assignment/confirm", data=chosen)
    assert again.status_code == 409
    assert stored(app) == 18


def test_too_few_reviewers_names_cases_and_keeps_the_ticks(
    app: Flask, client_as: ClientAs, scene: tuple[int, list[int], int]
) -> None:
    organiser, reviewers, near = scene
    chosen = {"reviewer": [*reviewers[:2], near]}
    for step in ("", "/confirm"):
        answer = client_as(organiser).post(f"/rounds/1/assignment{step}", data=chosen)
        assert answer.status_code == 409
        page = answer.get_data(as_text=True)
        assert "6 件案件的可用评估专家不足（每件需 3 名" in page
        assert "示援字第" in page
        assert page.count(" checked") == 3
    assert stored(app) == 0


def test_nobody_ticked_asks_for_somebody(
    app: Flask, client_as: ClientAs, scene: tuple[int, list[int], int]
) -> None:
    answer = client_as(scene[0]).post("/rounds/1/assignment")
    assert answer.status_code == 422
    assert "请至少勾选一名评估专家" in answer.get_data(as_text=True)


@pytest.mark.parametrize("more", [0, 30])
def test_choice_needs_few_statements_however_many_reviewers(
    app: Flask, client_as: ClientAs, scene: tuple[int, list[int], int], more: int
) -> None:
    with app.app_context():
        for _ in range(more):
            world.reviewer()
        db.session.commit()
    client = client_as(scene[0])
    with counted(app) as statements:
        assert client.get("/rounds/1/assignment").status_code == 200
    assert len(statements) == 6 <= LIST_STATEMENTS
