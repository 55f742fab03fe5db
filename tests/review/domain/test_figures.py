import numpy as np
import pytest

from review.domain.analysis import COMPARABLE_FROM, quarter_charts
from review.domain.figures import possible_ranks, signals_of
from review.models.analysis import QuarterFigure, RoundFigure
from scoring.control_chart import ControlChart, xmr_chart

QUARTERS = [f"{year}Q{q}" for year in (2022, 2023, 2024, 2025) for q in (1, 2, 3, 4)]


def region(mean: float, error: float | None, cases: int = 40) -> RoundFigure:
    return RoundFigure(cases=cases, mean=mean, standard_error=error, degrees=30)


def chart_of(values: list[float]) -> ControlChart:
    return xmr_chart(np.array(QUARTERS[: len(values)]), np.array(values))


def test_ranks_are_possible_only_where_intervals_part() -> None:
    # 90 -+ 2.5 stands alone; 80 and 82 cannot be told apart; three cases and no error say nothing.
    figures = {"a": region(90, 1.0), "b": region(80, 1.0), "c": region(82, 1.0)}
    figures |= {"d": region(60, 1.0, COMPARABLE_FROM - 1), "e": region(60, None)}
    assert possible_ranks(figures) == {"a": (1, 1), "b": (2, 3), "c": (2, 3)}
    assert possible_ranks({"a": region(90, 1.0)}) == {}


def test_change_of_level_is_dated_with_its_quarters() -> None:
    found = signals_of(chart_of([70.0, 71, 70, 71, 70, 71, 80, 81, 80, 81, 80, 81]))
    assert len(found.changes) == 1
    change = found.changes[0]
    assert change.quarter == "2023Q3"  # the seventh
    assert (change.before, change.after) == (70.5, 80.5)
    assert change.earliest <= "2023Q3" <= change.latest
    assert found.drifts_from is not None


def test_single_quarter_beyond_the_limits_is_named() -> None:
    found = signals_of(chart_of([70.0, 71, 70, 71, 70, 71, 70, 71, 70, 71, 50, 71, 70, 71, 70, 71]))
    assert found.outside == ("2024Q3",)


@pytest.mark.parametrize("values", [[70.0, 90.0], [70.0] * 12], ids=["few", "equal"])
def test_nothing_is_said_without_limits(values: list[float]) -> None:
    assert not signals_of(chart_of(values))


def test_line_breaks_where_a_rubric_changes() -> None:
    rubrics = {"2024Q1": "a/1", "2024Q2": "a/1", "2024Q3": "a/1 a/2", "2024Q4": "a/2"}
    figures = [
        QuarterFigure(scheme_key="s/1", quarter=q, rubrics=keys, cases=9, mean=70.0)
        for q, keys in rubrics.items()
    ]
    assert [(key, chart.period.tolist()) for key, chart in quarter_charts(figures)] == [
        ("s/1", ["2024Q1", "2024Q2"]),
        ("s/1", ["2024Q3"]),  # cases under both: comparable with neither side
        ("s/1", ["2024Q4"]),
    ]
