"""C1 and G3: no file breaks the import, and of every row read it is said what became of it.

A thousand files in the suite; ``make fuzz`` takes ten thousand.
"""

import os
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from review.enums import ImportStatus, Role
from review.extensions import db
from review.models.cases import Case, RegisterImport
from tests import world
from tests.trust.mutations import MUTATIONS, mutated

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


def answer_to(client: FlaskClient, seed: int) -> int:
    name, data = mutated(seed)
    answer = client.post("/cases/imports", data={"file": (BytesIO(data), name)})
    assert answer.status_code in {HTTPStatus.FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}, seed
    if answer.status_code == HTTPStatus.FOUND:
        assert client.post(f"{answer.location}/confirm").status_code == HTTPStatus.FOUND, seed
    else:
        assert f"文件“{name}”" in answer.get_data(as_text=True), seed
    return answer.status_code


@pytest.mark.parametrize("first", range(0, FILES, CHUNK))
def test_every_spoilt_file_is_read_or_refused_and_no_row_is_lost(
    first: int, app: Flask, organiser: FlaskClient
) -> None:
    seeds = range(first, min(first + CHUNK, FILES))
    answers = Counter(answer_to(organiser, seed) for seed in seeds)
    stored, imports = cases_and_imports(app)
    assert answers[HTTPStatus.FOUND] == len(imports) > 0
    assert answers[HTTPStatus.UNPROCESSABLE_ENTITY] > 0
    assert all(one.status is ImportStatus.CONFIRMED for one in imports)
    for one in imports:
        became = sum(one.counts[word] for word in BECAME)
        assert one.counts["data_rows_read"] == became, one.counts
    assert stored == sum(one.counts["created"] for one in imports)


def test_the_same_number_is_the_same_file_and_every_mutation_is_used() -> None:
    assert [mutated(seed) for seed in range(5)] == [mutated(seed) for seed in range(5)]
    assert len(MUTATIONS) == 6
