"""The auditor's page: scope, filters, paging, a fixed number of statements."""

import ast
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import Role
from review.extensions import db
from review.labels import AUDIT_ACTIONS, AUDIT_OBJECTS
from review.models.audit import AuditEvent, AuditLink
from review.queries.audit import PAGE_ROWS
from tests import world
from tests.statements import counted

ClientAs = Callable[[int], FlaskClient]
LIST_STATEMENTS = 8


def event(object_id: str, region_code: str | None = world.COUNTY, **changes: Any) -> AuditEvent:
    values: dict[str, Any] = {
        "at": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "actor_id": None,
        "role": None,
        "region_code": region_code,
        "action": "round.created",
        "object_type": "round",
        "object_id": object_id,
        "details": {},
    }
    return world.add(AuditEvent(**(values | changes)))


@pytest.fixture
def auditors(app: Flask) -> dict[str, int]:
    with app.app_context():
        world.regions()
        found = {
            region: world.person(Role.AUDITOR, region).id
            for region in (world.PROVINCE, world.CITY, world.COUNTY)
        }
        db.session.commit()
    return found


def seen(client: FlaskClient, query: str = "") -> list[str]:
    page = client.get(f"/audit{query}")
    assert page.status_code == 200
    return re.findall(r"<a href=\"/audit\?object_type=\w+&amp;object_id=([\w:]+)\"", page.text)


def test_auditor_sees_the_acts_of_the_own_tree_only(
    app: Flask, client_as: ClientAs, auditors: dict[str, int]
) -> None:
    with app.app_context():
        event("inside", world.COUNTY)
        event("beside", world.COUNTY_BESIDE)
        event("city", world.CITY)
        event("other", world.OTHER_COUNTY)
        event("nobody", None, action="session.refused", object_type="login_failure")
        db.session.commit()
    reach = {region: set(seen(client_as(member))) for region, member in auditors.items()}
    assert reach[world.COUNTY] == {"inside"}
    assert reach[world.CITY] == {"inside", "beside", "city"}
    assert reach[world.PROVINCE] == {"inside", "beside", "city", "other", "nobody"}


def test_filters_narrow_and_combine(
    app: Flask, client_as: ClientAs, auditors: dict[str, int]
) -> None:
    with app.app_context():
        me = world.person(Role.ORGANISER)
        day = datetime(2026, 3, 1, tzinfo=UTC)
        event("a", actor_id=me.user_id, role=Role.ORGANISER)
        event("b", action="round.drawn")
        event("c", object_type="user")
        event("d", at=day - timedelta(hours=9))  # 23:00 of the day before, in Beijing
        event("e", at=day - timedelta(hours=8))  # 0:00 of the day
        event("f", at=day + timedelta(hours=16))  # 0:00 of the day after
        user_id = me.user_id
        db.session.commit()
    client = client_as(auditors[world.PROVINCE])
    assert seen(client, f"?actor_id={user_id}") == ["a"]
    assert seen(client, "?action=round.drawn") == ["b"]
    assert seen(client, "?object_type=user&object_id=c") == ["c"]
    assert seen(client, "?object_type=round&object_id=c") == []
    assert set(seen(client, "?day_from=2026-03-01&day_to=2026-03-01")) == {"a", "b", "c", "e"}
    assert seen(client, "?day_to=2026-02-28") == ["d"]
    assert seen(client, "?day_from=2026-03-02") == ["f"]


@pytest.mark.parametrize(
    "query",
    [
        "?actor_id=x",
        "?actor_id=99999999999999999999",
        "?day_from=2026-13-45",
        "?before=-1",
        "?object_id='; DROP TABLE audit_event --",
        "?_external=1&_scheme=http&region_code=990200",
    ],
)
def test_wrong_filter_is_no_failure(
    client_as: ClientAs, auditors: dict[str, int], query: str
) -> None:
    assert client_as(auditors[world.COUNTY]).get(f"/audit{query}").status_code == 200


def test_region_cannot_be_widened_by_a_parameter(
    app: Flask, client_as: ClientAs, auditors: dict[str, int]
) -> None:
    with app.app_context():
        event("other", world.OTHER_COUNTY)
        db.session.commit()
    client = client_as(auditors[world.COUNTY])
    for query in ("?region_code=990000", "?region=990201", "?object_id=other", "?before=999999"):
        assert seen(client, query) == []


def test_pages_follow_one_another_without_gap_or_repeat(
    app: Flask, client_as: ClientAs, auditors: dict[str, int]
) -> None:
    with app.app_context():
        for n in range(2 * PAGE_ROWS + 3):
            event(f"n{n}")
        db.session.commit()
    client, path, found = client_as(auditors[world.COUNTY]), "?action=round.created", []
    for _ in range(3):
        found += seen(client, path)
        older = re.search(r'href="/audit(\?[^"]+)" rel="next"', client.get(f"/audit{path}").text)
        path = older[1].replace("&amp;", "&") if older else ""
    assert found == [f"n{n}" for n in reversed(range(2 * PAGE_ROWS + 3))]
    assert path == ""


def test_page_takes_two_statements_however_long_the_log(
    app: Flask, client_as: ClientAs, auditors: dict[str, int]
) -> None:
    client, counts = client_as(auditors[world.PROVINCE]), []
    for more in (1, 3 * PAGE_ROWS):
        with app.app_context():
            for n in range(more):
                event(f"n{n}")
            db.session.commit()
        with counted(app) as statements:
            client.get("/audit")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= LIST_STATEMENTS


def test_reading_the_log_writes_nothing(
    app: Flask, client_as: ClientAs, auditors: dict[str, int]
) -> None:
    client = client_as(auditors[world.COUNTY])
    client.get("/audit")
    with app.app_context():
        assert db.session.query(AuditEvent).count() == 0
    assert "还没有记录" in client.get("/audit").text


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.CHIEF, Role.REVIEWER, Role.ADMINISTRATOR])
def test_log_is_the_auditors_alone(app: Flask, client_as: ClientAs, role: Role) -> None:
    with app.app_context():
        world.regions()
        member_id = world.person(role, world.PROVINCE).id
        db.session.commit()
    assert client_as(member_id).get("/audit").status_code == 404


def recorded(source: str) -> set[str]:
    """The actions that a module records."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return {
        argument.value
        for call in calls
        if getattr(call.func, "id", None) in {"record", "_note"}
        for argument in call.args[1:3]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def test_every_recorded_action_has_words() -> None:
    found = {a for path in Path("review").rglob("*.py") for a in recorded(path.read_text("utf-8"))}
    assert "session.started" in found
    assert found - set(AUDIT_ACTIONS) == set()


def test_action_without_words_is_seen() -> None:
    assert recorded('record(by, "case.burnt", case)') - set(AUDIT_ACTIONS) == {"case.burnt"}


def test_every_kind_of_object_is_a_table() -> None:
    assert set(AUDIT_OBJECTS) <= set(db.metadata.tables)


def test_checkpoint_is_shown_and_a_kept_one_compared(
    app: Flask, client_as: ClientAs, auditors: dict[str, int]
) -> None:
    with app.app_context():
        event("1")
        db.session.commit()
        event("2")
        db.session.commit()
        links = {link.sequence: link.link for link in db.session.query(AuditLink)}
    client = client_as(auditors[world.COUNTY])  # signing in adds events of its own
    page = client.get("/audit/checkpoint").text
    assert "当前检查点" in page

    def answer(sequence: object, link: str) -> str:
        found = client.get("/audit/checkpoint", query_string={"sequence": sequence, "link": link})
        said = re.findall(r'role="status".*?</div>', found.text, re.DOTALL)[-1]
        return re.sub(r"<[^>]+>|\s+", "", said.partition(">")[2])

    spaced = " ".join(links[1][n : n + 8] for n in range(0, 64, 8)).upper()
    assert answer(1, spaced).startswith("一致")
    assert answer(1, links[2]).startswith("不一致")
    assert answer(10_000, links[2]).startswith("没有第10000条记录")
    assert answer(1, "abc") == answer("x", links[1]) == ""
