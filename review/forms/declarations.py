from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    DateField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from review.domain.register_values import typed_name, typed_number
from review.enums import CaseType, DeclarationKind
from review.forms.typed import TypedForm
from review.labels import choices

LONGEST = 100
MOST_CASES = 1000


class TieForm(TypedForm):
    """One tie: a name or a case number, and what goes with it."""

    kind = RadioField(_l("我要申报"), default=DeclarationKind.RELATIVE.value)
    subject = StringField(
        _l("姓名、案件编号或机构全称"),
        [InputRequired(_l("请填写姓名、案件编号或机构全称。")), Length(max=LONGEST)],
    )
    office = StringField(_l("所在机构（可不填）"), [Length(max=LONGEST)])
    until = DateField(_l("离职日期（仍在职的不填）"), [Optional()])

    def validate_subject(self, field: StringField) -> None:
        if not self._clean(field.data):
            raise ValidationError(_l("请填写姓名、案件编号或机构全称。"))

    def validate_until(self, field: DateField) -> None:
        if field.data and field.data > date.today():
            raise ValidationError(_l("离职日期不能晚于今天。"))

    def values(self) -> dict[str, Any]:
        """What ``declare_tie`` needs, once the form is valid."""
        kind = DeclarationKind(self.kind.data)
        is_relative, is_office = kind is DeclarationKind.RELATIVE, kind is DeclarationKind.PROVIDER
        return {
            "kind": kind,
            "subject": self._clean(self.subject.data),
            "office": typed_name(self.office.data) if is_relative else "",
            "until": self.until.data if is_office else None,
        }

    def _clean(self, text: str | None) -> str:
        numbered = {DeclarationKind.CASE.value, DeclarationKind.OPPOSING.value}
        return typed_number(text) if self.kind.data in numbered else typed_name(text)


class FitForm(TypedForm):
    """Which types of case a reviewer takes, and how many in one round."""

    case_types = SelectMultipleField(
        _l("我擅长的案件类型（都不选表示不限）"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    most_cases = IntegerField(
        _l("每次活动最多接受（件，可不填）"),
        [Optional(), NumberRange(1, MOST_CASES, _l("请填 1 至 1000。"))],
    )


def tie_form() -> TieForm:
    form = TieForm(prefix="tie")
    form.kind.choices = [SelectChoice(*choice) for choice in choices(DeclarationKind)]
    return form


def fit_form(**stored: Any) -> FitForm:
    form = FitForm(prefix="fit", **stored)
    form.case_types.choices = [SelectChoice(*choice) for choice in choices(CaseType)]
    return form
