"""The columns that statistics are made of. Identifiers are opaque integers, codes are text."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """One row per submitted mark; every array has shape (n_ratings,).

    ``score`` is on 0-100. ``weight`` is 1 / inclusion probability of the case. ``kind`` is the
    kind of case, ``region`` the six digits of the agency's region, ``quarter`` the closing
    quarter as 2024Q1. Raises ValueError when the lengths differ or a score is not finite.
    """

    score: Floats
    reviewer: Ints
    handler: Ints
    case: Ints
    round: Ints
    stratum: Ints
    weight: Floats
    kind: Texts
    region: Texts
    quarter: Texts

    def __post_init__(self) -> None:
        _check(self, self.score)


@dataclass(frozen=True, slots=True, eq=False)
class CaseTotals:
    """One row per settled case; every array has shape (n_cases,).

    ``total`` is the official total on 0-100, ``is_good`` says whether its grade counts towards
    the 优良率, ``stratum_population`` is the number of cases in the frame of the row's stratum,
    ``chance`` the inclusion probability of the case.
    The rest is as in ``Ratings``. Raises ValueError as ``Ratings`` does.
    """

    total: Floats
    is_good: Flags
    grade: Texts
    handler: Ints
    round: Ints
    stratum: Ints
    stratum_population: Ints
    chance: Floats
    region: Texts
    quarter: Texts

    def __post_init__(self) -> None:
        _check(self, self.total)

    def only(self, rows: Flags) -> "CaseTotals":
        """The rows where ``rows`` (shape (n_cases,), bool) is True."""
        return CaseTotals(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def _check(table: Ratings | CaseTotals, score: Floats) -> None:
    lengths = {len(getattr(table, field.name)) for field in fields(table)}
    if len(lengths) > 1:
        raise ValueError(f"columns of different length: {sorted(lengths)}")
    if not np.isfinite(score).all():
        raise ValueError("a score is not a finite number; leave missing marks out")
