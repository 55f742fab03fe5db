"""A round's panel as it stands in the database, as the indices that ``scoring`` works with.

Columns are the reviewers who may be given work, then those who only keep what they have: people
who left the panel or whose account was closed. Rows are the drawn cases.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from review.domain.conflict_rules import Mask
from review.domain.conflicts import Conflicts, conflicts_in
from review.enums import AssignmentStatus
from review.labels import today
from review.models.rounds import Round
from review.queries.assignment import Seat, standing_seats
from scoring.linking import components
from scoring.panel import VACANT, Indices, Panel, marks_of

DOUBLE_MARKING = 2
"""With two markers a third is named in advance, should they differ by too much."""

LATE_MARK_DAYS = 14
"""Who gets a task late still has two weeks for it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``people`` are user ids by column; ``seats`` the assignments by (row, ordinal).

    ``markers`` (cases, marks) and ``reserves`` (cases,) hold columns or ``VACANT``; ``called``
    says which reserves have been called for a third mark; ``linking`` (m, 2) are all other marks.
    """

    conflicts: Conflicts
    people: tuple[int, ...]
    seats: dict[tuple[int, int], Seat]
    markers: Indices
    reserves: Indices | None
    called: Mask
    linking: Indices

    @property
    def is_new(self) -> bool:
        return not self.seats

    @property
    def guests(self) -> int:
        """How many columns may be given work."""
        return len(self.conflicts.reviewers)

    @property
    def barred(self) -> Mask:
        """Conflicts of all columns; who only keeps what there is may take nothing."""
        mine = self.conflicts.barred
        others = np.ones((len(mine), len(self.people) - self.guests), dtype=np.bool_)
        return np.hstack([mine, others])

    def panel(self) -> Panel:
        """Named thirds stay named, called or not."""
        return _panel(self.markers, self.reserves, self.linking)

    def panel_at_work(self) -> Panel:
        """Called thirds count as the marks that they are."""
        if self.reserves is None:
            return self.panel()
        rows = np.flatnonzero(self.called)
        thirds = np.column_stack([rows, self.reserves[rows]])
        uncalled = np.where(self.called, VACANT, self.reserves)
        return _panel(self.markers, uncalled, np.concatenate([self.linking, thirds]))

    def capacity(self, loads: Indices) -> Indices:
        """Most marks by column: what the reviewer said, and for a leaver what is there."""
        n = self.markers.shape[0] * (self.markers.shape[1] + 1)
        said = [one.most_cases for one in self.conflicts.reviewers]
        limits = [n if most is None else most for most in said]
        top = np.zeros(len(self.people), dtype=np.int64)
        top[: self.guests] = limits
        return np.maximum(top, loads)


def standing_of(
    round_: Round, user_ids: Collection[int], years_needed: int, keeps: Collection[int] = ()
) -> Standing:
    """The round's panel among these reviewers, empty before the first assignment. Whoever is in
    ``keeps`` has a column too."""
    found = conflicts_in(round_, user_ids, years_needed=years_needed)
    row_of = {one: row for row, one in enumerate(found.cases.sampled_case_id.tolist())}
    rows = standing_seats(round_)
    guests = [one.user_id for one in found.reviewers]
    leavers = sorted({seat.reviewer_id for seat in rows}.union(keeps) - set(guests))
    people = (*guests, *leavers)
    column_of = {user_id: column for column, user_id in enumerate(people)}
    n, marks = len(row_of), round_.marks_per_case
    markers, reserves = np.full((n, marks), VACANT), np.full(n, VACANT)
    called, linking = np.zeros(n, dtype=np.bool_), []
    for seat in rows:
        row, column = row_of[seat.sampled_case_id], column_of[seat.reviewer_id]
        if seat.ordinal <= marks:
            markers[row, seat.ordinal - 1] = column
        elif seat.is_linking or marks != DOUBLE_MARKING or seat.ordinal > marks + 1:
            linking.append((row, column))
        else:
            reserves[row], called[row] = column, seat.status is not AssignmentStatus.RESERVE
    return Standing(
        conflicts=found,
        people=people,
        seats={(row_of[seat.sampled_case_id], seat.ordinal): seat for seat in rows},
        markers=markers,
        reserves=reserves if marks == DOUBLE_MARKING else None,
        called=called,
        linking=np.array(linking, dtype=np.int64).reshape(-1, 2),
    )


def _panel(markers: Indices, reserves: Indices | None, common: Indices) -> Panel:
    marks = Panel(markers, reserves, common, 0.0, (), 0, 0)
    return replace(marks, components=components(*marks_of(marks).T)[0])


def late_due_on(round_: Round) -> date:
    """When a task is due that is given to somebody during the round."""
    return max(round_.marking_due_on, today() + timedelta(days=LATE_MARK_DAYS))
