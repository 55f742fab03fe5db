from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from review import labels


@pytest.mark.parametrize(
    ("day", "now", "words"),
    [
        # 2024-09-30 is a Monday, 1–7 October are holidays, Saturday the 12th is worked.
        (date(2024, 9, 30), date(2024, 9, 27), "还有 2 个工作日"),  # Sunday the 29th is worked
        (date(2024, 10, 8), date(2024, 9, 30), "还有 1 个工作日"),
        (date(2024, 10, 14), date(2024, 10, 11), "还有 2 个工作日"),
        (date(2024, 10, 5), date(2024, 10, 1), "还有 0 个工作日"),
        (date(2024, 10, 1), date(2024, 10, 1), "今天截止"),
        (date(2024, 10, 1), date(2024, 10, 3), "已过期 2 天"),
        (date(2099, 12, 31), date(2099, 12, 28), "还有 3 天"),  # no calendar for that year
    ],
)
def test_due_counts_working_days(app: Flask, day: date, now: date, words: str) -> None:
    with app.test_request_context():
        assert labels.due(day, now) == words


@pytest.mark.parametrize(
    ("points", "text"), [("8", "8"), ("8.0", "8"), ("3.50", "3.5"), ("0", "0"), ("100", "100")]
)
def test_points_are_written_without_zeros_behind(points: str, text: str) -> None:
    assert labels.points(Decimal(points)) == text
