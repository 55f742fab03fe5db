from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.domain import panel_plans
from review.enums import Role
from review.extensions import db
from review.jobs import run_due
from review.models.accounts import ReviewerProfile, User
from review.models.assignment import Assignment
from review.privacy import DIGEST_KEY
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


PAGE = "/rounds/1/assignment"


def proposed(client: FlaskClient, **data: object) -> str:
    """Where a tried-out panel is shown."""
    answer = client.post(PAGE, data=data)
    assert answer.status_code == 302
    return answer.location


def test_choose_try_out_confirm(
    app: Flask, client_as: ClientAs, scene: tuple[int, list[int], int]
) -> None:
    organiser, reviewers, near = scene
    client = client_as(organiser)
    assert "西岭市" in client.get(PAGE).get_data(as_text=True)
    plan = proposed(client, reviewer=[*reviewers, near])
    page = client.get(plan).get_data(as_text=True)
    # 12 marks among four, three each; the one of the county must stand back from all 6.
    assert "每人 0–3 件" in page
    assert "6 件案件可选的专家少于 10 名" in page
    assert stored(app) == 0
    back = client.get(f"{plan}/change").get_data(as_text=True)
    assert back.count(" checked") == 5
    assert client.post(f"{plan}/confirm").status_code == 302
    assert stored(app) == 18
    assert client.post(f"{plan}/confirm").status_code == 302  # nothing happens again
    assert stored(app) == 18
    assert "已于" in client.get(plan).get_data(as_text=True)


def test_too_few_reviewers_names_each_case_and_keeps_the_ticks(
    app: Flask, client_as: ClientAs, scene: tuple[int, list[int], int]
) -> None:
    organiser, reviewers, near = scene
    client = client_as(organiser)
    plan = proposed(client, reviewer=[*reviewers[:2], near])
    page = client.get(plan).get_data(as_text=True)
    assert "6 件案件的可用评估专家不足（每件需 3 名" in page
    assert page.count("示援字第") == 6
    assert page.count("地区回避 1") == 6
    assert "确认分配" not in page
    assert client.get(f"{plan}/change").get_data(as_text=True).count(" checked") == 3
    assert client.post(f"{plan}/confirm").status_code == 409
    assert stored(app) == 0


def test_one_person_under_two_accounts_is_refused_until_checked(
    app: Flask, client_as: ClientAs, scene: tuple[int, list[int], int]
) -> None:
    organiser, reviewers, _ = scene
    with app.app_context():
        for user_id, name in zip(reviewers[:2], ("歐陽 明", "欧阳明"), strict=True):
            db.session.get_one(User, user_id).name = name
        db.session.commit()
    client = client_as(organiser)
    page = client.get(proposed(client, reviewer=reviewers)).get_data(as_text=True)
    assert "可能是同一个人" in page
    assert "欧阳明" in page
    checked = proposed(client, reviewer=reviewers, namesakes_checked="y")
    assert "确认分配" in client.get(checked).get_data(as_text=True)


def test_what_changed_since_is_not_stored(
    app: Flask, client_as: ClientAs, scene: tuple[int, list[int], int]
) -> None:
    organiser, reviewers, _ = scene
    client = client_as(organiser)
    plan = proposed(client, reviewer=reviewers)
    with app.app_context():
        db.session.get_one(ReviewerProfile, reviewers[0]).most_cases = 1
        db.session.commit()
    answer = client.post(f"{plan}/confirm")
    assert answer.status_code == 409
    assert "请返回重新试算" in answer.get_data(as_text=True)
    assert stored(app) == 0


def test_large_panel_is_left_to_the_worker(
    app: Flask,
    client_as: ClientAs,
    scene: tuple[int, list[int], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(panel_plans, "PAIRS_AT_ONCE", 0)
    organiser, reviewers, _ = scene
    client = client_as(organiser)
    job = proposed(client, reviewer=reviewers)
    assert job.startswith("/jobs/")
    with app.app_context():
        assert run_due() == 1
    plan = client.get(job).location
    assert "确认分配" in client.get(plan).get_data(as_text=True)
    job = client.post(f"{plan}/confirm").location
    assert stored(app) == 0
    with app.app_context():
        assert run_due() == 1
    assert client.get(job).location == plan
    assert stored(app) == 18


def test_worker_stores_nothing_when_something_changed(
    app: Flask,
    client_as: ClientAs,
    scene: tuple[int, list[int], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organiser, reviewers, _ = scene
    client = client_as(organiser)
    plan = proposed(client, reviewer=reviewers)
    monkeypatch.setattr(panel_plans, "PAIRS_AT_ONCE", 0)
    job = client.post(f"{plan}/confirm").location
    with app.app_context():
        db.session.get_one(ReviewerProfile, reviewers[0]).most_cases = 1
        db.session.commit()
        run_due()
    assert "试算之后" in client.get(job).get_data(as_text=True)
    assert stored(app) == 0


def test_confirmed_panel_can_be_computed_again_with_the_key(
    app: Flask, client_as: ClientAs, scene: tuple[int, list[int], int]
) -> None:
    client = client_as(scene[0])
    client.post(f"{proposed(client, reviewer=scene[1])}/confirm")
    runner = app.test_cli_runner()
    assert runner.invoke(args=["panels", "verify", "1"]).exit_code == 0
    app.extensions.pop(DIGEST_KEY)
    former = app.config["DATA_KEY"]
    app.config.update(DATA_KEY=b"K" * 32, DATA_KEY_FALLBACKS=(former, b"Z" * 32))
    # The seals still open under the former key, but the secret is another's.
    assert runner.invoke(args=["panels", "verify", "1"]).exit_code == 1


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
    assert len(statements) == 7 <= LIST_STATEMENTS
