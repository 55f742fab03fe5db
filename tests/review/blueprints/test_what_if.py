from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.domain.definitions import save_draft
from review.extensions import db
from review.jobs import run_due
from review.models.accounts import Membership
from review.models.definitions import Definition
from review.permissions import Actor
from tests import world
from tests.review.domain.test_what_if import SCHEME, scene
from tests.statements import counted


@pytest.fixture
def by(app: Flask) -> Actor:
    """The organiser of ``scene`` with a draft scheme whose 良好 begins at 87 in place of 80."""
    with app.app_context():
        by = scene()
        member = db.session.get_one(Membership, by.membership_id)
        draft = world.definition(member, "cuts", SCHEME)
        save_draft(draft, draft.text.replace("= 80", "= 87"), edits=0, by=by)
        return by


def page_of(app: Flask, client: FlaskClient, *, ask: bool = True) -> str:
    with app.app_context():
        number = db.session.query(Definition).one().id
    if ask:
        job = client.post(f"/definitions/{number}/what-if").headers["Location"]
        with app.app_context():
            run_due()
        assert client.get(job).headers["Location"].endswith(f"/definitions/{number}/what-if")
    return client.get(f"/definitions/{number}/what-if").text


def test_page_tells_how_many_from_which_grade_to_which(
    app: Flask, by: Actor, client_as: Callable[[int], FlaskClient]
) -> None:
    client = client_as(by.membership_id)
    assert "不改变任何结果" in page_of(app, client, ask=False)
    page = page_of(app, client)
    assert "已发布的 3 件中，3 件的等次会不同：0 件变高，3 件变低。" in page
    assert page.count("示援字第") == 3
    assert page.count('class="grade grade-pass"') == 1 + 3
    assert "已经过时" not in page


def test_page_to_publish_says_what_was_found_for_the_draft_as_it_stands(
    app: Flask, by: Actor, client_as: Callable[[int], FlaskClient]
) -> None:
    client = client_as(by.membership_id)
    with app.app_context():
        address = f"/definitions/{db.session.query(Definition).one().id}/publish"
    found = "3 件的等次会不同"
    assert found not in client.get(address).text
    page_of(app, client)
    assert found in client.get(address).text
    with app.app_context():
        draft = db.session.query(Definition).one()
        save_draft(draft, draft.text, edits=1, by=by)
    assert found not in client.get(address).text


def test_page_says_when_the_draft_has_changed_since(
    app: Flask, by: Actor, client_as: Callable[[int], FlaskClient]
) -> None:
    client = client_as(by.membership_id)
    page_of(app, client)
    with app.app_context():
        draft = db.session.query(Definition).one()
        save_draft(draft, draft.text, edits=1, by=by)
    assert "下面的结果已经过时" in page_of(app, client, ask=False)


def test_draft_with_a_hole_is_not_worked_out(
    app: Flask, by: Actor, client_as: Callable[[int], FlaskClient]
) -> None:
    with app.app_context():
        draft = db.session.query(Definition).one()
        number = draft.id
        save_draft(draft, draft.text.replace("upper = 87", "upper = 70"), edits=1, by=by)
    answer = client_as(by.membership_id).post(f"/definitions/{number}/what-if")
    assert answer.status_code == 422
    assert "没有推算" in answer.text


def test_statements_do_not_grow_with_the_cases(
    app: Flask, by: Actor, client_as: Callable[[int], FlaskClient]
) -> None:
    client = client_as(by.membership_id)
    page_of(app, client)
    with app.app_context():
        number = db.session.query(Definition).one().id
    with counted(app) as statements:
        client.get(f"/definitions/{number}/what-if")
    assert len(statements) <= 8
