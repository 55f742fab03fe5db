"""Patterns of a mixed design: which levels meet in which marks, made once per fit.

A sparse matrix holds how many marks each level of one factor shares with each level of the rest;
``Pairs`` lists the entries that meet in one of its rows, so that sums over products of entries,
and quadratic forms of rows, are single passes over flat arrays.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from scoring.mixed_design import Factor
from scoring.ratings import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of entries in one row, by index into the data of their matrices; ``place`` is where
    the pair lies in a dense block of the rest, ``times`` how often it stands for itself."""

    row: Ints
    left: Ints
    right: Ints
    place: Ints
    times: Floats


def stacked(factors: tuple[Factor, ...]) -> tuple[Ints, int]:
    """Each mark's levels of several factors side by side, shape (n, factors), numbered on."""
    starts = np.cumsum([0, *(f.size for f in factors)])
    columns = [f.level + start for f, start in zip(factors, starts[:-1], strict=True)]
    size = factors[0].level.size if factors else 0
    return np.stack(columns, axis=1) if columns else np.zeros((size, 0), np.int64), int(starts[-1])


def met_by(level: Ints, size: int, rest: Ints, rest_size: int) -> csr_array:
    """How many marks of each level go with each rest level, shape (size, rest_size)."""
    rows = np.repeat(level, rest.shape[1]) if rest.size else np.zeros(0, np.int64)
    counts = (np.ones(rows.size), (rows, rest.ravel()))
    found = csr_array(counts, shape=(size, max(rest_size, 1)))
    found.sum_duplicates()  # and sorts each row
    return found


def own_counts(rest: Ints, size: int) -> Floats:
    """Z_r' Z_r, dense."""
    flat = np.zeros(size * size)
    for one in rest.T:
        for other in rest.T:
            flat += np.bincount(one * size + other, minlength=size * size)
    return flat.reshape(size, size)


def pairs_within(matrix: csr_array) -> Pairs:
    """Every pair within a row once: the earlier entry on the left, standing for both orders."""
    pairs = all_with_all(matrix, np.arange(matrix.shape[0]), matrix)
    half = pairs.left <= pairs.right
    row, left, right, place = (c[half] for c in (pairs.row, pairs.left, pairs.right, pairs.place))
    return Pairs(row, left, right, place, np.where(left == right, 1.0, 2.0))


def all_with_all(inner: csr_array, around: Ints, outer: csr_array) -> Pairs:
    """Every entry of a row of ``inner`` with every entry of the row of ``outer`` around it."""
    lengths = np.diff(outer.indptr)[around]
    rows = np.repeat(np.arange(inner.shape[0]), np.diff(inner.indptr))
    repeats = lengths[rows]
    left = np.repeat(np.arange(inner.nnz), repeats)
    begin = np.repeat(outer.indptr[around][rows].astype(np.int64), repeats)
    right = begin + np.arange(left.size) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    place = inner.indices[left].astype(np.int64) * outer.shape[1] + outer.indices[right]
    return Pairs(rows[left], left, right, place, np.ones(left.size))


def places_in(outer: csr_array, around: Ints, inner: csr_array) -> Ints:
    """Where each entry of ``inner`` adds to the data of ``outer``."""
    width = outer.shape[1]
    rows = np.repeat(np.arange(outer.shape[0]), np.diff(outer.indptr))
    keys = rows * width + outer.indices
    inner_rows = np.repeat(np.arange(inner.shape[0]), np.diff(inner.indptr))
    places: Ints = np.searchsorted(keys, around[inner_rows] * width + inner.indices)
    return places


def summed(level: Ints, value: Floats, size: int) -> Floats:
    """The sum of ``value`` (n,) by ``level`` (n,), shape (size,)."""
    found: Floats = np.bincount(level, weights=value, minlength=size).astype(float, copy=False)
    return found


def totals(level: Ints, columns: Floats, size: int) -> Floats:
    """The sums of ``columns`` (n, m) by ``level``, shape (size, m): Z' times the columns."""
    return np.stack([summed(level, column, size) for column in columns.T], axis=1)
