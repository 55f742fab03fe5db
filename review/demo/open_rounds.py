"""Rounds that are not finished: one in marking with work for the demo reviewer, and one of each
earlier state, so that an organiser sees them all. Made by the real verbs, which carry them on.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
from numpy.random import Generator
from sqlalchemy import select

from review.demo.chance import stream
from review.demo.marks import answers, comment
from review.demo.regions import DONGCHUAN, PROVINCE
from review.demo.reviewing import (
    DrawnCase,
    Marking,
    drawn_cases,
    intended_totals,
    markings,
)
from review.demo.rounds import Window, date_back, draft, drawn, frozen
from review.demo.truth import Truth
from review.domain.assignment import assign_reviewers
from review.domain.reviewing import declare_no_conflict, save_marks, submit_review
from review.enums import Role, SampledCaseStatus
from review.extensions import db
from review.models.assignment import Assignment
from review.models.reviewing import Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor

OPEN_SAMPLE, OPEN_PANEL, CITY_SAMPLE = 120, 24, 40
DAYS_SINCE_ASSIGNED, DAYS_LEFT = 14, 21
FIRST_MARKED, SECOND_MARKED, THIRD_MARKED = 0.7, 0.6, 0.4
"""Chances that a first, second or called third marker has submitted by now."""
DISPUTED = 4
DISPUTE = np.array([94.0, 76.0, 58.0])
"""Intended marks of the cases that the panel has to decide."""
OWN_SUBMITTED, OWN_DRAFTS = 3, 2
DRAFT_MARKS = 6
BORDER, REMARK_PERCENT = Decimal(1), Decimal(20)
OFFICE_OPENS_UTC, OFFICE_MINUTES, MARKING_MINUTES = 1, 8 * 60, 40
"""Reviewers work from nine to five in Beijing."""
Named = dict[int, tuple[Marking, ...]]


def hold_open_rounds(people: dict[str, Actor], reviewer_ids: list[int], truth: Truth) -> Round:
    """One round each of 筹备, 已冻结, 已抽样 and 评分中; answers the last. Commits."""
    city = people["organiser-city"]
    due = datetime.now(UTC).date() + timedelta(days=DAYS_LEFT)
    ready = draft("2025年上半年东川市专项评估", DONGCHUAN, _months(1, 6), due, city)
    frozen(ready, CITY_SAMPLE, city)
    drawn(ready, truth.seed, city)
    waiting = draft("2025年下半年东川市专项评估", DONGCHUAN, _months(7, 12), due, city)
    frozen(waiting, CITY_SAMPLE, city)
    draft("2025年东川市年度案件质量评估", DONGCHUAN, _months(1, 12), due, city)
    return _in_marking(people, reviewer_ids, due, truth)


def _months(first: int, last: int) -> Window:
    following = date(2025 + last // 12, last % 12 + 1, 1)
    return date(2025, first, 1), following - timedelta(days=1)


def _in_marking(
    people: dict[str, Actor], reviewer_ids: list[int], due: date, truth: Truth
) -> Round:
    by, own_id = people["organiser"], people["reviewer"].user_id
    round_ = draft("2025年第四季度全省专项评估", PROVINCE, _months(10, 12), due, by)
    round_.border, round_.remark_percent, round_.remarked_grades = BORDER, REMARK_PERCENT, ["fail"]
    frozen(round_, OPEN_SAMPLE, by)
    drawn(round_, truth.seed, by)
    rng = stream(truth.seed, "open-round")
    others = [reviewer for reviewer in reviewer_ids if reviewer != own_id]
    panel = rng.permutation(others)[: OPEN_PANEL - 1].tolist()
    assign_reviewers(round_, [own_id, *panel], by)
    today = datetime.now(UTC).replace(hour=OFFICE_OPENS_UTC, minute=0, second=0, microsecond=0)
    began = today - timedelta(days=DAYS_SINCE_ASSIGNED)
    date_back(round_, dict.fromkeys(("created", "frozen", "drawn", "assigned"), began))
    _mark_some(round_, own_id, truth, rng)
    _spread_over_days(round_, began, rng)
    return round_


def _mark_some(round_: Round, own_id: int, truth: Truth, rng: Generator) -> None:
    cases = drawn_cases(round_, truth)
    others = [n for n, case in enumerate(cases) if own_id not in case.reviewer_ids]
    disputed = others[:DISPUTED]
    intended = intended_totals(cases, truth, rng)
    intended[disputed] = DISPUTE
    named = markings(cases, intended, rng)
    for n in others:
        _mark_case(named[cases[n].id], rng, finish=n in disputed)
    _own_desk([case for case in cases if own_id in case.reviewer_ids], named, own_id, rng)


def _mark_case(named: tuple[Marking, ...], rng: Generator, *, finish: bool) -> None:
    """The first markers in turn, as far as chance lets them; then the third, if one is called."""
    first, second, third = rng.random(3) < (FIRST_MARKED, SECOND_MARKED, THIRD_MARKED)
    if not (first or finish):
        return
    _submit(named[0], rng)
    if not (second or finish):
        return
    _submit(named[1], rng)
    if (third or finish) and _stands(named[1]) is SampledCaseStatus.THIRD_MARK:
        _submit(named[2], rng)


def _stands(marking: Marking) -> SampledCaseStatus:
    return db.session.execute(
        select(SampledCase.status)
        .join(Assignment, Assignment.sampled_case_id == SampledCase.id)
        .where(Assignment.id == marking.assignment_id)
    ).scalar_one()


def _own_desk(cases: list[DrawnCase], named: Named, own_id: int, rng: Generator) -> None:
    """The demo reviewer has submitted some reviews, begun some, and not yet opened the rest."""
    own = [
        next(m for m in named[case.id] if m.reviewer_id == own_id)
        for case in cases
        if own_id in case.reviewer_ids[:2]
    ]
    for marking in own[:OWN_SUBMITTED]:
        _submit(marking, rng)
    for marking in own[OWN_SUBMITTED : OWN_SUBMITTED + OWN_DRAFTS]:
        assignment, actor = _begun(marking)
        sheet = answers(marking.rubric, marking.points, rng)
        begun = dict(list(sheet.items())[:DRAFT_MARKS])
        save_marks(assignment, begun, version=0, by=actor)


def _submit(marking: Marking, rng: Generator) -> None:
    assignment, actor = _begun(marking)
    sheet = answers(marking.rubric, marking.points, rng)
    words = comment(marking.total, rng.random())
    submit_review(assignment, sheet, words, version=0, by=actor)


def _begun(marking: Marking) -> tuple[Assignment, Actor]:
    assignment = db.session.get_one(Assignment, marking.assignment_id)
    actor = Actor(marking.reviewer_id, "", 0, Role.REVIEWER, marking.reviewer_region)
    declare_no_conflict(assignment, actor)
    return assignment, actor


def _spread_over_days(round_: Round, began: datetime, rng: Generator) -> None:
    """First and second marks came in day by day, not all in this minute. Commits."""
    reviews = db.session.scalars(
        select(Review)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .where(SampledCase.round_id == round_.id, Assignment.ordinal <= round_.marks_per_case)
        .order_by(Review.id)
    ).all()
    days = np.sort(rng.integers(1, DAYS_SINCE_ASSIGNED, len(reviews))).tolist()
    minutes = rng.integers(0, OFFICE_MINUTES, len(reviews)).tolist()
    for review, day, minute in zip(reviews, days, minutes, strict=True):
        review.started_at = began + timedelta(days=day - 1, minutes=minute)
        review.saved_at = review.started_at + timedelta(minutes=MARKING_MINUTES)
        review.submitted_at = review.saved_at if review.submitted_at else None
    db.session.commit()
