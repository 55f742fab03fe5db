"""Drawing from a national year, beside hashing the same identifiers alone.

Frame: 1,500,000 case numbers in random order, in 31 x 12 strata; sample: 30,000, proportional.
Floor: SHA-256 over ``seed:number`` of each case in a Python loop, nothing else.

Prints one JSON object per line: case, value, floor, ratio; seconds of CPU, the median of
interleaved runs, so that a machine that is busy with something else does not decide.
    draw       value: places per stratum, tickets and sample of the frozen frame; goal <= 4
    per unit   value: the same with a minimum of 1 and a cap of 8 for each of 60,000 handlers; most
               cases are hashed twice there
    freeze     value: canonical spelling, order, listing and digest, as at the freeze
"""

import hashlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402  (after the path is set)

from scoring.designs import PROPORTIONAL, Design, plan_draw  # noqa: E402
from scoring.frames import Frame, frame_digest, frame_of  # noqa: E402
from scoring.sampling import Drawn, draw  # noqa: E402

CASES, HANDLERS, SAMPLE = 1_500_000, 60_000, 30_000
PROVINCES, MONTHS = 31, 12
RUNS = 3
SEED = "31415926535897932384"

Result = TypeVar("Result")
Columns = tuple[list[str], list[str], list[str]]


def columns() -> Columns:
    """Numbers, strata and handlers; a handler works in one province and one month's stratum."""
    random = np.random.default_rng(7)
    handler = random.integers(0, HANDLERS, CASES)
    order = random.permutation(CASES)
    numbers = [f"（2024）法援字第{at:07d}号" for at in order.tolist()]
    strata = [f"{h % PROVINCES:02d}:{h // PROVINCES % MONTHS:02d}" for h in handler.tolist()]
    return numbers, strata, [f"h{h}" for h in handler.tolist()]


def hashing(numbers: list[str]) -> int:
    sha256 = hashlib.sha256
    return len([sha256(f"{SEED}:{number}".encode()).digest() for number in numbers])


def freezing(given: Columns) -> Frame:
    frame = frame_of(*given)
    frame_digest(frame.listing())
    return frame


def drawing(frame: Frame, design: Design) -> tuple[Drawn, ...]:
    return draw(frame, plan_draw(frame, design), SEED)


def timed(action: Callable[[], Result]) -> tuple[float, Result]:
    began = time.process_time()
    result = action()
    return time.process_time() - began, result


def report(case: str, value: float, floor: float, ratio: float) -> None:
    line = {"case": case, "value": round(value, 3), "floor": round(floor, 3)}
    print(json.dumps(line | {"ratio": round(ratio, 3)}), flush=True)


def main() -> None:
    print(f"{CASES} cases, {RUNS} runs in turn …", file=sys.stderr, flush=True)
    given = columns()
    plain = Design(PROPORTIONAL, SAMPLE)
    by_unit = Design(PROPORTIONAL, 3 * HANDLERS, minimum=1, cap=8)
    rows = []
    for _ in range(RUNS):
        floor, _count = timed(lambda: hashing(given[0]))
        frozen, frame = timed(lambda: freezing(given))
        drawn, sample = timed(lambda: drawing(frame, plain))  # noqa: B023  (called at once)
        units, _sample = timed(lambda: drawing(frame, by_unit))  # noqa: B023
        if len(sample) != SAMPLE:
            raise RuntimeError("the sample has another size")
        rows.append((floor, drawn, units, frozen))
    for name, at in (("draw", 1), ("per unit", 2), ("freeze", 3)):
        value, floor = (statistics.median(row[column] for row in rows) for column in (at, 0))
        ratio = statistics.median(row[at] / row[0] for row in rows)
        report(f"{name}: {CASES} cases", value, floor, ratio)


if __name__ == "__main__":
    main()
