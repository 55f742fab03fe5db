from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from review.domain.reviewing import declare_no_conflict, is_late, save_marks, submit_review
from review.enums import AssignmentStatus, Role, RoundStatus, SampledCaseStatus
from review.errors import (
    AlreadySubmittedError,
    DomainError,
    LateError,
    MarksRefusedError,
    NoSuchCriterionError,
    NothingAppliesError,
    StaleError,
    WrongStatusError,
)
from review.extensions import db
from review.labels import BEIJING, today
from review.models.assignment import Assignment
from review.models.audit import AuditEvent
from review.models.results import Result
from review.models.reviewing import Mark, Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from rubrics.arithmetic import total_score
from rubrics.model import GivenMark
from rubrics.registry import get_rubric
from tests import world

CIVIL = get_rubric(world.CIVIL_RUBRIC)
FULL = {c.code: GivenMark(c.points) for c in CIVIL.criteria}
ARGUMENT = GivenMark(Decimal("7.5"), reason="引法有误")


def fill(**changes: Any) -> list[tuple[int, Actor]]:
    """One case of a new round; each marker's assignment and actor, the reserve last. Commits."""
    world.regions()
    organiser = world.person(Role.ORGANISER, world.CITY)
    case = world.case(world.handler(), world.agency())
    reviewers = [world.reviewer() for _ in range(3)]
    round_ = world.assigned_round(organiser, [case], reviewers, **changes)
    named = world.assignments(world.sampled_cases(round_)[0])
    db.session.commit()
    return [
        (a.id, Actor(m.user_id, "名", m.id, m.role, m.region_code))
        for a, m in zip(named, reviewers, strict=False)
    ]


@pytest.fixture
def markers(app: Flask) -> list[tuple[int, Actor]]:
    with app.app_context():
        return fill()


@pytest.fixture
def begun(app: Flask, markers: list[tuple[int, Actor]]) -> tuple[int, Actor]:
    """The first marker with a review begun, at version 0."""
    assignment_id, by = markers[0]
    with app.app_context():
        declare_no_conflict(db.session.get_one(Assignment, assignment_id), by)
    return assignment_id, by


def assignment(assignment_id: int) -> Assignment:
    return db.session.get_one(Assignment, assignment_id)


def the_review() -> Review:
    return db.session.query(Review).one()


def test_declaration_begins_one_review_with_the_pinned_rubric(
    app: Flask, begun: tuple[int, Actor]
) -> None:
    assignment_id, by = begun
    with app.app_context():
        declare_no_conflict(assignment(assignment_id), by)
        review = the_review()
        assert (review.rubric_key, review.version) == (world.CIVIL_RUBRIC, 0)
        assert assignment(assignment_id).status is AssignmentStatus.DRAFT
        events = [event.action for event in db.session.query(AuditEvent)]
        assert events == ["review.no_conflict_declared"]


def test_declaration_refused_when_the_round_is_over(
    app: Flask, markers: list[tuple[int, Actor]]
) -> None:
    with app.app_context():
        db.session.query(Round).one().status = RoundStatus.PUBLISHED
        with pytest.raises(WrongStatusError):
            declare_no_conflict(assignment(markers[0][0]), markers[0][1])


def test_save_keeps_a_mark_and_counts_up_the_version(app: Flask, begun: tuple[int, Actor]) -> None:
    assignment_id, by = begun
    with app.app_context():
        first = save_marks(assignment(assignment_id), {"argument": ARGUMENT}, version=0, by=by)
        zero = {"agreement": GivenMark(Decimal(0))}
        second = save_marks(assignment(assignment_id), zero, version=1, by=by)
        assert (first.version, second.version) == (1, 2)
        # 17 criteria: one answered with its reason, one deducted without
        assert (first.left, second.left) == (16, 16)
        assert first.sections["opinion"] == "7.5"
    with app.app_context():
        marks = {m.criterion_code: (m.points, m.reason) for m in the_review().marks}
        assert marks == {"argument": (Decimal("7.5"), "引法有误"), "agreement": (Decimal(0), "")}
        event = db.session.query(AuditEvent).filter_by(action="review.saved").all()[0]
        assert event.details == {"version": 1, "criteria": ["argument"]}


def test_save_from_a_stale_page_changes_nothing(app: Flask, begun: tuple[int, Actor]) -> None:
    assignment_id, by = begun
    with app.app_context():
        save_marks(assignment(assignment_id), {"argument": ARGUMENT}, version=0, by=by)
        other = {"argument": GivenMark(Decimal(1), reason="另一页")}
        with pytest.raises(StaleError):
            save_marks(assignment(assignment_id), other, version=0, by=by)
    with app.app_context():
        assert db.session.query(Mark).one().points == Decimal("7.5")


@pytest.mark.parametrize(
    ("code", "mark", "error"),
    [
        ("agreement", GivenMark(Decimal("4.5")), MarksRefusedError),
        ("agreement", GivenMark(Decimal("-1")), MarksRefusedError),
        ("agreement", GivenMark(Decimal("1.3")), MarksRefusedError),
        ("agreement", GivenMark(not_applicable=True, reason="无"), MarksRefusedError),
        ("file_analysis", GivenMark(Decimal(1)), NoSuchCriterionError),  # of the criminal rubric
    ],
)
def test_save_refuses_what_the_rubric_forbids(
    app: Flask, begun: tuple[int, Actor], code: str, mark: GivenMark, error: type[DomainError]
) -> None:
    with app.app_context():
        with pytest.raises(error):
            save_marks(assignment(begun[0]), {code: mark}, version=0, by=begun[1])
        assert db.session.query(Mark).count() == 0


def test_save_without_a_declaration_refused(app: Flask, markers: list[tuple[int, Actor]]) -> None:
    with app.app_context(), pytest.raises(WrongStatusError):
        save_marks(assignment(markers[0][0]), FULL, version=0, by=markers[0][1])


def test_submit_fixes_the_total_from_the_stored_marks(app: Flask, begun: tuple[int, Actor]) -> None:
    assignment_id, by = begun
    sheet = FULL | {"argument": ARGUMENT, "file_reading": GivenMark(None, True, "起诉后即调解")}
    with app.app_context():
        submit_review(assignment(assignment_id), sheet, "总体良好", version=0, by=by)
    with app.app_context():
        review = the_review()
        # 8 points do not apply and 4.5 are lost: 100 * 87.5 / 92
        assert review.total == Decimal("95.10869565217391304347826087")
        assert review.total == total_score(
            CIVIL, {m.criterion_code: m.points for m in review.marks}
        )
        assert review.comment == "总体良好"
        assert review.submitted_at is not None
        assert assignment(assignment_id).status is AssignmentStatus.SUBMITTED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"argument": GivenMark()}, "argument"),
        ({"argument": GivenMark(Decimal("7.5"), reason=" ")}, "argument"),
        ({"file_reading": GivenMark(None, True)}, "file_reading"),
        ({"agreement": GivenMark(Decimal(5))}, "agreement"),
        ({"agreement": GivenMark(None, True, "无")}, "agreement"),
    ],
)
def test_submit_refuses_an_unfinished_sheet(
    app: Flask, begun: tuple[int, Actor], change: dict[str, GivenMark], code: str
) -> None:
    with app.app_context():
        with pytest.raises(MarksRefusedError) as refusal:
            submit_review(assignment(begun[0]), FULL | change, "", version=0, by=begun[1])
        assert list(refusal.value.problems) == [code]
    with app.app_context():
        assert the_review().total is None
        assert db.session.query(Mark).count() == 0


def test_submit_refuses_when_nothing_applies(
    app: Flask, begun: tuple[int, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    # No shipped rubric lets every criterion be not applicable, so the rule is tested with the
    # rubric's own check out of the way.
    monkeypatch.setattr("review.domain.sheets.sheet_problems", lambda *_: {})
    monkeypatch.setattr("review.domain.sheets.mark_problem", lambda *_: None)
    nothing = {code: GivenMark(None, True, "无") for code in FULL}
    with app.app_context(), pytest.raises(NothingAppliesError):
        submit_review(assignment(begun[0]), nothing, "", version=0, by=begun[1])


def test_submit_twice_has_one_effect(app: Flask, begun: tuple[int, Actor]) -> None:
    assignment_id, by = begun
    with app.app_context():
        submit_review(assignment(assignment_id), FULL, "", version=0, by=by)
        for version in (0, 1):
            with pytest.raises(AlreadySubmittedError):
                submit_review(assignment(assignment_id), FULL, "改", version=version, by=by)
        with pytest.raises(AlreadySubmittedError):
            save_marks(assignment(assignment_id), {"argument": ARGUMENT}, version=1, by=by)
    with app.app_context():
        assert (the_review().comment, the_review().total) == ("", Decimal(100))
        assert db.session.query(AuditEvent).filter_by(action="review.submitted").count() == 1


def test_late_submission_refused_and_the_draft_kept(app: Flask, begun: tuple[int, Actor]) -> None:
    assignment_id, by = begun
    with app.app_context():
        save_marks(assignment(assignment_id), {"argument": ARGUMENT}, version=0, by=by)
        yesterday = today() - timedelta(days=1)
        db.session.query(Round).one().marking_due_on = yesterday
        assignment(assignment_id).due_on = yesterday
        db.session.commit()
        with pytest.raises(LateError):
            submit_review(assignment(assignment_id), FULL, "", version=1, by=by)
    with app.app_context():
        assert db.session.query(Mark).one().points == Decimal("7.5")
        assert the_review().submitted_at is None
        later = {"argument": GivenMark(Decimal(8), reason="迟存的草稿")}
        assert save_marks(assignment(assignment_id), later, version=1, by=by).version == 2


@pytest.mark.parametrize(
    ("at", "late"),
    [
        (datetime(2024, 6, 30, 15, 59, 59, tzinfo=UTC), False),  # 23:59:59 in Beijing
        (datetime(2024, 6, 30, 16, 0, 0, tzinfo=UTC), True),
        (datetime(2024, 6, 30, 23, 59, 59, tzinfo=BEIJING), False),
        (datetime(2024, 7, 1, tzinfo=BEIJING), True),
    ],
)
def test_deadline_is_the_end_of_the_day_in_beijing(at: datetime, late: bool) -> None:
    assert is_late(date(2024, 6, 30), at) is late


def test_round_no_longer_in_marking_takes_no_marks(app: Flask, begun: tuple[int, Actor]) -> None:
    with app.app_context():
        db.session.query(Round).one().status = RoundStatus.PUBLISHED
        for act in (
            lambda: save_marks(assignment(begun[0]), FULL, version=0, by=begun[1]),
            lambda: submit_review(assignment(begun[0]), FULL, "", version=0, by=begun[1]),
        ):
            with pytest.raises(WrongStatusError):
                act()


def test_second_submission_settles_the_case(app: Flask, markers: list[tuple[int, Actor]]) -> None:
    for assignment_id, by in markers[:2]:
        with app.app_context():
            declare_no_conflict(assignment(assignment_id), by)
            submit_review(assignment(assignment_id), FULL, "", version=0, by=by)
    with app.app_context():
        assert db.session.query(Result).one().total == 100
        assert db.session.query(SampledCase).one().status is SampledCaseStatus.SETTLED


def at_once(app: Flask, acts: list[Callable[[], Any]]) -> list[Any]:
    """Run every act in a thread with a session of its own; answers results or errors."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait()
            try:
                return act()
            except DomainError as error:
                return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_parallel_saves_from_one_version_keep_exactly_one(any_app: Flask) -> None:
    with any_app.app_context():
        assignment_id, by = fill()[0]
        declare_no_conflict(assignment(assignment_id), by)
    marks = [GivenMark(Decimal(n), reason="并发") for n in range(4)]

    def saving(mark: GivenMark) -> Callable[[], Any]:
        return lambda: save_marks(assignment(assignment_id), {"argument": mark}, version=0, by=by)

    answers = at_once(any_app, [saving(mark) for mark in marks])
    (winner,) = [n for n, answer in enumerate(answers) if not isinstance(answer, DomainError)]
    assert sum(isinstance(answer, StaleError) for answer in answers) == 3
    with any_app.app_context():
        assert the_review().version == 1
        assert db.session.query(Mark).one().points == winner


def test_parallel_submissions_of_one_review_have_one_effect(any_app: Flask) -> None:
    with any_app.app_context():
        assignment_id, by = fill()[0]
        declare_no_conflict(assignment(assignment_id), by)

    def submitting() -> Any:
        return submit_review(assignment(assignment_id), FULL, "", version=0, by=by)

    answers = at_once(any_app, [submitting] * 5)
    assert sum(isinstance(answer, AlreadySubmittedError) for answer in answers) == 4
    with any_app.app_context():
        assert db.session.query(AuditEvent).filter_by(action="review.submitted").count() == 1


def test_both_markers_submitting_at_once_settle_the_case(any_app: Flask) -> None:
    with any_app.app_context():
        pairs = fill()[:2]
        for assignment_id, by in pairs:
            declare_no_conflict(assignment(assignment_id), by)

    def submitting(assignment_id: int, by: Actor) -> Callable[[], Any]:
        return lambda: submit_review(assignment(assignment_id), FULL, "", version=0, by=by)

    at_once(any_app, [submitting(*pair) for pair in pairs])
    with any_app.app_context():
        assert db.session.query(SampledCase).one().status is SampledCaseStatus.SETTLED
        assert db.session.query(Result).one().total == 100
