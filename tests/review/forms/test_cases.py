from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from review.enums import CaseKind
from review.errors import MissingColumnsError, RegisterError, RepeatedColumnError
from review.forms.cases import WORDS, CaseFilter, register_error_words


def test_every_register_error_has_words() -> None:
    assert set(WORDS) == set(RegisterError.__subclasses__())


@pytest.mark.parametrize("kind", [MissingColumnsError, RepeatedColumnError])
def test_words_name_sheet_row_and_columns(
    app: Flask, kind: type[MissingColumnsError | RepeatedColumnError]
) -> None:
    with app.app_context():
        words = register_error_words(kind("结案台账", 3, ("结案日期", "承办机构")))
    assert "工作表“结案台账”第 3 行" in words
    others = "（也可写作 结案时间、办结日期、办结时间）" if kind is MissingColumnsError else ""
    assert f"结案日期{others}、" in words.replace("”", "").replace("“", "")


def test_filter_keeps_what_it_can_read(app: Flask) -> None:
    with app.app_context():
        values = {"number": "(2024) 1号", "kind": "victim", "closed_from": "2024-05-06"}
        form = CaseFilter(MultiDict(values))
        assert form.validate()
        assert form.canonical_number == "（2024）1号"
        assert form.chosen_kind is CaseKind.VICTIM
        assert form.closed_from.data == date(2024, 5, 6)
        assert form.address() == values


def test_filter_that_cannot_be_read_narrows_nothing(app: Flask) -> None:
    with app.app_context():
        form = CaseFilter(MultiDict({"kind": "?", "closed_to": "soon", "number": "1" * 101}))
        assert not form.validate()
        assert (form.chosen_kind, form.closed_to.data, form.canonical_number) == (None, None, None)
