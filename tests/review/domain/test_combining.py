from decimal import Decimal

import pytest
from flask import Flask

from review.domain.combining import is_lot
from review.enums import Role
from review.extensions import db
from tests import world


def test_lots_fall_to_their_share_of_cases_and_never_change(app: Flask) -> None:
    """2,000 lots at 10 %: the standard error of the share is .0067."""
    with app.app_context():
        world.regions()
        by = world.person(Role.ORGANISER, world.CITY)
        case = world.case(world.handler(), world.agency())
        round_ = world.drawn_round(by, [case], remark_percent=Decimal(10))
        sampled = world.sampled_cases(round_)[0]
        db.session.expunge(sampled)
        fell = []
        for number in range(2000):
            sampled.id = number
            fell.append(is_lot(sampled, round_))
            assert is_lot(sampled, round_) == fell[-1]
        assert sum(fell) / 2000 == pytest.approx(0.1, abs=0.02)
        for percent, share in ((Decimal(0), False), (Decimal(100), True)):
            round_.remark_percent = percent
            assert is_lot(sampled, round_) is share
