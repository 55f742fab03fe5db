"""Every route × role × object relation × method against one reviewed table (``matrix.py``).

A denied cell must answer 404 (a signed-out visitor is sent to sign in), with the very body of a
truly missing object, and leave the whole database as it was. Each guard is seen to fail on
purpose in the sabotage tests at the end.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import abort
from werkzeug.routing import MapAdapter
from werkzeug.routing import Rule as Route
from werkzeug.test import TestResponse

from review.domain.audit import record
from review.extensions import db
from review.models.accounts import Region
from tests.trust.matrix import ANONYMOUS, EVERYBODY, GET, MATRIX, Actor, Rule
from tests.trust.platform import Platform, rules, see
from tests.trust.province import Thing
from tests.world import PROVINCE

MISSING_KEYS: dict[str, Any] = {
    "static": "nothing.css",
    "region": "999999",
    "rubric": {"name": "none", "version": 9},
    "exclusion": {"round_id": 999_999, "case_id": 999_999},
    "targeted": {"round_id": 999_999, "case_id": 999_999},
    "version": {"round_id": 999_999, "number": 1},
    "drawn_case": {"round_id": 999_999, "case_id": 999_999},
    "part": {"public_id": "nosuchthing".ljust(22, "x"), "start": 0},
    "unmatched": {"public_id": "nosuchthing".ljust(22, "x"), "file_id": 999_999},
    "copy": {"public_id": "nosuchthing".ljust(22, "x"), "kind": "full"},
    "alike": {"kept_id": 999_998, "other_id": 999_999},
    "plan": {"round_id": 999_999, "public_id": "nosuchthing".ljust(22, "x")},
    "extension": {"round_id": 999_999, "extension_id": 999_999},
    "pin": {"round_id": 999_999, "pin_id": 999_999},
    "panel_objection": {"round_id": 999_999, "objection_id": 999_999},
    "panellist": {"round_id": 999_999, "user_id": 999_999},
    "document": {"public_id": "nosuchthing".ljust(22, "x"), "document_id": 999_999},
    "mark": {"public_id": "nosuchthing".ljust(22, "x"), "mark_id": 999_999},
    "definition_file": {"subject": "rubric", "key": "nosuchthing/1"},
}
MISSING = "missing"
SIGN_IN = "/sign-in"
SABOTAGED = ("rounds.show", GET)


@dataclass(frozen=True)
class Cell:
    """One request of the matrix: who asks what, and whether the table lets them."""

    actor: Actor
    method: str
    url: str
    rule: Rule
    allowed: bool

    def __str__(self) -> str:
        return f"{self.actor.name}: {self.method} {self.url}"


def representatives(things: dict[str, Thing]) -> list[Thing]:
    """One thing of each (region, owners, status): more of the same would prove no more."""
    found: dict[Any, Thing] = {}
    for thing in things.values():
        found.setdefault((thing.region_code, thing.owners, thing.status), thing)
    return list(found.values())


def missing_like(kind: str, things: list[Thing]) -> Thing:
    is_number = bool(things) and isinstance(things[0].key, int)
    usual = 999_999 if is_number else "nosuchthing".ljust(22, "x")
    return Thing(MISSING_KEYS.get(kind, usual), status=MISSING)


def is_missing(thing: Thing | None) -> bool:
    return thing is not None and thing.status == MISSING


def cells(platform: Platform, endpoint: str, method: str, rule: Rule) -> Iterator[Cell]:
    """Every request of one route: each actor × each relation of what the address names.

    To roles that may not use the route at all one missing and one real thing are enough.
    """
    adapter = platform.app.url_map.bind("localhost")
    for number, (thing, url) in enumerate(addresses(platform, adapter, endpoint, method)):
        for actor in EVERYBODY:
            if number > 1 and not rule.allows(actor, None):
                continue
            allowed = not is_missing(thing) and rule.allows(actor, thing)
            yield Cell(actor, method, url, rule, allowed)


def addresses(
    platform: Platform, adapter: MapAdapter, endpoint: str, method: str
) -> Iterator[tuple[Thing | None, str]]:
    """Each address of a route with the thing it names; a missing one first."""
    rule = MATRIX[endpoint, method]
    route = next(r for r in adapter.map.iter_rules(endpoint) if method in (r.methods or set()))
    if not rule.kind:
        yield None, adapter.build(endpoint, method=method)
    else:
        for thing in relations(platform, rule.kind):
            yield thing, adapter.build(endpoint, values_of(thing, route), method=method)
    for name, kind in rule.queries.items():
        for thing in relations(platform, kind):
            yield thing, adapter.build(endpoint, {name: thing.key}, method=method)


def relations(platform: Platform, kind: str) -> list[Thing]:
    things = representatives(platform.here.things.get(kind, {}))
    return [missing_like(kind, things), *things]


def values_of(thing: Thing, route: Route) -> dict[str, Any]:
    return thing.key if isinstance(thing.key, dict) else dict.fromkeys(route.arguments, thing.key)


def is_sent_to_sign_in(response: TestResponse) -> bool:
    return response.status_code == 302 and response.location.split("?")[0] == SIGN_IN


class Judge:
    """Compares answers with the table; remembers what a missing object's 404 looks like."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.judged = Counter[bool]()
        self._absent: dict[tuple[str, str], bytes] = {}

    def __call__(self, cell: Cell) -> str | None:
        """What is wrong with the answer to this cell, or None."""
        client = self.platform.client(cell.actor.name)
        response = client.open(
            cell.url,
            method=cell.method,
            data=dict(cell.rule.data(self.platform.here, cell.actor.name)) or None,
            buffered=True,
        )
        changed = self.platform.changed()
        self.platform.restore()
        self.judged[cell.allowed and response.status_code < 400] += 1
        if cell.allowed and cell.rule.may_lack and response.status_code == 404:
            return None
        wrong = self._allowed if cell.allowed else self._denied
        problem = wrong(cell, response, changed)
        return f"{cell} {problem}" if problem else None

    def _allowed(self, cell: Cell, response: TestResponse, changed: bool) -> str | None:
        if response.status_code in {401, 403, 404, 405} or response.status_code >= 500:
            return f"is allowed, but answered {response.status_code}"
        if is_sent_to_sign_in(response) and not changed and not cell.rule.public:
            return "is allowed, but sent to sign in"
        if cell.method == GET and changed and not cell.rule.leaves_trace:
            return "is a GET, but changed the database"
        return None

    def _denied(self, cell: Cell, response: TestResponse, changed: bool) -> str | None:
        if changed:
            return "is denied, but changed the database"
        if cell.actor is ANONYMOUS and not cell.rule.public:
            return None if is_sent_to_sign_in(response) else f"answered {response.status_code}"
        if response.status_code != 404:
            return f"is denied, but answered {response.status_code}"
        body = see(response).body
        if cell.method == GET:  # the language switch leads back to the page's own address
            body = body.replace(cell.url.encode(), b"")
        absent = self._absent.setdefault((cell.actor.name, cell.method), body)
        return None if body == absent else "answered another 404 than for a missing object"


def test_every_route_stands_in_the_table(attacked: Platform) -> None:
    assert set(rules(attacked.app)) == set(MATRIX), "write who may use it into matrix.py"


@pytest.mark.parametrize(("endpoint", "method"), sorted(MATRIX))
def test_cells_of_route_match_the_table(attacked: Platform, endpoint: str, method: str) -> None:
    rule = MATRIX[endpoint, method]
    judge = Judge(attacked)
    problems = [p for cell in cells(attacked, endpoint, method, rule) if (p := judge(cell))]
    assert not problems, "\n".join(problems)
    assert judge.judged[True] or rule.closed, "nobody may use this route: its cells prove nothing"


def open_to_all(**_arguments: object) -> str:
    return "open to all"


def tells_that_it_exists(**_arguments: object) -> tuple[str, int]:
    return "this one exists, but not for you", 404


def writes_before_it_refuses(**_arguments: object) -> None:
    record(None, "sabotage", db.session.get_one(Region, PROVINCE))
    db.session.commit()
    abort(404)


@pytest.mark.parametrize("view", [open_to_all, tells_that_it_exists, writes_before_it_refuses])
def test_a_hole_is_seen(
    attacked: Platform, monkeypatch: pytest.MonkeyPatch, view: Callable[..., object]
) -> None:
    endpoint, method = SABOTAGED
    guarded = attacked.app.view_functions[endpoint]
    judge = Judge(attacked)
    rule = MATRIX[endpoint, method]
    denied = [cell for cell in cells(attacked, endpoint, method, rule) if not cell.allowed]
    intact = denied[::10]
    assert not [cell for cell in intact if judge(cell)]
    vars(view)["permission"] = vars(guarded)["permission"]
    monkeypatch.setitem(attacked.app.view_functions, endpoint, view)
    assert all(judge(cell) for cell in intact if cell.actor is not ANONYMOUS)
