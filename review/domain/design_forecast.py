"""What a design would bring: places, precision per region, chance to see a fail, work and cost."""

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal

from review.domain.design_plan import (
    Population,
    Spread,
    half_widths_of,
    plan_of,
    population_of,
    spread_of,
)
from review.domain.design_rules import USUAL_SHARE, Rules
from review.domain.design_strata import StratumRow, stratum_words
from review.enums import Allocation, SizeBy
from review.models.rounds import Round
from review.queries.designs import active_reviewers
from review.queries.rounds import county_names
from scoring.frames import TARGETED
from scoring.plans import Plan, probabilities
from scoring.sample_size import chance_to_see, fails_at


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region below the round's: cases, drawn ones to expect, half-width of its mean, and the
    chance that the sample shows a fail where one case in twenty is one."""

    name: str
    population: int
    expected: float
    half_width: float
    chance: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """``per_reviewer`` and ``cost`` are None where nothing is known to divide by or to pay."""

    strata: tuple[StratumRow, ...]
    regions: tuple[RegionRow, ...]
    half_width: float
    chance: float
    marks: int
    reviewers: int
    fee: Decimal | None
    spread: Spread

    @property
    def population(self) -> int:
        return sum(row.population for row in self.strata)

    @property
    def size(self) -> int:
        return sum(row.size for row in self.strata)

    @property
    def per_reviewer(self) -> float | None:
        return self.marks / self.reviewers if self.reviewers else None

    @property
    def cost(self) -> Decimal | None:
        return None if self.fee is None else self.fee * self.marks


def forecast(round_: Round, rules: Rules) -> Forecast:
    """Of a frame frozen now. Raises EmptyFrameError, DesignRefusedError."""
    population, spread = population_of(round_, rules), spread_of(round_, rules)
    _design, plan = plan_of(rules, population, spread)
    widths = half_widths_of(rules, plan, population, spread)
    size = sum(stratum.size for stratum in plan.strata)
    return Forecast(
        strata=_stratum_rows(round_, rules, plan),
        regions=_regions(round_, plan, population, widths),
        half_width=widths[""],
        chance=_chance(population.size, size),
        marks=size * round_.marks_per_case,
        reviewers=rules.reviewers or active_reviewers(round_.region_code),
        fee=rules.fee,
        spread=spread,
    )


def with_places(round_: Round, rules: Rules) -> tuple[Rules, tuple[StratumRow, ...]]:
    """The rules with a number for every stratum there is now: what was typed, else its share of
    the usual size; and the strata to type them for. Raises EmptyFrameError, DesignRefusedError."""
    usual = replace(
        rules, allocation=Allocation.PROPORTIONAL, size_by=SizeBy.SHARE, wanted=USUAL_SHARE
    )
    _design, plan = plan_of(usual, population_of(round_, rules), spread_of(round_, rules))
    typed = dict(rules.fixed)
    rows = tuple(
        replace(row, size=typed.get(row.label, row.size))
        for row in _stratum_rows(round_, rules, plan)
        if row.label != TARGETED
    )
    return replace(rules, fixed=tuple((row.label, row.size) for row in rows)), rows


def _stratum_rows(round_: Round, rules: Rules, plan: Plan) -> tuple[StratumRow, ...]:
    labels = [stratum.label for stratum in plan.strata]
    words = stratum_words(round_, rules.dimensions, labels)
    return tuple(StratumRow(s.label, words.of(s.label), s.population, s.size) for s in plan.strata)


def _regions(
    round_: Round, plan: Plan, population: Population, widths: dict[str, float]
) -> tuple[RegionRow, ...]:
    names = county_names(round_.region_code)
    chances = probabilities(plan, population.cells)
    cases, expected = Counter[str](), dict.fromkeys(widths, 0.0)
    for (region, label, unit), count in population.by_region.items():
        cases[region] += count
        expected[region] += count * chances[label, unit]
    return tuple(
        RegionRow(
            names.get(region, region),
            cases[region],
            expected[region],
            widths[region],
            _chance(cases[region], round(expected[region])),
        )
        for region in sorted(cases)
    )


def _chance(population: int, size: int) -> float:
    return chance_to_see(population, fails_at(population), min(size, population))
