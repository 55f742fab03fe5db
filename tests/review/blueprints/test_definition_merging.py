"""Two people saved one draft: the second sees both versions and chooses."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import DefinitionStatus
from rubrics.reading import read_rubric
from tests.review.blueprints.test_definition_edits import client, draft, stored, typed

__all__ = ["client", "draft"]


def conflicting(app: Flask, client: FlaskClient, draft: int) -> dict[str, str]:
    """Two tabs; the first saved a title and some points, the second others. The second's form."""
    first = typed(app, draft, head_0__title="先存的", criterion_2__points="3")
    second = typed(app, draft, criterion_2__points="6", criterion_3__points="2")
    client.post(f"/definitions/{draft}/edit", data=first)
    answer = client.post(f"/definitions/{draft}/edit", data=second)
    assert answer.status_code == 409
    assert stored(app, draft).edits == 1
    mine = re.search(r'<textarea name="mine" hidden>(.*?)</textarea>', answer.text, re.DOTALL)
    assert mine
    places = re.findall(r'name="take ([^"]+)" value="mine"', answer.text)
    assert places == ["whole::title", "criterion:agreement:points", "criterion:authority:points"]
    return {"mine": unescape(mine[1]), "edits": "1", "began": "0"}


@pytest.mark.parametrize(
    "case",
    [
        ({"whole": "mine"}, "民事诉讼一审案件质量评估标准", ["6", "2"]),
        ({"whole": "theirs"}, "先存的", ["3", "4"]),
        (
            {
                "take whole::title": "theirs",
                "take criterion:agreement:points": "mine",
                "take criterion:authority:points": "theirs",
            },
            "先存的",
            ["6", "4"],
        ),
    ],
)
def test_second_saver_chooses_wholly_or_place_by_place(
    app: Flask, client: FlaskClient, draft: int, case: tuple[dict[str, str], str, list[str]]
) -> None:
    choice, title, points = case
    form = conflicting(app, client, draft)
    assert client.post(f"/definitions/{draft}/merge", data=form | choice).status_code == 302
    saved = read_rubric(stored(app, draft).text)
    assert saved.title == title
    assert [str(c.points) for c in saved.criteria[:2]] == points


def proposed(page: str) -> dict[str, str]:
    """Place → the side that is ticked."""
    return dict(re.findall(r'name="take ([^"]+)" value="(\w+)" checked', page))


def test_side_that_alone_changed_something_is_proposed(
    app: Flask, client: FlaskClient, draft: int
) -> None:
    conflicting(app, client, draft)
    second = typed(app, draft, 0, head_0__title="民事诉讼一审案件质量评估标准")
    second["criterion-2.points"], second["criterion-3.points"] = "6", "2"
    page = client.post(f"/definitions/{draft}/edit", data=second).text
    # Began from 4 and 4: they made it 3 and 4 and changed the title, I made it 6 and 2.
    assert proposed(page) == {"whole::title": "theirs", "criterion:authority:points": "mine"}
    said = re.findall(r'<legend>.*?<span class="quiet">(.*?)</span></legend>', page)
    assert said == ["只有对方改过", "两边都改过", "只有您改过"]


def test_where_the_common_beginning_is_gone_nothing_is_proposed(
    app: Flask, client: FlaskClient, draft: int
) -> None:
    form = conflicting(app, client, draft) | {"edits": "0", "began": "-1", "whole": "mine"}
    page = client.post(f"/definitions/{draft}/merge", data=form).text
    assert proposed(page) == {}
    assert "改过</span>" not in page


@pytest.mark.parametrize("verb", ["publish", "discard"])
def test_choice_on_what_is_no_draft_any_more_keeps_the_text(
    app: Flask, client: FlaskClient, draft: int, verb: str
) -> None:
    form = conflicting(app, client, draft) | {"whole": "mine"}
    if verb == "publish":
        sound = typed(app, draft, 1, criterion_2__points="4")
        client.post(f"/definitions/{draft}/edit", data=sound)
    client.post(f"/definitions/{draft}/{verb}", data={"edits": str(stored(app, draft).edits)})
    assert stored(app, draft).status is not DefinitionStatus.DRAFT
    answer = client.post(f"/definitions/{draft}/merge", data=form)
    assert answer.status_code == 422
    assert "刚被发布或放弃" in answer.text
    assert re.search(r'value="6" name="criterion-2.points"', answer.text)


def test_choice_left_open_saves_nothing_and_keeps_the_others(
    app: Flask, client: FlaskClient, draft: int
) -> None:
    form = conflicting(app, client, draft) | {"take whole::title": "theirs"}
    answer = client.post(f"/definitions/{draft}/merge", data=form)
    assert answer.status_code == 409
    assert "还有没选的地方" in answer.text
    assert 'name="take whole::title" value="theirs" checked' in answer.text
    assert stored(app, draft).edits == 1


def test_third_saver_meanwhile_is_another_conflict(
    app: Flask, client: FlaskClient, draft: int
) -> None:
    form = conflicting(app, client, draft)
    client.post(f"/definitions/{draft}/edit", data=typed(app, draft, 1, head_0__title="第三人"))
    answer = client.post(f"/definitions/{draft}/merge", data=form | {"whole": "mine"})
    assert answer.status_code == 409
    assert "第三人" in answer.text
    assert stored(app, draft).edits == 2
    for broken in ("", "not = = toml"):
        bad = form | {"mine": broken, "whole": "mine", "edits": "2"}
        assert client.post(f"/definitions/{draft}/merge", data=bad).status_code == 400
    assert stored(app, draft).edits == 2
