"""等次: from an unrounded total to a grade, by half-open intervals that cover 0–100 once."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise

from rubrics.model import FULL_TOTAL


class SchemeError(ValueError):
    """Cut-offs that leave a total without a grade, or give it two; names the numbers."""


@dataclass(frozen=True, slots=True)
class Band:
    """A grade's interval: ``lower`` belongs to it, ``upper`` to the next grade above."""

    grade: str
    lower: Decimal
    upper: Decimal


@dataclass(frozen=True, slots=True)
class Scheme:
    """评定办法. ``bands`` from the best grade to the worst; the best one includes 100."""

    key: str
    title: str
    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        check_bands(self.bands)

    def grade_of(self, total: Decimal) -> str:
        """The grade of a total on 0–100; raises ValueError outside."""
        if not total.is_finite() or not 0 <= total <= FULL_TOTAL:
            raise ValueError(f"{total} is not within 0..{FULL_TOTAL}")
        return next(band.grade for band in self.bands if total >= band.lower)


def check_bands(bands: tuple[Band, ...]) -> None:
    """Raises SchemeError unless the bands cover 0–100 without gap, overlap or empty grade."""
    if not bands or bands[0].upper != FULL_TOTAL or bands[-1].lower != 0:
        raise SchemeError(f"the grades must reach from 0 to {FULL_TOTAL}")
    if len({band.grade for band in bands}) != len(bands):
        raise SchemeError("a grade is named twice")
    for band in bands:
        if not band.lower < band.upper:
            raise SchemeError(f"{band.grade} can never be reached: {band.lower}..{band.upper}")
    for above, below in pairwise(bands):
        if below.upper < above.lower:
            raise SchemeError(f"no grade between {below.upper} and {above.lower}")
        if below.upper > above.lower:
            raise SchemeError(f"two grades between {above.lower} and {below.upper}")


def scheme_from_floors(key: str, title: str, floors: dict[str, int]) -> Scheme:
    """A scheme from each grade's lowest total, best grade first; raises SchemeError."""
    upper, bands = FULL_TOTAL, []
    for grade, floor in floors.items():
        bands.append(Band(grade, Decimal(floor), upper))
        upper = Decimal(floor)
    return Scheme(key, title, tuple(bands))


@cache
def _presets() -> dict[str, Scheme]:
    four = {"excellent": 90, "good": 80, "pass": 60, "fail": 0}
    three = {"excellent": 85, "pass": 60, "fail": 0}
    schemes = (
        scheme_from_floors("hundred-4", "百分制四等（优秀 90、良好 80、合格 60）", four),
        scheme_from_floors("hundred-3", "百分制三等（优秀 85、合格 60）", three),
    )
    return {scheme.key: scheme for scheme in schemes}


def get_scheme(key: str) -> Scheme:
    """The scheme of this key; raises KeyError."""
    return _presets()[key]


def all_schemes() -> tuple[Scheme, ...]:
    return tuple(_presets().values())
