"""Assignments as seats: given to people in random order, or handed from one person to another.

Whoever gets a seat gets a new alias and a new public id, so that nothing links them to whoever
had it before, and row order says nothing.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import insert

from review.domain.aliases import new_aliases, new_public_id
from review.enums import AssignmentStatus
from review.extensions import db
from review.models.assignment import Assignment


@dataclass(frozen=True, slots=True)
class NewSeat:
    """An assignment to be made."""

    sampled_case_id: int
    reviewer_id: int
    ordinal: int
    status: AssignmentStatus = AssignmentStatus.OPEN
    is_linking: bool = False


def fill_seats(seats: Sequence[NewSeat], due_on: date) -> None:
    """Add these assignments in random order. No commit."""
    if not seats:
        return
    shuffled = secrets.SystemRandom().sample(seats, len(seats))
    now, aliases = datetime.now(UTC), new_aliases(len(seats))
    rows = [
        {
            "public_id": new_public_id(),
            "sampled_case_id": seat.sampled_case_id,
            "reviewer_id": seat.reviewer_id,
            "alias": alias,
            "ordinal": seat.ordinal,
            "is_linking": seat.is_linking,
            "due_on": due_on,
            "assigned_at": now,
            "status": seat.status,
        }
        for seat, alias in zip(shuffled, aliases, strict=True)
    ]
    db.session.execute(insert(Assignment), rows)


def hand_over(assignments: Sequence[tuple[Assignment, int]], due_on: date) -> None:
    """Give assignments that nobody has begun to other reviewers. No commit."""
    aliases = new_aliases(len(assignments))
    for (assignment, reviewer_id), alias in zip(assignments, aliases, strict=True):
        assignment.reviewer_id = reviewer_id
        assignment.alias, assignment.public_id = alias, new_public_id()
        assignment.assigned_at, assignment.due_on = datetime.now(UTC), due_on
        assignment.reminded_on = None
