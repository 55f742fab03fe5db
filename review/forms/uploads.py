from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import BooleanField, Form, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from review.domain.register_values import typed_number
from review.forms.typed import TypedForm


class UploadForm(TypedForm):
    """Small files at once, as any browser sends them."""

    files = MultipleFileField(
        _l("卷宗文件（PDF、JPEG、PNG、TIFF，或装有它们的 zip）"),
        [FileRequired(_l("请选择要上传的文件。"))],
    )


class AnnouncementForm(Form):  # the token comes in a header
    """A file that a script will send in parts."""

    name = StringField(validators=[DataRequired(), Length(max=1000)])
    size = IntegerField(validators=[InputRequired()])
    batch = StringField(validators=[DataRequired(), Regexp(r"[\w-]{22}\Z")])
    sha256 = StringField(validators=[Optional(), Regexp(r"[0-9a-f]{64}\Z")])

    def values(self) -> dict[str, Any]:
        return {
            "name": self.name.data,
            "size": self.size.data,
            "batch": self.batch.data,
            "sha256": self.sha256.data or None,
        }


class MatchForm(TypedForm):
    number = StringField(_l("案件编号"), [DataRequired(_l("请填写案件编号。")), Length(max=100)])

    @property
    def canonical_number(self) -> str:
        """The case number as it is stored, however its brackets were typed."""
        return typed_number(self.number.data)


class ChangeForm(TypedForm):
    """What becomes of files that came when the dossier had others."""

    replace = BooleanField()
    reason = TextAreaField(_l("理由"), [Optional(), Length(max=500)])
