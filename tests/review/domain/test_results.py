import pytest
from flask import Flask

from review.domain.results import publish_round
from review.enums import Role, RoundStatus, SampledCaseStatus
from review.errors import UnsettledError, WrongStatusError
from review.extensions import db
from review.models.analysis import RoundFigure
from review.models.audit import AuditEvent
from review.models.rounds import Round
from review.permissions import Actor
from tests import world


def marked_round(settled: int, cases: int = 6) -> tuple[Round, Actor]:
    """A round in marking of which the first ``settled`` cases have a result."""
    world.regions()
    member = world.person(Role.ORGANISER, world.CITY)
    by, at = world.handler(), world.agency()
    chosen = [world.case(by, at) for _ in range(cases)]
    round_ = world.assigned_round(member, chosen, [world.reviewer() for _ in range(3)])
    for sampled in world.sampled_cases(round_)[:settled]:
        world.settled_case(sampled)
    return round_, Actor(member.user_id, "o", member.id, Role.ORGANISER, world.CITY)


def test_publish_makes_results_public_and_rolls_them_up(app: Flask) -> None:
    with app.app_context():
        round_, actor = marked_round(settled=6)
        publish_round(round_, actor)
        assert round_.status is RoundStatus.PUBLISHED
        assert round_.published_at is not None
        event = db.session.query(AuditEvent).filter_by(action="round.published").one()
        assert event.details == {"cases": 6}
        figure = db.session.query(RoundFigure).filter_by(region_code=world.CITY).one()
        assert figure.mean == pytest.approx((88 + 84) / 2)


def test_publish_refused_with_counts_of_what_is_missing(app: Flask) -> None:
    with app.app_context():
        round_, actor = marked_round(settled=2)
        sampled = world.sampled_cases(round_)
        sampled[3].status = SampledCaseStatus.THIRD_MARK
        sampled[4].status = SampledCaseStatus.PANEL
        with pytest.raises(UnsettledError) as refused:
            publish_round(round_, actor)
        # 6 cases: 2 settled, one each at the third mark and the panel, 2 still at first marking.
        assert refused.value.counts == {"settled": 2, "third_mark": 1, "panel": 1, "marking": 2}
        assert round_.status is RoundStatus.MARKING
        assert round_.published_at is None
        assert db.session.query(RoundFigure).count() == 0


def test_publish_refused_twice_and_before_marking(app: Flask) -> None:
    with app.app_context():
        round_, actor = marked_round(settled=6)
        publish_round(round_, actor)
        first = round_.published_at
        with pytest.raises(WrongStatusError):
            publish_round(round_, actor)
        assert round_.published_at == first
        round_.status = RoundStatus.DRAWN
        db.session.flush()
        with pytest.raises(WrongStatusError):
            publish_round(round_, actor)
