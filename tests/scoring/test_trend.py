import numpy as np
import pytest

from scoring.estimation import Design
from scoring.trend import quarter_means, unbroken_charts

QUARTERS = [f"{year}Q{q}" for year in (2023, 2024) for q in (1, 2, 3, 4)]


def test_quarter_means_of_a_hand_worked_sample() -> None:
    # One stratum of 40, four drawn: quarter 1 holds 70 and 80, quarter 2 holds 90 and 94.
    design = Design(stratum=np.zeros(4, dtype=int), population=np.array([40]))
    quarter = np.array(["2024Q1", "2024Q1", "2024Q2", "2024Q2"])
    means = quarter_means(design, np.array([70.0, 80, 90, 94]), quarter, ["2024Q1", "2024Q2"])
    assert {q: mean.value for q, mean in means.items()} == {"2024Q1": 75, "2024Q2": 92}


def test_quarter_without_a_case_is_left_out() -> None:
    design = Design(stratum=np.zeros(2, dtype=int), population=np.array([2]))
    quarter = np.array(["2024Q1", "2024Q1"])
    means = quarter_means(design, np.array([70.0, 80]), quarter, ["2023Q4", "2024Q1"])
    assert list(means) == ["2024Q1"]


def test_chart_breaks_where_the_scheme_changes() -> None:
    scheme = ["hundred-3"] * 3 + ["hundred-4"] * 5
    charts = unbroken_charts(QUARTERS, scheme, [90.0, 91, 92, 70, 71, 72, 73, 74])
    assert [(key, chart.value.size) for key, chart in charts] == [
        ("hundred-3", 3),
        ("hundred-4", 5),
    ]
    assert [chart.centre for _, chart in charts] == [91, 72]


def test_scheme_that_returns_starts_a_new_line() -> None:
    scheme = ["a", "b", "a"]
    assert [key for key, _ in unbroken_charts(QUARTERS[:3], scheme, [1.0, 2, 3])] == scheme


def test_order_of_the_quarters_does_not_matter() -> None:
    (_, chart), *rest = unbroken_charts(QUARTERS[::-1], ["a"] * 8, list(np.arange(8.0))[::-1])
    assert not rest
    assert (chart.value == np.arange(8)).all()


def test_drop_is_recovered_from_simulation() -> None:
    rng = np.random.default_rng(11)
    value = np.concatenate([rng.normal(80, 1, 18), rng.normal(70, 1, 2)])
    quarter = [f"{2010 + i // 4}Q{i % 4 + 1}" for i in range(20)]
    (_, chart), *_ = unbroken_charts(quarter, ["a"] * 20, list(value))
    assert chart.outside[18:].all()
    assert chart.value[18:].mean() == pytest.approx(70, abs=2)


def test_no_quarter_gives_no_chart() -> None:
    assert unbroken_charts([], [], []) == []
