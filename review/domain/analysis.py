"""Keep the roll-ups in step with the published results, and read trends and changes from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import delete, func, insert, select

from review.enums import Grade
from review.extensions import db
from review.models.analysis import HandlerFigure, QuarterFigure, RoundFigure
from review.models.cases import Case
from review.models.rounds import Round
from review.models.sampling import FrameCase
from review.queries.ratings import load_ratings, load_totals, quarter_of
from review.queries.regions import around, contains, prefix, smallest_holding, within
from scoring.control_chart import ControlChart
from scoring.estimation import Design, Estimate, difference, domain_mean, domain_share, p_value
from scoring.funnel import MATERIAL, MIN_CASES, POWER, handler_funnel
from scoring.inference import FDR
from scoring.ratings import CaseTotals, Flags, Ratings, Texts
from scoring.trend import quarter_means, unbroken_charts

LOOK_BACK_YEARS = 2
"""A round draws one or two cases of a handler, so handlers are judged on two years of rounds."""

LOWEST_SCORE, HIGHEST_SCORE = 0.0, 100.0

COMPARABLE_FROM = 5
"""With fewer cases nothing is compared: a mean of four says little and may point at a person."""

SIGNIFICANT = 0.05
"""A change is named only where chance alone gives one as large less often than this."""


@dataclass(frozen=True, slots=True)
class FlagRule:
    """What the words beside a flag must say about how it came about."""

    min_cases: int = MIN_CASES
    false_discovery_rate: float = FDR
    power: float = POWER
    look_back_years: int = LOOK_BACK_YEARS
    material: float = MATERIAL


FLAG_RULE = FlagRule()


def refresh(round_: Round) -> None:
    """Replace the roll-ups that a published round touches. Does not commit."""
    series = _published_with(round_)
    totals = load_totals([one.id for one in series])
    _replace_round_figures(round_, totals.only(totals.round == round_.id))
    _replace_quarter_figures(round_, series, totals)
    _replace_handler_figures(round_, series)


def refresh_all() -> int:
    """Rebuild every roll-up from the rows and say for how many rounds. Commits."""
    for table in (QuarterFigure, RoundFigure, HandlerFigure):
        db.session.execute(delete(table))
    published = select(Round).where(Round.published_at.is_not(None))
    rounds = db.session.scalars(published.order_by(Round.window_to, Round.id)).all()
    for round_ in rounds:
        refresh(round_)
    db.session.commit()
    return len(rounds)


def change_between(later: Any, earlier: Any) -> tuple[Estimate, bool] | None:
    """Difference of two ``RoundFigure`` means, and whether it is more than chance.

    None where either rests on too few cases.
    """
    if min(later.cases, earlier.cases) < COMPARABLE_FROM:
        return None
    change = difference(_estimate(later), _estimate(earlier))
    p = p_value(change) if change else None
    return None if change is None or p is None else (change, p < SIGNIFICANT)


def quarter_charts(figures: Iterable[Any]) -> list[tuple[str, ControlChart]]:
    """A control chart of ``QuarterFigure`` means for each unbroken run of one grading scheme and
    the same rubrics.

    Quarters with too few cases are left out.
    """
    rows = [figure for figure in figures if figure.cases >= COMPARABLE_FROM]
    keys = [f"{row.scheme_key} {row.rubrics or ''}" for row in rows]
    found = unbroken_charts([row.quarter for row in rows], keys, [row.mean for row in rows])
    return [(key.partition(" ")[0], chart) for key, chart in found]


def _estimate(figure: Any) -> Estimate:
    return Estimate(
        figure.cases,
        figure.mean,
        figure.standard_error,
        figure.degrees,
        figure.lower,
        figure.upper,
    )


def _published_with(round_: Round) -> list[Round]:
    """This round and the published ones of its scheme whose region holds, or lies in, its own."""
    others = db.session.scalars(
        select(Round).where(
            Round.id != round_.id,
            Round.published_at.is_not(None),
            Round.scheme_key == round_.scheme_key,
            Round.window_to >= _years_before(round_.window_from),
        )
    )
    here = round_.region_code
    related = [o for o in others if contains(o.region_code, here) or contains(here, o.region_code)]
    return sorted([*related, round_], key=lambda one: one.id)


def _years_before(day: date) -> date:
    """The first day of the same month, the look-back period earlier."""
    return date(day.year - LOOK_BACK_YEARS, day.month, 1)


def _replace_round_figures(round_: Round, totals: CaseTotals) -> None:
    design, populations = _design(totals), _frame_populations(round_.id)
    rows = [
        _round_values(totals, design, _in_region(totals.region, code))
        | {"round_id": round_.id, "region_code": code}
        | {"population": sum(n for c, n in populations.items() if contains(code, c))}
        for code in _regions_of(totals.region, round_.region_code)
    ]
    db.session.execute(delete(RoundFigure).where(RoundFigure.round_id == round_.id))
    _insert(RoundFigure, rows)


def _round_values(totals: CaseTotals, design: Design, here: Flags) -> dict[str, Any]:
    mean = domain_mean(design, totals.total, here)
    share = domain_share(design, totals.is_good, here)
    if mean is None or share is None:
        raise ValueError("a region without a drawn case has no figure")
    return _mean_values(mean) | {
        "degrees": mean.degrees,
        "excellent": _count(totals.grade[here], Grade.EXCELLENT),
        "good": _count(totals.grade[here], Grade.GOOD),
        "passed": _count(totals.grade[here], Grade.PASS),
        "failed": _count(totals.grade[here], Grade.FAIL),
        "good_share": share.value,
        "good_share_lower": share.lower,
        "good_share_upper": share.upper,
    }


def _mean_values(mean: Estimate) -> dict[str, Any]:
    return {
        "cases": mean.n,
        "mean": mean.value,
        "standard_error": mean.standard_error,
        "lower": None if mean.lower is None else max(mean.lower, LOWEST_SCORE),
        "upper": None if mean.upper is None else min(mean.upper, HIGHEST_SCORE),
    }


def _count(grades: Texts, grade: Grade) -> int:
    return int((grades == grade.value).sum())


def _replace_quarter_figures(round_: Round, series: Sequence[Round], totals: CaseTotals) -> None:
    quarters = _quarters(round_.window_from, round_.window_to)
    touched = totals.region[np.isin(totals.quarter, quarters)]
    rows = [
        {"region_code": code, "scheme_key": round_.scheme_key, "quarter": quarter}
        | {"rubrics": _rubrics_in_force(series, code, quarter)}
        | _mean_values(mean)
        for code in _regions_of(touched, round_.region_code)
        for quarter, mean in _quarter_means(series, totals, code, quarters).items()
    ]
    db.session.execute(
        delete(QuarterFigure).where(
            within(QuarterFigure.region_code, round_.region_code),
            QuarterFigure.scheme_key == round_.scheme_key,
            QuarterFigure.quarter.in_(quarters),
        )
    )
    _insert(QuarterFigure, rows)


def _quarter_means(
    series: Sequence[Round], totals: CaseTotals, code: str, quarters: list[str]
) -> dict[str, Estimate]:
    """From the rounds that drew from the whole of a region: only they can speak for it."""
    covering = [one.id for one in series if contains(one.region_code, code)]
    part = totals.only(np.isin(totals.round, covering))
    quarter = np.where(_in_region(part.region, code), part.quarter, "")
    return quarter_means(_design(part), part.total, quarter, quarters)


def _rubrics_in_force(series: Sequence[Round], code: str, quarter: str) -> str:
    """The keys that the rounds behind a quarter's mean pinned, as one text."""
    behind = (
        one
        for one in series
        if contains(one.region_code, code)
        and quarter_of(one.window_from) <= quarter <= quarter_of(one.window_to)
    )
    return " ".join(sorted({pinned.rubric_key for one in behind for pinned in one.rubrics}))


def _quarters(start: date, end: date) -> list[str]:
    years = range(start.year, end.year + 1)
    every = [quarter_of(date(year, month, 1)) for year in years for month in (1, 4, 7, 10)]
    return [quarter for quarter in every if quarter_of(start) <= quarter <= quarter_of(end)]


def _replace_handler_figures(round_: Round, series: Sequence[Round]) -> None:
    ratings = load_ratings([one.id for one in series if _is_looked_back_on(one, round_)])
    current = np.unique(ratings.handler[ratings.round == round_.id])
    rows = _handler_rows(ratings, current)
    db.session.execute(delete(HandlerFigure).where(HandlerFigure.round_id == round_.id))
    _insert(HandlerFigure, [{"round_id": round_.id} | row for row in rows])


def _is_looked_back_on(other: Round, round_: Round) -> bool:
    """The same region's rounds of the two years up to this one; never a later one."""
    end = round_.window_to
    before = (other.window_to.year + LOOK_BACK_YEARS, other.window_to.month) <= (
        end.year,
        end.month,
    )
    recent = other.region_code == round_.region_code and other.window_to <= end and not before
    return recent or other.id == round_.id


def _handler_rows(ratings: Ratings, current: Any) -> list[dict[str, Any]]:
    funnel = handler_funnel(ratings, judge=current)
    if funnel is None:
        return []
    homes = _homes(ratings)
    return [
        {
            "handler_id": int(funnel.handler[i]),
            "region_code": homes[int(funnel.handler[i])],
            "cases": int(funnel.cases[i]),
            "adjusted_mean": float(funnel.value[i]),
            "expected": funnel.centre,
            "z": float(funnel.z[i]),
            "line": float(funnel.line[i]),
            "detectable": float(funnel.detectable[i]),
            "is_judged": bool(funnel.is_judged[i]),
            "is_flagged": bool(funnel.is_flagged[i]),
            "shortfall": float(funnel.shortfall.expected[i]),
            "shortfall_lower": float(funnel.shortfall.lower[i]),
            "shortfall_upper": float(funnel.shortfall.upper[i]),
            "material_line": _finite(funnel.material_line[i]),
            "is_material": bool(funnel.is_material[i]),
        }
        for i in np.flatnonzero(np.isin(funnel.handler, current))
    ]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _homes(ratings: Ratings) -> dict[int, str]:
    """The smallest region that holds all drawn cases of each handler."""
    homes: dict[int, str] = {}
    for handler, code in zip(ratings.handler.tolist(), ratings.region.tolist(), strict=True):
        homes[handler] = smallest_holding(homes.get(handler, code), code)
    return homes


def _design(totals: CaseTotals) -> Design:
    _, first, stratum = np.unique(totals.stratum, return_index=True, return_inverse=True)
    return Design(stratum, totals.stratum_population[first], totals.chance)


def _regions_of(codes: Texts, top: str) -> list[str]:
    """Every region from ``top`` downwards that holds one of the cases."""
    holding = {outer for code in set(codes.tolist()) for outer in around(code)}
    return sorted(code for code in holding if contains(top, code))


def _in_region(codes: Texts, region_code: str) -> Flags:
    return np.strings.startswith(codes, prefix(region_code))


def _frame_populations(round_id: int) -> dict[str, int]:
    rows = db.session.execute(
        select(Case.region_code, func.count())
        .join(FrameCase, FrameCase.case_id == Case.id)
        .where(FrameCase.round_id == round_id)
        .group_by(Case.region_code)
    ).tuples()
    return dict(rows.all())


def _insert(table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(table), rows)
