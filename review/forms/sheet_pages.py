"""The score sheet as the page shows it: built from the saved or from the typed marks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from review.domain.rubrics import get_rubric, get_scheme
from review.forms.reviewing import SheetForm, words
from review.labels import points as points_text
from rubrics.grading import Scheme
from rubrics.model import Criterion, GivenMark, Rubric, Section, Veto

SMALLEST_STEP = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Line:
    """One item as the page shows it: what stands in the fields, and what is saved.

    ``levels`` are the marks with a button of their own, each with its description.
    """

    criterion: Any
    points: str
    not_applicable: bool
    reason: str
    answer: str
    found: bool
    problem: str
    levels: tuple[tuple[str, str], ...]
    saved: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class SheetPage:
    rubric: Rubric
    scheme: Scheme
    sections: tuple[tuple[Section, str, tuple[Line, ...]], ...]
    vetoes: tuple[Line, ...]
    bonuses: tuple[Line, ...]
    overall: str
    comment: str
    version: int

    @property
    def faulty(self) -> tuple[Line, ...]:
        """The lines with a problem, in the order of the page."""
        marked = (line for _, _, lines in self.sections for line in lines)
        return tuple(line for line in (*marked, *self.bonuses, *self.vetoes) if line.problem)

    @property
    def overall_words(self) -> str:
        judged = self.scheme.overall_of.get(self.overall)
        return judged.title if judged else ""

    def answer_words(self, line: Line) -> str:
        option = self.scheme.option_of.get(line.answer)
        return option.title if option else line.points


def saved_page(review: Any, marks: Mapping[str, GivenMark], scheme_key: str) -> SheetPage:
    """The sheet as it is stored."""
    rubric, scheme = get_rubric(review.rubric_key), get_scheme(scheme_key)
    lines = {
        code: Line(
            item,
            **_stored(marks.get(code, GivenMark())),
            problem="",
            levels=_levels(rubric, item),
            saved=None,
        )
        for code, item in rubric.answerable.items()
    }
    return _page(rubric, scheme, lines, marks, (review.overall, review.comment, review.version))


def handed_in_page(
    review: Any,
    marks: Mapping[str, GivenMark],
    scheme_key: str,
    ratings: Mapping[str, Mapping[str, Any]],
) -> SheetPage:
    """The stored sheet with the ratings of a draft file in their places, not saved yet."""
    rubric, scheme = get_rubric(review.rubric_key), get_scheme(scheme_key)
    lines = {}
    for code, item in rubric.answerable.items():
        stored = _stored(marks.get(code, GivenMark()))
        shown = stored | dict(ratings.get(code, {}))
        differs = stored if shown != stored else None
        lines[code] = Line(item, **shown, problem="", levels=_levels(rubric, item), saved=differs)
    return _page(rubric, scheme, lines, marks, (review.overall, review.comment, review.version))


def blank_page(rubric: Rubric, scheme: Scheme) -> SheetPage:
    """The sheet before anything is marked, of a rubric that may still be a draft."""
    if not rubric.step > 0:  # unfinished, and no button could be worked out
        rubric = replace(rubric, step=SMALLEST_STEP)
    nothing = _stored(GivenMark())
    lines = {
        code: Line(item, **nothing, problem="", levels=_levels(rubric, item), saved=None)
        for code, item in rubric.answerable.items()
    }
    return _page(rubric, scheme, lines, {}, ("", "", 0))


def typed_page(
    form: SheetForm, review: Any, marks: Mapping[str, GivenMark], refused: Mapping[str, str]
) -> SheetPage:
    """The sheet as it was typed, with what is wrong and, where it differs, what is stored."""
    rubric, problems = form.rubric, form.problems
    lines = {}
    for code, item in rubric.answerable.items():
        problem = problems.get(code, "")
        if not problem and code in refused:
            problem = words(rubric, item, refused[code])
        lines[code] = _typed_line(form, item, marks.get(code, GivenMark()), problem)
    overall = form.overall.data or ""
    rest = (overall, form.comment.data or "", review.version)
    return _page(rubric, form.scheme, lines, marks, rest)


def stored_marks(marks: Mapping[str, GivenMark]) -> dict[str, dict[str, Any]]:
    """The stored marks for a page that must compare them with its own."""
    return {code: _stored(mark) for code, mark in marks.items()}


def _stored(mark: GivenMark) -> dict[str, Any]:
    is_typed = mark.points is not None and not mark.answer
    return {
        "points": points_text(mark.points) if is_typed and mark.points is not None else "",
        "not_applicable": mark.not_applicable,
        "reason": mark.reason,
        "answer": mark.answer,
        "found": mark.found,
    }


def _typed_line(form: SheetForm, item: Criterion | Veto, saved: GivenMark, problem: str) -> Line:
    fields, given = form.mark(item.code), form.given(item)
    differs = bool(fields.points.errors) or given != saved
    return Line(
        item,
        points=fields.points.raw_data[0] if fields.points.raw_data else "",
        not_applicable=given.not_applicable,
        reason=given.reason,
        answer=given.answer,
        found=given.found,
        problem=problem,
        levels=_levels(form.rubric, item),
        saved=_stored(saved) if differs else None,
    )


def _levels(rubric: Rubric, item: Criterion | Veto) -> tuple[tuple[str, str], ...]:
    """The described levels; without them, all, half and none."""
    if isinstance(item, Veto):
        return ()
    if item.levels:
        return tuple((points_text(level.points), level.description) for level in item.levels)
    half = item.points / 2 // rubric.step * rubric.step
    return tuple((points_text(p), "") for p in (item.points, half, Decimal(0)))


def _page(
    rubric: Rubric,
    scheme: Scheme,
    lines: Mapping[str, Line],
    marks: Mapping[str, GivenMark],
    rest: tuple[str, str, int],
) -> SheetPage:
    sections = tuple(
        (section, _earned(section, marks), tuple(lines[c.code] for c in section.criteria))
        for section in rubric.sections
    )
    vetoes = tuple(lines[veto.code] for veto in rubric.vetoes)
    bonuses = tuple(lines[bonus.code] for bonus in rubric.bonuses)
    return SheetPage(rubric, scheme, sections, vetoes, bonuses, *rest)


def _earned(section: Section, marks: Mapping[str, GivenMark]) -> str:
    given = (marks[c.code].points for c in section.criteria if c.code in marks)
    return points_text(sum((p for p in given if p is not None), Decimal(0)))
