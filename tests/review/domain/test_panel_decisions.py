from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from review.domain.adjudication import advance
from review.domain.panel_decisions import (
    Comparison,
    Decision,
    Member,
    compare,
    decide,
    give_own_mark,
    members_of,
    sheet_of,
)
from review.enums import DecisionFlaw, Grade, Role, RoundStatus, SampledCaseStatus, SettledBy
from review.errors import DecisionRefusedError, OwnMarkMissingError, WrongStatusError
from review.extensions import db
from review.models.adjudication import PanelRecord, PanelView
from review.models.audit import AuditEvent
from review.models.results import Result
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.adjudication import panel_case
from rubrics.model import GivenMark
from rubrics.registry import get_rubric
from tests import world

REASON = "两份评分对辩护意见看法不一，合议认为应取中间值。"
MEMBERS = (
    Member("甲ZX"),
    Member("乙ZX"),
    Member("丙ZX", in_favour=False, dissent="庭审表现应再扣分"),
)


def sheet(lost: int = 20, **changes: GivenMark) -> dict[str, GivenMark]:
    """Full points of the civil rubric, less ``lost`` on its first criteria."""
    marks, left = {}, Decimal(lost)
    for criterion in get_rubric(world.CIVIL_RUBRIC).criteria:
        off = min(left, criterion.points)
        left -= off
        marks[criterion.code] = GivenMark(criterion.points - off)
    return marks | changes


def decision(**changes: Any) -> Decision:
    return Decision(**({"sheet": sheet(), "reason": REASON, "members": MEMBERS} | changes))


@pytest.fixture
def before_panel(app: Flask) -> tuple[Actor, int]:
    """A case with totals of 90, 70 and 50, and the organiser who has given an own mark."""
    with app.app_context():
        world.regions()
        organiser = world.person(Role.ORGANISER, world.CITY)
        case = world.case(world.handler(), world.agency())
        round_ = world.assigned_round(organiser, [case], [world.reviewer() for _ in range(3)])
        sampled = world.sampled_cases(round_)[0]
        for assignment, total in zip(world.assignments(sampled), (90, 70, 50), strict=True):
            world.submitted_review(assignment, total)
        advance(sampled, round_)
        db.session.commit()
        by = Actor(organiser.user_id, "名", organiser.id, organiser.role, organiser.region_code)
        give_own_mark(sampled, Decimal(75), by)
        return by, sampled.id


def test_decide_records_total_grade_reason_votes_and_person(
    app: Flask, before_panel: tuple[Actor, int]
) -> None:
    by, sampled_id = before_panel
    with app.app_context():
        decide(db.session.get_one(SampledCase, sampled_id), decision(), by)
    with app.app_context():
        result = db.session.query(Result).one()
        assert (result.total, result.grade) == (Decimal(80), Grade.GOOD)  # 100 less 20
        assert (result.settled_by, result.reason) == (SettledBy.PANEL, REASON)
        assert result.decided_by_id == by.user_id
        event = db.session.query(AuditEvent).filter_by(action="result.settled").one()
        assert (event.actor_id, event.details) == (by.user_id, {"settled_by": "panel"})
        assert db.session.get_one(SampledCase, sampled_id).status is SampledCaseStatus.SETTLED
        stored = db.session.query(PanelRecord).one()
        assert (stored.in_favour, stored.against) == (2, 1)
        assert members_of(stored) == MEMBERS
        assert "甲ZX".encode() not in stored.members
        assert sheet_of(stored) == sheet()


def test_decide_twice_has_one_effect(app: Flask, before_panel: tuple[Actor, int]) -> None:
    by, sampled_id = before_panel
    with app.app_context():
        sampled = db.session.get_one(SampledCase, sampled_id)
        decide(sampled, decision(), by)
        with pytest.raises(WrongStatusError):
            decide(sampled, decision(sheet=sheet(40)), by)
        assert db.session.query(Result).one().total == 80


def test_own_mark_comes_first_and_is_given_once(
    app: Flask, before_panel: tuple[Actor, int]
) -> None:
    by, sampled_id = before_panel
    with app.app_context():
        sampled = db.session.get_one(SampledCase, sampled_id)
        give_own_mark(sampled, Decimal(20), by)
        assert db.session.query(PanelView).one().total == 75  # the first one stands
        db.session.query(PanelView).delete()
        with pytest.raises(OwnMarkMissingError):
            decide(sampled, decision(), by)
        for total in ("100.1", "-1", "79.95", "NaN"):
            with pytest.raises(DecisionRefusedError):
                give_own_mark(sampled, Decimal(total), by)


AGAINST = Member("丁", in_favour=False, dissent="不同意")


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"reason": "太短 \n 的理由"}, DecisionFlaw.REASON),
        ({"members": MEMBERS[:2]}, DecisionFlaw.FEW_MEMBERS),
        ({"members": (MEMBERS[0], MEMBERS[1], MEMBERS[1])}, DecisionFlaw.FEW_MEMBERS),
        ({"members": (*MEMBERS, AGAINST)}, DecisionFlaw.NO_MAJORITY),  # two of four
        ({"members": (*MEMBERS[:2], Member("丁", in_favour=False))}, DecisionFlaw.SILENT_DISSENT),
        ({"sheet": {}}, DecisionFlaw.MARKS),
        ({"sheet": sheet(agreement=GivenMark(Decimal(99)))}, DecisionFlaw.MARKS),
        ({"sheet": sheet(no_such=GivenMark(Decimal(1)))}, DecisionFlaw.MARKS),
    ],
)
def test_decision_refused(
    app: Flask, before_panel: tuple[Actor, int], changes: dict[str, Any], flaw: DecisionFlaw
) -> None:
    by, sampled_id = before_panel
    with app.app_context():
        sampled = db.session.get_one(SampledCase, sampled_id)
        with pytest.raises(DecisionRefusedError) as refused:
            decide(sampled, decision(**changes), by)
        assert refused.value.flaw is flaw
        assert db.session.query(Result).count() == 0


def test_decision_after_publication_refused(app: Flask, before_panel: tuple[Actor, int]) -> None:
    by, sampled_id = before_panel
    with app.app_context():
        sampled = db.session.get_one(SampledCase, sampled_id)
        db.session.get_one(Round, sampled.round_id).status = RoundStatus.PUBLISHED
        with pytest.raises(WrongStatusError):
            decide(sampled, decision(), by)


def compared(by: Actor, sampled_id: int) -> Comparison:
    case = panel_case(by, sampled_id)
    assert case is not None
    return compare(case)


def test_compare_names_what_differs_and_fills_in_what_is_agreed(
    app: Flask, before_panel: tuple[Actor, int]
) -> None:
    by, sampled_id = before_panel
    with app.app_context():
        comparison = compared(by, sampled_id)
    rows = {row.criterion.code: row for section in comparison.sections for row in section.rows}
    # 90, 70 and 50 lose the first 10, 30 and 50 points: agreement (4) is lost in all three,
    # and of interview_content (6) the first keeps 6, having lost 4 + 4 + 2 of interview_in_time.
    agreed, apart = rows["agreement"], rows["interview_content"]
    assert (agreed.spread, agreed.differs, agreed.size) == (Decimal(0), False, 0)
    assert agreed.agreed is not None
    assert agreed.agreed.points == 0
    assert (apart.spread, apart.differs, apart.size) == (Decimal(6), True, 3)
    assert apart.agreed is None
    assert (rows["closing_report"].spread, rows["closing_report"].differs) == (Decimal(0), False)


def test_compare_counts_not_applicable_against_points_as_a_difference(
    app: Flask, before_panel: tuple[Actor, int]
) -> None:
    by, sampled_id = before_panel
    with app.app_context():
        case = panel_case(by, sampled_id)
        assert case is not None
        mark = next(m for m in case.reviews[0].marks if m.criterion_code == "file_reading")
        mark.points, mark.not_applicable = None, True
        rows = [row for section in compare(case).sections for row in section.rows]
        (row,) = [row for row in rows if row.criterion.code == "file_reading"]
        assert (row.spread, row.differs, row.size) == (None, True, 3)
