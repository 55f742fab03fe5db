"""Stratified draw that anybody can repeat from the frame, the design and one public seed.

Model
    A frame of N cases falls into H strata of N_h, and each stratum into cells of N_hu cases: the
    cases of unit u (agency, provider or handler) in stratum h. Everything but the tickets is fixed
    by frame and design before the seed is known.

Symbols
    seed     decimal digits, at least 20, published after the frame was frozen
    ticket   SHA-256 over ``seed:number`` in UTF-8, written as 64 hexadecimal digits
    inner    SHA-256 over ``unit:seed:number``, for the order within a cell. A seed is all digits,
             so no ticket is ever an inner one: the two orders are independent
    m, c     minimum and cap per unit; m_hu, c_hu their shares in a cell, m_hu <= c_hu <= N_hu
    M_h, C_h sums of m_hu and c_hu over the cells of h
    n_h      places of stratum h, s_h = n_h - M_h of them free

Shares of minimum and cap
    A unit's minimum min(m, N_u) is dealt to its cells one by one, by N_hu / (2 k + 1), the larger
    first. Its cap min(c, N_u) is dealt in the same way after m_hu and one place for every cell,
    so that no case is without a chance; a cap below that is refused.

Draw
    In each cell the m_hu smallest inner tickets are taken, those ranked m_hu + 1 to c_hu form the
    pool with those of the other cells, the rest is out. Of the pool of a stratum the s_h smallest
    tickets are taken. A larger sample extends the smaller one, because only s_h grows.

Inclusion probability, exact
    Inner order and ticket order are independent and uniform, so a case of cell hu is among the
    first m_hu with m_hu / N_hu, in the pool with (c_hu - m_hu) / N_hu, and taken from there with
    s_h / (C_h - M_h):
        pi_hu = (m_hu + (c_hu - m_hu) s_h / (C_h - M_h)) / N_hu
    Without minimum and cap it is n_h / N_h. All are fractions of whole numbers.

Replacement
    The next ticket of the stratum's pool; for a case taken for a minimum the next inner ticket of
    its cell first, so that the minimum stays met.

Sources
    Cochran, Sampling Techniques, 3rd ed. 1977, ch. 5 and 12 (two phases); Rivest, Consistent
    Sampling with Replacement, 2018 (hash tickets); Särndal et al., Model Assisted Survey
    Sampling, 1992, ch. 2 (inclusion probabilities).
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scoring.frames import Frame
from scoring.plans import Plan

ALGORITHM = "smallest-ticket-1"
"""Stored beside every draw. Another way to draw would need another name."""

INNER = "unit:"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn case: ``chance`` is its exact inclusion probability, ``for_minimum`` whether it was
    taken as one of its unit's minimum; ``ticket`` is the inner one then.
    """

    number: str
    stratum: str
    ticket: str
    chance: Fraction
    for_minimum: bool

    @property
    def probability(self) -> float:
        """The inclusion probability as a float, correctly rounded."""
        return float(self.chance)


def ticket(seed: str, number: str) -> str:
    """A case's lot under a seed, uniform over 2**256; both arguments in canonical form."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def inner_ticket(seed: str, number: str) -> str:
    """A case's lot within its cell."""
    return hashlib.sha256(f"{INNER}{seed}:{number}".encode()).hexdigest()


def draw(frame: Frame, plan: Plan, seed: str) -> tuple[Drawn, ...]:
    """The sample by stratum; in each the minimums first, then the others, smallest tickets first.

    Parameters
    ----------
    frame, plan
        The frame, and ``plan_draw`` of it.
    seed
        Canonical seed.
    """
    order = _inner_order(frame, plan, seed)
    queues = _queues(frame, plan, seed, order)
    minimums: dict[str, list[Drawn]] = {stratum.label: [] for stratum in plan.strata}
    for (label, _unit), places in order.items():
        count = plan.cells[label, _unit].minimum
        minimums[label] += [_for_minimum(frame, plan, seed, place) for place in places[:count]]
    drawn: list[Drawn] = []
    for stratum in plan.strata:
        drawn += sorted(minimums[stratum.label], key=lambda one: one.ticket)
        free = queues[stratum.label][: stratum.size - stratum.minimum]
        drawn += [_by_ticket(frame, plan, seed, place) for place in free.tolist()]
    return tuple(drawn)


def replacement(
    frame: Frame, plan: Plan, seed: str, *, leaving: Drawn, used: Collection[str]
) -> Drawn:
    """Who follows a case that leaves the sample.

    Parameters
    ----------
    frame, plan, seed
        Those of the draw.
    leaving
        A case of the sample, or an earlier replacement.
    used
        Numbers that may not come in: the sample, whoever left it, and earlier replacements.

    Raises
    ------
    ValueError
        The stratum has no case left.
    """
    order = _inner_order(frame, plan, seed)
    if leaving.for_minimum:
        unit = frame.units[frame.numbers.index(leaving.number)]
        for place in order[leaving.stratum, unit]:
            if frame.numbers[place] not in used:
                return _for_minimum(frame, plan, seed, place)
    for place in _queues(frame, plan, seed, order)[leaving.stratum].tolist():
        if frame.numbers[place] not in used:
            return _by_ticket(frame, plan, seed, place)
    raise ValueError(f"stratum {leaving.stratum} has no case left")


def _inner_order(frame: Frame, plan: Plan, seed: str) -> dict[tuple[str, str], list[int]]:
    """Places in the frame by inner ticket, for each cell that minimum or cap touches."""
    touched = {
        key: cell for key, cell in plan.cells.items() if cell.minimum or cell.room < cell.population
    }
    members: dict[tuple[str, str], list[tuple[str, int]]] = {key: [] for key in touched}
    if touched:
        for place, key in enumerate(zip(frame.strata, frame.units, strict=True)):
            if key in members:
                members[key].append((inner_ticket(seed, frame.numbers[place]), place))
    return {key: [place for _lot, place in sorted(lots)] for key, lots in members.items()}


def _queues(
    frame: Frame, plan: Plan, seed: str, order: Mapping[tuple[str, str], Sequence[int]]
) -> dict[str, NDArray[np.int64]]:
    """Places in the frame of each stratum's pool, smallest tickets first."""
    pool = np.ones(len(frame.numbers), dtype=bool)
    for key, ranked in order.items():
        cell = plan.cells[key]
        pool[[*ranked[: cell.minimum], *ranked[cell.room :]]] = False
    code = {stratum.label: at for at, stratum in enumerate(plan.strata)}
    codes = np.array([code[label] for label in frame.strata])[pool]
    places = np.flatnonzero(pool)
    by_ticket = _order(_ticket_words(frame, seed, places), codes)
    bounds = np.searchsorted(codes[by_ticket], np.arange(len(code) + 1))
    return {
        label: places[by_ticket[bounds[at] : bounds[at + 1]]].astype(np.int64)
        for label, at in code.items()
    }


def _order(words: NDArray[np.uint64], codes: NDArray[np.int64]) -> NDArray[np.intp]:
    """Order by stratum and ticket. The first of four words decides, but for a chance of 1e-7."""
    first = words[-1]
    order = np.lexsort((first, codes))
    same = (np.diff(codes[order]) == 0) & (first[order[1:]] == first[order[:-1]])
    return np.lexsort((*words, codes)) if same.any() else order


def _ticket_words(frame: Frame, seed: str, places: NDArray[np.intp]) -> NDArray[np.uint64]:
    """Tickets as four whole numbers each, the most significant last, (4, m)."""
    sha256, prefix, numbers = hashlib.sha256, f"{seed}:", frame.numbers
    digests = [sha256(f"{prefix}{numbers[at]}".encode()).digest() for at in places.tolist()]
    words = np.frombuffer(b"".join(digests), dtype=">u8").reshape(-1, 4)
    return words.T[::-1].astype(np.uint64)


def _for_minimum(frame: Frame, plan: Plan, seed: str, place: int) -> Drawn:
    return _drawn(frame, plan, place, inner_ticket(seed, frame.numbers[place]), for_minimum=True)


def _by_ticket(frame: Frame, plan: Plan, seed: str, place: int) -> Drawn:
    return _drawn(frame, plan, place, ticket(seed, frame.numbers[place]), for_minimum=False)


def _drawn(frame: Frame, plan: Plan, place: int, lot: str, *, for_minimum: bool) -> Drawn:
    label = frame.strata[place]
    chance = plan.chance(label, frame.units[place])
    return Drawn(frame.numbers[place], label, lot, chance, for_minimum)
