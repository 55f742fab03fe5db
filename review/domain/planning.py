"""A panel tried out: who would mark what, which limits hold, and what cannot be met."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from review.domain.conflict_rules import Mask
from review.domain.conflicts import Conflicts, one_way
from review.domain.seats import NewSeat
from review.domain.standing import Standing, standing_of
from review.domain.ties import refuse_doubles
from review.enums import AssignmentStatus, RoundStatus
from review.errors import (
    Shortage,
    TooFewReviewersError,
    UnknownReviewerError,
    WrongStatusError,
)
from review.models.rounds import Round
from review.privacy import secret_number
from review.queries.assignment import Seat
from review.queries.sampling import draw_of
from scoring.assignment import TooFewEligibleError, assign
from scoring.balance import CapacityError
from scoring.panel import VACANT, Indices, Panel, loads, marks_of

UNBEGUN = (AssignmentStatus.OPEN, AssignmentStatus.RESERVE)
ASSIGNABLE = (RoundStatus.DRAWN, RoundStatus.MARKING)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a panel is to be made. ``linking_cases`` common cases get ``linking_marks`` further
    marks each; ``namesakes_checked``: people of one name and office were found to be two.
    ``remind_days`` before a task is due its reviewer is reminded, ``grace_days`` after it somebody
    else gets it."""

    years_needed: int = 0
    linking_cases: int = 0
    linking_marks: int = 0
    namesakes_checked: bool = False
    remind_days: int = 7
    grace_days: int = 3


@dataclass(frozen=True, slots=True)
class Load:
    """What the plan gives one reviewer, and gave before; ``conflicts`` counts the cases ruled
    out."""

    user_id: int
    name: str
    before: int
    marks: int
    reserves: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class Given:
    """All that decides a panel. ``seed_of`` is the public part of its seed, ``start`` what stands
    already, None before the first assignment."""

    seed_of: str
    conflicts: Mask
    capacity: Indices
    marks: int
    reserve: bool
    start: Panel | None
    common: int
    further_marks: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Who would mark which case. The same round, people and wishes always give the same plan."""

    standing: Standing
    given: Given
    panel: Panel
    wishes: Wishes
    freed: tuple[Seat, ...]
    loads: tuple[Load, ...]


def plan_assignment(
    round_: Round, reviewer_ids: Iterable[int], wishes: Wishes | None = None
) -> Plan:
    """Solve the assignment, or the adjustment of one, without storing anything.

    Raises WrongStatusError, UnknownReviewerError, DoubleAccountError, TooFewReviewersError.
    """
    draw, wishes = draw_of(round_), wishes or Wishes()
    if draw is None or round_.status not in ASSIGNABLE:
        raise WrongStatusError
    wanted = set(reviewer_ids)
    standing = standing_of(round_, wanted, wishes.years_needed)
    if standing.guests != len(wanted):
        raise UnknownReviewerError
    if not wishes.namesakes_checked:
        refuse_doubles(standing.conflicts.reviewers, standing.conflicts.facts.ties)
    freed = _freed(standing)
    given = _given(standing, freed, wishes, seed_of(round_, draw.seed, standing))
    panel = _solved(given, standing.conflicts)
    return Plan(standing, given, panel, wishes, freed, _loads(standing, panel))


def solve(given: Given) -> Panel:
    """The one panel that follows; raises TooFewEligibleError, CapacityError."""
    return assign(
        given.conflicts,
        given.marks,
        reserve=given.reserve,
        seed=panel_seed(given.seed_of),
        capacity=given.capacity,
        standing=given.start,
        common=given.common,
        further_marks=given.further_marks,
    )


def seed_of(round_: Round, draw_seed: str, standing: Standing) -> str:
    """The public part of a panel's seed: the draw's seed, and how far the panel has come."""
    latest = max((seat.id for seat in standing.seats.values()), default=0)
    return f"{round_.id}:{draw_seed}:{latest}"


def panel_seed(public: str) -> int:
    """Fixed by what is public and by a secret of the server: a panel can neither be chosen by
    anybody, nor computed from what is public."""
    return secret_number("panel", public)


def _freed(standing: Standing) -> tuple[Seat, ...]:
    """Seats that nobody has begun of people who left the panel or have a conflict by now."""
    barred = standing.barred
    column_of = {user_id: column for column, user_id in enumerate(standing.people)}
    return tuple(
        seat
        for (row, _ordinal), seat in standing.seats.items()
        if seat.status in UNBEGUN
        and not seat.is_linking
        and barred[row, column_of[seat.reviewer_id]]
    )


def _given(standing: Standing, freed: Sequence[Seat], wishes: Wishes, public: str) -> Given:
    start = _start(standing, freed)
    conflicts = _with_lots(standing, panel_seed(public))
    for row, column in _held(start):
        conflicts[row, column] = False
    return Given(
        seed_of=public,
        conflicts=conflicts,
        capacity=standing.capacity(loads(marks_of(start)[:, 1], len(standing.people))),
        marks=start.markers.shape[1],
        reserve=start.reserves is not None,
        start=None if standing.is_new else start,
        common=wishes.linking_cases,
        further_marks=wishes.linking_marks,
    )


def _solved(given: Given, conflicts: Conflicts) -> Panel:
    try:
        return solve(given)
    except TooFewEligibleError as scarce:
        raise _shortage(conflicts, scarce.cases, scarce.needed) from None
    except CapacityError as full:
        raise _shortage(conflicts, full.cases, given.marks) from None


def _with_lots(standing: Standing, seed: int) -> Mask:
    """Conflicts of all columns, each pair of practising reviewers barred one way by lot."""
    drawn = one_way(standing.conflicts, np.random.default_rng(seed))
    barred = standing.barred
    barred[:, : standing.guests] |= drawn.barred
    return barred


def _start(standing: Standing, freed: Sequence[Seat]) -> Panel:
    """What stands, without the seats that fall free."""
    panel = standing.panel()
    gone = {(seat.sampled_case_id, seat.ordinal) for seat in freed}
    for (row, ordinal), seat in standing.seats.items():
        if (seat.sampled_case_id, seat.ordinal) not in gone:
            continue
        if ordinal <= panel.markers.shape[1]:
            panel.markers[row, ordinal - 1] = VACANT
        elif panel.reserves is not None:
            panel.reserves[row] = VACANT
    return panel


def _held(panel: Panel) -> Indices:
    named = marks_of(panel)
    if panel.reserves is None:
        return named
    rows = np.flatnonzero(panel.reserves != VACANT)
    return np.concatenate([named, np.column_stack([rows, panel.reserves[rows]])])


def _shortage(conflicts: Conflicts, rows: Collection[int], needed: int) -> TooFewReviewersError:
    """Each case that cannot be served, with how many could mark it and what bars the others."""
    free = (~conflicts.barred).sum(axis=1)
    found = [
        Shortage(
            case_number=str(conflicts.cases.case_number[row]),
            possible=int(free[row]),
            reasons=conflicts.counts_of_case(row),
        )
        for row in rows
    ]
    return TooFewReviewersError(tuple(sorted(found, key=lambda one: one.case_number)), needed)


def _loads(standing: Standing, panel: Panel) -> tuple[Load, ...]:
    count = len(standing.people)
    before = loads(marks_of(standing.panel())[:, 1], count)
    marks = loads(marks_of(panel)[:, 1], count)
    spare = np.zeros(count, int) if panel.reserves is None else loads(panel.reserves, count)
    barred = standing.conflicts.barred.sum(axis=0)
    return tuple(
        Load(one.user_id, one.name, int(before[n]), int(marks[n]), int(spare[n]), int(barred[n]))
        for n, one in enumerate(standing.conflicts.reviewers)
    )


def new_seats(plan: Plan) -> list[NewSeat]:
    """The seats that the plan adds to what stands."""
    before, after = _start(plan.standing, plan.freed), plan.panel
    cases, people = plan.standing.conflicts.cases.sampled_case_id.tolist(), plan.standing.people
    marks = after.markers.shape[1]
    seats = [
        NewSeat(cases[row], people[after.markers[row, place]], place + 1)
        for row, place in np.argwhere(before.markers == VACANT).tolist()
    ]
    if after.reserves is not None and before.reserves is not None:
        spare = AssignmentStatus.RESERVE
        seats += [
            NewSeat(cases[row], people[after.reserves[row]], marks + 1, spare)
            for row in np.flatnonzero(before.reserves == VACANT).tolist()
        ]
    ordinal = dict.fromkeys(range(len(cases)), marks + 1)
    for row, column in after.common[len(before.common) :].tolist():
        ordinal[row] += 1
        seats.append(NewSeat(cases[row], people[column], ordinal[row], is_linking=True))
    return seats
