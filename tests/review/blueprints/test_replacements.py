import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review import jobs
from review.enums import RoundStatus
from review.extensions import db
from review.models.cases import Agency, Case
from review.models.rounds import Round
from review.models.sampling import SampledCase
from tests import world
from tests.review.domain.draw_scene import actor, city_cases, drawn

ClientAs = Callable[[int], FlaskClient]
MISSING = {"reason": "dossier_missing"}


@pytest.fixture
def organiser(app: Flask) -> int:
    """Has drawn five of ten cases."""
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        drawn(by)
        return by.membership_id


def in_sample(app: Flask) -> int:
    with app.app_context():
        return int(db.session.query(SampledCase.case_id).order_by(SampledCase.id.desc()).first()[0])  # type: ignore[index]


def replace(app: Flask, client: FlaskClient, case_id: int) -> str:
    answer = client.post(f"/rounds/1/sample/{case_id}/replace", data=MISSING)
    assert answer.status_code == 302
    with app.app_context():
        assert jobs.run_due() == 1
    return client.get(answer.location, follow_redirects=True).get_data(as_text=True)


def test_replacement_stands_in_list_manifest_and_minutes(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client = client_as(organiser)
    drawn_as = client.get("/rounds/1/versions/1/manifest.json").data
    page = replace(app, client, in_sample(app))
    manifest = json.loads(client.get("/rounds/1/versions/1/manifest.json").data)
    (row,) = manifest.pop("replacements")
    assert manifest == json.loads(drawn_as)
    minutes = client.get("/rounds/1/versions/1/minutes").get_data(as_text=True)
    for text in (page, minutes):
        assert "已替换 1 件" in text or "替换后的封印" in text
        assert row["left"] in text
        assert row["came"] in text
        assert row["ticket"][:16] in text
    assert f"<span>{row['seal'][:4]}</span>" in minutes
    # The check in the page expects the last seal, not that of the draw.
    assert f'data-seal="{row["seal"]}"' in client.get("/rounds/1/draw").get_data(as_text=True)


def test_page_left_open_does_not_replace_whoever_came_in(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    client, case_id = client_as(organiser), in_sample(app)
    replace(app, client, case_id)
    assert in_sample(app) != case_id
    again = client.post(f"/rounds/1/sample/{case_id}/replace", data=MISSING)
    assert again.status_code == 404


@pytest.mark.parametrize("data", [{"reason": "mood"}, {}])
def test_replacement_without_a_reason_changes_nothing(
    app: Flask, client_as: ClientAs, organiser: int, data: dict[str, str]
) -> None:
    case_id = in_sample(app)
    answer = client_as(organiser).post(f"/rounds/1/sample/{case_id}/replace", data=data)
    assert answer.status_code == 422
    assert "请选择原因" in answer.get_data(as_text=True)
    assert in_sample(app) == case_id


def test_replacement_after_assignment_says_so(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    with app.app_context():
        db.session.query(Round).one().status = RoundStatus.MARKING
        db.session.commit()
    answer = client_as(organiser).post(f"/rounds/1/sample/{in_sample(app)}/replace", data=MISSING)
    assert answer.status_code == 409
    assert "抽样之后、分配之前" in answer.get_data(as_text=True)


def test_list_comes_by_pages_and_is_searched_by_part_of_a_number(
    app: Flask, client_as: ClientAs, organiser: int
) -> None:
    with app.app_context():
        by, at = world.handler(), db.session.query(Agency).order_by(Agency.id).first()
        assert at is not None
        for _ in range(60):
            world.case(by, at)
        drawn(actor(), 60, "2" * 20)
        numbers = sorted(
            n
            for (n,) in db.session.query(Case.case_number)
            .join(SampledCase)
            .filter(SampledCase.round_id == 2)
        )
    client = client_as(organiser)
    pages = [client.get(f"/rounds/2/sample?page={n}").get_data(as_text=True) for n in (1, 2)]
    shown = [[number for number in numbers if f">{number}<" in page] for page in pages]
    assert shown == [numbers[:50], numbers[50:]]
    found = client.get("/rounds/2/sample", query_string={"number": numbers[57][-4:]})
    assert f">{numbers[57]}<" in found.get_data(as_text=True)
    assert f">{numbers[0]}<" not in found.get_data(as_text=True)
    none = client.get("/rounds/2/sample?number=%25").get_data(as_text=True)
    assert "没有编号相符的案件" in none
