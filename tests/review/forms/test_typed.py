from flask import Flask
from werkzeug.datastructures import MultiDict

from review.forms.accounts import PasswordForm
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
