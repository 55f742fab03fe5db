from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length

from review.domain.register_values import typed_number
from review.enums import ExclusionReason
from review.forms.typed import TypedForm
from review.labels import choices

LEAST_NOTE, LONGEST_NOTE = 5, 500


class ExclusionForm(TypedForm):
    """Which case is kept out of a frame, and why."""

    number = StringField(
        _l("案件编号"), [InputRequired(_l("请填写完整的案件编号。")), Length(max=100)]
    )
    reason = SelectField(_l("原因"))
    note = TextAreaField(
        _l("说明"),
        [Length(LEAST_NOTE, LONGEST_NOTE, _l("请用 5 至 500 个字说明。"))],
        filters=[lambda text: (text or "").strip()],
        render_kw={"rows": 3},
    )

    def validate_number(self, field: StringField) -> None:
        if not typed_number(field.data):
            raise ValidationError(_l("请填写完整的案件编号。"))

    def values(self) -> dict[str, Any]:
        """What ``exclude_case`` needs, once the form is valid."""
        return {
            "number": typed_number(self.number.data),
            "reason": ExclusionReason(self.reason.data),
            "note": self.note.data,
        }


def exclusion_form() -> ExclusionForm:
    form = ExclusionForm()
    form.reason.choices = [SelectChoice(*choice) for choice in choices(ExclusionReason)]
    return form
