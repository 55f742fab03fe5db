from flask import Flask

from review.enums import AssignmentStatus, Role
from tests import world


def test_assigned_round_gives_two_markers_and_a_reserve(app: Flask) -> None:
    with app.app_context():
        world.regions()
        organiser = world.person(Role.ORGANISER, world.CITY)
        case = world.case(world.handler(), world.agency())
        reviewers = [world.reviewer() for _ in range(3)]
        round_ = world.assigned_round(organiser, [case], reviewers)
        (sampled,) = world.sampled_cases(round_)
        named = world.assignments(sampled)
    assert [a.status for a in named] == [
        AssignmentStatus.OPEN,
        AssignmentStatus.OPEN,
        AssignmentStatus.RESERVE,
    ]
    assert len({a.reviewer_id for a in named}) == 3
