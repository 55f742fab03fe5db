"""C2: bombs and broken files are refused at once, in words, with nothing stored."""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from review.enums import ImportStatus, RegisterPart, Role
from review.extensions import db
from review.models.cases import Case, RegisterImport
from review.queries.register_content import content_of
from tests import world
from tests.trust.hostile_files import HOSTILE, Hostile
from tests.work import after_work

MOST_SECONDS = 2.0
MOST_RISE_MB = 150  # the child's own memory is limited by itself: test_register_child


@pytest.fixture
def organiser(app: Flask, client_as: Callable[[int], FlaskClient]) -> FlaskClient:
    with app.app_context():
        world.regions()
        membership = world.person(Role.ORGANISER, world.CITY).id
        db.session.commit()
    return client_as(membership)


def peak_mb(*, reset: bool = False) -> int:
    """The most memory that this process has held since the last reset."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text().split()
    return int(status[status.index("VmHWM:") + 1]) // 1024


def cpu_seconds() -> float:
    """The work done by this process and its children, however busy the machine is besides."""
    return sum(os.times()[:4])


def is_nothing_stored(app: Flask) -> bool:
    with app.app_context():
        (import_,) = db.session.scalars(select(RegisterImport))
        is_staged = content_of(import_.id, RegisterPart.STAGED) is not None
        is_refused = import_.status is ImportStatus.UNREADABLE and not is_staged
        return is_refused and not db.session.scalar(select(func.count()).select_from(Case))


@pytest.mark.parametrize(
    "hostile", HOSTILE, ids=lambda hostile: hostile.make.__name__ + hostile.name
)
def test_hostile_file_is_refused_quickly_and_in_words(
    hostile: Hostile, organiser: FlaskClient, app: Flask
) -> None:
    data = BytesIO(hostile.make())
    organiser.get("/cases/imports")
    before, begun = peak_mb(reset=True), cpu_seconds()
    answer = organiser.post("/cases/imports", data={"file": (data, hostile.name)})
    answer.request.input_stream.close()  # the client's own copy of a large body
    address = after_work(organiser, answer)
    took, rise = cpu_seconds() - begun, peak_mb() - before
    page = organiser.get(address).get_data(as_text=True)
    assert any(words in page for words in hostile.words)
    assert f"文件“{hostile.name}”" in page
    assert hostile.place in page
    assert took <= MOST_SECONDS
    assert rise <= MOST_RISE_MB
    assert is_nothing_stored(app)


def test_line_of_a_hundred_megabytes_is_not_even_taken_in(organiser: FlaskClient) -> None:
    answer = organiser.post(
        "/cases/imports",
        input_stream=BytesIO(b"x" * 1000),
        environ_overrides={"CONTENT_LENGTH": str(100 * 1024 * 1024)},
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
