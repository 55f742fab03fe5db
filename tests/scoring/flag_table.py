"""How honest the flags are, over many simulated rounds: ``python -m tests.scoring.flag_table``.

Prints the table of docs/flag-simulations.md, which ``make simulations`` renews. Takes about five
minutes for 1,000 rounds of each kind; the number of rounds is the only argument.
"""

import sys
from collections.abc import Callable, Iterator

import numpy as np
from sklearn.ensemble import IsolationForest

from scoring.funnel import handler_funnel
from scoring.ratings import Flags
from tests.scoring.flag_rounds import (
    LEVEL,
    Round,
    heavy_tailed,
    material_oracle,
    neighbours,
    score_of,
    simulated,
    strict_oracle,
    unequal,
)

KINDS: dict[str, Callable[[int], Round]] = {
    "30 of 1,000 handlers 12 points worse": simulated,
    "the same, marks with heavy tails (Student, 3 degrees)": lambda seed: simulated(
        seed, noise=heavy_tailed
    ),
    "the same, reviewers of unequal noise": lambda seed: simulated(seed, noise=unequal),
    "the same, weakly linked panel (12 regions, 10 % outside)": lambda seed: simulated(
        seed, markers=neighbours
    ),
    "nobody is poor": lambda seed: simulated(seed, poor=0),
    "nobody is poor, heavy tails": lambda seed: simulated(seed, poor=0, noise=heavy_tailed),
    "nobody is poor, weakly linked panel": lambda seed: simulated(seed, poor=0, markers=neighbours),
}

HEAD = """# How honest the flags are

{runs} simulated rounds of each kind: y = 75 + handler (sd 4) + case (6) + reviewer (4) + mark (4),
1,000 handlers with 1-12 cases, two of 60 reviewers per case. Made by `make simulations`.

*False*: share of the flagged who are not among the poor. *Power*: share of the poor who are
flagged. *Immaterial*: share of the flagged whose true level is less than 6 points below the mean.
*Anyone*: rounds in which anybody is flagged. Means over rounds; 0.05 is known to ±0.007. The
oracles know every parameter and every reviewer's severity. Where nobody belongs to a poor group
some handlers still lie 6 points low by nature: the oracle of the material list names them; ours
stays silent unless a group stands apart, the choice of fewer flags.
"""


def usual_rules(round_: Round) -> dict[str, Flags]:
    """What offices do today."""
    raw = round_.means(round_.ratings.score)
    columns = np.column_stack([raw, round_.cases])
    forest = IsolationForest(contamination=0.05, random_state=0).fit_predict(columns)
    return {
        "raw mean below 60": raw < LEVEL - 15,
        "raw mean 2 deviations low": raw < raw.mean() - 2 * raw.std(),
        "isolation forest, 5 %": forest < 0,
    }


def our_lists(round_: Round) -> dict[str, Flags]:
    found = handler_funnel(round_.ratings)
    if found is None:
        raise RuntimeError("a simulated round has no spread")
    error = np.sqrt(found.within_variance / found.cases)
    return {
        "plain funnel, 99.8 % limits": found.value < found.centre - 3.09 * error,
        "**strict list**": found.is_flagged,
        "its oracle": strict_oracle(round_),
        "**material list**": found.is_material,
        "its oracle ": material_oracle(round_),
    }


def rows(runs: int) -> Iterator[str]:
    for kind, draw in KINDS.items():
        print(kind, file=sys.stderr, flush=True)
        yield f"\n## {kind}\n"
        yield "| rule | flagged | false | power | immaterial | anyone |"
        yield "|---|---:|---:|---:|---:|---:|"
        for name, mean in means(draw, runs).items():
            count, *shares = mean
            yield (
                f"| {name.strip()} | {count:.1f} | " + " | ".join(f"{s:.3f}" for s in shares) + " |"
            )


def means(draw: Callable[[int], Round], runs: int) -> dict[str, list[float]]:
    """The mean scores of each rule; the usual rules on a tenth of the rounds, they are slow."""
    found: dict[str, list[tuple[float, ...]]] = {}
    for seed in range(runs):
        round_ = draw(seed)
        usual = usual_rules(round_) if draw is simulated and seed % 10 == 0 else {}
        for name, flagged in (usual | our_lists(round_)).items():
            found.setdefault(name, []).append(score_of(flagged, round_))
    return {name: np.mean(scores, axis=0).tolist() for name, scores in found.items()}


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(HEAD.format(runs=f"{runs:,}"), end="")
    for row in rows(runs):
        print(row)


if __name__ == "__main__":
    main()
