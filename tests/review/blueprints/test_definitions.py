import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from review.domain import definitions as verbs
from review.enums import DefinitionStatus, DefinitionSubject
from review.extensions import db
from review.models.accounts import Membership
from review.models.definitions import Definition
from rubrics.registry import all_rubrics, all_schemes, get_rubric
from rubrics.writing import rubric_text
from tests import world
from tests.statements import counted
from tests.world import CITY, COUNTY, OTHER_CITY, PROVINCE

Client = Callable[[int], FlaskClient]
STATEMENTS = {"index": 6, "show": 6}
"""The session, and: the own ones and their number, those above, uses of rubrics and of schemes;
or: the definition, its earlier versions, region, saver, rounds."""


def planted(app: Flask, members: dict[str, int], region_code: str, **changes: object) -> int:
    with app.app_context():
        by = db.session.get_one(Membership, members[region_code])
        made: int = world.definition(by, **changes).id  # type: ignore[arg-type]
        db.session.commit()
    return made


def status_of(app: Flask, definition_id: int) -> DefinitionStatus:
    with app.app_context():
        return db.session.get_one(Definition, definition_id).status


def posted(source: str, name: str, region_code: str = CITY) -> dict[str, str]:
    return {"source": source, "name": name, "region_code": region_code}


def test_list_shows_what_may_be_used_copied_and_edited(
    app: Flask, client_as: Client, members: dict[str, int]
) -> None:
    planted(app, members, CITY)
    planted(app, members, PROVINCE, name="above", status=DefinitionStatus.PUBLISHED)
    planted(app, members, PROVINCE, name="unfinished")
    planted(app, members, OTHER_CITY, name="theirs", status=DefinitionStatus.PUBLISHED)
    client = client_as(members[CITY])
    with counted(app) as statements:
        page = client.get("/definitions").text
    assert len(statements) == STATEMENTS["index"]
    assert f"{CITY}-civil/1" in page
    assert f"rubric:{PROVINCE}-above/1" in page
    assert "unfinished" not in page
    assert "theirs" not in page
    for made in all_rubrics() + all_schemes():
        assert made.title in page
        assert made.key in page


def test_page_of_a_rubric_shows_the_reviewers_sheet(
    app: Flask, client_as: Client, members: dict[str, int]
) -> None:
    definition_id = planted(app, members, CITY, status=DefinitionStatus.PUBLISHED)
    client = client_as(members[CITY])
    with counted(app) as statements:
        page = client.get(f"/definitions/{definition_id}").text
    assert len(statements) == STATEMENTS["show"]
    for criterion in all_rubrics()[1].criteria:
        assert criterion.title in page
    with app.app_context():
        digest = db.session.get_one(Definition, definition_id).digest or ""
    assert digest[:8] in page


@pytest.mark.parametrize("source", ["rubric:civil-second/1", "scheme:five-point"])
def test_shipped_one_is_copied_edited_published_and_retired(
    app: Flask, client_as: Client, members: dict[str, int], source: str
) -> None:
    client = client_as(members[CITY])
    assert (
        'value="civil-second"' in client.get("/definitions/new?source=rubric:civil-second/1").text
    )
    made = client.post("/definitions/new", data=posted(source, "own"))
    definition_id = int(made.location.split("/")[2])
    confirm = f"/definitions/{definition_id}/publish"
    assert "从此固定" in client.get(confirm).text
    client.post(confirm, data={"edits": "0"})
    with app.app_context():
        published = db.session.get_one(Definition, definition_id)
        assert published.status is DefinitionStatus.PUBLISHED
        assert published.digest == hashlib.sha256(published.text.encode()).hexdigest()
    client.post(f"/definitions/{definition_id}/retire")
    assert status_of(app, definition_id) is DefinitionStatus.RETIRED


def test_publishing_what_was_changed_meanwhile_is_refused(
    app: Flask, client_as: Client, members: dict[str, int]
) -> None:
    definition_id = planted(app, members, CITY, edits=3)
    client = client_as(members[CITY])
    for edits in ("2", "", "x"):
        answer = client.post(
            f"/definitions/{definition_id}/publish", data={"edits": edits}, follow_redirects=True
        )
        assert "刚有人更改过" in answer.text
        assert status_of(app, definition_id) is DefinitionStatus.DRAFT
    client.post(f"/definitions/{definition_id}/retire")
    assert status_of(app, definition_id) is DefinitionStatus.DRAFT


def test_discarded_draft_leaves_the_list_and_can_be_copied(
    app: Flask, client_as: Client, members: dict[str, int]
) -> None:
    client = client_as(members[CITY])
    definition_id = planted(app, members, CITY, edits=2)
    address = f"/definitions/{definition_id}"
    for edits in ("1", "", "x"):
        refused = client.post(f"{address}/discard", data={"edits": edits}, follow_redirects=True)
        assert "刚有人更改过" in refused.text
    page = client.post(f"{address}/discard", data={"edits": "2"}, follow_redirects=True).text
    assert status_of(app, definition_id) is DefinitionStatus.DISCARDED
    assert "草稿已放弃" in page
    assert address not in client.get("/definitions").text
    for verb in ("edit", "publish", "discard", "retire"):
        assert f"{address}/{verb}" not in page
        client.post(f"{address}/{verb}", data={"edits": "2"})
        assert status_of(app, definition_id) is DefinitionStatus.DISCARDED
    assert client.get(f"{address}/edit").status_code == 302
    assert "不能发布" in client.get(f"{address}/publish").text
    again = client.post("/definitions/new", data=posted(f"rubric:{CITY}-civil/1", "civil"))
    assert client.get(again.location).status_code == 200
    with app.app_context():
        keys = db.session.scalars(select(Definition.key).order_by(Definition.id)).all()
    assert keys == [f"{CITY}-civil/1", f"{CITY}-civil/2"]  # a number is used once


@pytest.mark.parametrize("status", [DefinitionStatus.PUBLISHED, DefinitionStatus.RETIRED])
def test_what_was_published_is_not_discarded(
    app: Flask, client_as: Client, members: dict[str, int], status: DefinitionStatus
) -> None:
    definition_id = planted(app, members, CITY, status=status)
    client = client_as(members[CITY])
    answer = client.post(
        f"/definitions/{definition_id}/discard", data={"edits": "0"}, follow_redirects=True
    )
    assert "状态已经改变" in answer.text
    assert "放弃草稿" not in answer.text
    assert status_of(app, definition_id) is status


def test_page_to_publish_leads_to_what_must_be_mended(
    app: Flask, client_as: Client, members: dict[str, int]
) -> None:
    text = rubric_text(replace(get_rubric("civil-first/1"), key=f"{CITY}-bad/1", title=""))
    definition_id = planted(app, members, CITY, name="bad", text=text)
    page = client_as(members[CITY]).get(f"/definitions/{definition_id}/publish").text
    assert f'href="/definitions/{definition_id}/edit"' in page


@pytest.mark.parametrize(
    "case",
    [
        (posted("rubric:civil-second/1", "民事"), 422, "只能用小写字母"),
        (posted("rubric:civil-second/1", ""), 422, "请填写短名"),
        (posted("nonsense", "own"), 422, "请从列表中选择"),
        (posted("rubric:civil-second/1", "own", OTHER_CITY), 422, "行政区划"),
        (posted("rubric:no-such/1", "own"), 404, ""),
        (posted(f"rubric:{OTHER_CITY}-civil/1", "own"), 404, ""),
        (posted(f"rubric:{PROVINCE}-civil/1", "own"), 404, ""),  # a draft above
    ],
)
def test_copy_that_cannot_be_made_says_why(
    app: Flask, client_as: Client, members: dict[str, int], case: tuple[dict[str, str], int, str]
) -> None:
    given, status, message = case
    planted(app, members, OTHER_CITY, status=DefinitionStatus.PUBLISHED)
    planted(app, members, PROVINCE)
    answer = client_as(members[CITY]).post("/definitions/new", data=given)
    assert answer.status_code == status
    assert message in answer.text
    with app.app_context():
        assert db.session.query(Definition).count() == 2


def test_county_copies_what_its_city_published(
    app: Flask, client_as: Client, members: dict[str, int]
) -> None:
    planted(app, members, CITY, status=DefinitionStatus.PUBLISHED)
    given = posted(f"rubric:{CITY}-civil/1", "civil", COUNTY)
    assert client_as(members[COUNTY]).post("/definitions/new", data=given).status_code == 302


@pytest.fixture
def raced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else starts the same version between the look and the write."""
    monkeypatch.setattr(verbs, "versions_of", lambda _subject, _name: ())


@pytest.mark.usefixtures("raced")
def test_two_drafts_of_one_version_are_a_conflict_in_words(
    app: Flask, client_as: Client, members: dict[str, int]
) -> None:
    planted(app, members, CITY, subject=DefinitionSubject.RUBRIC)
    answer = client_as(members[CITY]).post(
        "/definitions/new", data=posted("rubric:civil-second/1", "civil")
    )
    assert answer.status_code == 409
    assert "刚有人用这个短名" in answer.text
    with app.app_context():
        assert db.session.query(Definition).count() == 1
