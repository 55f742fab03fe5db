import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from review.domain.register_values import typed_name, typed_number
from review.forms.accounts import PasswordForm
from review.forms.designs import DesignForm
from review.forms.exclusions import ExclusionForm
from review.forms.reviewing import MarkForm

TURNED = "符合\u202e要求\u2066不\u200b\x07\n次行"


def test_free_text_keeps_lines_and_loses_what_cannot_be_seen(app: Flask) -> None:
    with app.test_request_context():
        form = ExclusionForm(MultiDict({"note": TURNED}))
        assert form.note.data == "符合要求不\n次行"
        assert MarkForm(MultiDict({"reason": TURNED})).given.reason == "符合要求不\n次行"


def test_passwords_stay_as_typed(app: Flask) -> None:
    with app.test_request_context():
        form = PasswordForm(MultiDict({"new": TURNED}))
        assert form.new.data == TURNED


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "十", "1e", "1;1"])
def test_number_is_a_number(app: Flask, text: str) -> None:
    with app.test_request_context():
        form = DesignForm(MultiDict({"wanted": text}))
        form.validate_wanted(form.wanted)
        assert form.wanted.data is None
        assert not form.wanted.validate(form)


def test_number_keeps_the_places_that_were_typed(app: Flask) -> None:
    with app.test_request_context():
        assert str(DesignForm(MultiDict({"wanted": "12.345"})).wanted.data) == "12.345"


@pytest.mark.parametrize("text", ["#REF!", "########", "号" * 201, "", None])
def test_what_cannot_be_a_number_or_a_name_is_nothing(text: str | None) -> None:
    assert typed_number(text) == ""
    assert typed_name(text) == ""


def test_number_and_name_are_read_as_from_a_register() -> None:
    assert typed_number("(2025) 示援民字第１号") == "（2025）示援民字第1号"
    assert typed_name("东川 律师事务所") == "东川律师事务所"
