"""C1 and G3: no file breaks the import, and of every row read it is said what became of it.

A thousand files in the suite; ``make fuzz`` takes ten thousand.
"""

import os
from collections import Counter
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from review.enums import ImportStatus, Role
from review.extensions import db
from review.models.cases import Case, RegisterImport
from review.models.jobs import Job
from tests import world
from tests.trust.mutations import MUTATIONS, mutated
from tests.work import after_work

FILES = int(os.environ.get("FUZZ_FILES", "1000"))
CHUNK = 100
BECAME = ("created", "updated", "unchanged", "skipped", "refused")


@pytest.fixture
def organiser(app: Flask, client_as: Callable[[int], FlaskClient]) -> FlaskClient:
    with app.app_context():
        world.regions()
        membership = world.person(Role.ORGANISER, world.CITY).id
        db.session.commit()
    return client_as(membership)


def cases_and_imports(app: Flask) -> tuple[int, list[RegisterImport]]:
    with app.app_context():
        cases = db.session.scalar(select(func.count()).select_from(Case)) or 0
        return cases, list(db.session.scalars(select(RegisterImport).order_by(RegisterImport.id)))


def attempts(app: Flask) -> set[int]:
    """How often a worker had to take up any of the jobs: once, unless one broke off."""
    with app.app_context():
        return set(db.session.scalars(select(Job.attempts)))


def imported(client: FlaskClient, seed: int) -> bool:
    """Whether the file could be read; if so, it is confirmed, else the page names it."""
    name, data = mutated(seed)
    answer = client.post("/cases/imports", data={"file": (BytesIO(data), name)})
    address = after_work(client, answer)
    page = client.get(address).get_data(as_text=True)
    if f"文件“{name}”" in page:
        return False
    assert after_work(client, client.post(f"{address}/confirm")) == address, seed
    return True


@pytest.mark.parametrize("first", range(0, FILES, CHUNK))
def test_every_spoilt_file_is_read_or_refused_and_no_row_is_lost(
    first: int, app: Flask, organiser: FlaskClient
) -> None:
    seeds = range(first, min(first + CHUNK, FILES))
    read = Counter(imported(organiser, seed) for seed in seeds)
    stored, imports = cases_and_imports(app)
    became = Counter(one.status for one in imports)
    assert became == {ImportStatus.CONFIRMED: read[True], ImportStatus.UNREADABLE: read[False]}
    assert all(read.values())
    assert attempts(app) == {1}
    confirmed = [one for one in imports if one.status is ImportStatus.CONFIRMED]
    for one in confirmed:
        rows = sum(one.counts[word] for word in BECAME)
        assert one.counts["data_rows_read"] == rows, one.counts
    assert stored == sum(one.counts["created"] for one in confirmed)


def test_the_same_number_is_the_same_file_and_every_mutation_is_used() -> None:
    assert [mutated(seed) for seed in range(5)] == [mutated(seed) for seed in range(5)]
    assert len(MUTATIONS) == 6
