import re
from collections import Counter

import numpy as np
import pytest
from flask import Flask

from review.domain.aliases import ALIAS_SIGNS
from review.domain.assignment import assign_reviewers
from review.domain.planning import plan_assignment
from review.enums import AssignmentStatus, ConflictReason, RegionLevel, Role, RoundStatus
from review.errors import TooFewReviewersError, UnknownReviewerError, WrongStatusError
from review.extensions import db
from review.models.accounts import Membership, Region, ReviewerProfile
from review.models.assignment import Assignment, PanelMember
from review.models.audit import AuditEvent
from review.models.cases import Agency, Case
from review.models.handler import Handler, Provider
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.privacy import DIGEST_KEY, digest_key
from tests import world
from tests.statements import counted


def organiser() -> tuple[Membership, Actor]:
    member = world.person(Role.ORGANISER, world.CITY)
    return member, Actor(member.user_id, "o", member.id, Role.ORGANISER, world.CITY)


def drawn(cases: int = 8, **changes: object) -> tuple[Round, Actor, Handler]:
    """A drawn round of civil cases, all of one handler, in one county."""
    world.regions()
    member, actor = organiser()
    by, at = world.handler(), world.agency()
    chosen = [world.case(by, at) for _ in range(cases)]
    return world.drawn_round(member, chosen, **changes), actor, by


def panel(people: int = 5) -> list[int]:
    return [world.reviewer().user_id for _ in range(people)]


def by_case() -> dict[int, list[Assignment]]:
    found: dict[int, list[Assignment]] = {}
    for one in db.session.query(Assignment).order_by(Assignment.ordinal):
        found.setdefault(one.sampled_case_id, []).append(one)
    return found


def test_two_markers_and_a_reserve_are_named_for_every_case(app: Flask) -> None:
    with app.app_context():
        round_, actor, _ = drawn(cases=8)
        people = panel(5)
        assign_reviewers(round_, people, actor)
        for named in by_case().values():
            assert [a.ordinal for a in named] == [1, 2, 3]
            assert [a.status for a in named] == [
                AssignmentStatus.OPEN,
                AssignmentStatus.OPEN,
                AssignmentStatus.RESERVE,
            ]
            assert len({a.reviewer_id for a in named}) == 3
            assert {a.due_on for a in named} == {round_.marking_due_on}
        marks = Counter(
            a.reviewer_id for named in by_case().values() for a in named if a.ordinal < 3
        )
        # 16 marks among 5: three or four each.
        assert sorted(marks.values()) == [3, 3, 3, 3, 4]
        assert len(by_case()) == 8
        assert round_.status is RoundStatus.MARKING
        assert {m.user_id for m in db.session.query(PanelMember)} == set(people)
        event = db.session.query(AuditEvent).filter_by(action="round.assigned").one()
        expected = {"reviewers": 5, "assignments": 24, "small_pools": 8, "components": 1}
        assert event.details.items() >= expected.items()


@pytest.mark.parametrize("marks", [1, 3])
def test_no_reserve_with_one_or_three_marks(app: Flask, marks: int) -> None:
    with app.app_context():
        round_, actor, _ = drawn(cases=4, marks_per_case=marks)
        assign_reviewers(round_, panel(marks), actor)
        assert {len(named) for named in by_case().values()} == {marks}
        assert {a.status for a in db.session.query(Assignment)} == {AssignmentStatus.OPEN}


def with_profile(**values: object) -> int:
    """A reviewer from another city whose profile says ``values`` besides."""
    member = world.reviewer()
    profile = db.session.get_one(ReviewerProfile, member.user_id)
    for name, value in values.items():
        setattr(profile, name, value)
    db.session.flush()
    return member.user_id


def marked_by(user_id: int) -> int:
    return db.session.query(Assignment).filter_by(reviewer_id=user_id).count()


def test_own_case_is_never_assigned_by_licence_number(app: Flask) -> None:
    with app.app_context():
        round_, actor, by = drawn()
        barred = with_profile(licence_number=by.licence_number)
        assign_reviewers(round_, [*panel(3), barred], actor)
        assert marked_by(barred) == 0


def test_own_case_is_never_assigned_by_a_tied_account(app: Flask) -> None:
    with app.app_context():
        round_, actor, by = drawn()
        barred = world.reviewer().user_id
        tie = Membership(
            user_id=barred, role=Role.HANDLER, region_code=world.COUNTY, handler_id=by.id
        )
        world.add(tie)
        assign_reviewers(round_, [*panel(3), barred], actor)
        assert marked_by(barred) == 0


def test_same_provider_is_never_assigned_now_or_at_the_time_of_the_case(app: Flask) -> None:
    with app.app_context():
        round_, actor, by = drawn()
        at_the_time = with_profile(provider_id=by.provider_id)
        by.provider_id = world.add(Provider(name="新律所ZX", region_code=world.COUNTY)).id
        now = with_profile(provider_id=by.provider_id)
        assign_reviewers(round_, [*panel(3), at_the_time, now], actor)
        assert marked_by(at_the_time) == marked_by(now) == 0


@pytest.mark.parametrize(
    ("level", "barred", "free"),
    [
        (RegionLevel.COUNTY, [world.COUNTY], [world.COUNTY_BESIDE, world.OTHER_COUNTY]),
        (RegionLevel.CITY, [world.COUNTY, world.COUNTY_BESIDE, world.CITY], [world.OTHER_COUNTY]),
    ],
)
def test_same_region_is_never_assigned_at_the_level_of_the_round(
    app: Flask, level: RegionLevel, barred: list[str], free: list[str]
) -> None:
    with app.app_context():
        round_, actor, _ = drawn(conflict_level=level)
        near = [world.reviewer(code).user_id for code in barred]
        far = [world.reviewer(code).user_id for code in free for _ in range(3)]
        assign_reviewers(round_, near + far, actor)
        assert all(marked_by(user_id) == 0 for user_id in near)
        assert all(marked_by(user_id) > 0 for user_id in far)


def test_missing_numbers_are_no_conflict(app: Flask) -> None:
    with app.app_context():
        round_, actor, by = drawn()
        by.licence_number = None
        free = with_profile(licence_number=None, provider_id=None)
        assign_reviewers(round_, [*panel(2), free], actor)
        assert marked_by(free) == 8


def test_too_few_reviewers_names_the_cases_and_stores_nothing(app: Flask) -> None:
    with app.app_context():
        round_, actor, _ = drawn(cases=7)
        near = [world.reviewer(world.COUNTY).user_id for _ in range(4)]
        with pytest.raises(TooFewReviewersError) as refused:
            assign_reviewers(round_, [*panel(2), *near], actor)
        assert refused.value.needed == 3
        numbers = sorted(number for (number,) in db.session.query(Case.case_number))
        assert [short.case_number for short in refused.value.shortages] == numbers
        # Two of the six are from elsewhere; four are of the county itself.
        assert {short.possible for short in refused.value.shortages} == {2}
        assert refused.value.shortages[0].reasons == {ConflictReason.SAME_REGION: 4}
        assert db.session.query(Assignment).count() == 0
        assert db.session.query(PanelMember).count() == 0
        assert round_.status is RoundStatus.DRAWN


def stored() -> list[tuple[object, ...]]:
    rows = db.session.query(Assignment).order_by(Assignment.id)
    return [(a.id, a.reviewer_id, a.alias, a.public_id, a.due_on, a.status) for a in rows]


def test_assigning_again_changes_nothing(app: Flask) -> None:
    with app.app_context():
        round_, actor, _ = drawn()
        people = panel()
        assign_reviewers(round_, people, actor)
        before = stored()
        events = db.session.query(AuditEvent).count()
        assign_reviewers(round_, people, actor)
        assert stored() == before
        assert db.session.query(AuditEvent).count() == events


def test_more_reviewers_leave_what_stands(app: Flask) -> None:
    with app.app_context():
        round_, actor, _ = drawn()
        people = panel()
        assign_reviewers(round_, people, actor)
        before = stored()
        more = panel(2)
        assign_reviewers(round_, [*people, *more], actor)
        assert stored() == before
        assert {m.user_id for m in db.session.query(PanelMember)} == {*people, *more}


def test_who_leaves_the_panel_gives_up_only_what_is_not_begun(app: Flask) -> None:
    with app.app_context():
        round_, actor, _ = drawn()
        people = panel(6)
        assign_reviewers(round_, people, actor)
        leaver = people[0]
        mine = [a for a in db.session.query(Assignment) if a.reviewer_id == leaver]
        begun = next(a for a in mine if a.status is AssignmentStatus.OPEN)
        begun.status = AssignmentStatus.DRAFT
        untouched = {a.id: a.alias for a in db.session.query(Assignment) if a not in mine}
        lost = {a.id: a.alias for a in mine if a is not begun}
        db.session.commit()
        assign_reviewers(round_, people[1:], actor)
        db.session.expire_all()
        assert [a.id for a in db.session.query(Assignment).filter_by(reviewer_id=leaver)] == [
            begun.id
        ]
        after = {a.id: a.alias for a in db.session.query(Assignment)}
        assert {id_: after[id_] for id_ in untouched} == untouched
        # Whoever took over knows the case by another name.
        assert all(after[id_] != alias for id_, alias in lost.items())
        for named in by_case().values():
            assert len({a.reviewer_id for a in named}) == 3


def test_no_panel_after_publication(app: Flask) -> None:
    with app.app_context():
        round_, actor, _ = drawn(status=RoundStatus.PUBLISHED)
        with pytest.raises(WrongStatusError):
            assign_reviewers(round_, panel(), actor)


@pytest.mark.parametrize("what", ["no_reviewer", "inactive", "other_province", "no_such"])
def test_somebody_who_is_no_reviewer_of_the_province_is_refused(app: Flask, what: str) -> None:
    with app.app_context():
        round_, actor, _ = drawn()
        stranger = world.reviewer()
        if what == "no_reviewer":
            stranger = world.person(Role.CHIEF)
        elif what == "inactive":
            stranger.user.is_active = False
        elif what == "other_province":
            code = "880000"
            world.add(Region(code=code, name="邻省", level=RegionLevel.PROVINCE))
            stranger = world.reviewer(code)
        user_id = 10**6 if what == "no_such" else stranger.user_id
        with pytest.raises(UnknownReviewerError):
            assign_reviewers(round_, [*panel(), user_id], actor)
        assert db.session.query(Assignment).count() == 0


def test_preview_shows_what_is_stored_later(app: Flask) -> None:
    with app.app_context():
        round_, actor, _ = drawn()
        people = panel(6)
        plan = plan_assignment(round_, people)
        assert db.session.query(Assignment).count() == 0
        assign_reviewers(round_, reversed(people), actor)
        shown = {
            (case, plan.standing.people[column])
            for case, columns in zip(
                plan.standing.conflicts.cases.sampled_case_id.tolist(),
                plan.panel.markers.tolist(),
                strict=True,
            )
            for column in columns
        }
        first = db.session.query(Assignment).filter(Assignment.ordinal < 3)
        assert shown == {(a.sampled_case_id, a.reviewer_id) for a in first}
        assert sum(load.marks for load in plan.loads) == 16
        assert sum(load.reserves for load in plan.loads) == 8


def test_no_plan_before_the_draw(app: Flask) -> None:
    with app.app_context():
        world.regions()
        member, _ = organiser()
        with pytest.raises(WrongStatusError):
            plan_assignment(world.round_(member), panel())


def test_aliases_are_unambiguous_and_random_and_rows_shuffled(app: Flask) -> None:
    with app.app_context():
        round_, actor, _ = drawn(cases=60)
        assign_reviewers(round_, panel(12), actor)
        rows = db.session.query(Assignment).order_by(Assignment.id).all()
        form = re.compile(f"[{ALIAS_SIGNS}]{{3}}-[{ALIAS_SIGNS}]{{4}}")
        assert all(form.fullmatch(a.alias) for a in rows)
        assert len({a.alias for a in rows}) == len({a.public_id for a in rows}) == 180
        # Neither rows nor aliases follow reviewer, case or ordinal: 180 pairs, so a chance
        # correlation beyond 0.4 has a probability below 1e-6.
        place = np.arange(180)
        by_alias = np.argsort(np.argsort([a.alias for a in rows]))
        for order in (place, by_alias):
            for field in ("reviewer_id", "sampled_case_id", "ordinal"):
                values = [getattr(a, field) for a in rows]
                assert abs(np.corrcoef(order, values)[0, 1]) < 0.4


def test_statements_do_not_grow_with_cases_or_reviewers(app: Flask) -> None:
    used: list[int] = []
    for cases, people in ((4, 4), (40, 12)):
        with app.app_context():
            if used:
                member, actor = organiser()
                at = db.session.query(Agency).one()
                by = world.handler()
                round_ = world.drawn_round(member, [world.case(by, at) for _ in range(cases)])
            else:
                round_, actor, _ = drawn(cases)
            chosen = panel(people)
            digest_key()  # once per process, and from then on known
            db.session.commit()
            with counted(app) as statements:
                assign_reviewers(round_, chosen, actor)
            used.append(len(statements))
            assert db.session.query(SampledCase).count() >= cases
    assert used[0] == used[1]


def markers_planned(app: Flask, key: bytes) -> np.ndarray:
    """Who would mark what if the server's secret came from ``key``, all else being equal."""
    app.config["DATA_KEY"] = key
    app.extensions.pop(DIGEST_KEY, None)
    round_ = db.session.query(Round).one()
    people = [member.user_id for member in db.session.query(ReviewerProfile)]
    plan = plan_assignment(round_, people)
    return plan.panel.markers


def test_panel_cannot_be_computed_from_what_is_public(app: Flask) -> None:
    with app.app_context():
        drawn(cases=60)
        panel(12)
        real = markers_planned(app, b"k" * 32)
        assert (markers_planned(app, b"k" * 32) == real).all()
        # A stranger knows seed, cases and reviewers and guesses the secret. By chance each of
        # 120 marks is right with 2/12, standard error 0.034: five of them above is 0.34.
        guesses = [markers_planned(app, bytes([n]) * 32) for n in range(5)]
        for guess in guesses:
            hits = (guess[:, :, None] == real[:, None, :]).any(axis=2).mean()
            assert hits < 0.34
