"""What an organiser types to index a dossier: a short number or the beginning of a title."""

import unicodedata
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, ValidationError
from wtforms.validators import InputRequired

from review.forms.dossier_index import DOCUMENTS
from review.forms.typed import TypedForm

NUMBERED = {str(number): code for number, code in enumerate(DOCUMENTS, 1)}
CHOICES = [(number, DOCUMENTS[code]) for number, code in NUMBERED.items()]


class BeginForm(TypedForm):
    """Which document begins on which page."""

    page = IntegerField(_l("页码"), [InputRequired(_l("请填写页码。"))])
    document = StringField(_l("文书"))

    code = ""

    def validate_document(self, field: Any) -> None:
        typed = unicodedata.normalize("NFKC", field.data or "").strip()
        matching = _matching(typed)
        if len(matching) != 1:
            words = _("没有这种文书") if not matching else _("请再多写一个字")
            raise ValidationError(
                _("“%(typed)s”：%(words)s。请填写列表中的编号或名称。", typed=typed, words=words)
            )
        self.code = matching[0]


def _matching(typed: str) -> list[str]:
    """The documents meant: one by its number or title, else all whose title begins so."""
    number, _space, title = typed.partition(" ")
    if NUMBERED.get(number) and (not title or DOCUMENTS[NUMBERED[number]] == title.strip()):
        return [NUMBERED[number]]
    exact = [code for code, each in DOCUMENTS.items() if each == typed]
    return exact or [code for code, each in DOCUMENTS.items() if typed and each.startswith(typed)]
