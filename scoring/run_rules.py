"""Rules that see a pattern where no single point lies outside, one function each.

Model       points in time order around a centre, in control exchangeable and symmetric.
Symbols     sigma: the standard deviation that the chart's limits are drawn with, 3 on each side.
Results     each rule answers shape (n,), True at every point of a pattern that fulfils it.
Sources     Western Electric, Statistical Quality Control Handbook (1956), for two of three beyond
            two sigma; Anhoej, Olesen, PLoS ONE 9 (2014) e113825, for the longest run and the
            crossings; Provost, Murray, The Health Care Data Guide (2011), for trends.
"""

import numpy as np
from scipy.special import bdtr

from scoring.ratings import Flags, Floats

TREND = 6
"""Consecutive rises or falls: chance brings six in a row about once in 5,000 windows."""

RARE = 0.05
"""Chance with which fewer crossings than allowed occur in a series without any signal."""


def beyond_limits(value: Floats, centre: float, sigma: float) -> Flags:
    """Single points more than three sigma from the centre."""
    found: Flags = np.abs(value - centre) > 3 * sigma
    return found


def two_of_three_beyond_two_sigma(value: Floats, centre: float, sigma: float) -> Flags:
    """Points beyond two sigma of which two among three neighbours lie on one side."""
    found = np.zeros(value.size, bool)
    for side in (1, -1):
        far = side * (value - centre) > 2 * sigma
        for start in range(value.size - 2):
            window = slice(start, start + 3)
            if far[window].sum() >= 2:
                found[window] |= far[window]
    return found


def long_run(value: Floats, centre: float) -> Flags:
    """Runs on one side of the centre longer than ``longest_allowed``; points on it do not count."""
    side = np.sign(value - centre)
    useful = np.flatnonzero(side)
    found = np.zeros(value.size, bool)
    for run in _runs(side[useful]):
        if len(run) > longest_allowed(useful.size):
            found[useful[run]] = True
    return found


def too_few_crossings(value: Floats, centre: float) -> bool:
    """Whether the series crosses its centre so seldom that it drifts as a whole."""
    side = np.sign(value - centre)
    side = side[side != 0]
    crossings = int((side[1:] != side[:-1]).sum())
    return bool(side.size > 1 and crossings < fewest_allowed(side.size))


def trend(value: Floats) -> Flags:
    """TREND or more steps in one direction on end; all points of such a stretch."""
    direction = np.sign(np.diff(value))
    found = np.zeros(value.size, bool)
    for run in _runs(direction):
        if len(run) >= TREND and direction[run[0]] != 0:
            found[run[0] : run[-1] + 2] = True
    return found


def longest_allowed(useful: int) -> int:
    """The longest run on one side that ``useful`` points off the centre bring by chance."""
    return round(np.log2(useful)) + 3 if useful else 0


def fewest_allowed(useful: int) -> int:
    """The fewest crossings: the 5 % quantile of a binomial of useful - 1 tosses."""
    tosses = useful - 1
    crossings = 0
    while bdtr(crossings, tosses, 0.5) < RARE:
        crossings += 1
    return crossings


def _runs(side: Floats) -> list[np.ndarray]:
    """Indices of each stretch of equal values."""
    if side.size == 0:
        return []
    return np.split(np.arange(side.size), np.flatnonzero(np.diff(side)) + 1)
