from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from review.domain.extensions import DAYS, ask_extension, decide_extension
from review.domain.reviewing import declare_no_conflict, save_marks, submit_review
from review.enums import NoticeKind
from review.errors import AlreadyAskedError, LateError, WrongStatusError
from review.extensions import db
from review.labels import today
from review.models.assignment import Assignment
from review.models.notices import Notice
from review.models.reviewing import Extension, Review, ReviewChange
from review.permissions import Actor
from rubrics.model import GivenMark
from rubrics.registry import get_rubric
from tests import world

FULL = {c.code: GivenMark(c.points) for c in get_rubric(world.CIVIL_RUBRIC).criteria}


@pytest.fixture
def people(app: Flask) -> tuple[Actor, Actor]:
    """A reviewer with a begun review that was due yesterday, and the organiser."""
    with app.app_context():
        organiser, member, round_, task = world.one_task()
        by = world.actor(member)
        declare_no_conflict(task, by)
        task.due_on = round_.marking_due_on = today() - timedelta(days=1)
        db.session.commit()
        return by, world.actor(organiser)


def task() -> Assignment:
    return db.session.query(Assignment).one()


def test_late_draft_is_kept_but_counts_only_after_an_extension(
    app: Flask, people: tuple[Actor, Actor]
) -> None:
    by, organiser = people
    with app.app_context():
        assert save_marks(task(), FULL, version=0, by=by).is_late
        assert db.session.query(ReviewChange).one().is_late
        with pytest.raises(LateError):
            submit_review(task(), {}, "", version=1, by=by)
        ask_extension(task(), by)
        decide_extension(db.session.query(Extension).one(), organiser, grant=True)
        assert task().due_on == today() + timedelta(days=DAYS)
        submit_review(task(), {}, "", version=1, by=by)
        assert db.session.query(Review).one().total == 100


def test_early_extension_counts_from_the_deadline(app: Flask, people: tuple[Actor, Actor]) -> None:
    by, organiser = people
    with app.app_context():
        due = today() + timedelta(days=3)
        task().due_on, task().reminded_on = due, today()
        ask_extension(task(), by)
        decide_extension(db.session.query(Extension).one(), organiser, grant=True)
        assert (task().due_on, task().reminded_on) == (due + timedelta(days=DAYS), None)


def test_refused_extension_changes_no_day_and_may_be_asked_for_again(
    app: Flask, people: tuple[Actor, Actor]
) -> None:
    by, organiser = people
    with app.app_context():
        due = task().due_on
        ask_extension(task(), by)
        with pytest.raises(AlreadyAskedError):
            ask_extension(task(), by)
        (asked,) = db.session.query(Extension)
        decide_extension(asked, organiser, grant=False)
        with pytest.raises(WrongStatusError):
            decide_extension(asked, organiser, grant=True)
        assert (task().due_on, asked.due_on) == (due, None)
        ask_extension(task(), by)
        kinds = [n.kind for n in db.session.query(Notice).order_by(Notice.id)]
        told = [
            NoticeKind.EXTENSION_ASKED,
            NoticeKind.EXTENSION_DECIDED,
            NoticeKind.EXTENSION_ASKED,
        ]
        assert kinds == told


def test_extension_is_asked_by_nobody_else_and_for_nothing_submitted(
    app: Flask, people: tuple[Actor, Actor]
) -> None:
    by, organiser = people
    with app.app_context():
        with pytest.raises(WrongStatusError):
            ask_extension(task(), organiser)
        task().due_on = today()
        submit_review(task(), FULL, "", version=0, by=by)
        with pytest.raises(WrongStatusError):
            ask_extension(task(), by)


@pytest.mark.parametrize(
    ("second", "is_late"), [(-1, False), (0, True), (1, True)], ids=["before", "at", "after"]
)
def test_last_second_of_the_day_in_beijing_decides_by_the_servers_clock(
    app: Flask, people: tuple[Actor, Actor], second: int, is_late: bool
) -> None:
    by, _ = people
    with app.app_context():
        due = task().due_on
        # The end of that day in Beijing is 16:00 UTC.
        end = datetime(due.year, due.month, due.day, 16, tzinfo=UTC)
        with time_machine.travel(end + timedelta(seconds=second), tick=False):
            assert save_marks(task(), FULL, version=0, by=by).is_late is is_late
            if is_late:
                with pytest.raises(LateError):
                    submit_review(task(), {}, "", version=1, by=by)
            else:
                submit_review(task(), {}, "", version=1, by=by)
        assert (db.session.query(Review).one().submitted_at is None) is is_late
