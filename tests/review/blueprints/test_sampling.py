import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review import jobs
from review.enums import Role, RoundStatus
from review.extensions import db
from review.models.rounds import Round
from review.models.sampling import SampledCase
from scoring.seeds import commitment
from tests import world
from tests.review.domain.draw_scene import actor, drawn
from tests.statements import counted

ClientAs = Callable[[int], FlaskClient]
DICE = {"kind": "dice", "source": "公证处掷骰，三楼会议室"}
PARTIES = {"kind": "parties", "parties": "司法厅\n律协\n"}
DRAW = {"seed": world.SEED}


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


def freeze(app: Flask, client: FlaskClient, plan: dict[str, str] = DICE) -> Any:
    """Ask for the freeze, let a worker do it, and come back as the page does."""
    answer = client.post("/rounds/1/frame", data=plan)
    assert answer.status_code == 302
    with app.app_context():
        assert jobs.run_due() == 1
    return client.get(answer.headers["Location"], follow_redirects=True)


def draw(app: Flask, client: FlaskClient, data: dict[str, str] = DRAW) -> str:
    """Give the seed, let a worker draw, and come back as the page does."""
    answer = client.post("/rounds/1/draw", data=data)
    assert answer.status_code == 302
    with app.app_context():
        assert jobs.run_due() == 1
    return client.get(answer.location, follow_redirects=True).get_data(as_text=True)


def test_freeze_shows_digest_in_groups_and_gives_the_listing(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client = client_as(organiser)
    assert "10 件" in client.get("/rounds/1/frame").get_data(as_text=True)
    page = freeze(app, client).get_data(as_text=True)
    assert "公证处掷骰" in page
    listing = client.get("/rounds/1/versions/1/frame.txt")
    digest = hashlib.sha256(listing.data).hexdigest()
    assert all(f"<span>{digest[i : i + 4]}</span>" in page for i in range(0, 64, 4))
    assert listing.mimetype == "text/plain"
    assert len(listing.get_data(as_text=True).splitlines()) == 10
    again = client.post("/rounds/1/frame", data=DICE)
    assert again.status_code == 409
    assert "不能再次冻结" in again.get_data(as_text=True)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"kind": "dice", "source": ""}, "请写明种子将由谁"),
        ({"kind": "lottery", "source": "双色球"}, "晚于今天的开奖日期"),
        ({"kind": "parties", "parties": "司法厅"}, "至少要有两方"),
        ({"kind": "mood"}, "有效"),
    ],
)
def test_freeze_without_a_source_of_the_seed_says_what_to_fill_in(
    client_as: ClientAs, organiser: int, plan: dict[str, str], words: str
) -> None:
    answer = client_as(organiser).post("/rounds/1/frame", data=plan)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_empty_window_says_so(app: Flask, client_as: ClientAs, organiser: int) -> None:
    with app.app_context():
        db.session.query(Round).one().region_code = world.COUNTY_BESIDE
        db.session.commit()
    client = client_as(organiser)
    assert "0 件，无法冻结" in client.get("/rounds/1/frame").get_data(as_text=True)
    answer = client.post("/rounds/1/frame", data=DICE)
    assert answer.status_code == 409
    assert "请先导入台账" in answer.get_data(as_text=True)


def test_draw_shows_seed_seal_and_strata_and_gives_the_evidence(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client = client_as(organiser)
    client.post("/rounds/1/design", data={"size_by": "number", "wanted": "4", **BY_REGION})
    freeze(app, client)
    page = draw(app, client)
    for words in (world.SEED, "公证处掷骰", "东川市城关区", "民事一审", "2.5", "去分配"):
        assert words in page
    manifest = json.loads(client.get("/rounds/1/versions/1/manifest.json").data)
    assert f"<span>{manifest['seal'][:4]}</span>" in page
    assert len(manifest["sample"]) == 4
    minutes = client.get("/rounds/1/versions/1/minutes").get_data(as_text=True)
    for row in manifest["sample"]:
        assert row["case"] in minutes
        assert row["ticket"][:16] in minutes
    assert "2/5" in minutes  # 4 of 10
    tickets = client.get("/rounds/1/draw.txt").get_data(as_text=True).splitlines()
    assert {line.split(" ")[1] for line in tickets} == {r["ticket"] for r in manifest["sample"]}


BY_REGION = {"dimensions": ["region", "kind"], "allocation": "proportional"}


def test_mixed_seed_is_committed_to_and_then_shown(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client = client_as(organiser)
    freeze(app, client, PARTIES)
    assert "各方封存" in client.get("/rounds/1/draw").get_data(as_text=True)
    values = {"司法厅": "1" * 30, "律协": "2" * 30}
    names = sorted(values)
    early = client.post("/rounds/1/draw", data={f"party{n}": values[names[n]] for n in (0, 1)})
    assert early.status_code == 422
    assert "还有一方没有封存" in early.get_data(as_text=True)
    codes = {f"party{n}": commitment(names[n], values[names[n]]) for n in (0, 1)}
    bad = client.post("/rounds/1/commitments", data=codes | {"party1": "ff"})
    assert "64 位" in bad.get_data(as_text=True)
    assert client.post("/rounds/1/commitments", data=codes).status_code == 302
    wrong = client.post("/rounds/1/draw", data={"party0": "1" * 30, "party1": "3" * 30})
    assert wrong.status_code == 422
    assert "与封存码不符" in wrong.get_data(as_text=True)
    shown = {f"party{n}": values[names[n]] for n in (0, 1)}
    assert "重新验算" in draw(app, client, shown)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": "1234567890123456789"}, "现在只有 19 位"),
        ({"seed": "一二三"}, "这里只能填数字"),
        ({"seed": ""}, "必填"),
    ],
)
def test_bad_seed_keeps_the_form_and_draws_nothing(
    app: Flask, client_as: ClientAs, organiser: int, change: dict[str, str], words: str
) -> None:
    client = client_as(organiser)
    freeze(app, client)
    answer = client.post("/rounds/1/draw", data=DRAW | change)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert words in page
    assert (DRAW | change)["seed"] in page
    with app.app_context():
        assert db.session.query(SampledCase).count() == 0
        assert db.session.query(Round).one().status is RoundStatus.FROZEN


def test_draw_before_the_freeze_and_a_second_draw_are_refused(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client = client_as(organiser)
    early = client.post("/rounds/1/draw", data=DRAW)
    assert early.status_code == 409
    assert "抽样框尚未冻结" in early.get_data(as_text=True)
    freeze(app, client)
    draw(app, client)
    first = client.get("/rounds/1/versions/1/manifest.json").data
    second = client.post("/rounds/1/draw", data={"seed": "7" * 20})
    assert second.status_code == 409
    assert "只抽样一次" in second.get_data(as_text=True)
    assert client.get("/rounds/1/versions/1/manifest.json").data == first


def test_seed_that_was_given_is_shown_while_the_draw_waits_and_cannot_be_changed(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client = client_as(organiser)
    freeze(app, client)
    client.post("/rounds/1/draw", data=DRAW)
    page = client.get("/rounds/1/draw").get_data(as_text=True)
    assert world.SEED in page
    assert 'name="seed"' not in page
    other = client.post("/rounds/1/draw", data={"seed": "7" * 20})
    assert other.status_code == 422
    assert "不能再改" in other.get_data(as_text=True)
    assert client.get("/rounds/1/versions/1/minutes").status_code == 200
    assert client.get("/rounds/1/versions/1/manifest.json").status_code == 404
    assert client.post("/rounds/1/draw/again").location.startswith("/jobs/")
    with app.app_context():
        assert jobs.run_due() == 2
    assert client.post("/rounds/1/draw/again").location == "/rounds/1/draw"


def test_pages_of_a_drawn_round_take_as_many_statements_for_many_cases(
    app: Flask, client_as: ClientAs
) -> None:
    with app.app_context():
        world.regions()
        by, handler, at = actor(), world.handler(), world.agency()
        for size in (6, 60):
            for _ in range(size):
                world.case(handler, at)
            drawn(by, size, f"{size:020d}")
        db.session.commit()
        client = client_as(by.membership_id)
    pages = ("frame", "draw", "versions/1/minutes", "versions", "sample", "assignment", "conflicts")
    for page in pages:
        used = []
        for round_id in (1, 2):
            with counted(app) as statements:
                assert client.get(f"/rounds/{round_id}/{page}").status_code == 200
            used.append(len(statements))
        assert used[0] == used[1], page
