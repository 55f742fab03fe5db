"""Stage two of the mixed model: the criterion and all that its derivatives need, at given ratios.

Model       y = X beta + sum_f Z_f b_f + e, b_f ~ N(0, s2_f I), e ~ N(0, s2 I), V = s2 H,
            H = I + sum_f g_f Z_f Z_f' with the ratios g_f = s2_f / s2 >= 0.
Symbols     n_i marks of level i of the first factor, w_i = g_1 / (1 + g_1 n_i),
            W = I - Z_1 diag(w) Z_1' = inverse of I + g_1 Z_1 Z_1';
            h_j the diagonal of Z_o' W Z_o for an outer factor o, v_j = g_o / (1 + g_o h_j);
            K the inverse of H without the rest, Q = I + L Z_r' K Z_r L, L = diag(sqrt(g_r)).
Steps       first and outer are eliminated as diagonals, the rest by one Cholesky of Q; then
            inverse(H) v = K v - K Z_r L inverse(Q) L Z_r' K v,
            log|H| = sum log(1 + g_1 n_i) + sum log(1 + g_o h_j) + log|Q|,
            and the diagonals of Z_f' inverse(H) Z_f, hence traces and conditional variances,
            follow from inverse(Q) at the pairs of rest levels that meet in a level.
Cost        per call: a pass over the marks and over those pairs, and q_r^3 for Q.
Source      Henderson, Biometrics 31 (1975) 423-447; the elimination as in mixed_design.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri

from scoring.mixed_design import MixedDesign
from scoring.mixed_patterns import (
    Pairs,
    all_with_all,
    met_by,
    own_counts,
    pairs_within,
    places_in,
    stacked,
    summed,
    totals,
)
from scoring.ratings import Floats, Ints

NONE = np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """What holds at one vector of ratios. ``diagonals`` are those of Z_f' inverse(H) Z_f, and
    ``times`` multiplies columns (n, m) by inverse(H)."""

    ratios: Floats
    log_determinant: float
    diagonals: tuple[Floats, ...]
    times: "_Inverse"


class Equations:
    """The patterns of one design that do not depend on the ratios, made once."""

    def __init__(self, design: MixedDesign) -> None:
        self.design = design
        self.rest_level, self.rest_size = stacked(design.rest)
        self.first_counts = np.bincount(design.first.level, minlength=design.first.size)
        self.met = met_by(design.first.level, design.first.size, self.rest_level, self.rest_size)
        self.pairs = pairs_within(self.met)
        self.own = own_counts(self.rest_level, self.rest_size)
        outer = design.outer
        if outer:
            self.around = np.zeros(design.first.size, dtype=np.int64)
            self.around[design.first.level] = outer.level
            self.outer_met = met_by(outer.level, outer.size, self.rest_level, self.rest_size)
            self.outer_pairs = pairs_within(self.outer_met)
            self.spread = places_in(self.outer_met, self.around, self.met)
            self.mixed = all_with_all(self.met, self.around, self.outer_met)

    def at(self, ratios: Floats) -> Solved:
        """Solve at ``ratios`` (F,), in the order of ``design.factors``, each >= 0."""
        return _at(self, ratios)


class _Inverse:
    """inverse(H) as an operation on columns."""

    def __init__(self, eq: Equations, w: Floats, v: Floats, middle: Floats) -> None:
        self.eq, self.w, self.v, self.middle = eq, w, v, middle

    def __call__(self, columns: Floats) -> Floats:
        absorbed = self._absorbed(columns)
        if not self.middle.size:
            return absorbed
        inner = self.middle @ _rest_totals(self.eq.rest_level, absorbed, self.eq.rest_size)
        return absorbed - self._absorbed(_spread(self.eq.rest_level, inner))

    def _absorbed(self, columns: Floats) -> Floats:
        """K times the columns."""
        design = self.eq.design
        once = self._without_first(columns)
        if design.outer is None:
            return once
        means = self.v[:, None] * totals(design.outer.level, once, design.outer.size)
        return once - self._without_first(means[design.outer.level])

    def _without_first(self, columns: Floats) -> Floats:
        first = self.eq.design.first
        taken: Floats = (
            columns - (self.w[:, None] * totals(first.level, columns, first.size))[first.level]
        )
        return taken


def _at(eq: Equations, ratios: Floats) -> Solved:
    done = _eliminated(eq, ratios)
    raw = eq.own - _paired(eq.pairs, eq.met.data, done.w, eq.rest_size)
    if eq.design.outer:
        raw -= _paired(eq.outer_pairs, done.outer_data, done.v, eq.rest_size)
    scale = _scale(eq.design, ratios)
    inverse, log_q = _inverted(raw * scale[:, None] * scale)
    middle = inverse * scale[:, None] * scale
    diagonals = _eliminated_diagonals(eq, done, middle, ratios)
    diagonals += _rest_diagonals(eq.design, ratios, inverse)
    logs = done.log_determinant + log_q
    return Solved(ratios, logs, diagonals, _Inverse(eq, done.w, done.v, middle))


@dataclass(frozen=True, slots=True, eq=False)
class _Eliminated:
    """What the two diagonal steps leave: ``kept`` is 1 / (1 + g_1 n_i), the part of a first
    level's marks that counts on; ``outer_data`` are the entries of Z_o' W Z_r."""

    w: Floats
    kept: Floats
    h: Floats
    v: Floats
    outer_data: Floats
    log_determinant: float


def _eliminated(eq: Equations, ratios: Floats) -> _Eliminated:
    n = eq.first_counts
    kept = 1 / (1 + ratios[0] * n)
    logs = float(np.log1p(ratios[0] * n).sum())
    if eq.design.outer is None:
        return _Eliminated(ratios[0] * kept, kept, NONE, NONE, NONE, logs)
    h = summed(eq.around, n * kept, eq.design.outer.size)
    v = ratios[1] / (1 + ratios[1] * h)
    by_row = np.repeat(kept, np.diff(eq.met.indptr))
    outer_data = summed(eq.spread, eq.met.data * by_row, eq.outer_met.nnz)
    logs += float(np.log1p(ratios[1] * h).sum())
    return _Eliminated(ratios[0] * kept, kept, h, v, outer_data, logs)


def _eliminated_diagonals(
    eq: Equations, done: _Eliminated, middle: Floats, ratios: Floats
) -> tuple[Floats, ...]:
    """Of the first factor and, where there is one, of the outer one."""
    kept, own = done.kept, eq.first_counts * done.kept
    inside = _quadratic(eq.pairs, eq.met.data, eq.met.data, middle, own.size)
    if eq.design.outer is None:
        return (own - kept**2 * inside,)
    outer = done.outer_data
    around = _quadratic(eq.outer_pairs, outer, outer, middle, done.h.size)
    between = _quadratic(eq.mixed, eq.met.data, outer, middle, own.size)
    left = 1 / (1 + ratios[1] * done.h)
    part = done.v[eq.around] * own
    quadratic = kept**2 * inside - 2 * kept * part * between + part**2 * around[eq.around]
    return (own - part * own - quadratic, done.h * left - left**2 * around)


def _rest_diagonals(design: MixedDesign, ratios: Floats, inverse: Floats) -> tuple[Floats, ...]:
    """(1 - the diagonal of inverse(Q)) / g: the ratios of the rest must be positive."""
    ends = np.cumsum([0, *(f.size for f in design.rest)])
    found = []
    for ratio, start, end in zip(_rest_ratios(design, ratios), ends[:-1], ends[1:], strict=True):
        found.append((1 - np.diagonal(inverse)[start:end]) / ratio)
    return tuple(found)


def _rest_ratios(design: MixedDesign, ratios: Floats) -> Floats:
    return ratios[len(design.factors) - len(design.rest) :]


def _scale(design: MixedDesign, ratios: Floats) -> Floats:
    sizes = [f.size for f in design.rest]
    return np.repeat(np.sqrt(_rest_ratios(design, ratios)), sizes)


def _inverted(block: Floats) -> tuple[Floats, float]:
    """The inverse and the log determinant of I + ``block``."""
    size = block.shape[0]
    if size == 0:
        return block, 0.0
    block[np.diag_indices(size)] += 1
    factor, _ = dpotrf(block, lower=1, overwrite_a=0)
    log = 2 * float(np.log(np.diagonal(factor)).sum())
    inverse, _ = dpotri(factor, lower=1, overwrite_c=1)
    lower = np.tril(inverse, -1)
    lower += lower.T
    lower[np.diag_indices(size)] = np.diagonal(inverse)
    return lower, log


def _paired(pairs: Pairs, data: Floats, weight: Floats, size: int) -> Floats:
    """sum over rows of weight times the outer product of the row, shape (size, size)."""
    value = data[pairs.left] * data[pairs.right] * weight[pairs.row]
    half = summed(pairs.place, value, size * size).reshape(size, size)
    whole: Floats = half + np.triu(half, 1).T
    return whole


def _quadratic(pairs: Pairs, left: Floats, right: Floats, middle: Floats, rows: int) -> Floats:
    """Each row's ``left`` entries times ``middle`` times its ``right`` ones."""
    if not pairs.row.size:
        return np.zeros(rows)
    value = left[pairs.left] * right[pairs.right] * pairs.times * middle.ravel()[pairs.place]
    return summed(pairs.row, value, rows)


def _rest_totals(rest: Ints, columns: Floats, size: int) -> Floats:
    """Z_r' times the columns, shape (size, m)."""
    found = np.zeros((size, columns.shape[1]))
    for level in rest.T:
        found += totals(level, columns, size)
    return found


def _spread(rest: Ints, value: Floats) -> Floats:
    """Z_r times ``value`` (size, m)."""
    found = np.zeros((rest.shape[0], value.shape[1]))
    for level in rest.T:
        found += value[level]
    return found
