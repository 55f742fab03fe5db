"""Rounds in which it is known who is poor, and what different rules say about them.

y = 75 + handler (sd 4) + case (6) + reviewer (4) + mark (4); 1,000 handlers with 1-12 cases, two of
60 reviewers per case; the poor lie 12 points lower. An oracle knows every parameter and severity.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from scoring.funnel import MATERIAL
from scoring.inference import FDR, rejections
from scoring.ratings import Flags, Floats, Ints, Ratings
from scoring.two_groups import TwoGroups, chance_below

HANDLER, CASE, REVIEWER, MARK = 4.0, 6.0, 4.0, 4.0
LEVEL, SHORTFALL, POOR = 75.0, 12.0, 30
REVIEWERS, REGIONS = 60, 12


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """``ratings`` as the platform sees them, and what only a simulation knows: per handler the
    true ``effect`` and who ``is_poor``; per mark the score without its reviewer's severity."""

    ratings: Ratings
    effect: Floats
    is_poor: Flags
    fair: Floats

    @property
    def cases(self) -> Ints:
        first = np.unique(self.ratings.case, return_index=True)[1]
        return np.bincount(self.ratings.handler[first], minlength=self.effect.size)

    def means(self, score: Floats) -> Floats:
        """Of each handler, shape (handlers,)."""
        marks = np.bincount(self.ratings.handler)
        means: Floats = np.bincount(self.ratings.handler, score) / marks
        return means


Markers = Callable[[np.random.Generator, Ints], tuple[Ints, Ints]]
Noise = Callable[[np.random.Generator, Ints], Floats]


def anybody(rng: np.random.Generator, handler: Ints) -> tuple[Ints, Ints]:
    """Any two reviewers of the whole panel."""
    one = rng.integers(0, REVIEWERS, handler.size)
    return one, (one + rng.integers(1, REVIEWERS, handler.size)) % REVIEWERS


def neighbours(rng: np.random.Generator, handler: Ints) -> tuple[Ints, Ints]:
    """Two of the five reviewers of the handler's region; one in ten second marks from outside."""
    five = REVIEWERS // REGIONS
    home = five * rng.integers(0, REGIONS, int(handler.max()) + 1)[handler]
    one = rng.integers(0, five, handler.size)
    near = home + (one + rng.integers(1, five, handler.size)) % five
    far = (home + one + rng.integers(1, REVIEWERS, handler.size)) % REVIEWERS
    return home + one, np.where(rng.random(handler.size) < 0.1, far, near)


def normal(rng: np.random.Generator, reviewer: Ints) -> Floats:
    return rng.normal(0, MARK, reviewer.size)


def heavy_tailed(rng: np.random.Generator, reviewer: Ints) -> Floats:
    """Student with three degrees of freedom, of the same variance."""
    noise: Floats = MARK * rng.standard_t(3, reviewer.size) / np.sqrt(3)
    return noise


def unequal(rng: np.random.Generator, reviewer: Ints) -> Floats:
    """Some reviewers several times as noisy as others, the mean variance unchanged."""
    spread = np.exp(rng.normal(0, 0.5, REVIEWERS))
    spread *= MARK / np.sqrt((spread**2).mean())
    return rng.normal(0, spread[reviewer])


def simulated(
    seed: int,
    handlers: int = 1000,
    poor: int = POOR,
    *,
    shortfall: float = SHORTFALL,
    markers: Markers = anybody,
    noise: Noise = normal,
) -> Round:
    """A round whose first ``poor`` handlers are ``shortfall`` points worse."""
    rng = np.random.default_rng(seed)
    handler = np.repeat(np.arange(handlers), rng.integers(1, 13, handlers))
    is_poor = np.arange(handlers) < poor
    effect = rng.normal(0, HANDLER, handlers) - shortfall * is_poor
    quality = LEVEL + effect[handler] + rng.normal(0, CASE, handler.size)
    reviewer = np.concatenate(markers(rng, handler))
    fair = np.tile(quality, 2) + noise(rng, reviewer)
    score = fair + rng.normal(0, REVIEWER, REVIEWERS)[reviewer]
    case = np.tile(np.arange(handler.size), 2)
    return Round(ratings(score, np.tile(handler, 2), case, reviewer), effect, is_poor, fair)


def ratings(
    score: Floats, handler: Ints, case: Ints | None = None, reviewer: Ints | None = None
) -> Ratings:
    """Marks of one round and kind; every mark its own case by one reviewer unless told."""
    n = len(score)
    ones = np.ones(n, dtype=np.int64)
    return Ratings(
        score=np.asarray(score, dtype=float),
        reviewer=ones if reviewer is None else reviewer,
        handler=np.asarray(handler),
        case=np.arange(n) if case is None else case,
        round=ones,
        stratum=ones,
        weight=np.ones(n),
        kind=np.full(n, "civil_first"),
        region=np.full(n, "990101"),
        quarter=np.full(n, "2024Q1"),
    )


def strict_oracle(round_: Round) -> Flags:
    """Benjamini-Hochberg at FDR with everything known but the true effects."""
    value, sampling = round_.means(round_.fair), (CASE**2 + MARK**2 / 2) / round_.cases
    p = ndtr((value - LEVEL) / np.sqrt(HANDLER**2 + sampling))
    listed = rejections(p)
    return np.asarray(p <= np.sort(p)[listed - 1]) if listed else np.zeros(p.size, bool)


def material_oracle(round_: Round) -> Flags:
    """The longest list on which a share of FDR at most is expected to be immaterial."""
    truth = TwoGroups(LEVEL, HANDLER**2, float(round_.is_poor.mean()), SHORTFALL)
    sampling = (CASE**2 + MARK**2 / 2) / round_.cases
    chance = chance_below(truth, round_.means(round_.fair), sampling, MATERIAL)
    order = np.argsort(-chance)
    wrong = np.cumsum(1 - chance[order]) / np.arange(1, chance.size + 1)
    found = np.zeros(chance.size, bool)
    found[order[: int((wrong <= FDR).sum())]] = True
    return found


def score_of(flagged: Flags, round_: Round) -> tuple[float, float, float, float, float]:
    """How many were flagged; which share of them is not poor; which share of the poor was found;
    which share of the flagged is immaterial; whether anybody was flagged."""
    count, poor = int(flagged.sum()), round_.is_poor
    return (
        count,
        (flagged & ~poor).sum() / max(count, 1),
        (flagged & poor).sum() / max(int(poor.sum()), 1),
        (flagged & (round_.effect >= -MATERIAL)).sum() / max(count, 1),
        count > 0,
    )
