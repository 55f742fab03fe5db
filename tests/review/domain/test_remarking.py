from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from review.domain.remarking import noise_before, overview
from review.enums import CallReason, Role, RoundStatus, SampledCaseStatus
from review.extensions import db
from review.models.cases import Agency
from review.models.rounds import Round
from review.permissions import Actor
from tests import world


def scene(cases: int, **changes: Any) -> Round:
    """A round of the city with three reviewers; nothing is marked yet."""
    world.regions()
    organiser = world.person(Role.ORGANISER, world.CITY)
    made = [world.case(world.handler(), world.agency()) for _ in range(1)]
    at = db.session.query(Agency).one()
    made += [world.case(world.handler(), at) for _ in range(cases - 1)]
    reviewers = [world.reviewer() for _ in range(3)]
    return world.assigned_round(organiser, made, reviewers, **changes)


def test_overview_counts_calls_and_estimates_missed_fails(app: Flask) -> None:
    """Six plain passes; the lot fell to three, of which two are settled again, one as a fail:
    6 · 1 / 2 = 3."""
    with app.app_context():
        round_ = scene(6, remark_percent=Decimal(50))
        sampled = world.sampled_cases(round_)
        for one in sampled[:3]:
            world.settled_case(one, (75, 73))
        world.settled_case(sampled[3], (75, 73, 74))
        world.settled_case(sampled[4], (64, 62, 40))  # the mean of the three, 55.3
        for assignment, total in zip(world.assignments(sampled[5]), (75, 73), strict=False):
            world.submitted_review(assignment, total)
        sampled[5].status = SampledCaseStatus.THIRD_MARK
        for one in sampled[3:]:
            one.called_for = CallReason.LOT
        db.session.flush()
        found = overview(round_)
        (lot,) = found.calls
        assert (lot.reason, lot.called, lot.given) == (CallReason.LOT, 3, 2)
        assert (lot.settled, lot.fails, lot.unserved) == (2, 1, 0)
        assert found.missed is not None
        assert (found.missed.passes, found.missed.checked, found.missed.found) == (6, 2, 1)
        assert found.missed.estimate == 3


def test_overview_names_passes_that_are_not_safe(app: Flask) -> None:
    """Thirty pairs two points apart: sd² = 30 · 2 / 30 = 2. At 61 a mean of two lies a point off
    the limit: (1.645² · 2 / 1) = 5.4, so six marks, four more."""
    with app.app_context():
        round_ = scene(30)
        sampled = world.sampled_cases(round_)
        world.settled_case(sampled[0], (62, 60))
        for one in sampled[1:]:
            world.settled_case(one, (86, 84))
        found = overview(round_)
        assert found.noise is not None
        assert found.noise.sd**2 == pytest.approx(2)
        assert (found.judged, found.unsafe) == (30, 1)
        (near,) = found.nearest
        assert (near.marks, near.mean, near.more) == (2, 61.0, 4)


def test_noise_before_comes_from_the_last_published_round(app: Flask) -> None:
    with app.app_context():
        round_ = scene(30)
        by = Actor(1, "名", 1, Role.ORGANISER, world.PROVINCE)
        for one in world.sampled_cases(round_):
            world.settled_case(one, (86, 84))
        db.session.flush()
        assert noise_before(by) is None  # not published yet
        round_.status = RoundStatus.PUBLISHED
        round_.published_at = datetime.now(UTC)
        found = noise_before(by)
        assert found is not None
        # 1.645 · √2 · √2 = 3.29 points.
        assert found[1] == pytest.approx(3.29, abs=0.01)
