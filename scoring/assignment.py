"""Who marks which case: random, balanced, connected, under hard conflicts.

Model
    n cases and r reviewers; a case may go to any reviewer with whom it has no conflict and who is
    competent for it. Every case needs k distinct markers and, where wanted, one more person in
    reserve; a common set of cases may get further markers, so that all reviewers are compared.

Symbols
    conflicts[i, j]   whether reviewer j may never mark case i
    base_j, top_j     what reviewer j already has, and may have at most
    level             the largest whole number with sum_j clip(level, base_j, top_j) <= all marks

Rules, each before the next
    1. conflicts, competence, distinct markers, quotas and capacities: never broken; a case whose
       quota cannot be met is named by an error, and nothing is assigned;
    2. loads between level and level + 1, as far as ``top`` and conflicts allow: spread <= 1;
    3. no reviewer-case pair with a probability above ``CAP``, raised step by step only where
       rule 2 or a small pool forbids it; ``Panel.chance`` says how far. Further marks of common
       cases are not counted: many mark them, and are meant to;
    4. lowest cost, by an exact linear programme (``scoring.chances``); without costs a random
       one, so that equals are treated equally;
    5. one component of reviewers (``scoring.linking``).

Randomness
    The programme yields chances, a seeded rounding draws the marks with exactly these chances
    (``scoring.rounding``). Markers come first, the reserves are drawn among the rest by the same
    rules. An exchange for rule 5 moves a mark outside its chance; it is rare, and counted.

Adjusting
    ``standing`` holds what stays. Only ``VACANT`` places are filled; running again on a full panel
    returns it unchanged.

Source
    Jecmen et al., Mitigating Manipulation in Peer Review via Randomized Reviewer Assignments,
    NeurIPS 2020; Ahuja, Magnanti and Orlin, Network Flows, 1993, ch. 14.
"""

from dataclasses import replace

import numpy as np

from scoring.balance import CAP, Marks, balanced_marks
from scoring.chances import PARTS
from scoring.linking import common_cases, components, connect
from scoring.panel import VACANT, Conflicts, Indices, Panel, free_pairs, loads, marks_of, places_of
from scoring.programme import Costs

RANDOM_COSTS = 1024
"""Number of levels of the random cost of a pair: enough to make ties rare among a panel."""

POOL = 10
"""Cases with fewer possible reviewers are reported: a guess would be right too often. So are those
with fewer than ``CAP`` allows, four for each mark."""


class TooFewEligibleError(ValueError):
    """Some cases have fewer reviewers without a conflict than they need; ``cases`` are indices."""

    def __init__(self, cases: tuple[int, ...], needed: int) -> None:
        super().__init__(f"{len(cases)} cases have fewer than {needed} reviewers without conflict")
        self.cases = cases
        self.needed = needed


def assign(
    conflicts: Conflicts,
    marks: int,
    *,
    reserve: bool,
    seed: int,
    costs: Costs | None = None,
    capacity: Indices | None = None,
    standing: Panel | None = None,
    common: int = 0,
    further_marks: int = 0,
) -> Panel:
    """Markers, and a reserve who is none of them, for every case.

    Parameters
    ----------
    conflicts
        Boolean, (n cases, r reviewers); not changed. Incompetence counts as a conflict.
    marks
        k, markers per case, at least 1.
    reserve
        Whether each case gets one more reviewer, balanced among themselves.
    seed
        Same arguments and seed, same panel; a marker's place among the k is random too.
    costs
        int32, (n, r), 0 or above: the lower, the better the match. Random if left out.
    capacity
        (r,): most marks of each reviewer, those standing included; a reserve is no mark.
    standing
        A panel with as many cases and places, some of them ``VACANT``; all others stay, and so
        does its common set.
    common, further_marks
        Size of the common set, and marks per case beyond k there (fewer where the pool ends).

    Raises
    ------
    TooFewEligibleError
        A case has fewer than k (+ 1 with a reserve) reviewers without conflict.
    CapacityError
        The capacities of some cases' reviewers do not suffice.
    ValueError
        ``conflicts`` is not a matrix with at least one case, or ``marks`` is below 1.
    """
    if conflicts.ndim != 2 or not conflicts.shape[0] or marks < 1:
        raise ValueError("an assignment needs a matrix of cases by reviewers and marks >= 1")
    _refuse_scarcity(conflicts, marks + reserve)
    random, (n, r) = np.random.default_rng(seed), conflicts.shape
    if costs is None:
        costs = random.integers(0, RANDOM_COSTS, (n, r), dtype=np.int32)
    top = np.full(r, n) if capacity is None else capacity
    start = standing or _vacant(n, marks, reserve=reserve)
    free = free_pairs(conflicts, start)
    further = np.zeros(n, dtype=np.int64)
    if standing is None:
        further = _further(free, marks + reserve, common, further_marks, random)
    first, second = _stages(start, free, costs, further=further, top=top, random=random)
    panel = _filled(start, first, second, free, random)
    panel = _with_reserves(panel, conflicts, costs, random)
    enough = max(POOL, marks * PARTS // CAP)
    small = np.flatnonzero((~conflicts).sum(axis=1) < enough)
    return replace(panel, small_pools=tuple(small.tolist()))


def competent(kinds: Indices, skills: Conflicts, years: Indices, needed: Indices) -> Conflicts:
    """Who is competent for which case, (n, r).

    Parameters
    ----------
    kinds
        Kind of each case, (n,), 0 to q - 1.
    skills
        Whether a reviewer works in a kind, (r, q).
    years, needed
        Years of practice, (r,), and the years that a kind asks for, (q,); equal is enough.
    """
    able: Conflicts = skills & (years[:, None] >= needed)
    return able.T[kinds]


def _refuse_scarcity(conflicts: Conflicts, needed: int) -> None:
    eligible = (~conflicts).sum(axis=1)
    if (scarce := np.flatnonzero(eligible < needed)).size:
        raise TooFewEligibleError(tuple(scarce.tolist()), needed)


def _vacant(n: int, marks: int, *, reserve: bool) -> Panel:
    return Panel(
        markers=np.full((n, marks), VACANT),
        reserves=np.full(n, VACANT) if reserve else None,
        common=np.zeros((0, 2), dtype=np.int64),
        chance=0.0,
        small_pools=(),
        components=0,
        exchanges=0,
    )


def _further(
    free: Conflicts, needed: int, common: int, further_marks: int, random: np.random.Generator
) -> Indices:
    """Marks beyond the quota for each case: none outside the common set, (n,)."""
    further = np.zeros(free.shape[0], dtype=np.int64)
    chosen = common_cases(free, common, random)
    further[chosen] = np.minimum(further_marks, free[chosen].sum(axis=1) - needed)
    return further


def _stages(
    start: Panel,
    free: Conflicts,
    costs: Costs,
    *,
    further: Indices,
    top: Indices,
    random: np.random.Generator,
) -> tuple[Marks, Marks]:
    """The further marks of the common set, then the vacant places; loads count all of them."""
    base = loads(start.markers, top.size) + loads(start.common[:, 1], top.size)
    vacant = (start.markers == VACANT).sum(axis=1)
    first = balanced_marks(free, costs, further, base=base, top=top, random=random)
    base = base + loads(first.reviewer, top.size)
    rest = _without(free, first.case, first.reviewer)
    return first, balanced_marks(rest, costs, vacant, base=base, top=top, random=random)


def _filled(
    start: Panel, first: Marks, second: Marks, free: Conflicts, random: np.random.Generator
) -> Panel:
    """The panel with all marks, connected where exchanges can do it."""
    settled = marks_of(start)
    case = np.concatenate([settled[:, 0], first.case, second.case])
    drawn = np.concatenate([settled[:, 1], first.reviewer, second.reviewer])
    movable = np.arange(case.size) >= len(settled)
    reviewer = connect(case, drawn, free, movable=movable, random=random)
    end = len(settled) + first.case.size
    common = np.column_stack([case, reviewer])[len(settled) : end]
    return replace(
        start,
        markers=_fill(start.markers, case[end:], reviewer[end:], random),
        common=np.concatenate([start.common, common]),
        chance=max(start.chance, second.chance),
        components=components(case, reviewer)[0],
        exchanges=int((reviewer != drawn).sum()),
    )


def _fill(
    places: Indices, case: Indices, reviewer: Indices, random: np.random.Generator
) -> Indices:
    """``places`` with the vacant ones taken by the reviewers of their case, in random order."""
    filled = places.copy()
    order = np.lexsort((random.permutation(case.size), case))
    filled[places == VACANT] = reviewer[order]
    return filled


def _with_reserves(
    panel: Panel, conflicts: Conflicts, costs: Costs, random: np.random.Generator
) -> Panel:
    if panel.reserves is None:
        return panel
    free = _without(~conflicts, *places_of(panel.markers).T)
    free = _without(free, *panel.common.T)
    (n, r), vacant = free.shape, panel.reserves == VACANT
    base, top = loads(panel.reserves, r), np.full(r, n)
    drawn = balanced_marks(free, costs, vacant.astype(int), base=base, top=top, random=random)
    reserves = _fill(panel.reserves, drawn.case, drawn.reviewer, random)
    return replace(panel, reserves=reserves, chance=max(panel.chance, drawn.chance))


def _without(allowed: Conflicts, case: Indices, reviewer: Indices) -> Conflicts:
    rest = allowed.copy()
    rest[case, reviewer] = False
    return rest
