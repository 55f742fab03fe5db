from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import Role, TargetReason
from review.extensions import db
from review.models.cases import Agency, Case
from review.models.designs import SamplingDesign, TargetedCase
from review.models.rounds import Round
from review.models.sampling import Stratum
from tests import world
from tests.statements import counted

ClientAs = Callable[[int], FlaskClient]
RULES: dict[str, Any] = {
    "size_by": "share",
    "wanted": "10",
    "dimensions": ["region", "kind"],
    "allocation": "proportional",
}


@pytest.fixture
def organiser(app: Flask) -> int:
    """Runs a draft round over forty cases of four handlers in one county."""
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        at, handlers = world.agency(), [world.handler() for _ in range(4)]
        for n in range(40):
            world.case(handlers[n % 4], at)
        world.round_(member)
        db.session.commit()
        return member.id


def test_page_offers_the_usual_design_with_its_forecast(
    client_as: ClientAs, organiser: int
) -> None:
    page = client_as(organiser).get("/rounds/1/design").get_data(as_text=True)
    for words in ("4 件", "共 40 件", "抽取案件总数的一定比例", "保存设计", "东川市城关区"):
        assert words in page


def test_forecast_follows_the_form_and_saves_nothing(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client = client_as(organiser)
    fragment = client.post("/rounds/1/design/forecast", data=RULES | {"wanted": "25"})
    assert "10 件" in fragment.get_data(as_text=True)
    assert "<html" not in fragment.get_data(as_text=True)
    whole = client.post("/rounds/1/design", data=RULES | {"wanted": "25", "preview": "1"})
    assert whole.status_code == 200
    assert "10 件" in whole.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(SamplingDesign).count() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"wanted": ""}, "必填"),
        ({"wanted": "abc"}, "请先改正"),
        ({"wanted": "0"}, "大于 0"),
        ({"wanted": "101"}, "不能超过 100%"),
        ({"size_by": "see_fail", "wanted": "100"}, "必须低于 100%"),
        ({"size_by": "number", "wanted": "3.5"}, "应为整数"),
        ({"size_by": "number", "wanted": "41"}, "至少要抽 1 件，至多能抽 40 件"),
        ({"unit": "handler", "minimum": "3", "cap": "2"}, "上限不能小于下限"),
        ({"unit": "handler", "minimum": "11", "size_by": "number"}, "至少要抽 40 件"),
        ({"dimensions": ["weather"]}, "请先改正"),
        ({"allocation": "fixed", "fixed:990101:civil_first": "41"}, "可以抽 1 至 40 件"),
        ({"allocation": "fixed", "fixed:990101:civil_first": "many"}, "不能抽 0 件"),
    ],
)
def test_impossible_design_says_why_and_is_not_saved(
    app: Flask, client_as: ClientAs, organiser: int, change: dict[str, Any], words: str
) -> None:
    client = client_as(organiser)
    assert words in client.post("/rounds/1/design/forecast", data=RULES | change).get_data(
        as_text=True
    )
    answer = client.post("/rounds/1/design", data=RULES | change)
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.query(SamplingDesign).count() == 0


def test_numbers_per_stratum_are_typed_in_the_page(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client = client_as(organiser)
    fragment = client.post("/rounds/1/design/forecast", data=RULES | {"allocation": "fixed"})
    assert 'name="fixed:990101:civil_first" value="4"' in fragment.get_data(as_text=True)
    typed = RULES | {"allocation": "fixed", "fixed:990101:civil_first": "7"}
    assert client.post("/rounds/1/design", data=typed).status_code == 302
    assert "7 件，共 40 件" in client.get("/rounds/1/frame").get_data(as_text=True)


def test_complaints_are_pasted_as_a_list(app: Flask, client_as: ClientAs, organiser: int) -> None:
    with app.app_context():
        numbers = [number for (number,) in db.session.query(Case.case_number).limit(3)]
    client = client_as(organiser)
    pasted = {"reason": "complaint", "numbers": "\n".join([*numbers, ""])}
    wrong = client.post("/rounds/1/design/cases", data=pasted | {"numbers": f"{numbers[0]}\n甲"})
    assert wrong.status_code == 422
    assert "“甲”不在本次评估的范围内" in wrong.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(TargetedCase).count() == 0
    assert client.post("/rounds/1/design/cases", data=pasted).status_code == 302
    page = client.get("/rounds/1/design").get_data(as_text=True)
    assert all(number in page for number in numbers)
    targeting = RULES | {"targeting": ["complaint"]}
    fragment = client.post("/rounds/1/design/forecast", data=targeting).get_data(as_text=True)
    assert "重点抽查" in fragment
    assert "7 件" in fragment  # a tenth of 37, and all three
    with app.app_context():
        case_id = db.session.query(TargetedCase).limit(1).one().case_id
    assert client.post(f"/rounds/1/design/cases/{case_id}/withdraw").status_code == 302
    with app.app_context():
        assert db.session.query(TargetedCase).count() == 2


def test_reviewers_cannot_tell_which_case_was_targeted(app: Flask, client_as: ClientAs) -> None:
    """Two worlds that differ only in why one case was drawn look the same to its reviewer."""
    with app.app_context():
        world.regions()
        organiser, reviewer = world.person(Role.ORGANISER, world.CITY), world.reviewer()
        at = world.agency()
        cases = [world.case(world.handler(), at) for _ in range(2)]
        round_ = world.assigned_round(organiser, cases, [reviewer], marks_per_case=1)
        sampled = world.sampled_cases(round_)
        tasks = [world.assignments(one)[0].public_id for one in sampled]
        round_id, case_id, by_id = round_.id, cases[0].id, organiser.user_id
        db.session.commit()
        member_id = reviewer.id
    client = client_as(member_id)
    for task in tasks:
        client.post(f"/reviewing/{task}/declare")
    pages = ("/reviewing", *(f"/reviewing/{task}" for task in tasks))
    before = [client.get(page).data for page in pages]
    assert all(b"<h1" in page for page in before)
    with app.app_context():
        targeted = world.add(
            Stratum(round_id=round_id, label="targeted", population=1, sample_size=1)
        )
        world.add(
            TargetedCase(
                round_id=round_id,
                case_id=case_id,
                reason=TargetReason.COMPLAINT,
                named_by_id=by_id,
                named_at=db.session.get_one(Round, round_id).frozen_at,
            )
        )
        one = world.sampled_cases(db.session.get_one(Round, round_id))[0]
        one.stratum_id, one.inclusion_probability = targeted.id, 0.25
        db.session.commit()
    after = [client.get(page).data for page in pages]
    assert [_plain(page) for page in after] == [_plain(page) for page in before]


def _plain(page: bytes) -> list[bytes]:
    """The page without its tokens, which are new every time."""
    return [line for line in page.splitlines() if b"csrf" not in line]


def test_statements_do_not_grow_with_the_cases(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client, used = client_as(organiser), []
    for _ in range(2):
        for address in ("/rounds/1/design", "/rounds/1/frame"):
            with counted(app) as statements:
                client.get(address)
            used.append(len(statements))
        with app.app_context():
            at = db.session.query(Agency).one()
            for _ in range(30):
                world.case(world.handler(), at)
            db.session.commit()
    assert used[:2] == used[2:]
