"""How often one may fail: by the pair of account and network, by account, by network."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from review.domain import attempts
from review.domain.attempts import Origin
from review.domain.sessions import sign_in
from review.enums import Role
from review.errors import CredentialsError, TooManyAttemptsError
from review.extensions import db
from review.models.accounts import LoginFailure
from review.models.audit import AuditEvent
from tests import world

HERE, ELSEWHERE = Origin("network 10.0.0.1"), Origin("network 10.0.0.2")
BROWSER = Origin("browser b", is_known=True)
WRONG = "not the password"


class Clock(datetime):
    shown = datetime(2026, 1, 1, tzinfo=UTC)

    @classmethod
    def now(cls, tz: object = None) -> Any:
        return cls.shown


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    Clock.shown = datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(attempts, "datetime", Clock)
    return Clock


@pytest.fixture
def email(app: Flask) -> Iterator[str]:
    with app.app_context():
        world.regions()
        member = world.person(Role.REVIEWER)
        db.session.commit()
        yield member.user.email


def fail(email: str, origin: Origin = HERE, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(CredentialsError):
            sign_in(email, WRONG, origin)


def test_fifth_failure_locks_account_and_network_for_a_quarter_of_an_hour(
    email: str, clock: type[Clock]
) -> None:
    fail(email, times=5)
    with pytest.raises(TooManyAttemptsError):
        sign_in(email, world.PASSWORD, HERE)
    clock.shown += timedelta(minutes=14, seconds=59)
    with pytest.raises(TooManyAttemptsError):
        sign_in(email, world.PASSWORD, HERE)
    clock.shown += timedelta(seconds=1)
    assert sign_in(email, world.PASSWORD, HERE)


def test_lock_leaves_the_person_free_elsewhere(email: str) -> None:
    fail(email, times=5)
    assert sign_in(email, world.PASSWORD, ELSEWHERE)


def test_one_network_cannot_keep_the_person_out_elsewhere(email: str, clock: type[Clock]) -> None:
    """Four hours of guessing from one network, and the person signs in after every guess."""
    guesses = 0
    for _minute in range(240):
        try:
            sign_in(email, WRONG, HERE)
        except CredentialsError:
            guesses += 1
        except TooManyAttemptsError:
            pass
        assert sign_in(email, world.PASSWORD, ELSEWHERE)
        clock.shown += timedelta(minutes=1)
    assert guesses == 40  # ten an hour


def test_trying_on_does_not_lengthen_the_wait(email: str, clock: type[Clock]) -> None:
    fail(email, times=5)
    for _ in range(20):
        with pytest.raises(TooManyAttemptsError):
            sign_in(email, WRONG, HERE)
    clock.shown += timedelta(minutes=15)
    assert sign_in(email, world.PASSWORD, HERE)


def test_account_is_guessed_at_twenty_times_an_hour_at_most(email: str) -> None:
    networks = [Origin(f"network 10.1.0.{n}") for n in range(40)]
    refused = 0
    for origin in networks:
        try:
            sign_in(email, WRONG, origin)
        except CredentialsError:
            continue
        except TooManyAttemptsError:
            refused += 1
    assert len(networks) - refused == 20


def test_known_browser_gets_in_while_the_account_is_under_attack(email: str) -> None:
    for n in range(20):
        fail(email, Origin(f"network 10.1.0.{n}"))
    with pytest.raises(TooManyAttemptsError):
        sign_in(email, world.PASSWORD, ELSEWHERE)
    assert sign_in(email, world.PASSWORD, BROWSER)


def test_known_browser_has_five_guesses_too(email: str) -> None:
    fail(email, BROWSER, times=5)
    with pytest.raises(TooManyAttemptsError):
        sign_in(email, world.PASSWORD, BROWSER)


def test_network_fails_thirty_times_an_hour_at_most(email: str) -> None:
    for n in range(30):
        fail(f"nobody{n}@example.org")
    with pytest.raises(TooManyAttemptsError):
        sign_in(email, world.PASSWORD, HERE)
    assert sign_in(email, world.PASSWORD, ELSEWHERE)


def test_unknown_account_is_locked_like_a_known_one(email: str) -> None:
    fail("nobody@example.org", times=5)
    with pytest.raises(TooManyAttemptsError):
        sign_in("nobody@example.org", WRONG, HERE)


def test_right_password_is_not_counted(email: str) -> None:
    for _ in range(12):
        assert sign_in(email, world.PASSWORD, HERE)
    assert db.session.query(LoginFailure).count() == 0


def test_nothing_about_an_attempt_is_kept_for_over_an_hour(email: str, clock: type[Clock]) -> None:
    fail(email)
    clock.shown += timedelta(hours=1, seconds=1)
    sign_in(email, world.PASSWORD, ELSEWHERE)
    assert db.session.query(LoginFailure).count() == 0


def test_failure_keeps_neither_address_nor_network(email: str) -> None:
    fail(email)
    failure = db.session.query(LoginFailure).one()
    kept = {failure.account_digest, failure.network_digest}
    assert all(len(digest) == 64 for digest in kept)
    assert not any(email in digest or "10.0.0.1" in digest for digest in kept)


def test_every_failure_and_refusal_is_recorded_without_the_address(email: str) -> None:
    fail(email, times=5)
    fail("nobody@example.org")
    with pytest.raises(TooManyAttemptsError):
        sign_in(email, WRONG, HERE)
    events = db.session.query(AuditEvent).order_by(AuditEvent.id).all()
    assert [event.action for event in events] == ["session.refused"] * 6 + ["session.denied"]
    assert all(event.actor_id is None for event in events)
    assert events[0].details["user_id"] is not None
    assert events[5].details == {"user_id": None}
    assert not any("@" in str(event.details) for event in events)


@pytest.mark.parametrize("server", ["app", "postgres_app"])
def test_guesses_at_once_are_counted_one_by_one(
    request: pytest.FixtureRequest, server: str
) -> None:
    app: Flask = request.getfixturevalue(server)
    with app.app_context():
        world.regions()
        email = world.person(Role.REVIEWER).user.email
        db.session.commit()
    outcomes: list[str] = []

    def guess() -> None:
        with app.app_context():
            try:
                sign_in(email, WRONG, HERE)
            except (CredentialsError, TooManyAttemptsError) as error:
                outcomes.append(type(error).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["CredentialsError"] * 5 + ["TooManyAttemptsError"] * 7
