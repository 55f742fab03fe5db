from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from review.domain.register_values import plain
from review.domain.rounds import (
    CONFLICT_LEVELS,
    HIGHEST_TOTAL,
    REMARKABLE,
    WIDEST_BORDER,
    RoundValues,
)
from review.domain.rubrics import fitting, usable_rubrics, usable_schemes
from review.enums import CaseKind, Grade, RegionLevel
from review.forms.typed import NumberField, TypedForm
from review.labels import BEIJING, label
from rubrics.model import Rubric

INDENT = "\u3000"
USUAL_SCHEME = "hundred-4"
MARKS = ("1", "2", "3")
TENTH = Decimal("0.1")


class RoundForm(TypedForm):
    name = StringField(_l("名称"), [DataRequired(), Length(max=100)], filters=[plain])
    region_code = SelectField(_l("行政区划"))
    window_from = DateField(_l("结案日期，自"), [InputRequired()])
    window_to = DateField(_l("结案日期，至"), [InputRequired()])
    scheme_key = SelectField(_l("评定办法"), default=USUAL_SCHEME)
    marks_per_case = RadioField(
        _l("每件评分份数"), choices=[SelectChoice(n, n) for n in MARKS], default="2"
    )
    threshold = NumberField(
        _l("分差阈值（分）"),
        [InputRequired(), NumberRange(0, int(HIGHEST_TOTAL))],
        default=Decimal(10),
    )
    border = NumberField(
        _l("临界范围（分）"),
        [Optional(), NumberRange(0, int(WIDEST_BORDER))],
        default=Decimal(0),
    )
    remarked_grades = SelectMultipleField(
        _l("一律复评的等次"), widget=ListWidget(), option_widget=CheckboxInput()
    )
    remark_percent = NumberField(
        _l("随机复评的合格案件（%）"),
        [Optional(), NumberRange(0, 100)],
        default=Decimal(0),
    )
    conflict_level = RadioField(_l("地区回避"), default=RegionLevel.COUNTY.value)
    marking_due_on = DateField(_l("评分截止日期"), [InputRequired()])
    shows_full_dossiers = BooleanField(_l("专家阅看未遮盖的完整卷宗"))

    kinds: tuple[CaseKind, ...] = ()
    kind_error: Any = None

    def validate(self, extra_validators: Any = None) -> bool:
        for kind in self.kinds:
            self[rubric_field(kind)].validate_choice = bool(self[kind.value].data)
        valid: bool = super().validate(extra_validators)
        if not self.chosen_rubrics():
            self.kind_error = _l("请至少勾选一种案件。")
        return valid and self.kind_error is None

    def validate_window_to(self, field: DateField) -> None:
        if field.data and self.window_from.data and field.data < self.window_from.data:
            raise ValidationError(_l("不能早于起始日期。"))

    def validate_threshold(self, field: NumberField) -> None:
        self._check_tenths(field)

    def validate_border(self, field: NumberField) -> None:
        self._check_tenths(field)

    def validate_remark_percent(self, field: NumberField) -> None:
        self._check_tenths(field)

    @staticmethod
    def _check_tenths(field: NumberField) -> None:
        if field.data is not None and field.data % TENTH:
            raise ValidationError(_l("最多一位小数。"))

    def validate_marking_due_on(self, field: DateField) -> None:
        if field.data and field.data < datetime.now(BEIJING).date():
            raise ValidationError(_l("不能早于今天。"))

    def chosen_rubrics(self) -> dict[CaseKind, str]:
        """The rubric of each ticked kind."""
        return {kind: self[rubric_field(kind)].data for kind in self.kinds if self[kind.value].data}

    def values(self) -> RoundValues:
        """The rules of the round, once the form is valid."""
        given: Any = self.data
        return {
            "name": given["name"].strip(),
            "region_code": given["region_code"],
            "window_from": given["window_from"],
            "window_to": given["window_to"],
            "rubrics": self.chosen_rubrics(),
            "scheme_key": given["scheme_key"],
            "marks_per_case": int(given["marks_per_case"]),
            "threshold": given["threshold"],
            "conflict_level": RegionLevel(given["conflict_level"]),
            "marking_due_on": given["marking_due_on"],
            "shows_full_dossiers": given["shows_full_dossiers"],
            "border": given["border"] or Decimal(0),
            "remarked_grades": given["remarked_grades"],
            "remark_percent": given["remark_percent"] or Decimal(0),
        }


def round_form(regions: Iterable[Any], bureau: str) -> RoundForm:
    """The form for a round in one of ``regions``, with the rubrics that the bureau may use."""
    usable = usable_rubrics(bureau)
    offered = {kind: found for kind in CaseKind if (found := fitting(usable, kind))}
    fields: dict[str, Any] = {"kinds": tuple(offered)}
    for kind, rubrics in offered.items():
        fields[kind.value] = BooleanField(label(kind))
        fields[rubric_field(kind)] = SelectField(
            _l("评估标准"), choices=[SelectChoice(r.key, rubric_words(r)) for r in rubrics]
        )
    form: RoundForm = type("RoundFormOfKinds", (RoundForm,), fields)()
    form.region_code.choices = [SelectChoice(row.code, indented(row)) for row in regions]
    form.scheme_key.choices = [SelectChoice(s.key, s.title) for s in usable_schemes(bureau)]
    form.remarked_grades.choices = [SelectChoice(g, label(Grade(g))) for g in REMARKABLE]
    form.conflict_level.choices = [SelectChoice(c.value, label(c)) for c in CONFLICT_LEVELS]
    return form


def rubric_words(rubric: Rubric) -> str:
    words = {"title": rubric.title, "version": rubric.version}
    if rubric.is_example:
        return str(_("%(title)s，第 %(version)s 版，示例（非官方标准）", **words))
    return str(_("%(title)s，第 %(version)s 版", **words))


def rubric_field(kind: CaseKind) -> str:
    return f"rubric_{kind.value}"


def indented(region: Any) -> str:
    """Cities stand one sign to the right of their province, counties two."""
    return f"{INDENT * list(RegionLevel).index(region.level)}{region.name}"
