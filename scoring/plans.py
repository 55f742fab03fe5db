"""What a design comes to for a frame: places, shares of minimum and cap, inclusion probabilities.

Symbols and mathematics as in ``scoring.sampling``.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Cell:
    """N_hu, m_hu and c_hu."""

    population: int
    minimum: int
    room: int


@dataclass(frozen=True, slots=True)
class Stratum:
    """N_h, M_h, C_h and n_h; ``least`` is what n_h may not go below."""

    label: str
    population: int
    minimum: int
    room: int
    least: int
    size: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """Strata by label, without places yet, and the cells of a design with units."""

    strata: tuple[Stratum, ...]
    cells: Mapping[tuple[str, str], Cell]


@dataclass(frozen=True, slots=True)
class Plan:
    """Strata by label, and the cells of a design with units."""

    strata: tuple[Stratum, ...]
    cells: Mapping[tuple[str, str], Cell]

    def chance(self, label: str, unit: str) -> Fraction:
        """Inclusion probability of the cases of a cell, exact."""
        stratum = self.strata[bisect_left(self.strata, label, key=lambda one: one.label)]
        if not self.cells:
            return Fraction(stratum.size, stratum.population)
        cell, room = self.cells[label, unit], stratum.room - stratum.minimum
        free = Fraction(stratum.size - stratum.minimum, room) if room else Fraction(0)
        return (cell.minimum + (cell.room - cell.minimum) * free) / cell.population


def probabilities(plan: Plan, cells: Iterable[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """Inclusion probability of each of these cells as a float; ``Plan.chance`` has it exact."""
    strata = {one.label: one for one in plan.strata}
    free = {
        label: (one.size - one.minimum) / (one.room - one.minimum) if one.room > one.minimum else 0
        for label, one in strata.items()
    }
    if not plan.cells:
        return {key: strata[key[0]].size / strata[key[0]].population for key in cells}
    of = plan.cells
    return {
        key: (of[key].minimum + (of[key].room - of[key].minimum) * free[key[0]])
        / of[key].population
        for key in cells
    }
