from decimal import Decimal

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from review.forms.reviewing import MarkForm, sheet_form
from rubrics.model import GivenMark


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("3", "3"),
        (" 2.50 ", "2.50"),
        ("３．５", "3.5"),
        ("", None),
    ],
)
def test_points_read(app: Flask, typed: str, points: str | None) -> None:
    with app.test_request_context():
        form = MarkForm(MultiDict({"points": typed}))
        assert form.validate()
        assert form.points.data == (None if points is None else Decimal(points))


@pytest.mark.parametrize("typed", ["三", "NaN", "Infinity", "1e3", "-1", "1,5", "9" * 5000, "3 4"])
def test_points_that_are_no_number_are_named(app: Flask, typed: str) -> None:
    with app.test_request_context():
        form = MarkForm(MultiDict({"points": typed}))
        assert not form.validate()
        assert "请填写数字" in str(form.points.errors[0])


def test_reason_keeps_its_lines_without_carriage_returns(app: Flask) -> None:
    with app.test_request_context():
        form = MarkForm(MultiDict({"points": "3", "reason": " 一\r\n二 "}))
        assert form.given == GivenMark(Decimal(3), False, "一\n二")


def test_sheet_reads_every_criterion_and_names_problems(app: Flask) -> None:
    typed = {
        "version": "3",
        "mark_agreement-points": "9",
        "mark_file_reading-not_applicable": "y",
        "mark_file_reading-points": "5",
        "mark_argument-points": "很好",
        "comment": "好\r\n的",
    }
    with app.test_request_context(method="POST", data=typed):
        form = sheet_form("civil-first/1", "hundred-4")
        form.validate()
        assert len(form.marks) == 17
        assert form.problems == {
            "agreement": "应在 0 至 4 分之间。",
            "file_reading": "选了不适用，请清空得分。",
            "argument": "请填写数字，例如 3 或 2.5。",
        }
        assert form.new_comment == "好\n的"
