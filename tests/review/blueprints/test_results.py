"""What a handler sees of a result, and above all what not."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review import create_app
from review.enums import Role, RoundStatus, SampledCaseStatus
from review.extensions import db
from review.models.assignment import Assignment
from review.models.cases import Case
from review.models.results import Result
from review.models.reviewing import Review
from review.models.rounds import Round
from review.privacy import digest_key
from tests import world
from tests.conftest import test_config as config_for
from tests.statements import counted

LIST_STATEMENTS = 8
ClientAs = Callable[[int], FlaskClient]
WORLDS = 2


class Scene:
    """A published round of one handler's cases, and what must never reach the handler."""

    def __init__(self, cases: int = 1, totals: tuple[int, ...] = (88, 84)) -> None:
        world.regions()
        self.organiser = world.person(Role.ORGANISER, world.CITY)
        by, at = world.handler(), world.agency()
        self.cases = [world.case(by, at) for _ in range(cases)]
        self.reviewers = [world.reviewer() for _ in range(3)]
        self.round = world.published_round(self.organiser, self.cases, self.reviewers, totals)
        self.handler = world.person(Role.HANDLER, handler_id=by.id)
        other = world.handler()
        self.stranger = world.person(Role.HANDLER, handler_id=other.id)
        self.result = world.result_of(self.cases[0])
        db.session.commit()

    def secrets(self) -> set[str]:
        """Names, addresses, aliases, public ids and instants of the marking."""
        found = {self.organiser.user.name, self.organiser.user.email}
        for member in self.reviewers:
            found |= {member.user.name, member.user.email}
        for one in db.session.query(Assignment):
            found |= {one.alias, one.public_id}
        for review in db.session.query(Review):
            assert review.submitted_at is not None
            found |= {review.submitted_at.strftime("%H:%M"), review.submitted_at.isoformat()}
        return found


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_index_shows_number_kind_grade_and_day(app: Flask, client_as: ClientAs) -> None:
    with app.app_context():
        scene = Scene()
        scene.round.published_at = datetime(2024, 9, 30, 17, 0, tzinfo=UTC)  # 1 October in China
        handler, number = scene.handler.id, scene.cases[0].case_number
        db.session.commit()
    page = text(client_as(handler), "/results")
    for words in (number, "民事一审", "良好", "2024-10-01"):
        assert words in page
    assert "2024-09-30" not in page


def test_show_gives_total_grade_marks_reasons_and_comments(app: Flask, client_as: ClientAs) -> None:
    with app.app_context():
        scene = Scene()
        handler, public_id = scene.handler.id, scene.result.public_id
    page = text(client_as(handler), f"/results/{public_id}")
    # (88 + 84) / 2 = 86, and both marks beside it in one order or the other.
    for words in ("86.0", "88.0", "84.0", "良好", "评分一", "评分二", "承办人员负责"):
        assert words in page
    for words in (world.REASON, world.COMMENT, "示例（非官方标准）", "受**"):
        assert words in page
    assert "评分三" not in page


def test_no_page_of_a_handler_names_a_reviewer_or_an_hour(app: Flask, client_as: ClientAs) -> None:
    with app.app_context():
        scene = Scene(cases=3)
        handler, public_id, secrets = scene.handler.id, scene.result.public_id, scene.secrets()
    client = client_as(handler)
    for path in ("/results", f"/results/{public_id}"):
        page = text(client, path)
        assert [secret for secret in secrets if secret in page] == []
        assert not re.search(r"\d\d:\d\d", page)


def test_recipient_is_masked(app: Flask, client_as: ClientAs) -> None:
    with app.app_context():
        scene = Scene()
        handler, public_id = scene.handler.id, scene.result.public_id
    page = text(client_as(handler), f"/results/{public_id}")
    assert "受援ZX" not in page


def test_results_of_others_and_of_running_rounds_do_not_exist(
    app: Flask, client_as: ClientAs
) -> None:
    with app.app_context():
        scene = Scene()
        handler, stranger = scene.handler.id, scene.stranger.id
        number, public_id = scene.cases[0].case_number, scene.result.public_id
    other = client_as(stranger)
    assert other.get(f"/results/{public_id}").status_code == 404
    assert number not in text(other, "/results")
    assert client_as(handler).get("/results/" + "x" * 22).status_code == 404
    with app.app_context():
        round_ = db.session.query(Round).one()
        round_.status, round_.published_at = RoundStatus.MARKING, None
        db.session.commit()
    own = client_as(handler)
    assert own.get(f"/results/{public_id}").status_code == 404
    assert number not in text(own, "/results")


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CHIEF, Role.AUDITOR, Role.ADMINISTRATOR])
def test_other_roles_have_no_own_results(app: Flask, client_as: ClientAs, role: Role) -> None:
    with app.app_context():
        public_id = Scene().result.public_id
        member = world.person(role, world.PROVINCE).id
        db.session.commit()
    client = client_as(member)
    assert client.get("/results").status_code == 404
    assert client.get(f"/results/{public_id}").status_code == 404


def test_pages_need_few_statements_however_many_cases(app: Flask, client_as: ClientAs) -> None:
    used = []
    for cases in (2, 20):
        with app.app_context():
            db.drop_all()
            db.create_all()
            scene = Scene(cases)
            handler, public_id = scene.handler.id, scene.result.public_id
            digest_key()  # a process reads it once
        client = client_as(handler)
        for path in ("/results", f"/results/{public_id}"):
            with counted(app) as statements:
                text(client, path)
            assert len(statements) <= LIST_STATEMENTS
            used.append(len(statements))
    assert used[:2] == used[2:]


def test_page_is_the_same_whoever_gave_which_mark(tmp_path: Path) -> None:
    """Two worlds that differ in nothing but who marked: not one byte of the page may differ."""
    pages = [_page_of_world(tmp_path / str(which), which) for which in range(WORLDS)]
    assert "88.0" in pages[0]
    assert pages[0] == pages[1]


def _page_of_world(folder: Path, which: int) -> str:
    """The same published case; the markers, their order and their hours change places."""
    app = create_app(config_for(folder))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        db.create_all()
        token, public_id = _marked_world(which)
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["sid"] = token
    page = text(client, f"/results/{public_id}")
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return re.sub(r'name="csrf-token" content="[^"]*"|name="csrf_token" value="[^"]*"', "", page)


def _marked_world(which: int) -> tuple[str, str]:
    world.regions()
    organiser = world.person(Role.ORGANISER, world.CITY)
    by = world.handler("律所甲")
    case = world.case(by, world.agency())
    case.case_number, public_id = "（2024）示援字第1号", "p" * 22
    markers = [world.reviewer() for _ in range(3)]
    if which:
        markers.reverse()
    round_ = world.assigned_round(organiser, [case], markers)
    round_.status = RoundStatus.PUBLISHED
    round_.published_at = datetime(2024, 9, 30, tzinfo=UTC)
    (sampled,) = world.sampled_cases(round_)
    first, second, _ = world.assignments(sampled)
    order = [(first, 88), (second, 84)] if not which else [(first, 84), (second, 88)]
    for assignment, total in order:
        world.submitted_review(assignment, total)
    sampled.status = SampledCaseStatus.SETTLED
    world.add(
        Result(
            public_id=public_id,
            sampled_case_id=sampled.id,
            total=86,
            grade="good",
            settled_by="mean",
            settled_at=datetime.now(UTC),
        )
    )
    reader = world.person(Role.HANDLER, handler_id=by.id)
    reader.user.name = "承办甲"
    return world.session_token(reader), public_id


def test_order_of_markings_differs_between_cases_of_the_same_reviewers(
    app: Flask, client_as: ClientAs
) -> None:
    with app.app_context():
        scene = Scene(cases=24)
        handler = scene.handler.id
        ids = [world.result_of(case).public_id for case in db.session.query(Case)]
    client = client_as(handler)
    higher_first = 0
    for public_id in ids:
        page = text(client, f"/results/{public_id}")
        again = text(client, f"/results/{public_id}")
        assert page.partition("<main")[2] == again.partition("<main")[2]  # stable
        higher_first += page.index("88.0") < page.index("84.0")
    # 24 fair coins: all on one side has a probability of 1e-7.
    assert 0 < higher_first < 24
