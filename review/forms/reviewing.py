"""The score sheet as a form; ``sheet_pages`` shows it."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, FormField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from review.domain.rubrics import get_rubric, get_scheme
from review.forms.typed import OnlySeen, TypedForm
from review.labels import points as points_text
from review.types import LARGEST_ID
from rubrics.grading import Scheme
from rubrics.marking import MarkProblem, mark_problem
from rubrics.model import Criterion, GivenMark, Rubric, Veto

LONGEST_REASON = 1000
LONGEST_COMMENT = 5000
_NUMBER = re.compile(r"\d{1,3}(\.\d{1,3})?")

PROBLEMS: dict[str, Any] = {
    MarkProblem.OUT_OF_RANGE: _l("应在 0 至 %(points)s 分之间。"),
    MarkProblem.NOT_A_STEP: _l("请按 %(step)s 分一档给分。"),
    MarkProblem.NOT_A_LEVEL: _l("请选一档，两档之间不能给分。"),
    MarkProblem.NOT_AN_OPTION: _l("请从列出的评定中选一项。"),
    MarkProblem.NA_NOT_ALLOWED: _l("此项必须评分，不能选不适用。"),
    MarkProblem.UNANSWERED: _l("尚未评分。"),
    MarkProblem.DEDUCTION_WITHOUT_REASON: _l("有扣分，请写明理由。"),
    MarkProblem.NA_WITHOUT_REASON: _l("选了不适用，请写明理由。"),
    MarkProblem.ANSWER_WITHOUT_REASON: _l("这样评定，请写明理由。"),
    MarkProblem.BONUS_WITHOUT_REASON: _l("有加分，请写明依据。"),
    MarkProblem.VETO_WITHOUT_REASON: _l("认定一票否决，请写明依据。"),
}


class PointsField(StringField):
    """Points as typed; full-width digits count, anything else is named as no number."""

    data: Decimal | None  # type: ignore[assignment]

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = unicodedata.normalize("NFKC", valuelist[0]).strip() if valuelist else ""
        if typed and not _NUMBER.fullmatch(typed):
            raise ValueError(_("请填写数字，例如 3 或 2.5。"))
        self.data = Decimal(typed) if typed else None


class MarkForm(OnlySeen, Form):
    """What a reviewer answers on one criterion."""

    points = PointsField(_l("得分"))
    not_applicable = BooleanField(_l("不适用"))
    reason = StringField(_l("理由"), [Length(max=LONGEST_REASON)])
    answer = StringField(_l("评定"), [Length(max=40)])
    found = BooleanField(_l("有此情形"))

    @property
    def given(self) -> GivenMark:
        is_na, found = bool(self.not_applicable.data), bool(self.found.data)
        reason = _as_lines(self.reason.data)
        return GivenMark(self.points.data, is_na, reason, self.answer.data or "", found)


class ChangeFields(Form):
    """Which page sends the change: from which version, by which rubric, under which key."""

    version = IntegerField(validators=[InputRequired(), NumberRange(0, LARGEST_ID)])
    key = StringField(validators=[Optional(), Regexp(r"[\w-]{8,64}\Z", re.ASCII)])
    rubric_key = StringField(validators=[Optional(), Length(max=100)])

    @property
    def change(self) -> dict[str, Any]:
        named = self.rubric_key.data or None
        return {"version": self.version.data, "key": self.key.data or "", "rubric_key": named}


class AutosaveForm(ChangeFields, MarkForm):
    """One changed mark; where no criterion is named, the overall judgement or the comment."""

    criterion = StringField()
    comment = StringField(validators=[Length(max=LONGEST_COMMENT)])
    overall = StringField()

    @property
    def marks(self) -> dict[str, GivenMark]:
        return {self.criterion.data: self.given} if self.criterion.data else {}

    @property
    def new_comment(self) -> str | None:
        is_other = self.criterion.data or self.new_overall is not None
        return None if is_other else _as_lines(self.comment.data)

    @property
    def new_overall(self) -> str | None:
        return self.overall.data if self.overall.raw_data else None

    @property
    def problem(self) -> str:
        """What is wrong with what was typed, for the criterion's own line."""
        return " ".join(str(e) for errors in self.errors.values() for e in errors)


class SheetForm(ChangeFields, TypedForm):
    """The whole sheet; build it with ``sheet_form``."""

    rubric: Rubric
    scheme: Scheme
    overall = StringField(_l("综合评定"))
    comment = TextAreaField(_l("总体意见"), [Length(max=LONGEST_COMMENT)])

    def mark(self, code: str) -> MarkForm:
        form: MarkForm = self[f"mark_{code}"].form  # type: ignore[attr-defined]
        return form

    @property
    def marks(self) -> dict[str, GivenMark]:
        return {code: self.given(item) for code, item in self.rubric.answerable.items()}

    def given(self, item: Criterion | Veto) -> GivenMark:
        """What was typed, with the points that a chosen answer stands for."""
        typed = self.mark(item.code).given
        return typed if isinstance(item, Veto) else self.scheme.with_points(item, typed)

    @property
    def new_comment(self) -> str:
        return _as_lines(self.comment.data)

    @property
    def new_overall(self) -> str | None:
        return self.overall.data if self.overall.raw_data else None

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong with what was typed, by criterion code."""
        found = {}
        for code, item in self.rubric.answerable.items():
            errors = [str(e) for errors in self.mark(code).errors.values() for e in errors]
            problem = mark_problem(self.rubric, item, self.given(item), self.scheme)
            if errors or problem:
                found[code] = " ".join(errors) or words(self.rubric, item, problem)
        return found


def sheet_form(rubric_key: str, scheme_key: str) -> SheetForm:
    return _sheet_class(get_rubric(rubric_key), get_scheme(scheme_key))()


@lru_cache(maxsize=128)
def _sheet_class(rubric: Rubric, scheme: Scheme) -> type[SheetForm]:
    fields: dict[str, Any] = {f"mark_{code}": FormField(MarkForm) for code in rubric.answerable}
    return type("RubricSheetForm", (SheetForm,), {"rubric": rubric, "scheme": scheme, **fields})


def words(rubric: Rubric, item: Criterion | Veto, problem: Any) -> str:
    """A problem of a mark in words that name the allowed points."""
    if isinstance(item, Veto):
        return str(PROBLEMS[problem])
    if problem == MarkProblem.NA_NOT_ALLOWED and item.may_be_na:
        return str(_("选了不适用，请清空得分。"))
    found = {"points": points_text(item.points), "step": points_text(rubric.step)}
    return str(PROBLEMS[problem]) % found


def mark_problems_in_words(rubric_key: str, problems: Mapping[str, str]) -> str:
    rubric = get_rubric(rubric_key)
    return " ".join(words(rubric, rubric.answerable[code], p) for code, p in problems.items())


def _as_lines(text: str | None) -> str:
    """Browsers send CR LF; what is stored and compared has LF."""
    return (text or "").replace("\r\n", "\n").strip()
