from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from review.enums import CallReason, Role
from review.extensions import db
from tests import world
from tests.statements import counted

STATEMENTS = 9
ClientAs = Callable[[int], FlaskClient]


def scene(app: Flask, cases: int) -> tuple[int, str]:
    with app.app_context():
        world.regions()
        organiser, at = world.person(Role.ORGANISER, world.CITY), world.agency()
        made = [world.case(world.handler(), at) for _ in range(cases)]
        reviewers = [world.reviewer() for _ in range(3)]
        round_ = world.assigned_round(organiser, made, reviewers, remark_percent=10)
        for one in world.sampled_cases(round_):
            world.settled_case(one, (62, 60))
            one.called_for = CallReason.LOT
        db.session.commit()
        return organiser.id, f"/rounds/{round_.id}/remarking"


def test_page_says_what_is_marked_again_and_how_safe_results_are(
    app: Flask, client_as: ClientAs
) -> None:
    member, url = scene(app, 31)
    with counted(app) as statements:
        page = client_as(member).get(url).text
    for words in ("随机抽取 10% 复评", "随机抽中复评", "31 件中有 31 件", "建议阈值 3.3 分"):
        assert words in page
    assert len(statements) == STATEMENTS


def test_page_of_too_few_marks_says_so(app: Flask, client_as: ClientAs) -> None:
    member, url = scene(app, 2)
    with counted(app) as statements:
        page = client_as(member).get(url).text
    assert len(statements) == STATEMENTS
    assert "n = 2：不足以估计" in page
    assert "评分还不够" in page
