"""Stage one of the mixed model: what was marked by whom, as columns that can be computed with.

Symbols     n marks; factors f = 1..F with q_f levels; level of mark m in factor f, 0..q_f - 1.
Order       first   the factor with the most levels: its block of the equations is diagonal;
            outer   a factor of which every level of ``first`` lies in one level only (a handler
                    around his cases): once ``first`` is eliminated its block is diagonal too;
            rest    all others, solved together as one dense block.
Connected   marks that share a level are linked; only linked marks can be compared.
Source      Bates et al., Journal of Statistical Software 67(1) (2015), section 3, for the
            order of elimination; Weeks, Williams, Technometrics 6 (1964) 319-324, for linkage.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from scoring.ratings import Floats, Ints


class DisconnectedError(ValueError):
    """The marks fall into parts that no common level links; ``part`` numbers each mark's."""

    def __init__(self, part: Ints) -> None:
        sizes = np.bincount(part)
        super().__init__(f"{sizes.size} parts without any link, of {sizes.tolist()} marks")
        self.part = part


class NothingToFitError(ValueError):
    """The marks cannot be told apart by level; the message says plainly why."""


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """``level`` of each mark, shape (n,), indices into ``levels`` (q,), the caller's own ids."""

    name: str
    level: Ints
    levels: Ints

    @property
    def size(self) -> int:
        return int(self.levels.size)


@dataclass(frozen=True, slots=True, eq=False)
class MixedDesign:
    """``score`` (n,) and ``covariates`` (n, p), the first column an intercept."""

    score: Floats
    covariates: Floats
    first: Factor
    outer: Factor | None
    rest: tuple[Factor, ...]

    @property
    def factors(self) -> tuple[Factor, ...]:
        """In the order of elimination."""
        return (self.first, *((self.outer,) if self.outer else ()), *self.rest)


def mixed_design(
    score: Floats, factors: Mapping[str, Ints], covariates: Floats | None = None
) -> MixedDesign:
    """The design of ``score`` (n,) by ``factors``, each (n,) of level ids, and ``covariates``
    (n, p), without a column of ones: it is added.

    Raises DisconnectedError, and NothingToFitError for no factor, fewer than two levels in one,
    a factor that never repeats a level, equal marks throughout, or linearly dependent covariates.
    Raises ValueError for columns of different length or a score that is not finite.
    """
    if {column.shape[0] for column in factors.values()} - {score.size}:
        raise ValueError("factors and marks differ in length")
    if not np.isfinite(score).all():
        raise ValueError("a mark is not a finite number; leave missing marks out")
    ordered = sorted((_factor(*named) for named in factors.items()), key=lambda f: -f.size)
    columns = _with_intercept(score.size, covariates)
    _refuse_the_unfittable(score, ordered, columns)
    _refuse_the_disconnected(ordered)
    first, *others = ordered
    outer = next((f for f in others if _is_nested(first, f)), None)
    rest = tuple(f for f in others if f is not outer)
    return MixedDesign(score.astype(float), columns, first, outer, rest)


def _factor(name: str, column: Ints) -> Factor:
    levels, level = np.unique(column, return_inverse=True)
    return Factor(name, level.astype(np.int64), levels)


def _with_intercept(marks: int, covariates: Floats | None) -> Floats:
    ones = np.ones((marks, 1))
    return ones if covariates is None else np.column_stack([ones, covariates]).astype(float)


def _refuse_the_unfittable(score: Floats, factors: list[Factor], columns: Floats) -> None:
    if not factors:
        raise NothingToFitError("no factor is named")
    for factor in factors:
        if factor.size < 2:
            raise NothingToFitError(f"{factor.name}: one level only, nothing to compare")
        if factor.size == score.size:
            raise NothingToFitError(f"{factor.name}: one mark per level, no noise can be seen")
    for one, other in combinations(factors, 2):
        if one.size == other.size and _is_nested(one, other):
            raise NothingToFitError(f"{one.name} and {other.name} always change together")
    if np.ptp(score) == 0:
        raise NothingToFitError("all marks are equal")
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        raise NothingToFitError("the covariates depend on each other")


def _refuse_the_disconnected(factors: list[Factor]) -> None:
    """Link every mark's level of the first factor to its levels of all others."""
    first, *others = factors
    starts = np.cumsum([0, *(f.size for f in factors)])
    links = [
        (first.level, other.level + start) for other, start in zip(others, starts[1:], strict=False)
    ]
    if not links:
        return
    rows, columns = (np.concatenate(side) for side in zip(*links, strict=True))
    graph = coo_array((np.ones(rows.size), (rows, columns)), shape=(starts[-1], starts[-1]))
    parts, part = connected_components(graph, directed=False)
    if parts > 1:
        raise DisconnectedError(part[first.level].astype(np.int64))


def _is_nested(inner: Factor, outer: Factor) -> bool:
    around = np.zeros(inner.size, dtype=np.int64)
    around[inner.level] = outer.level
    return bool((around[inner.level] == outer.level).all())
