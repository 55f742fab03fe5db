from flask import Flask

from review.enums import AssignmentStatus, Role, SampledCaseStatus
from review.extensions import db
from review.queries.rounds import status_counts, workloads
from tests import world


def test_workloads_count_called_reserves_of_this_round_only(app: Flask) -> None:
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        by, at = world.handler(), world.agency()
        people = [world.reviewer() for _ in range(4)]
        round_ = world.assigned_round(member, [world.case(by, at)], people)
        world.assigned_round(member, [world.case(by, at) for _ in range(3)], people)
        (sampled,) = world.sampled_cases(round_)
        first, second, reserve = world.assignments(sampled)
        first.status = AssignmentStatus.SUBMITTED
        db.session.flush()
        # First has submitted, second is at work, the third waits in reserve, the fourth is idle.
        loads = {load.name: (load.assigned, load.submitted) for load in workloads(round_)}
        expected = [(1, 1), (1, 0), (0, 0), (0, 0)]
        assert loads == {p.user.name: load for p, load in zip(people, expected, strict=True)}
        assert workloads(round_)[0].name == people[1].user.name  # what is missing comes first
        reserve.status = AssignmentStatus.OPEN
        db.session.flush()
        loads = {load.name: (load.assigned, load.submitted) for load in workloads(round_)}
        assert loads[people[2].user.name] == (1, 0)
        assert second.status is AssignmentStatus.OPEN


def test_status_counts_are_of_one_round(app: Flask) -> None:
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        by, at = world.handler(), world.agency()
        round_ = world.drawn_round(member, [world.case(by, at) for _ in range(3)])
        world.drawn_round(member, [world.case(by, at)])
        world.sampled_cases(round_)[0].status = SampledCaseStatus.SETTLED
        db.session.flush()
        assert status_counts(round_) == {
            SampledCaseStatus.MARKING: 2,
            SampledCaseStatus.SETTLED: 1,
        }
