"""Sign-ins are counted before the password is looked at, so that many at once cannot slip through.

What is counted are failures and running attempts; a right password takes its attempt back. Only
keyed digests are kept, and for no longer than the longest window.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from review.domain.audit import record
from review.domain.passwords import matches
from review.errors import CredentialsError, TooManyAttemptsError
from review.extensions import db
from review.models.accounts import LoginFailure
from review.permissions import Actor
from review.privacy import digest
from review.queries import accounts as queries

PAIR, ACCOUNT, NETWORK = "pair", "account", "network"
LONGEST_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``failures`` within ``window``, counted by account, by network, or by the pair."""

    scope: str
    failures: int
    window: timedelta


LIMITS = (
    Limit(PAIR, 5, timedelta(minutes=15)),
    # Half of what an account allows: no single network can keep its owner out everywhere.
    Limit(PAIR, 10, timedelta(hours=1)),
    Limit(ACCOUNT, 20, timedelta(hours=1)),
    Limit(NETWORK, 30, timedelta(hours=1)),
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in comes from: a network, or a browser in which the account signed in before.

    A known browser is counted by itself alone, so that nobody else's failures lock its owner out.
    """

    name: str
    is_known: bool = False


def check_password(
    email: str, password: str, origin: Origin, by: Actor | None = None
) -> tuple[int, str]:
    """The id and the stored hash of the account that e-mail and password open.

    Commits before and, if it fails, after the slow hash, so that no lock is held meanwhile;
    raises CredentialsError or TooManyAttemptsError.
    """
    attempt_id = _count(email, origin, by)
    user_id, stored = queries.password_of(email) or (None, None)
    db.session.commit()
    is_right = matches(password, stored)
    if not is_right or user_id is None or stored is None:
        failure = db.session.get_one(LoginFailure, attempt_id)
        record(by, "session.refused", failure, user_id=user_id)
        db.session.commit()
        raise CredentialsError
    db.session.execute(delete(LoginFailure).where(LoginFailure.id == attempt_id))
    return user_id, stored


def _count(email: str, origin: Origin, by: Actor | None) -> int:
    """Count a sign-in among the failures until it proves right.

    One that a limit refuses is not counted: trying on does not lengthen the wait.
    """
    account, network, now = digest(email), digest(origin.name), datetime.now(UTC)
    queries.lock_attempts()
    db.session.execute(delete(LoginFailure).where(LoginFailure.failed_at < now - LONGEST_WINDOW))
    earlier = queries.recent_failures(account, network, now - LONGEST_WINDOW)
    attempt = LoginFailure(account_digest=account, network_digest=network, failed_at=now)
    db.session.add(attempt)
    db.session.flush()
    if any(_is_reached(limit, earlier, attempt) for limit in _limits_for(origin)):
        record(by, "session.denied", attempt)
        db.session.delete(attempt)
        db.session.commit()
        raise TooManyAttemptsError
    return attempt.id


def _limits_for(origin: Origin) -> tuple[Limit, ...]:
    return tuple(limit for limit in LIMITS if limit.scope == PAIR or not origin.is_known)


def _is_reached(limit: Limit, earlier: Sequence[LoginFailure], attempt: LoginFailure) -> bool:
    same_account = limit.scope in {PAIR, ACCOUNT}
    same_network = limit.scope in {PAIR, NETWORK}
    counted = [
        failure
        for failure in earlier
        if failure.failed_at > attempt.failed_at - limit.window
        and not (same_account and failure.account_digest != attempt.account_digest)
        and not (same_network and failure.network_digest != attempt.network_digest)
    ]
    return len(counted) >= limit.failures
