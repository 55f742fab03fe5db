"""How often intervals hold the truth: ``python -m tests.scoring.coverage_table``.

Prints the table of docs/interval-coverage.md, which ``make simulations`` renews. Takes about five
minutes for 2,000 redraws of each kind; their number is the only argument.
"""

import sys
from collections.abc import Callable

import numpy as np

from scoring.estimation import (
    Design,
    Estimate,
    Share,
    domain_mean,
    domain_ratio,
    domain_share,
    domain_total,
)
from scoring.funnel import handler_funnel
from scoring.mixed_model import fit
from tests.scoring.flag_rounds import LEVEL, simulated

HEAD = """# How often the intervals hold the truth

{runs} redraws of each kind; the intervals are meant to hold 95 % of the time. Made by
`make simulations`. Estimates: a frame of three strata with 400, 250 and 80 cases, of which 40, 30
and 20 are drawn; the domain is about a third of it. Effects: the rounds of
[flag-simulations.md](flag-simulations.md) with 300 handlers.

| interval | held |
|---|---:|"""

SIZES, DRAWN = np.array([400, 250, 80]), np.array([40, 30, 20])
Held = dict[str, float]


def estimates(runs: int) -> Held:
    """The frame is fixed, only the draw is random."""
    rng = np.random.default_rng(1)
    stratum = np.repeat(np.arange(3), SIZES)
    score = np.clip(rng.normal(np.array([72, 78, 83])[stratum], 9), 0, 100)
    pages = rng.gamma(4, 20, stratum.size)
    is_here = rng.random(stratum.size) < 0.35
    good = score >= 75
    truths = {
        "mean of all": score.mean(),
        "mean of a domain": score[is_here].mean(),
        "share of all": good.mean(),
        "share of a domain": good[is_here].mean(),
        "total of a domain": score[is_here].sum(),
        "ratio of totals": score.sum() / pages.sum(),
    }
    held = dict.fromkeys(truths, 0.0)
    for _ in range(runs):
        places = [
            rng.choice(np.flatnonzero(stratum == h), DRAWN[h], replace=False) for h in range(3)
        ]
        rows = np.concatenate(places)
        design, here = Design(stratum[rows], SIZES), is_here[rows]
        everywhere = np.ones(rows.size, bool)
        found: dict[str, Estimate | Share | None] = {
            "mean of all": domain_mean(design, score[rows], everywhere),
            "mean of a domain": domain_mean(design, score[rows], here),
            "share of all": domain_share(design, good[rows], everywhere),
            "share of a domain": domain_share(design, good[rows], here),
            "total of a domain": domain_total(design, score[rows], here),
            "ratio of totals": domain_ratio(design, score[rows], pages[rows], everywhere),
        }
        for name, one in found.items():
            held[name] += _holds(one, truths[name]) / runs
    return held


def _holds(found: Estimate | Share | None, truth: float) -> bool:
    if found is None or found.lower is None or found.upper is None:
        return False
    return bool(found.lower <= truth <= found.upper)


def handlers(runs: int) -> Held:
    """Posterior shortfalls, over all handlers of a round with and without a poor group."""
    held = {}
    for name, poor in (("shortfall of a handler, 9 of 300 poor", 9), ("the same, nobody poor", 0)):
        shares = []
        for seed in range(runs):
            round_ = simulated(seed, handlers=300, poor=poor)
            funnel = handler_funnel(round_.ratings)
            if funnel is None:
                raise RuntimeError("a simulated round has no spread")
            true, known = -round_.effect, funnel.shortfall
            shares.append(((known.lower <= true) & (true <= known.upper)).mean())
        held[name] = float(np.mean(shares))
    return held


def mixed_effects(runs: int) -> Held:
    """Severities and handlers' effects of the mixed model, 1.96 conditional deviations wide."""
    hits: dict[str, list[float]] = {"severity of a reviewer": [], "effect of a handler": []}
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        severity, handler = rng.normal(0, 4, 60), rng.normal(0, 4, 100)
        of_case, case = rng.integers(0, 100, 600), np.repeat(np.arange(600), 2)
        one = rng.integers(0, 60, 600)
        reviewer = np.column_stack([one, (one + rng.integers(1, 60, 600)) % 60]).ravel()
        score = LEVEL + handler[of_case][case] + rng.normal(0, 6, 600)[case]
        score += severity[reviewer] + rng.normal(0, 4, 1200)
        found = fit(score, {"case": case, "handler": of_case[case], "reviewer": reviewer})
        for name, factor, true in zip(
            hits, ("reviewer", "handler"), (severity, handler), strict=True
        ):
            effects = found.effects[factor]
            away = np.abs(effects.prediction - true[effects.level])
            hits[name].append(float((away <= 1.959964 * effects.deviation).mean()))
    return {name: float(np.mean(shares)) for name, shares in hits.items()}


KINDS: tuple[Callable[[int], Held], ...] = (estimates, mixed_effects, handlers)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    print(HEAD.format(runs=f"{runs:,}"))
    for kind in KINDS:
        for name, held in kind(runs).items():
            print(f"| {name} | {held:.3f} |", flush=True)


if __name__ == "__main__":
    main()
