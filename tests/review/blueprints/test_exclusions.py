from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review import jobs
from review.enums import Role
from review.extensions import db
from review.models.cases import Case
from review.models.exclusions import Exclusion
from tests import world
from tests.statements import counted

ClientAs = Callable[[int], FlaskClient]
PAGE = "/rounds/1/exclusions"
WHY = {"reason": "confidential", "note": "涉密案件，不外借"}


@pytest.fixture
def organiser(app: Flask) -> int:
    """Runs a draft round over three cases."""
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        by, at = world.handler(), world.agency()
        for n in range(3):
            world.case(by, at).case_number = f"（2024）示援民字第{n}号"
        world.round_(member)
        db.session.commit()
        return member.id


def text(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def test_exclusion_is_shown_beside_the_frame_and_can_be_taken_back(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client = client_as(organiser)
    # Typed with half-width brackets and a space.
    answer = client.post(PAGE, data=WHY | {"number": "(2024) 示援民字第1号"})
    assert answer.status_code == 302
    frame = text(client, "/rounds/1/frame")
    for words in (
        "（2024）示援民字第1号",
        "涉密，卷宗不能交专家阅看",
        "涉密案件，不外借",
        "冻结抽样框（2 件）",
    ):
        assert words in frame
    with app.app_context():
        case_id = db.session.query(Exclusion).one().case_id
    assert client.post(f"{PAGE}/{case_id}/withdraw").status_code == 302
    assert "冻结抽样框（3 件）" in text(client, "/rounds/1/frame")
    assert client.post(f"{PAGE}/{case_id}/withdraw").status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"number": ""}, "请填写完整的案件编号"),
        ({"number": "（2024）示援民字第9号"}, "没有这个编号的案件"),
        ({"note": "不行"}, "请用 5 至 500 个字说明"),
        ({"reason": "because"}, "有效"),
    ],
)
def test_bad_exclusion_keeps_the_form_and_says_what_is_wrong(
    app: Flask, client_as: ClientAs, organiser: int, change: dict[str, str], words: str
) -> None:
    given = WHY | {"number": "（2024）示援民字第1号"} | change
    answer = client_as(organiser).post(PAGE, data=given)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert given["note"] in page
    with app.app_context():
        assert db.session.query(Exclusion).count() == 0


def test_second_exclusion_of_a_case_is_refused(client_as: ClientAs, organiser: int) -> None:
    client = client_as(organiser)
    given = WHY | {"number": "（2024）示援民字第1号"}
    client.post(PAGE, data=given)
    answer = client.post(PAGE, data=given)
    assert answer.status_code == 422
    assert "已经排除" in answer.get_data(as_text=True)


def test_after_the_freeze_the_list_stays_and_nothing_changes(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client = client_as(organiser)
    client.post(PAGE, data=WHY | {"number": "（2024）示援民字第1号"})
    client.post("/rounds/1/frame", data={"kind": "dice", "source": "公证处掷骰"})
    with app.app_context():
        assert jobs.run_due() == 1
    page = text(client, PAGE)
    assert "（2024）示援民字第1号" in page
    assert "withdraw" not in page
    assert "（2024）示援民字第1号" in text(client, "/rounds/1/frame")
    assert "（2024）示援民字第1号" not in text(client, "/rounds/1/versions/1/frame.txt")
    assert "（2024）示援民字第1号" in text(client, "/rounds/1/versions/1/minutes")
    late = client.post(PAGE, data=WHY | {"number": "（2024）示援民字第2号"})
    with app.app_context():
        case_id = db.session.query(Exclusion).one().case_id
    back = client.post(f"{PAGE}/{case_id}/withdraw")
    for answer in (late, back):
        assert answer.status_code == 409
        assert "抽样框已经冻结" in answer.get_data(as_text=True)


def test_auditor_reads_and_cannot_exclude(app: Flask, client_as: ClientAs, organiser: int) -> None:
    client_as(organiser).post(PAGE, data=WHY | {"number": "（2024）示援民字第1号"})
    with app.app_context():
        auditor = world.person(Role.AUDITOR, world.CITY).id
        db.session.commit()
    client = client_as(auditor)
    page = text(client, PAGE)
    assert "（2024）示援民字第1号" in page
    assert "<textarea" not in page
    assert client.post(PAGE, data=WHY).status_code == 404


def test_pages_need_a_fixed_number_of_statements(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client, used = client_as(organiser), []
    for n in range(2):
        client.post(PAGE, data=WHY | {"number": f"（2024）示援民字第{n}号"})
        for path in (PAGE, "/rounds/1/frame"):
            with counted(app) as statements:
                assert client.get(path).status_code == 200
            used.append(len(statements))
    assert used[:2] == used[2:]
    with app.app_context():
        assert db.session.query(Case).count() == 3
