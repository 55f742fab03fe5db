"""Stepping back: access ends, somebody follows under the same rules, nobody learns why."""

import random
from collections import Counter
from dataclasses import dataclass

import pytest
from flask import Flask

from review.domain.assignment import assign_reviewers
from review.domain.chasing import chase_rounds
from review.domain.conflicts import conflicts_in
from review.domain.declarations import declare_tie
from review.domain.recusal import recuse, stop_if_conflicted
from review.domain.reviewing import declare_no_conflict
from review.enums import (
    GONE,
    AssignmentStatus,
    DeclarationKind,
    NoticeKind,
    RecusalReason,
    Role,
    RoundStatus,
    SampledCaseStatus,
)
from review.errors import AlreadySubmittedError, WrongStatusError
from review.extensions import db
from review.labels import today
from review.models.accounts import ReviewerProfile
from review.models.assignment import Assignment
from review.models.audit import AuditEvent
from review.models.cases import Case
from review.models.notices import Notice
from review.models.recusal import Recusal
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.own_dossiers import own_copy
from review.queries.reviewing import own_assignment
from tests import world


@dataclass
class Scene:
    round_: Round
    organiser: Actor
    people: list[int]


def scene(cases: int = 8, people: int = 7, **changes: object) -> Scene:
    """A round in marking, assigned by the real verb."""
    world.regions()
    member = world.person(Role.ORGANISER, world.CITY)
    actor = Actor(member.user_id, "o", member.id, Role.ORGANISER, world.CITY)
    by, at = world.handler(), world.agency()
    round_ = world.drawn_round(member, [world.case(by, at) for _ in range(cases)], **changes)
    chosen = [world.reviewer().user_id for _ in range(people)]
    assign_reviewers(round_, chosen, actor)
    return Scene(round_, actor, chosen)


def acting(user_id: int) -> Actor:
    return Actor(user_id, "r", 0, Role.REVIEWER, world.OTHER_COUNTY)


def first_of(user_id: int) -> Assignment:
    found = db.session.query(Assignment).filter_by(reviewer_id=user_id)
    return found.filter_by(status=AssignmentStatus.OPEN).order_by(Assignment.id).first()  # type: ignore[return-value]


def live() -> list[Assignment]:
    return db.session.query(Assignment).filter(Assignment.status.not_in(GONE)).all()


def check_panel(here: Scene) -> None:
    """Every case has its markers and its reserve, all different; nobody marks against a rule."""
    by_case: dict[int, list[Assignment]] = {}
    for one in live():
        by_case.setdefault(one.sampled_case_id, []).append(one)
    assert len(by_case) == db.session.query(SampledCase).count()
    found = conflicts_in(here.round_, here.people)
    row = {one: n for n, one in enumerate(found.cases.sampled_case_id.tolist())}
    column = {one.user_id: n for n, one in enumerate(found.reviewers)}
    for sampled_id, named in by_case.items():
        assert sorted(one.ordinal for one in named) == [1, 2, 3]
        assert len({one.reviewer_id for one in named}) == 3
        assert not any(found.barred[row[sampled_id], column[one.reviewer_id]] for one in named)


def loads(here: Scene) -> list[int]:
    counts = Counter(one.reviewer_id for one in live() if one.ordinal < 3)
    return [counts[user_id] for user_id in here.people]


def told(kind: NoticeKind) -> list[tuple[int, dict[str, object]]]:
    return [(n.user_id, n.details) for n in db.session.query(Notice).filter_by(kind=kind)]


def test_recusal_ends_access_and_names_a_successor_at_once(app: Flask) -> None:
    with app.app_context():
        here = scene()
        who = here.people[0]
        left = first_of(who)
        alias, public_id, case_id = left.alias, left.public_id, left.sampled_case_id
        declare_no_conflict(left, acting(who))
        assert recuse(left, RecusalReason.RELATED, acting(who))
        assert own_assignment(acting(who), public_id) is None
        assert own_copy(acting(who), public_id) is None
        assert left.status is AssignmentStatus.RECUSED
        recusal = db.session.get_one(Recusal, left.id)
        successor = db.session.get_one(Assignment, recusal.replacement_id)
        assert successor.reviewer_id != who
        assert (successor.sampled_case_id, successor.ordinal) == (case_id, left.ordinal)
        assert successor.alias != alias
        check_panel(here)
        assert max(loads(here)) - min(loads(here)) <= 1


def test_everyone_concerned_is_told_without_the_reason(app: Flask) -> None:
    with app.app_context():
        here = scene()
        who, number = here.people[0], None
        left = first_of(who)
        number = db.session.get_one(
            Case, db.session.get_one(SampledCase, left.sampled_case_id).case_id
        ).case_number
        db.session.query(Notice).delete()
        recuse(left, RecusalReason.RELATED, acting(who))
        assert told(NoticeKind.TASK_ENDED) == [(who, {"alias": left.alias})]
        assert told(NoticeKind.REPLACED) == [(here.organiser.user_id, {"case_number": number})]
        successor = db.session.get_one(
            Assignment, db.session.get_one(Recusal, left.id).replacement_id
        )
        assert (successor.reviewer_id, {"count": 1}) in told(NoticeKind.TASK_ADDED)
        words = str([n.details for n in db.session.query(Notice)])
        assert "related" not in words
        # The log keeps the reason's code for an auditor.
        event = db.session.query(AuditEvent).filter_by(action="assignment.recused").one()
        assert event.details == {"reason": "related", "replaced": True}


def test_recusal_after_submission_is_refused_and_changes_nothing(app: Flask) -> None:
    with app.app_context():
        here = scene()
        left = first_of(here.people[0])
        world.submitted_review(left)
        db.session.commit()
        with pytest.raises(AlreadySubmittedError):
            recuse(left, RecusalReason.OTHER, acting(here.people[0]))
        db.session.rollback()
        assert db.session.query(Recusal).count() == 0
        assert left.status is AssignmentStatus.SUBMITTED


@pytest.mark.parametrize("how", ["another's", "twice", "published"])
def test_recusal_of_what_is_not_ones_own_work_is_refused(app: Flask, how: str) -> None:
    with app.app_context():
        here = scene()
        who = here.people[0]
        left = first_of(who)
        if how == "twice":
            recuse(left, RecusalReason.OTHER, acting(who))
        if how == "published":
            here.round_.status = RoundStatus.PUBLISHED
            db.session.commit()
        by = acting(here.people[1] if how == "another's" else who)
        before = db.session.query(Recusal).count()
        with pytest.raises(WrongStatusError):
            recuse(left, RecusalReason.OTHER, by)
        db.session.rollback()
        assert db.session.query(Recusal).count() == before


def test_recusal_holds_even_when_nobody_is_left(app: Flask) -> None:
    with app.app_context():
        here = scene(cases=2, people=3)  # two markers and a reserve: nobody else
        who = here.people[0]
        left = first_of(who)
        db.session.query(Notice).delete()
        assert not recuse(left, RecusalReason.OTHER, acting(who))
        assert left.status is AssignmentStatus.RECUSED
        assert [user_id for user_id, _ in told(NoticeKind.NOBODY_LEFT)] == [here.organiser.user_id]
        # More reviewers fill the place, and only that place.
        before = {one.id: one.reviewer_id for one in live()}
        more = [world.reviewer().user_id for _ in range(2)]
        here.people += more
        assign_reviewers(here.round_, here.people, here.organiser)
        check_panel(here)
        after = {one.id: one.reviewer_id for one in live()}
        assert {id_: after[id_] for id_ in before} == before
        assert len(after) == len(before) + 1


def test_called_third_marker_can_step_back(app: Flask) -> None:
    with app.app_context():
        here = scene()
        sampled = world.sampled_cases(here.round_)[0]
        first, second, third = world.assignments(sampled)
        for one in (first, second):
            world.submitted_review(one)
        third.status, sampled.status = AssignmentStatus.OPEN, SampledCaseStatus.THIRD_MARK
        db.session.commit()
        assert recuse(third, RecusalReason.OTHER, acting(third.reviewer_id))
        successor = world.assignments(sampled)[-1]
        assert (successor.ordinal, successor.status) == (3, AssignmentStatus.OPEN)
        assert successor.reviewer_id not in {a.reviewer_id for a in (first, second, third)}


def test_conflict_that_came_up_since_stops_the_reviewer_before_the_dossier(app: Flask) -> None:
    with app.app_context():
        here = scene()
        who = here.people[0]
        left = first_of(who)
        assert not stop_if_conflicted(left, acting(who))
        case_id = db.session.get_one(SampledCase, left.sampled_case_id).case_id
        number = db.session.get_one(Case, case_id).case_number
        declare_tie(DeclarationKind.CASE, number, by=acting(who))
        assert stop_if_conflicted(left, acting(who))
        assert db.session.get_one(Recusal, left.id).reason is RecusalReason.BY_RULE
        with pytest.raises(WrongStatusError):
            declare_no_conflict(left, acting(who))


def fix_capacity(user_ids: list[int], more: int) -> None:
    """Each of them says a number of cases: what they have now, and so many more."""
    counts = Counter(one.reviewer_id for one in live() if one.ordinal < 3)
    for user_id in user_ids:
        db.session.get_one(ReviewerProfile, user_id).most_cases = counts[user_id] + more
    db.session.commit()


def test_capacity_holds_for_who_follows(app: Flask) -> None:
    with app.app_context():
        here = scene()
        fix_capacity(here.people, 0)
        newcomer = world.reviewer().user_id
        assign_reviewers(here.round_, [*here.people, newcomer], here.organiser)
        fix_capacity([newcomer], 1)
        before, who = loads(here), here.people[0]
        # One case is one more for the newcomer, if need be by way of somebody who passes one on.
        assert recuse(first_of(who), RecusalReason.OTHER, acting(who))
        assert loads(here) == [before[0] - 1, *before[1:]]
        assert [one.ordinal for one in live() if one.reviewer_id == newcomer] in ([1], [2])
        # Now nobody has room: who leaves one more case wants no more than are left then.
        fix_capacity([who], -1)
        held = {one.id: one.reviewer_id for one in live()}
        assert not recuse(first_of(who), RecusalReason.OTHER, acting(who))
        assert {one.id: one.reviewer_id for one in live()}.items() <= held.items()


def test_who_leaves_a_case_may_get_another_up_to_capacity(app: Flask) -> None:
    with app.app_context():
        here = scene()
        fix_capacity(here.people, 0)
        before, who = loads(here), here.people[0]
        left = first_of(who)
        assert recuse(left, RecusalReason.OTHER, acting(who))
        assert loads(here) == before
        assert left.sampled_case_id not in {
            one.sampled_case_id for one in live() if one.reviewer_id == who
        }


def test_random_recusals_keep_every_rule(app: Flask) -> None:
    with app.app_context():
        here, chance = scene(cases=10, people=12), random.Random(3)  # noqa: S311
        for _ in range(12):
            open_ = [one for one in live() if one.status is AssignmentStatus.OPEN]
            one = chance.choice(sorted(open_, key=lambda a: (a.sampled_case_id, a.ordinal)))
            assert recuse(one, RecusalReason.OTHER, acting(one.reviewer_id))
            check_panel(here)
            assert max(loads(here)) - min(loads(here)) <= 1


def test_reminder_comes_once_and_in_time(app: Flask) -> None:
    with app.app_context():
        here = scene(marking_due_on=today())
        db.session.query(Notice).delete()
        open_now = sum(loads(here))
        assert chase_rounds() == (open_now, 0)
        counts = {user_id: details["count"] for user_id, details in told(NoticeKind.TASK_DUE)}
        assert sum(map(int, map(str, counts.values()))) == open_now
        assert chase_rounds() == (0, 0)


def test_overdue_task_is_locked_and_given_to_another(app: Flask) -> None:
    with app.app_context():
        here = scene()
        who = here.people[0]
        late = first_of(who)
        declare_no_conflict(late, acting(who))
        due = today().replace(year=today().year - 1)
        late.due_on = due
        db.session.commit()
        assert chase_rounds() == (0, 1)
        db.session.expire_all()
        assert late.status is AssignmentStatus.LAPSED
        assert own_assignment(acting(who), late.public_id) is None
        assert told(NoticeKind.TASK_LAPSED) == [(who, {"alias": late.alias})]
        check_panel(here)
        successor = [
            a
            for a in live()
            if (a.sampled_case_id, a.ordinal) == (late.sampled_case_id, late.ordinal)
        ]
        assert [a.due_on > today() for a in successor] == [True]
        assert chase_rounds() == (0, 0)


def test_who_is_late_gets_nothing_more(app: Flask) -> None:
    with app.app_context():
        here = scene()
        late, others = here.people[0], here.people[1:]
        for one in live():
            if one.reviewer_id == late and one.ordinal < 3:
                one.due_on = today().replace(year=today().year - 1)
        db.session.commit()
        before = loads(here)[0]
        for user_id in others[:3]:
            recuse(first_of(user_id), RecusalReason.OTHER, acting(user_id))
        assert loads(here)[0] <= before
