import hashlib
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import Role, RoundStatus
from review.extensions import db
from review.models.rounds import Round
from review.models.sampling import SampledCase
from tests import world

ClientAs = Callable[[int], FlaskClient]
DRAW = {
    "seed": world.SEED,
    "seed_source": "双色球第2024077期",
    "sample_size": "4",
    "allocation": "proportional",
}


@pytest.fixture
def organiser(app: Flask) -> int:
    """Runs a draft round whose frame would hold ten cases of one stratum."""
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        by, at = world.handler(), world.agency()
        for _ in range(10):
            world.case(by, at)
        world.round_(member)
        db.session.commit()
        return member.id


def test_freeze_shows_digest_in_groups_and_gives_the_listing(
    client_as: ClientAs, organiser: int
) -> None:
    client = client_as(organiser)
    assert "10 件" in client.get("/rounds/1/frame").get_data(as_text=True)
    assert client.post("/rounds/1/frame").status_code == 302
    page = client.get("/rounds/1/frame").get_data(as_text=True)
    listing = client.get("/rounds/1/frame.txt")
    digest = hashlib.sha256(listing.data).hexdigest()
    assert all(f"<span>{digest[i : i + 4]}</span>" in page for i in range(0, 64, 4))
    assert listing.mimetype == "text/plain"
    assert len(listing.get_data(as_text=True).splitlines()) == 10
    again = client.post("/rounds/1/frame")
    assert again.status_code == 409
    assert "不能再次冻结" in again.get_data(as_text=True)


def test_empty_window_says_so(app: Flask, client_as: ClientAs, organiser: int) -> None:
    with app.app_context():
        db.session.query(Round).one().region_code = world.COUNTY_BESIDE
        db.session.commit()
    client = client_as(organiser)
    assert "0 件，无法冻结" in client.get("/rounds/1/frame").get_data(as_text=True)
    answer = client.post("/rounds/1/frame")
    assert answer.status_code == 409
    assert "请先导入台账" in answer.get_data(as_text=True)


def test_draw_shows_seed_source_digest_and_strata(client_as: ClientAs, organiser: int) -> None:
    client = client_as(organiser)
    client.post("/rounds/1/frame")
    assert client.post("/rounds/1/draw", data=DRAW).status_code == 302
    page = client.get("/rounds/1/draw").get_data(as_text=True)
    for words in (world.SEED, "双色球第2024077期", "东川市城关区", "民事一审", "0.4000", "去分配"):
        assert words in page
    tickets = client.get("/rounds/1/draw.txt").get_data(as_text=True).splitlines()
    assert len(tickets) == 4
    for line in tickets:
        _, ticket, number = line.split(" ")
        assert ticket == hashlib.sha256(f"{world.SEED}:{number}".encode()).hexdigest()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": "1234567890123456789"}, "现在只有 19 位"),
        ({"seed": "一二三"}, "种子只能由数字组成"),
        ({"seed": ""}, "必填"),
        ({"seed_source": " "}, "必填"),
        ({"sample_size": "11"}, "样本量 11 件大于抽样框 10 件"),
        ({"sample_size": "0"}, "样本量 0 件少于 1 层"),
        ({"allocation": "best"}, "有效"),
    ],
)
def test_bad_draw_keeps_the_form_and_draws_nothing(
    app: Flask, client_as: ClientAs, organiser: int, change: dict[str, str], words: str
) -> None:
    client = client_as(organiser)
    client.post("/rounds/1/frame")
    answer = client.post("/rounds/1/draw", data=DRAW | change)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert words in page
    assert (DRAW | change)["sample_size"] in page
    with app.app_context():
        assert db.session.query(SampledCase).count() == 0
        assert db.session.query(Round).one().status is RoundStatus.FROZEN


def test_draw_before_the_freeze_and_a_second_draw_are_refused(
    client_as: ClientAs, organiser: int
) -> None:
    client = client_as(organiser)
    early = client.post("/rounds/1/draw", data=DRAW)
    assert early.status_code == 409
    assert "抽样框尚未冻结" in early.get_data(as_text=True)
    client.post("/rounds/1/frame")
    client.post("/rounds/1/draw", data=DRAW)
    first = client.get("/rounds/1/draw.txt").data
    second = client.post("/rounds/1/draw", data=DRAW | {"seed": "7" * 20})
    assert second.status_code == 409
    assert "只抽样一次" in second.get_data(as_text=True)
    assert client.get("/rounds/1/draw.txt").data == first
