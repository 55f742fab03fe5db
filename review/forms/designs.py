from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    Field,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from review.domain.design_rules import NAMED_REASONS, Rules
from review.domain.design_strata import ordered
from review.domain.register_values import typed_number
from review.enums import Allocation, Dimension, SizeBy, TargetReason, UnitKind
from review.forms.typed import NumberField, TypedForm
from review.labels import choices, label, points

FIXED_PREFIX = "fixed:"
LARGEST = 10**6
LONGEST_LIST = 20_000
NO_UNIT = ""


class Ticks(SelectMultipleField):
    """Several of a list, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _optional(words: Any, least: int = 0) -> IntegerField:
    return IntegerField(words, [Optional(), NumberRange(least, LARGEST)])


class DesignForm(TypedForm):
    size_by = RadioField(_l("抽多少"))
    wanted = NumberField(_l("数值"), [InputRequired(), NumberRange(min=0, max=LARGEST)])
    dimensions = Ticks(_l("按什么分层"))
    allocation = RadioField(_l("各层之间怎样分配"))
    unit = SelectField(_l("对谁设下限或上限"))
    minimum = _optional(_l("每个至少抽（件）"))
    cap = _optional(_l("每个至多抽（件）"), 1)
    targeting = Ticks(_l("哪些案件列入重点抽查"))
    targeted = _optional(_l("重点抽查件数"), 1)
    reviewers = _optional(_l("评估专家人数"), 1)
    fee = NumberField(_l("每份评分的费用（元）"), [Optional(), NumberRange(0, LARGEST)])

    def validate_wanted(self, field: Field) -> None:
        if field.data is None:
            return
        if not field.data > 0:
            raise ValidationError(_l("请填大于 0 的数。"))
        if self.size_by.data == SizeBy.SHARE and field.data > 100:
            raise ValidationError(_l("比例不能超过 100%。"))
        if self.size_by.data == SizeBy.SEE_FAIL and field.data >= 100:
            raise ValidationError(_l("把握必须低于 100%。"))
        if self.size_by.data == SizeBy.NUMBER and field.data != int(field.data):
            raise ValidationError(_l("件数应为整数。"))

    def validate_cap(self, field: Field) -> None:
        if field.data is not None and field.data < max(1, self.minimum.data or 0):
            raise ValidationError(_l("上限不能小于下限。"))

    def rules(self) -> Rules:
        """What the form says, once it is valid."""
        return Rules(
            dimensions=ordered([Dimension(one) for one in self.dimensions.data or ()]),
            allocation=Allocation(self.allocation.data),
            size_by=SizeBy(self.size_by.data),
            wanted=self.wanted.data or Decimal(0),
            fixed=_fixed_places(),
            unit=UnitKind(self.unit.data) if self.unit.data else None,
            minimum=self.minimum.data or 0,
            cap=self.cap.data,
            targeting=tuple(TargetReason(one) for one in self.targeting.data or ()),
            targeted=self.targeted.data,
            reviewers=self.reviewers.data,
            fee=self.fee.data,
        )


class NamedCasesForm(TypedForm):
    """Case numbers for the targeted supplement, one a line."""

    reason = SelectField(_l("原因"))
    numbers = TextAreaField(
        _l("案件编号，每行一件"),
        [InputRequired(_l("请填写完整的案件编号。")), Length(max=LONGEST_LIST)],
        render_kw={"rows": 4},
    )

    def validate_numbers(self, field: Field) -> None:
        if not self.read():
            raise ValidationError(_l("请填写完整的案件编号。"))

    def read(self) -> list[str]:
        lines = [line.strip() for line in (self.numbers.data or "").splitlines()]
        return [typed_number(line) or line for line in lines if line]


def design_form(rules: Rules) -> DesignForm:
    """The form, showing these rules where nothing was sent."""
    shown = {
        "size_by": rules.size_by.value,
        "wanted": Decimal(points(rules.wanted)),
        "dimensions": [one.value for one in rules.dimensions],
        "allocation": rules.allocation.value,
        "unit": rules.unit.value if rules.unit else NO_UNIT,
        "targeting": [one.value for one in rules.targeting],
    }
    same = ("minimum", "cap", "targeted", "reviewers", "fee")
    form = DesignForm(data=shown | {name: getattr(rules, name) for name in same})
    form.size_by.choices = _choices(SizeBy)
    form.dimensions.choices = _choices(Dimension)
    form.allocation.choices = _choices(Allocation)
    form.unit.choices = [SelectChoice(NO_UNIT, _l("不设")), *_choices(UnitKind)]
    form.targeting.choices = _choices(TargetReason)
    return form


def named_cases_form() -> NamedCasesForm:
    form = NamedCasesForm()
    form.reason.choices = [SelectChoice(one.value, label(one)) for one in NAMED_REASONS]
    return form


def _choices(enum: Any) -> list[Any]:
    return [SelectChoice(*choice) for choice in choices(enum)]


def _fixed_places() -> tuple[tuple[str, int], ...]:
    """Numbers typed beside strata; what is no number counts as none, and is then refused."""
    typed = {
        name.removeprefix(FIXED_PREFIX): value.strip()
        for name, value in request.form.items()
        if name.startswith(FIXED_PREFIX)
    }
    return tuple(
        (name, int(text) if text.isdecimal() and text.isascii() else 0)
        for name, text in sorted(typed.items())
    )
