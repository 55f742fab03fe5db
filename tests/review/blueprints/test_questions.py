from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from review.enums import Role
from review.extensions import db
from review.models.reviewing import Review
from tests import world
from tests.statements import counted

ClientAs = Callable[[int], FlaskClient]


def test_page_asks_and_takes_a_fixed_number_of_statements(app: Flask, client_as: ClientAs) -> None:
    with app.app_context():
        world.regions()
        organiser, at = world.person(Role.ORGANISER, world.CITY), world.agency()
        made = [world.case(world.handler(), at) for _ in range(4)]
        round_ = world.assigned_round(organiser, made, [world.reviewer() for _ in range(3)])
        db.session.commit()
        member, url = organiser.id, f"/rounds/{round_.id}/questions"
    client = client_as(member)
    with counted(app) as before:
        assert "目前没有需要问的情况" in client.get(url).text
    with app.app_context():
        for sampled in world.sampled_cases(db.session.merge(round_)):
            for assignment in world.assignments(sampled)[:2]:
                world.submitted_review(assignment)
        for review in db.session.query(Review):
            review.comment = "材料基本齐全，个别文书需要补正，建议加强会见。"
        db.session.commit()
    with counted(app) as after:
        page = client.get(url).text
    for words in ("不是结论", "同一案件两人意见相同", "可以怎样问"):
        assert words in page
    assert len(before) == len(after)
