from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.extensions import db
from review.jobs import run_due
from review.models.reviewing import Review
from review.permissions import Actor
from tests.review.domain.test_rubric_health import scene

ADDRESS = "/rubrics/civil-first/1/health"


@pytest.fixture
def client(app: Flask, client_as: Callable[[int], FlaskClient]) -> FlaskClient:
    with app.app_context():
        by: Actor = scene()
    return client_as(by.membership_id)


def worked_out(app: Flask, client: FlaskClient) -> str:
    job = client.post(ADDRESS).headers["Location"]
    with app.app_context():
        run_due()
    assert client.get(job).headers["Location"].endswith(ADDRESS)
    return client.get(ADDRESS).text


def test_page_names_what_stands_out_and_what_to_do(app: Flask, client: FlaskClient) -> None:
    assert "统计各项指标" in client.get(ADDRESS).text
    page = worked_out(app, client)
    # All but the six criteria on which 88 and 84 lost points, of 17, and one of those six.
    assert "17 项指标中，" in page
    assert "没有人在此失分" in page
    assert "专家对同一案件的给分常不一致" in page
    assert "共 40 份评分，20 件案件，3 名专家" in page
    assert "20/40（50%）" in page
    assert "给分全部相同" in page


def test_page_with_too_few_markings_shows_no_figure(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        for review in db.session.query(Review).order_by(Review.id).limit(11):
            review.rubric_key = "other/1"
        db.session.commit()
    page = worked_out(app, client)
    assert "评分 29 份、专家 3 人：不足以判断。" in page
    assert "<table" not in page


def test_rubric_that_is_not_there(client: FlaskClient) -> None:
    assert client.get("/rubrics/none/1/health").status_code == 404
    assert client.post("/rubrics/none/1/health").status_code == 404
