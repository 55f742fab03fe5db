"""The score sheet as a form, and the rows that the page shows of it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, FormField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from review.labels import points as points_text
from rubrics.marking import MarkProblem, mark_problem
from rubrics.model import Criterion, GivenMark, Rubric, Section
from rubrics.registry import get_rubric

LONGEST_REASON = 1000
LONGEST_COMMENT = 5000
_NUMBER = re.compile(r"\d{1,3}(\.\d{1,3})?")

PROBLEMS: dict[str, Any] = {
    MarkProblem.OUT_OF_RANGE: _l("应在 0 至 %(points)s 分之间。"),
    MarkProblem.NOT_A_STEP: _l("请按 %(step)s 分一档给分。"),
    MarkProblem.NA_NOT_ALLOWED: _l("此项必须评分，不能选不适用。"),
    MarkProblem.UNANSWERED: _l("尚未评分。"),
    MarkProblem.DEDUCTION_WITHOUT_REASON: _l("有扣分，请写明理由。"),
    MarkProblem.NA_WITHOUT_REASON: _l("选了不适用，请写明理由。"),
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


class MarkForm(Form):
    """What a reviewer answers on one criterion."""

    points = PointsField(_l("得分"))
    not_applicable = BooleanField(_l("不适用"))
    reason = StringField(_l("理由"), [Length(max=LONGEST_REASON)])

    @property
    def given(self) -> GivenMark:
        is_na = bool(self.not_applicable.data)
        return GivenMark(self.points.data, is_na, _as_lines(self.reason.data))


class AutosaveForm(MarkForm):
    """One changed mark, or the comment when no criterion is named."""

    criterion = StringField()
    comment = StringField(validators=[Length(max=LONGEST_COMMENT)])
    version = IntegerField(validators=[InputRequired()])

    @property
    def marks(self) -> dict[str, GivenMark]:
        return {self.criterion.data: self.given} if self.criterion.data else {}

    @property
    def new_comment(self) -> str | None:
        return None if self.criterion.data else _as_lines(self.comment.data)

    @property
    def problem(self) -> str:
        """What is wrong with what was typed, for the criterion's own line."""
        return " ".join(str(e) for errors in self.errors.values() for e in errors)


class SheetForm(FlaskForm):
    """The whole sheet; build it with ``sheet_form``."""

    rubric: Rubric
    comment = TextAreaField(_l("总体意见"), [Length(max=LONGEST_COMMENT)])
    version = IntegerField(validators=[InputRequired()])

    def mark(self, code: str) -> MarkForm:
        form: MarkForm = self[f"mark_{code}"].form
        return form

    @property
    def marks(self) -> dict[str, GivenMark]:
        return {c.code: self.mark(c.code).given for c in self.rubric.criteria}

    @property
    def new_comment(self) -> str:
        return _as_lines(self.comment.data)

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong with what was typed, by criterion code."""
        found = {}
        for criterion in self.rubric.criteria:
            form = self.mark(criterion.code)
            errors = [str(e) for field_errors in form.errors.values() for e in field_errors]
            problem = mark_problem(self.rubric, criterion, form.given)
            if errors or problem:
                found[criterion.code] = " ".join(errors) or words(self.rubric, criterion, problem)
        return found


def sheet_form(rubric_key: str) -> SheetForm:
    return _sheet_class(rubric_key)()


@cache
def _sheet_class(rubric_key: str) -> type[SheetForm]:
    rubric = get_rubric(rubric_key)
    fields = {f"mark_{c.code}": FormField(MarkForm) for c in rubric.criteria}
    return type("RubricSheetForm", (SheetForm,), {"rubric": rubric, **fields})


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion as the page shows it: what stands in the fields, and what is saved."""

    criterion: Criterion
    points: str
    not_applicable: bool
    reason: str
    problem: str
    levels: tuple[str, ...]
    saved: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class SheetPage:
    """The score sheet as the page shows it; built from the saved or from the typed marks."""

    rubric: Rubric
    sections: tuple[tuple[Section, str, tuple[Line, ...]], ...]
    comment: str
    version: int


def saved_page(review: Any, marks: Mapping[str, GivenMark]) -> SheetPage:
    """The sheet as it is stored."""
    rubric = get_rubric(review.rubric_key)
    lines = {c.code: _line(rubric, c, marks.get(c.code, GivenMark())) for c in rubric.criteria}
    return _page(rubric, lines, marks, review.comment, review.version)


def typed_page(
    form: SheetForm, review: Any, marks: Mapping[str, GivenMark], refused: Mapping[str, str]
) -> SheetPage:
    """The sheet as it was typed, with what is wrong and, where it differs, what is stored."""
    rubric, problems = form.rubric, form.problems
    lines = {}
    for criterion in rubric.criteria:
        code = criterion.code
        saved, problem = marks.get(code, GivenMark()), problems.get(code, "")
        if not problem and code in refused:
            problem = words(rubric, criterion, refused[code])
        lines[code] = _typed_line(rubric, criterion, form.mark(code), saved, problem)
    return _page(rubric, lines, marks, form.comment.data or "", review.version)


def words(rubric: Rubric, criterion: Criterion, problem: Any) -> str:
    """A problem of a mark in words that name the allowed points."""
    if problem == MarkProblem.NA_NOT_ALLOWED and criterion.may_be_na:
        return str(_("选了不适用，请清空得分。"))
    found = {"points": points_text(criterion.points), "step": points_text(rubric.step)}
    return str(PROBLEMS[problem]) % found


def stored_marks(marks: Mapping[str, GivenMark]) -> dict[str, dict[str, Any]]:
    """The stored marks for a page that must compare them with its own."""
    return {code: _stored(mark) for code, mark in marks.items()}


def mark_problems_in_words(rubric_key: str, problems: Mapping[str, str]) -> str:
    rubric = get_rubric(rubric_key)
    return " ".join(words(rubric, rubric.by_code[code], p) for code, p in problems.items())


def _as_lines(text: str | None) -> str:
    """Browsers send CR LF; what is stored and compared has LF."""
    return (text or "").replace("\r\n", "\n").strip()


def _stored(mark: GivenMark) -> dict[str, Any]:
    shown = "" if mark.points is None else points_text(mark.points)
    return {"points": shown, "not_applicable": mark.not_applicable, "reason": mark.reason}


def _line(rubric: Rubric, criterion: Criterion, mark: GivenMark) -> Line:
    return Line(
        criterion, **_stored(mark), problem="", levels=_levels(rubric, criterion), saved=None
    )


def _typed_line(
    rubric: Rubric, criterion: Criterion, form: MarkForm, saved: GivenMark, problem: str
) -> Line:
    typed = form.points.raw_data[0] if form.points.raw_data else ""
    differs = bool(form.points.errors) or form.given != saved
    return Line(
        criterion,
        points=typed,
        not_applicable=form.given.not_applicable,
        reason=form.given.reason,
        problem=problem,
        levels=_levels(rubric, criterion),
        saved=_stored(saved) if differs else None,
    )


def _levels(rubric: Rubric, criterion: Criterion) -> tuple[str, ...]:
    """The marks with a button of their own: all, half and none."""
    half = criterion.points / 2 // rubric.step * rubric.step
    return tuple(points_text(p) for p in (criterion.points, half, Decimal(0)))


def _page(
    rubric: Rubric,
    lines: Mapping[str, Line],
    marks: Mapping[str, GivenMark],
    comment: str,
    version: int,
) -> SheetPage:
    sections = tuple(
        (section, _earned(section, marks), tuple(lines[c.code] for c in section.criteria))
        for section in rubric.sections
    )
    return SheetPage(rubric, sections, comment, version)


def _earned(section: Section, marks: Mapping[str, GivenMark]) -> str:
    given = (marks[c.code].points for c in section.criteria if c.code in marks)
    return points_text(sum((p for p in given if p is not None), Decimal(0)))
