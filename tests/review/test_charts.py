import logging
import re

import pytest

from review.charts import (
    FunnelChart,
    FunnelPoint,
    GradeChart,
    IntervalChart,
    Point,
    Run,
    TrendChart,
    digest,
    funnel_extent,
    funnel_place,
    funnel_svg,
    grades_svg,
    intervals_svg,
    trend_svg,
)

QUARTERS = tuple(
    Point(f"2024年\n{q}季度", 70.0 + q, 68.0 + q, 72.0 + q, f"n={40 + q}") for q in range(1, 5)
)
TREND = TrendChart(
    runs=(
        Run(QUARTERS[:2], 71.5, None, None),
        Run((*QUARTERS[2:], Point("2025年\n1季度", 70.0, None, None, "n=5")), 73.5, 70, 77),
    ),
    axis="平均分",
    centre_name="各季度均值",
    limit_name="控制限",
    break_name="评定办法变更",
)
GRADES = GradeChart((("优秀", 2), ("良好", 30), ("合格", 50), ("不合格", 18)))
REGIONS = IntervalChart(
    points=(
        Point("䶮水县", 75.0, 70.0, 80.0, "n=12"),
        Point("龑山县", 75.0, None, None, "n=6"),
        Point("㛃河县", None, None, None, "未抽到案件"),
    ),
    reference=74.0,
    reference_name="东川市平均",
    axis="平均分",
)
FUNNEL = FunnelChart(
    points=(
        FunnelPoint(3, 75.0, 60.0, False, 62.0),
        FunnelPoint(9, 58.0, 64.0, True, 66.0, is_material=True),
        FunnelPoint(9, 65.0, 64.0, False, 66.0, is_material=True),
    ),
    expected=76.0,
    axis="调整后平均分",
    cases_axis="近两年抽评案件数",
    expected_name="平均",
    line_name="提示线",
    point_name="承办人员",
    flagged_name="低于提示线",
    material_name="差距很可能超过 6 分",
    material_line_name="差距线",
)
DRAWN = ((trend_svg, TREND), (grades_svg, GRADES), (intervals_svg, REGIONS), (funnel_svg, FUNNEL))


@pytest.mark.parametrize(("draw", "chart"), DRAWN)
def test_chart_draws_every_character(draw, chart, caplog: pytest.LogCaptureFixture) -> None:  # type: ignore[no-untyped-def]
    # A missing glyph warns, and warnings are errors; a missing font is only logged.
    with caplog.at_level(logging.WARNING, logger="matplotlib"):
        svg = draw.__wrapped__(chart)
    assert svg.startswith(b"<?xml")
    assert not caplog.records


@pytest.mark.parametrize(("draw", "chart"), DRAWN)
def test_same_figures_give_the_same_bytes(draw, chart) -> None:  # type: ignore[no-untyped-def]
    assert draw.__wrapped__(chart) == draw.__wrapped__(chart)


@pytest.mark.parametrize(("draw", "chart"), DRAWN)
def test_chart_is_drawn_once(draw, chart) -> None:  # type: ignore[no-untyped-def]
    assert draw(chart) is draw(chart)


def test_digest_names_the_figures() -> None:
    other = GradeChart((*GRADES.bars[:3], ("不合格", 19)))
    assert digest(GRADES) == digest(GradeChart(GRADES.bars))
    assert digest(GRADES) != digest(other)


def test_missing_glyph_is_caught() -> None:
    # Planted: a cuneiform sign that no Chinese font holds.
    with pytest.warns(UserWarning, match="missing from font"):
        grades_svg.__wrapped__(GradeChart((("\U00012000", 9), ("b", 9), ("c", 9), ("d", 9))))


def test_no_case_at_all_draws_an_empty_bar() -> None:
    assert grades_svg(GradeChart((("优秀", 0), ("良好", 0), ("合格", 0), ("不合格", 0))))


def test_point_without_an_interval_is_drawn_as_a_point() -> None:
    alone = Run((Point("2024Q1", 75.0, None, None, "n=5"),), 75.0, None, None)
    assert trend_svg(TrendChart((alone,), "平均分", "均值", "控制限", "变更"))


def test_points_of_the_funnel_lie_where_they_are_said_to_lie() -> None:
    # The frame holds 0.89 of the width from 0.09 on: of 2.5-9.5 cases the third lies at 0.5 / 7.
    extent = funnel_extent([3, 9], [75.0, 58.0, 65.0, 76.0, 64.0])
    places = [funnel_place(extent, p.cases, p.value) for p in FUNNEL.points]
    assert places[0][0] == pytest.approx(100 * (0.09 + 0.89 * 0.5 / 7), abs=0.01)
    assert places[1][0] == places[2][0] > places[0][0]
    assert (
        places[0][1] < places[2][1] < places[1][1]
    )  # from the top: the lower the value, the lower
    drawn = funnel_svg(FUNNEL).decode()
    width = float(drawn.split('viewBox="0 0 ')[1].split()[0])
    marks = [
        float(x) for x in re.findall(r'<use [^>]*x="([0-9.]+)"[^>]*style="fill: #b4470f', drawn)
    ]
    assert min(abs(x / width * 100 - places[1][0]) for x in marks) < 0.1
