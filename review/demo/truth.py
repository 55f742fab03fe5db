"""The planted truth: what a statistic should find in the demo province.

Model of one mark, in points of 100:
    mark = BASE + city + handler + drop(city, quarter) + case + severity(reviewer) + residual
with normal effects of the standard deviations below; the exact draws are written to a file.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from review.demo.chance import stream
from review.demo.handlers import Roster

BASE = 79.0
CITY_SD = 1.0
HANDLER_SD = 4.0
CASE_SD = 6.0
SEVERITY_SD = 4.0
RESIDUAL_SD = 4.0
POOR_HANDLERS = 30
POOR_SHORTFALL = 12.0
POOR_AMONG_BUSIEST = 300
"""Poor handlers are planted among those with enough cases for anybody to notice."""
DROP_CITY = "991000"
DROP_FROM = "2024Q3"
DROP_POINTS = 6.0


@dataclass(frozen=True, slots=True)
class Truth:
    """Effects in points of 100; positive severity is lenient. Keys are row ids or region codes."""

    seed: int
    base: float
    case_sd: float
    residual_sd: float
    cities: dict[str, float]
    handlers: dict[int, float]
    poor_handlers: list[int]
    severity: dict[int, float]
    drop_city: str
    drop_from: str
    drop_points: float

    def quality(self, region_code: str, handler_id: int, quarter: str) -> float:
        """The expected quality of a case, before what is its own."""
        city = region_code[:4] + "00"
        dropped = city == self.drop_city and quarter >= self.drop_from
        drop = self.drop_points if dropped else 0.0
        return self.base + self.cities.get(city, 0.0) + self.handlers[handler_id] - drop


def plant(roster: Roster, reviewer_ids: list[int], seed: int) -> Truth:
    rng = stream(seed, "truth")
    cities = sorted(set(roster.cities.tolist()))
    effects = rng.normal(0, HANDLER_SD, len(roster))
    busiest = np.argsort(-roster.work)[:POOR_AMONG_BUSIEST]
    poor = rng.choice(busiest, min(POOR_HANDLERS, len(busiest)), replace=False)
    effects[poor] -= POOR_SHORTFALL
    ids = roster.handler_ids.tolist()
    return Truth(
        seed=seed,
        base=BASE,
        case_sd=CASE_SD,
        residual_sd=RESIDUAL_SD,
        cities=dict(zip(cities, rng.normal(0, CITY_SD, len(cities)).tolist(), strict=True)),
        handlers=dict(zip(ids, effects.tolist(), strict=True)),
        poor_handlers=sorted(ids[n] for n in poor),
        severity=dict(
            zip(reviewer_ids, rng.normal(0, SEVERITY_SD, len(reviewer_ids)).tolist(), strict=True)
        ),
        drop_city=DROP_CITY,
        drop_from=DROP_FROM,
        drop_points=DROP_POINTS,
    )


def write(truth: Truth, path: Path) -> None:
    path.write_text(json.dumps(asdict(truth), indent=1), encoding="utf-8")
