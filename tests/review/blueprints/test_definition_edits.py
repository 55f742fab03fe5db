import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from review.enums import DefinitionStatus, DefinitionSubject
from review.extensions import db
from review.forms.rubric_outline import rubric_outline
from review.forms.scheme_outline import scheme_outline
from review.models.definitions import Definition
from rubrics.reading import read_rubric, read_scheme
from tests.review.blueprints.test_definitions import planted
from tests.review.forms.test_outlines import posted
from tests.statements import counted
from tests.world import CITY

Client = Callable[[int], FlaskClient]
STATEMENTS = {"edit": 3, "check": 3}  # the session, the definition, its earlier versions


@pytest.fixture
def draft(app: Flask, members: dict[str, int]) -> int:
    return planted(app, members, CITY)


@pytest.fixture
def client(client_as: Client, members: dict[str, int]) -> FlaskClient:
    return client_as(members[CITY])


def stored(app: Flask, definition_id: int) -> Definition:
    with app.app_context():
        return db.session.get_one(Definition, definition_id)


def typed(app: Flask, definition_id: int, edits: int = 0, **changes: str) -> MultiDict[str, str]:
    """The editor's fields of a stored rubric, some of them changed; ``__`` stands for the dot."""
    given = posted(rubric_outline(read_rubric(stored(app, definition_id).text)))
    given["edits"] = str(edits)
    for name, value in changes.items():
        given[name.replace("__", ".").replace("_", "-", 1)] = value
    return given


def test_editor_shows_every_field_and_saves_what_was_typed(
    app: Flask, client: FlaskClient, draft: int
) -> None:
    with counted(app) as statements:
        page = client.get(f"/definitions/{draft}/edit").text
    assert len(statements) == STATEMENTS["edit"]
    assert "合计 100 分" in page
    for criterion in read_rubric(stored(app, draft).text).criteria:
        assert f'value="{criterion.title}"' in page
        assert criterion.guidance in page
    given = typed(app, draft, head_0__title="新名", criterion_2__points="3")
    assert client.post(f"/definitions/{draft}/edit", data=given).status_code == 302
    saved = read_rubric(stored(app, draft).text)
    assert (saved.title, str(saved.criteria[0].points)) == ("新名", "3")
    assert "合计 99 分，还差 1 分" in client.get(f"/definitions/{draft}/edit").text


def test_saving_unchanged_leaves_the_text_byte_for_byte(
    app: Flask, client: FlaskClient, draft: int
) -> None:
    before = stored(app, draft).text
    client.post(f"/definitions/{draft}/edit", data=typed(app, draft))
    after = stored(app, draft)
    assert (after.text, after.edits) == (before, 1)


def test_number_that_is_none_is_refused_beside_its_field_and_nothing_typed_is_lost(
    app: Flask, client: FlaskClient, draft: int
) -> None:
    given = typed(app, draft, head_0__title="我的新名", criterion_2__points="八分")
    answer = client.post(f"/definitions/{draft}/edit", data=given)
    assert answer.status_code == 422
    assert 'value="我的新名"' in answer.text
    assert 'value="八分"' in answer.text
    assert re.search(r'data-problem="criterion-2.points">应为数字（八分）', answer.text)
    assert stored(app, draft).edits == 0


def test_draft_that_is_too_large_is_refused_and_kept_on_the_page(
    app: Flask, client: FlaskClient, draft: int
) -> None:
    given = typed(app, draft, criterion_2__guidance="长" * 100_000)
    answer = client.post(f"/definitions/{draft}/edit", data=given)
    assert answer.status_code == 422
    assert "文件过大" in answer.text
    assert "长" * 100_000 in answer.text
    assert stored(app, draft).edits == 0


def test_problems_of_a_draft_are_listed_with_their_place_in_words(
    app: Flask, client: FlaskClient, draft: int
) -> None:
    given = typed(app, draft, criterion_2__points="0", criterion_3__title="")
    client.post(f"/definitions/{draft}/edit", data=given)
    for path in ("", "/publish"):
        page = client.get(f"/definitions/{draft}{path}").text
        assert "二级指标「及时签订委托协议与授权」 · 分值：分值应大于 0（0）" in page
        assert "二级指标「（未命名）」 · 名称：缺少名称或说明" in page
        assert "整套：各项分值之和不是 100（96）" in page


def test_check_answers_problems_sums_and_preview_and_stores_nothing(
    app: Flask, client: FlaskClient, draft: int
) -> None:
    given = typed(app, draft, criterion_2__points="6", criterion_3__title="")
    with counted(app) as statements:
        answer: Any = client.post(f"/definitions/{draft}/check", data=given).json
    assert len(statements) == STATEMENTS["check"]
    assert answer["sums"]["head-0"] == "合计 102 分，多出 2 分"
    assert answer["sums"]["section-1"] == "10 分"  # 6 + 4
    assert answer["problems"]["criterion-3.title"]
    assert "各项分值之和不是 100（102）" in answer["problems"]["head-0.whole"][0]
    assert answer["faults"] == "2 处待改正"
    assert "及时签订委托协议与授权" in answer["preview"]
    assert stored(app, draft).edits == 0


def test_preview_of_a_code_used_twice_shows_both(
    app: Flask, client: FlaskClient, draft: int
) -> None:
    given = typed(app, draft, criterion_3__code="agreement")
    preview: Any = client.post(f"/definitions/{draft}/check", data=given).json["preview"]  # type: ignore[index]
    for title in ("及时签订委托协议与授权", "权限明确、签名齐全"):
        assert preview.count(f"{title} ") == 1


def test_row_button_without_a_script_keeps_everything_typed(
    app: Flask, client: FlaskClient, draft: int
) -> None:
    given = typed(app, draft, criterion_2__title="刚改的名")
    given["do"] = "down:criterion-2"
    answer = client.post(f"/definitions/{draft}/edit", data=given)
    rows = re.findall(r'name="row" value="(\w+-\d+)"', answer.text)
    assert rows[:3] == ["section-1", "criterion-3", "criterion-2"]
    assert 'value="刚改的名"' in answer.text
    assert stored(app, draft).edits == 0


def test_published_draft_is_not_edited(
    app: Flask, client: FlaskClient, members: dict[str, int]
) -> None:
    done = planted(app, members, CITY, name="done", status=DefinitionStatus.PUBLISHED)
    assert client.get(f"/definitions/{done}/edit").status_code == 302
    answer = client.post(f"/definitions/{done}/edit", data=typed(app, done, head_0__title="新名"))
    assert answer.status_code == 422
    assert "刚被发布" in answer.text
    assert 'value="新名"' in answer.text


def test_scheme_with_cut_offs_as_text_or_with_a_hole_is_not_published(
    app: Flask, client: FlaskClient, members: dict[str, int]
) -> None:
    own = planted(app, members, CITY, subject=DefinitionSubject.SCHEME)
    given = posted(scheme_outline(read_scheme(stored(app, own).text)))
    given["edits"], given["band-3.upper"] = "0", "七十"
    answer = client.post(f"/definitions/{own}/edit", data=given)
    assert 'data-problem="band-3.upper">应为数字（七十）' in answer.text
    given["band-3.upper"], given["action"] = "70", "publish"
    answer = client.post(f"/definitions/{own}/edit", data=given)
    assert answer.location.endswith(f"/definitions/{own}/publish")
    assert "整套：这段分数没有等次（70–80）" in client.get(answer.location).text
    client.post(f"/definitions/{own}/publish", data={"edits": "1"})
    assert stored(app, own).status is DefinitionStatus.DRAFT


def test_judged_scheme_says_what_a_threshold_means(
    app: Flask, client: FlaskClient, members: dict[str, int]
) -> None:
    client.post(
        "/definitions/new",
        data={"source": "scheme:five-point", "name": "five", "region_code": CITY},
    )
    page = client.get("/definitions/1/edit").text
    assert "相邻两档相差 20 分" in page


def test_versions_are_compared_side_by_side(app: Flask, client: FlaskClient, draft: int) -> None:
    changed = typed(app, draft, criterion_2__points="6", criterion_3__points="2")
    client.post(f"/definitions/{draft}/edit", data=changed)
    page = client.get(f"/definitions/{draft}/compare?with=civil-first/1").text
    assert "共 2 处不同" in page
    assert "增加 2" in page
    assert "减少 2" in page
    assert client.get(f"/definitions/{draft}/compare?with=nothing/1").status_code == 404
    client.post(f"/definitions/{draft}/edit", data=typed(app, draft, 1, criterion_2__points="4"))
    client.post(f"/definitions/{draft}/edit", data=typed(app, draft, 2, criterion_3__points="4"))
    assert "完全相同" in client.get(f"/definitions/{draft}/compare?with=civil-first/1").text
