import json
import os
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask

from review.domain.draft_files import FORMAT, read_draft_file
from review.domain.reviewing import declare_no_conflict
from review.domain.shelters import shelter_key
from review.enums import DraftFileRefusal, Role
from review.errors import DraftFileError
from review.extensions import db
from review.models.assignment import Assignment
from review.models.reviewing import Review
from review.permissions import Actor
from tests import world

RATING = {"points": "2.5", "not_applicable": False, "answer": "", "found": False}


@pytest.fixture
def reviewer(app: Flask) -> Actor:
    with app.app_context():
        _organiser, member, _round, task = world.one_task()
        by = world.actor(member)
        declare_no_conflict(task, by)
        return by


def content(**changes: Any) -> dict[str, Any]:
    lines = [{"code": "agreement", "rating": RATING}]
    return {"rubric_key": world.CIVIL_RUBRIC, "ratings": lines} | changes


def sealed(inside: Any, by: Actor, of: str, **changes: Any) -> bytes:
    """The file as the page writes it."""
    nonce = os.urandom(12)
    key = shelter_key(by, of)
    secret = nonce + AESGCM(key).encrypt(nonce, json.dumps(inside).encode(), of.encode())
    file = {"format": FORMAT, "task": of, "sealed": b64encode(secret).decode()}
    return json.dumps(file | changes).encode()


def read(file: bytes, by: Actor) -> dict[str, Any]:
    task, review = db.session.query(Assignment).one(), db.session.query(Review).one()
    return read_draft_file(file, task, review, by)


def test_file_of_this_task_and_reviewer_gives_its_ratings_back(app: Flask, reviewer: Actor) -> None:
    with app.app_context():
        task = db.session.query(Assignment).one().public_id
        assert read(sealed(content(), reviewer, task), reviewer) == {"agreement": RATING}


def test_file_is_bound_to_reviewer_and_task(app: Flask, reviewer: Actor) -> None:
    other = Actor(reviewer.user_id + 1, "", 0, Role.REVIEWER, world.OTHER_COUNTY)
    with app.app_context():
        task = db.session.query(Assignment).one().public_id
        for file, refusal in (
            (sealed(content(), other, task), DraftFileRefusal.UNREADABLE),
            (sealed(content(), reviewer, "x" * 22), DraftFileRefusal.OTHER_TASK),
            # The task that is named in clear was changed: the seal holds the true one.
            (sealed(content(), reviewer, "x" * 22, task=task), DraftFileRefusal.UNREADABLE),
            (
                sealed(content(rubric_key="civil-first/9"), reviewer, task),
                DraftFileRefusal.OTHER_RUBRIC,
            ),
        ):
            with pytest.raises(DraftFileError) as refused:
                read(file, reviewer)
            assert refused.value.refusal is refusal


BROKEN: dict[str, Callable[[Actor, str], bytes]] = {
    "nothing": lambda _by, _task: b"",
    "no text": lambda _by, _task: b"\xff\xfe\x00",
    "a list": lambda _by, _task: b"[]",
    "deep": lambda _by, _task: b"[" * 100_000,
    "too large": lambda _by, _task: b'"' + b"x" * 300_000 + b'"',
    "no base64": lambda by, task: sealed(content(), by, task, sealed="§"),
    "a short seal": lambda by, task: sealed(content(), by, task, sealed="AAAA"),
    "another format": lambda by, task: sealed(content(), by, task, format="x"),
    "no ratings": lambda by, task: sealed(content(ratings=None), by, task),
    "unknown criterion": lambda by, task: sealed(
        content(ratings=[{"code": "no", "rating": RATING}]), by, task
    ),
    "code of another kind": lambda by, task: sealed(
        content(ratings=[{"code": ["x"], "rating": RATING}]), by, task
    ),
    "points of another kind": lambda by, task: sealed(
        content(ratings=[{"code": "agreement", "rating": RATING | {"points": 3}}]), by, task
    ),
    "points of no number": lambda by, task: sealed(
        content(ratings=[{"code": "agreement", "rating": RATING | {"points": "<b>"}}]), by, task
    ),
    "a part too many": lambda by, task: sealed(
        content(ratings=[{"code": "agreement", "rating": RATING | {"reason": "x"}}]), by, task
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_file_that_no_page_wrote_is_refused(app: Flask, reviewer: Actor, case: str) -> None:
    with app.app_context():
        task = db.session.query(Assignment).one().public_id
        with pytest.raises(DraftFileError) as refused:
            read(BROKEN[case](reviewer, task), reviewer)
        assert refused.value.refusal is DraftFileRefusal.UNREADABLE
