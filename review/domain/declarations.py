"""What reviewers say of themselves: ties that the registers do not know, and what they can take."""

from collections.abc import Collection
from datetime import UTC, date, datetime

from review.domain.audit import record
from review.enums import CaseType, DeclarationKind
from review.errors import NoProfileError
from review.extensions import db
from review.models.accounts import ReviewerProfile
from review.models.conflicts import Declaration
from review.permissions import Actor
from review.privacy import encrypt_text


def declare_tie(
    kind: DeclarationKind, subject: str, *, office: str = "", until: date | None = None, by: Actor
) -> None:
    """Note a tie of the reviewer's own; it counts from the next panel on. Commits."""
    declared = Declaration(
        user_id=by.user_id,
        kind=kind,
        subject=encrypt_text(subject),
        office=encrypt_text(office) if office else None,
        until=until,
        declared_at=datetime.now(UTC),
    )
    db.session.add(declared)
    record(by, "declaration.made", declared, kind=kind.value)
    db.session.commit()


def withdraw_tie(declared: Declaration, by: Actor) -> None:
    """Take a tie back; the record of it stays. Commits."""
    if declared.withdrawn_at is None:
        declared.withdrawn_at = datetime.now(UTC)
        record(by, "declaration.withdrawn", declared, kind=declared.kind.value)
    db.session.commit()


def say_what_fits(case_types: Collection[CaseType], most_cases: int | None, by: Actor) -> None:
    """Which types of case the reviewer takes, and how many in a round. Commits; raises
    NoProfileError."""
    profile = db.session.get(ReviewerProfile, by.user_id)
    if profile is None:
        raise NoProfileError
    every = len(set(case_types)) in {0, len(CaseType)}
    profile.case_types = None if every else sorted(set(case_types))
    profile.most_cases = most_cases
    record(by, "reviewer.capacity_said", profile, types=sorted(set(case_types)), most=most_cases)
    db.session.commit()
