from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from review.enums import Role
from review.extensions import db
from review.models.accounts import LoginSession
from review.models.rounds import Round
from tests import world


def test_decimal_keeps_every_digit_on_both_databases(any_app: Flask) -> None:
    with any_app.app_context():
        world.regions()
        exact = Decimal("86.66666666666666666666666667")  # a float would end after 15 digits
        world.round_(world.person(Role.ORGANISER), threshold=exact)
        db.session.commit()
        db.session.expire_all()
        assert db.session.query(Round).one().threshold == exact


def test_instant_comes_back_as_the_same_moment_in_utc(any_app: Flask) -> None:
    beijing = timezone(timedelta(hours=8))
    with any_app.app_context():
        world.regions()
        world.session_token(world.person(Role.ORGANISER))
        login = db.session.query(LoginSession).one()
        login.seen_at = datetime(2024, 5, 3, 7, 30, tzinfo=beijing)
        db.session.commit()
        db.session.expire_all()
        seen = db.session.query(LoginSession).one().seen_at
        assert seen == datetime(2024, 5, 2, 23, 30, tzinfo=UTC)
        assert seen.utcoffset() == timedelta(0)


def test_instant_without_a_time_zone_is_refused(any_app: Flask) -> None:
    with any_app.app_context():
        world.regions()
        world.session_token(world.person(Role.ORGANISER))
        db.session.query(LoginSession).one().seen_at = datetime(2024, 5, 3)  # noqa: DTZ001
        with pytest.raises(StatementError, match="an instant needs a time zone"):
            db.session.flush()
        db.session.rollback()


def test_enum_is_stored_as_its_word(any_app: Flask) -> None:
    with any_app.app_context():
        world.regions()
        world.person(Role.CHIEF)
        db.session.commit()
        assert db.session.scalar(text("SELECT role FROM membership")) == "chief"
