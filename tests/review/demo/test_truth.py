import pytest

from review.demo.truth import BASE, DROP_CITY, DROP_POINTS, Truth

TRUTH = Truth(
    seed=1,
    base=BASE,
    case_sd=6,
    residual_sd=4,
    cities={"990100": 0.5, DROP_CITY: 1.0},
    handlers={1: 2.0, 2: -14.0},
    poor_handlers=[2],
    severity={},
    drop_city=DROP_CITY,
    drop_from="2024Q3",
    drop_points=DROP_POINTS,
)
IN_DROP_CITY = DROP_CITY[:4] + "03"


@pytest.mark.parametrize(
    ("region", "handler", "quarter", "effect"),
    [
        ("990101", 1, "2025Q4", 0.5 + 2.0),
        ("990101", 2, "2023Q1", 0.5 - 14.0),
        (IN_DROP_CITY, 1, "2024Q2", 1.0 + 2.0),
        (IN_DROP_CITY, 1, "2024Q3", 1.0 + 2.0 - 6.0),
        (DROP_CITY, 1, "2025Q1", 1.0 + 2.0 - 6.0),
    ],
)
def test_quality_adds_city_handler_and_drop(
    region: str, handler: int, quarter: str, effect: float
) -> None:
    assert TRUTH.quality(region, handler, quarter) == pytest.approx(BASE + effect)
