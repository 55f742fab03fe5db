"""What a script sends in parts, and what it is told when it sends too much."""

from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from review.blueprints import uploads
from review.extensions import db
from review.models.dossiers import DossierUpload, UploadPart
from tests.world import CITY

ClientAs = Callable[[int], FlaskClient]
BATCH = "b" * 22


def begun(client: FlaskClient, name: str = "卷宗.pdf", size: int = 10) -> str:
    data = {"name": name, "size": size, "batch": BATCH}
    answer = client.post("/dossiers/uploads/begin", data=data)
    assert answer.status_code == HTTPStatus.CREATED
    return str(answer.get_json()["address"])


def send(client: FlaskClient, address: str, content: bytes, start: int = 0) -> Any:
    return client.post(f"{address}/parts/{start}", data={"piece": (BytesIO(content), "x")})


@pytest.fixture
def client(members: dict[str, int], client_as: ClientAs, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An organiser who sends in parts of up to four bytes."""
    monkeypatch.setattr(uploads, "PART_BYTES", 4)
    return client_as(members[CITY])


@pytest.mark.parametrize(("size", "status", "kept"), [(0, 413, 0), (5, 413, 0), (4, 200, 4)])
def test_a_part_is_neither_empty_nor_larger_than_agreed(
    app: Flask, client: FlaskClient, size: int, status: int, kept: int
) -> None:
    assert send(client, begun(client), b"x" * size).status_code == status
    with app.app_context():
        assert db.session.scalar(select(DossierUpload.received)) == kept
        assert len(db.session.scalars(select(UploadPart)).all()) == (1 if kept else 0)


def test_uploads_are_listed_by_their_names(client: FlaskClient) -> None:
    begun(client, "笔录<b>.pdf")
    page = client.get("/dossiers/uploads/").get_data(as_text=True)
    assert "笔录&lt;b&gt;.pdf" in page


@pytest.mark.parametrize(("count", "leads_to"), [(1, "/jobs/"), (2, "/dossiers/uploads/")])
def test_several_files_lead_to_the_list_of_all(
    client: FlaskClient, count: int, leads_to: str
) -> None:
    files = [(BytesIO(b"%PDF-1.7"), f"{n}.pdf") for n in range(count)]
    answer = client.post("/dossiers/uploads/", data={"files": files})
    assert answer.status_code == HTTPStatus.FOUND
    assert answer.location.startswith(leads_to)
