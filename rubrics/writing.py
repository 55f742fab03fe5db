"""A definition as text in one canonical form: what ``reading`` reads back to an equal object."""

import json
from collections.abc import Iterator
from decimal import Decimal

from rubrics.grading import Scheme
from rubrics.model import HANDLER, Criterion, Deduction, Level, Rubric, Section


def rubric_text(rubric: Rubric) -> str:
    """The TOML of a rubric."""
    return "\n".join(_rubric_lines(rubric)) + "\n"


def scheme_text(scheme: Scheme) -> str:
    """The TOML of a scheme."""
    return "\n".join(_scheme_lines(scheme)) + "\n"


def _rubric_lines(rubric: Rubric) -> Iterator[str]:
    yield f"key = {_text(rubric.key)}"
    yield f"version = {rubric.version}"
    yield f"title = {_text(rubric.title)}"
    yield f"is_example = {_yes_or_no(rubric.is_example)}"
    yield f"kinds = {_texts(rubric.kinds)}"
    yield f"step = {_number(rubric.step)}"
    if rubric.bonuses:
        yield f"bonus_cap = {_number(rubric.bonus_cap)}"
    if not rubric.sections:
        yield "sections = []"
    for section in rubric.sections:
        yield from _section_lines(section)
    for veto in rubric.vetoes:
        yield from ("", "[[vetoes]]", *_words(veto.code, veto.title))
        yield f"guidance = {_text(veto.guidance)}"
    for bonus in rubric.bonuses:
        yield from ("", "[[bonuses]]", *_criterion_lines(bonus))


def _section_lines(section: Section) -> Iterator[str]:
    yield from ("", "[[sections]]", *_words(section.code, section.title))
    if section.minimum is not None:
        yield f"minimum = {_number(section.minimum)}"
    if not section.criteria:
        yield "criteria = []"
    for criterion in section.criteria:
        yield from ("", "[[sections.criteria]]", *_criterion_lines(criterion))


def _criterion_lines(criterion: Criterion) -> Iterator[str]:
    yield from _words(criterion.code, criterion.title)
    yield f"points = {_number(criterion.points)}"
    yield f"guidance = {_text(criterion.guidance)}"
    if criterion.may_be_na:
        yield "may_be_na = true"
    if criterion.answers != HANDLER:
        yield f"answers = {_text(criterion.answers)}"
    if criterion.evidence:
        yield f"evidence = {_texts(criterion.evidence)}"
    yield from _step_lines("levels", criterion.levels)
    yield from _step_lines("deductions", criterion.deductions)


def _step_lines(name: str, steps: tuple[Level, ...] | tuple[Deduction, ...]) -> Iterator[str]:
    if steps:
        yield f"{name} = ["
        for step in steps:
            described = _text(step.description)
            yield f"    {{ points = {_number(step.points)}, description = {described} }},"
        yield "]"


def _scheme_lines(scheme: Scheme) -> Iterator[str]:
    yield f"key = {_text(scheme.key)}"
    yield f"title = {_text(scheme.title)}"
    for band in scheme.bands:
        yield from ("", "[[bands]]", f"grade = {_text(band.grade)}")
        yield from (f"lower = {_number(band.lower)}", f"upper = {_number(band.upper)}")
    for option in scheme.options:
        yield from ("", "[[options]]", *_words(option.code, option.title))
        if option.share is not None:
            yield f"share = {_number(option.share)}"
        if option.needs_reason:
            yield "needs_reason = true"
    for overall in scheme.overalls:
        yield from ("", "[[overalls]]", *_words(overall.code, overall.title))
        yield f"total = {_number(overall.total)}"


def _words(code: str, title: str) -> tuple[str, str]:
    return f"code = {_text(code)}", f"title = {_text(title)}"


def _text(text: str) -> str:
    """A TOML basic string: JSON's, which leaves only the delete sign to be escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_text, texts))}]"


def _number(number: Decimal) -> str:
    return format(number, "f")


def _yes_or_no(value: bool) -> str:
    return "true" if value else "false"
