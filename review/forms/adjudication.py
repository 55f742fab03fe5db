from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from review.domain.adjudication import LEAST_REASON, TENTH
from review.forms.reviewing import PointsField
from review.forms.typed import TypedForm


class DecisionForm(TypedForm):
    """The panel's total for a case and why."""

    total = PointsField(
        _l("合议总分"),
        [
            InputRequired(_l("请填写合议总分。")),
            NumberRange(0, 100, _l("总分应在 0 至 100 之间。")),
        ],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    failed_by = SelectMultipleField(
        _l("不论总分均为不合格的情形"), widget=ListWidget(), option_widget=CheckboxInput()
    )
    reason = TextAreaField(
        _l("合议理由"),
        [
            InputRequired(_l("请写明合议理由。")),
            Length(min=LEAST_REASON, max=5000, message=_l("请写明合议理由，至少 10 个字。")),
        ],
        filters=[lambda text: text.strip() if text else text],
        render_kw={"rows": 4},
    )

    def validate_total(self, field: PointsField) -> None:
        if field.data is not None and field.data % TENTH:
            raise ValidationError(_l("总分最多一位小数，例如 83.5。"))


def decision_form(failing: Iterable[Any]) -> DecisionForm:
    """The form with what can fail the case under its rubric."""
    form = DecisionForm()
    form.failed_by.choices = [(reason.code, reason.title) for reason in failing]
    return form
