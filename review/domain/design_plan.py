"""From the rules of a design and the cases there are to places per stratum and chances per case.

Spread of the totals in a stratum: standard deviation of the last years' results of cases with the
same properties, the quarter apart; from fewer than ``FEWEST_PAST`` the deviation of all of them;
without any ``ASSUMED_DEVIATION``.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import stdev

from review.domain.design_rules import Rules
from review.domain.design_strata import WHOLE, label_of
from review.enums import Allocation, Dimension, SizeBy
from review.errors import DesignRefusedError, EmptyFrameError
from review.models.rounds import Round
from review.queries.designs import counted, past_totals
from review.queries.regions import around, level_of
from scoring.designs import Design, DesignError, layout_of, plan_layout
from scoring.frames import LABEL_SEPARATOR, TARGETED
from scoring.plans import Layout, Plan, probabilities
from scoring.sample_size import expected_half_width, fails_at, size_to_see

FEWEST_PAST = 5
"""A deviation from fewer results than that is mostly chance."""

ASSUMED_DEVIATION = 10.0
"""Points, before any round was published; the first published one replaces it."""

Cells = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Population:
    """The cases of a frame by stratum, unit and region of the level below the round's."""

    cells: Cells
    by_region: Mapping[tuple[str, str, str], int]

    @property
    def size(self) -> int:
        return sum(self.cells.values())


@dataclass(frozen=True, slots=True)
class Spread:
    """Standard deviations of totals: ``by_label`` where enough is known, else ``whole``.
    ``cases`` are the past results behind them."""

    dimensions: tuple[Dimension, ...]
    by_label: Mapping[str, float]
    whole: float
    cases: int

    def of(self, label: str, dimensions: Sequence[Dimension]) -> float:
        if label == TARGETED:
            return self.whole
        values = dict(zip(dimensions, label.split(LABEL_SEPARATOR), strict=False))
        known = LABEL_SEPARATOR.join(values[one] for one in self.dimensions)
        return self.by_label.get(known or WHOLE, self.whole)


def population_of(round_: Round, rules: Rules) -> Population:
    """The cases that a frame frozen now would hold. Raises EmptyFrameError."""
    cells, by_region = Counter[tuple[str, str]](), Counter[tuple[str, str, str]]()
    for row in counted(round_, rules.dimensions, rules.unit, rules.targeting):
        *values, region, unit, targeted, cases = row
        label = label_of(values, rules.dimensions, targeted=bool(targeted))
        cells[label, str(unit)] += cases
        by_region[region_below(round_.region_code, region), label, str(unit)] += cases
    if not cells:
        raise EmptyFrameError
    return Population(cells, by_region)


def region_below(outer: str, code: str) -> str:
    """The region directly below ``outer`` that holds ``code``; a county is its own."""
    chain = around(code)
    at = [level_of(one) for one in chain].index(level_of(outer))
    return chain[min(at + 1, len(chain) - 1)]


def spread_of(round_: Round, rules: Rules) -> Spread:
    known = tuple(one for one in rules.dimensions if one is not Dimension.QUARTER)
    totals: dict[str, list[float]] = {}
    for *values, total in past_totals(round_, known):
        totals.setdefault(label_of(values, known, targeted=False), []).append(float(total))
    every = [total for part in totals.values() for total in part]
    whole = stdev(every) if len(every) >= FEWEST_PAST else ASSUMED_DEVIATION
    enough = {label: stdev(part) for label, part in totals.items() if len(part) >= FEWEST_PAST}
    return Spread(known, enough, whole, len(every))


def plan_of(rules: Rules, population: Population, spread: Spread) -> tuple[Design, Plan]:
    """The design that the rules come to for these cases, and its plan.

    Raises DesignRefusedError.
    """
    design = Design(rules.allocation.value)
    if rules.unit:
        design = replace(design, minimum=rules.minimum, cap=rules.cap)
    try:
        layout = layout_of(population.cells, design)
        design = replace(
            design,
            fixed=_fixed(rules, layout),
            deviations=_deviations(rules, layout, spread),
        )
        if rules.allocation not in (Allocation.FIXED, Allocation.CENSUS):
            design = replace(design, size=_size(rules, design, layout, population, spread))
        return design, plan_layout(layout, design)
    except DesignError as error:
        raise DesignRefusedError(error) from None


def half_widths_of(
    rules: Rules, plan: Plan, population: Population, spread: Spread
) -> dict[str, float]:
    """Expected half-width of the mean of each region below the round's, and of all under ""."""
    chances = probabilities(plan, population.cells)
    labels = {label for label, _unit in population.cells}
    deviation = {label: spread.of(label, rules.dimensions) for label in labels}
    parts: dict[str, list[tuple[int, float, float]]] = {"": []}
    for (region, label, unit), count in population.by_region.items():
        part = count, chances[label, unit], deviation[label]
        parts.setdefault(region, []).append(part)
        parts[""].append(part)
    return {
        region: expected_half_width(*map(list, zip(*columns, strict=True)))
        for region, columns in parts.items()
    }


def _fixed(rules: Rules, layout: Layout) -> tuple[tuple[str, int], ...]:
    fixed = dict(rules.fixed) if rules.allocation is Allocation.FIXED else {}
    for stratum in layout.strata:
        if stratum.label == TARGETED:
            fixed[TARGETED] = stratum.room if rules.targeted is None else rules.targeted
    return tuple(sorted(fixed.items()))


def _deviations(rules: Rules, layout: Layout, spread: Spread) -> tuple[tuple[str, str], ...]:
    if rules.allocation is not Allocation.NEYMAN:
        return ()
    labels = [stratum.label for stratum in layout.strata if stratum.label != TARGETED]
    return tuple((label, f"{spread.of(label, rules.dimensions):.3f}") for label in labels)


def _size(
    rules: Rules, design: Design, layout: Layout, population: Population, spread: Spread
) -> int:
    """Places to share. What follows from a wish is raised to the least that the strata need; a
    number that an organiser gave is taken at its word."""
    own = dict(design.fixed)
    shared = [one for one in layout.strata if one.label not in own]
    least, most = sum(one.least for one in shared), sum(one.room for one in shared)
    cases = sum(one.population for one in shared)
    if rules.size_by is SizeBy.NUMBER:
        return int(rules.wanted)
    if rules.size_by is SizeBy.SHARE:
        return min(most, max(least, math.ceil(cases * rules.wanted / 100)))
    if rules.size_by is SizeBy.SEE_FAIL:
        return min(most, max(least, _size_to_see(cases, float(rules.wanted) / 100)))

    def is_precise(size: int) -> bool:
        plan = plan_layout(layout, replace(design, size=size))
        widths = half_widths_of(rules, plan, population, spread)
        if rules.size_by is SizeBy.HALF_WIDTH:
            return widths[""] <= float(rules.wanted)
        return max(widths.values()) <= float(rules.wanted)

    return _smallest(least, most, is_precise)


def _size_to_see(cases: int, chance: float) -> int:
    return size_to_see(cases, fails_at(cases), chance=chance) if cases else 0


def _smallest(least: int, most: int, holds: Callable[[int], bool]) -> int:
    """The smallest number that ``holds``, which then holds for all larger ones; else ``most``."""
    step, low, high = 1, least, least
    while high < most and not holds(high):
        low, high, step = high + 1, min(most, high + step), 2 * step
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
