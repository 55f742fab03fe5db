"""A replacement for a marker who steps back, under the rules of the assignment.

Model
    Marks (i, j) with loads T_j, as in ``scoring.assignment``. Mark (i, j) falls vacant, and j may
    not mark i again. The vacancy goes to a reviewer b, who may pass one of his movable marks on
    to b', and so on: a chain, after which only its last reviewer t has one mark more.

Choice
    t is any reviewer with room for whom the spread of loads afterwards is at most 1, or as small
    as it can be where that is impossible. Chains are as short as possible: distances to the
    nearest t are found backwards through the graph "b may pass a mark to b'". The vacancy is
    drawn among the nearest reviewers; where fewer than ``CHOICES`` are nearest, among the
    next-nearest too, so that nobody can tell who will follow. If the panel falls into more
    components than before, movable marks are exchanged (``scoring.linking``).

Source
    Ahuja, Magnanti and Orlin, Network Flows, 1993, ch. 7 and 12 (shortest augmenting paths in
    bipartite assignment).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scoring.linking import components, connect
from scoring.panel import VACANT, Conflicts, Indices, Panel, free_pairs, loads, marks_of

CHOICES = 4
"""At least so many reviewers take part in the draw where there are so many: chance <= 1/4."""

_UNREACHED = np.iinfo(np.int64).max


class NoReplacementError(ValueError):
    """Nobody without conflict and with room is left for the case."""


@dataclass(frozen=True, slots=True)
class Move:
    """A mark of ``case`` goes from one reviewer to another."""

    case: int
    giver: int
    taker: int


@dataclass(frozen=True, slots=True)
class Replacement:
    """The panel afterwards; ``moves`` with the vacated mark first; ``spread`` of the loads."""

    panel: Panel
    moves: tuple[Move, ...]
    spread: int


def replace_marker(
    panel: Panel,
    conflicts: Conflicts,
    *,
    case: int,
    reviewer: int,
    movable: NDArray[np.bool_],
    seed: int,
    capacity: Indices | None = None,
) -> Replacement:
    """Fill the place of ``reviewer`` on ``case``; every other mark that is not movable stays.

    Parameters
    ----------
    panel, conflicts
        As given to and by ``assign``; not changed. That ``reviewer`` may not mark ``case`` any
        more need not be among the conflicts.
    case, reviewer
        The mark that falls vacant.
    movable
        (n, k): markers' places that may still change hands, such as marks not yet begun.
    seed
        Same arguments and seed, same replacement.
    capacity
        (r,), most marks of each reviewer.

    Raises
    ------
    NoReplacementError
        No reviewer could take the vacancy.
    ValueError
        ``reviewer`` does not mark ``case``.
    """
    places = np.flatnonzero(panel.markers[case] == reviewer)
    if not places.size:
        raise ValueError("only a marker of the case can be replaced")
    random, r = np.random.default_rng(seed), conflicts.shape[1]
    free = free_pairs(conflicts, panel)
    top = np.full(r, len(conflicts)) if capacity is None else capacity
    place = case, int(places[0])
    load = loads(marks_of(panel)[:, 1], r)
    load[reviewer] -= 1
    others = movable.copy()
    others[place] = False
    distance = _nearest(free[case], load, top, _givers(panel.markers, others, free))
    markers = panel.markers.copy()
    moves = _pass_on(markers, place, distance, movable=others, free=free, random=random)
    return _connected(panel, markers, moves, movable=movable, free=free, random=random)


def _nearest(vacancy: Conflicts, load: Indices, top: Indices, givers: NDArray[np.bool_]) -> Indices:
    """Moves that must follow if a reviewer takes the vacancy, for the smallest spread within
    reach of it, (r,)."""
    after = np.ptp(load + np.eye(load.size, dtype=np.int64), axis=1)
    spreads = np.where(load < top, np.maximum(after, 1), _UNREACHED)
    for spread in np.unique(spreads[spreads < _UNREACHED]):
        distance = _distances(spreads <= spread, givers)
        if (distance[vacancy] < _UNREACHED).any():
            return distance
    raise NoReplacementError("nobody without conflict and with room is left for the case")


def _givers(markers: Indices, movable: NDArray[np.bool_], free: Conflicts) -> NDArray[np.bool_]:
    """Whether a reviewer (row) has a movable mark that another (column) could take, (r, r)."""
    case, place = np.nonzero(movable & (markers != VACANT))
    reviewer = markers[case, place]
    order = np.argsort(reviewer, kind="stable")
    found = np.zeros((free.shape[1], free.shape[1]), dtype=bool)
    if order.size:
        owners, starts = np.unique(reviewer[order], return_index=True)
        found[owners] = np.logical_or.reduceat(free[case[order]], starts, axis=0)
    return found


def _distances(targets: NDArray[np.bool_], givers: NDArray[np.bool_]) -> Indices:
    """Fewest passes from each reviewer to a target, by breadth-first search, (r,)."""
    distance = np.where(targets, 0, _UNREACHED)
    reached, step = targets, 0
    while reached.any():
        step += 1
        reached = givers[:, reached].any(axis=1) & (distance == _UNREACHED)
        distance[reached] = step
    return distance


def _pass_on(
    markers: Indices,
    place: tuple[int, int],
    distance: Indices,
    *,
    movable: NDArray[np.bool_],
    free: Conflicts,
    random: np.random.Generator,
) -> tuple[Move, ...]:
    """Fill ``markers`` along a random shortest chain from a vacant place."""
    moves: list[Move] = []
    takers = _first_takers(free[place[0]], distance)
    while True:
        taker = int(random.choice(takers))
        moves.append(Move(place[0], int(markers[place]), taker))
        markers[place] = taker
        if distance[taker] == 0:
            return tuple(moves)
        nearer = distance == distance[taker] - 1
        held = movable & (markers == taker)
        held[place] = False
        rows, columns = np.nonzero(held)
        passable = np.flatnonzero((free[rows] & nearer).any(axis=1))
        one = random.choice(passable)
        place = int(rows[one]), int(columns[one])
        takers = np.flatnonzero(free[place[0]] & nearer)


def _first_takers(vacancy: Conflicts, distance: Indices) -> Indices:
    """The nearest who may take the vacancy, and the next-nearest until they are ``CHOICES``."""
    able = np.flatnonzero(vacancy & (distance < _UNREACHED))
    by_distance = np.sort(distance[able])
    takers: Indices = able[distance[able] <= by_distance[min(CHOICES, able.size) - 1]]
    return takers


def _connected(
    panel: Panel,
    markers: Indices,
    moves: tuple[Move, ...],
    *,
    movable: NDArray[np.bool_],
    free: Conflicts,
    random: np.random.Generator,
) -> Replacement:
    """The panel with the chain's moves, and with exchanges if it fell apart."""
    after = replace(panel, markers=markers)
    marks = marks_of(after)
    count = components(marks[:, 0], marks[:, 1])[0]
    if count > panel.components:
        case, place = np.nonzero(markers != VACANT)
        able = np.concatenate([movable[case, place], np.zeros(len(panel.common), dtype=bool)])
        joined = connect(marks[:, 0], marks[:, 1], free, movable=able, random=random)
        changed = np.flatnonzero(joined != marks[:, 1])
        moves += tuple(Move(*map(int, (*marks[m], joined[m]))) for m in changed)
        markers[case, place] = joined[: case.size]
        count = components(marks[:, 0], joined)[0]
    spread = int(np.ptp(loads(marks[:, 1], free.shape[1])))
    return Replacement(replace(after, components=count), moves, spread)
