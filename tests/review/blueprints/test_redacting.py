"""Without a script the pages of a dossier's redaction do all they do with one."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import Role
from review.extensions import db
from review.models.dossiers import Dossier, RedactionMark
from review.models.jobs import Job
from tests import world
from tests.scans import scan

RECTANGLE = {"page": "1", "left": "10", "top": "20", "width": "30", "height": "5", "what": "stamp"}


@pytest.fixture
def path(app: Flask) -> str:
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        dossier = world.dossier(
            world.case(world.handler(), world.agency()), member, full=scan("jpeg")
        )
        db.session.commit()
        app.config["ORGANISER"] = member.id
        return f"/dossiers/{dossier.public_id}/redaction"


@pytest.fixture
def client(app: Flask, path: str, client_as: Callable[[int], FlaskClient]) -> FlaskClient:
    return client_as(app.config["ORGANISER"])


def marks(app: Flask) -> list[tuple[float, float, float, float]]:
    with app.app_context():
        return [(m.x0, m.y0, m.x1, m.y1) for m in db.session.scalars(db.select(RedactionMark))]


def test_typed_rectangle_is_saved_in_shares_of_the_page(
    app: Flask, client: FlaskClient, path: str
) -> None:
    answer = client.post(path, data=RECTANGLE)
    assert answer.status_code == 302
    assert marks(app) == [pytest.approx((0.1, 0.2, 0.4, 0.25))]


@pytest.mark.parametrize(
    "changed", [{"page": "2"}, {"width": "0"}, {"left": "x"}, {"top": "nan"}, {"height": "101"}]
)
def test_rectangle_that_is_none_is_refused_in_words(
    app: Flask, client: FlaskClient, path: str, changed: dict[str, str]
) -> None:
    answer = client.post(path, data=RECTANGLE | changed)
    assert answer.status_code == 422
    assert 'class="field-error" role="alert"></p>' not in answer.text
    assert marks(app) == []


def test_copy_is_refused_while_a_proposal_is_undecided(
    app: Flask, client: FlaskClient, path: str
) -> None:
    with app.app_context():
        world.redaction_mark(db.session.scalars(db.select(Dossier)).one())
        db.session.commit()
    answer = client.post(f"{path}/copy", follow_redirects=True)
    assert "没有制作副本" in answer.text
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count(Job.id))) == 0


def test_preview_of_no_copy_is_no_page(client: FlaskClient, path: str) -> None:
    assert client.get(f"{path}/preview").status_code == 404
    assert "还没有副本" in client.get(path).text
