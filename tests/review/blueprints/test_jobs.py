from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from review.blueprints.jobs import PAGES
from review.domain.jobs import LEASE, enqueue
from review.enums import JobFailure, JobKind, JobStatus, Role
from review.extensions import db
from review.labels import LABELS
from review.models.accounts import Membership
from review.models.jobs import Job
from review.queries.accounts import acting_as
from tests import world
from tests.statements import counted

ClientAs = Callable[[int], FlaskClient]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def owner_id(app: Flask) -> int:
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER)
        enqueue(JobKind.IMPORT_REGISTER, {"import_id": 7}, acting_as(member.user, member))
        db.session.commit()
        return member.id


def change(app: Flask, **values: Any) -> str:
    """The one job, changed; its address."""
    with app.app_context():
        job = db.session.scalars(select(Job)).one()
        for name, value in values.items():
            setattr(job, name, value)
        db.session.commit()
        return f"/jobs/{job.public_id}"


def test_every_kind_leads_somewhere() -> None:
    assert set(PAGES) == set(JobKind)


def test_progress_is_shown_in_numbers_and_as_a_bar(
    app: Flask, owner_id: int, client_as: ClientAs
) -> None:
    until = datetime.now(UTC) + LEASE
    address = change(app, status=JobStatus.RUNNING, due_at=until, done=12_000, total=36_000)
    with counted(app) as statements:
        text = client_as(owner_id).get(address).get_data(as_text=True)
    assert "12,000 / 36,000（33%）" in text
    assert 'max="36000" value="12000"></progress>' in text
    assert f'hx-get="{address}" hx-trigger="load delay:1s, every 5s"' in text
    assert f'<a href="{address}">刷新进度</a>' in text
    assert len(statements) <= 8


def test_fragment_is_the_progress_alone(app: Flask, owner_id: int, client_as: ClientAs) -> None:
    text = client_as(owner_id).get(change(app), headers=HTMX).get_data(as_text=True)
    assert text.lstrip().startswith("<div")
    assert "等待处理…" in text


def test_job_whose_worker_died_says_that_it_goes_on_by_itself(
    app: Flask, owner_id: int, client_as: ClientAs
) -> None:
    silent = datetime.now(UTC) - timedelta(seconds=1)  # its lease has run out
    address = change(app, status=JobStatus.RUNNING, due_at=silent, done=12_000, total=36_000)
    text = client_as(owner_id).get(address, headers=HTMX).get_data(as_text=True)
    assert "稍候自动从头再做" in text
    assert "hx-trigger" in text


def test_done_job_leads_to_what_it_made(app: Flask, owner_id: int, client_as: ClientAs) -> None:
    address, client = change(app, status=JobStatus.DONE), client_as(owner_id)
    assert client.get(address).location == "/cases/imports/7"
    assert client.get(address, headers=HTMX).headers["HX-Redirect"] == "/cases/imports/7"


@pytest.mark.parametrize("failure", JobFailure)
def test_failed_job_says_why_and_leads_back_without_asking_again(
    app: Flask, owner_id: int, client_as: ClientAs, failure: JobFailure
) -> None:
    address = change(app, status=JobStatus.FAILED, failure=failure)
    text = client_as(owner_id).get(address, headers=HTMX).get_data(as_text=True)
    assert str(LABELS[JobFailure][failure]) in text
    assert 'href="/cases/imports/7"' in text
    assert "hx-trigger" not in text


def test_job_that_nobody_takes_says_what_is_safe_and_whom_to_ask(
    app: Flask, owner_id: int, client_as: ClientAs
) -> None:
    client = client_as(owner_id)
    assert "等待的时间比平常长" not in client.get(change(app)).get_data(as_text=True)
    with app.app_context():
        created_at = db.session.scalars(select(Job.created_at)).one()
    waiting = change(app, created_at=created_at - timedelta(minutes=2))
    assert "等待的时间比平常长" in client.get(waiting).get_data(as_text=True)


def test_anothers_job_is_not_found_nor_ones_own_in_another_role(
    app: Flask, owner_id: int, client_as: ClientAs
) -> None:
    with app.app_context():
        user_id = db.session.get_one(Membership, owner_id).user_id
        other_role = world.add(Membership(user_id=user_id, role=Role.CHIEF, region_code="990101"))
        others = [world.person(Role.ORGANISER).id, other_role.id]
        db.session.commit()
    for member_id in others:
        assert client_as(member_id).get(change(app)).status_code == 404
    assert client_as(owner_id).get("/jobs/nosuchjob").status_code == 404
