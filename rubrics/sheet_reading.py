"""From a score sheet that a bureau edited to the rubric or scheme it shows.

What cannot be read is refused, all places at once. What can be read need not be sound: sums,
levels and cut-offs are for ``checks`` and ``grading``. A row without a code is a new one and gets
one that is free.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import TypeVar

from rubrics import sheet
from rubrics.faults import DefinitionError, Fault
from rubrics.grading import Band, Option, Overall, Scheme
from rubrics.model import (
    AGENCY,
    EVIDENCE,
    HANDLER,
    Criterion,
    Deduction,
    Level,
    Rubric,
    Section,
    Veto,
)
from rubrics.sheet_rows import Grid, Row, cell_number, find_table

T = TypeVar("T")
Step = Level | Deduction

_STEP = re.compile(r"(扣)?\s*(\d+(?:\.\d+)?)\s*分?\s*[:：]\s*(.*)")
_MINIMUM = re.compile(r"(?:最低)?\s*[:：]?\s*(\d+(?:\.\d+)?)\s*分?")
_BETWEEN = re.compile(r"[、,，;；\n]+")
_ANSWERS = {
    **{words: code for code, words in sheet.ANSWERS_WORDS.items()},
    **dict.fromkeys(("机构", "法律援助机构"), AGENCY),  # as the pages call it
}
_GRADES = {words: code for code, words in sheet.GRADE_WORDS.items()}
_SOURCES = {words: code for code, words in EVIDENCE.items()}


def read_sheet(grids: Sequence[Grid], kinds: Mapping[str, str]) -> Rubric | Scheme:
    """The definition that a workbook or a document shows; raises DefinitionError with every place
    at once. ``kinds`` are the words for the kinds of case.
    """
    table = find_table(grids)
    make = _rubric if table.is_rubric else _scheme
    made = make(table.facts, table.rows, kinds)
    if table.problems:
        raise DefinitionError(table.problems)
    return made


def _rubric(facts: Row, rows: list[Row], kinds: Mapping[str, str]) -> Rubric:
    _give_codes(rows, _code_of_title)
    return Rubric(
        key=facts.text(sheet.KEY),
        title=facts.text(sheet.RUBRIC),
        version=int(facts.decimal(sheet.VERSION)),
        is_example=facts.text(sheet.NATURE) == sheet.EXAMPLE,
        kinds=tuple(_named(facts, sheet.KINDS, _by_words(kinds), Fault.UNKNOWN_KIND)),
        step=facts.decimal(sheet.STEP),
        sections=_sections(rows),
        vetoes=_each(rows, sheet.VETO, _veto),
        bonuses=_each(rows, sheet.BONUS, _criterion),
        bonus_cap=facts.decimal(sheet.BONUS_CAP) if sheet.BONUS_CAP in facts.cells else Decimal(0),
    )


def _scheme(facts: Row, rows: list[Row], _kinds: Mapping[str, str]) -> Scheme:
    _give_codes([row for row in rows if row.category != sheet.BAND], lambda _row, n: str(n))
    for row in rows:
        if row.category not in (sheet.BAND, sheet.OPTION, sheet.OVERALL):
            row.wrong(Fault.UNKNOWN_CATEGORY, sheet.CATEGORY, row.category)
    return Scheme(
        key=facts.text(sheet.KEY),
        title=facts.text(sheet.SCHEME),
        bands=_each(rows, sheet.BAND, _band),
        options=_each(rows, sheet.OPTION, _option),
        overalls=_each(rows, sheet.OVERALL, _overall),
    )


def _each(rows: list[Row], category: str, make: Callable[[Row], T]) -> tuple[T, ...]:
    return tuple(make(row) for row in rows if row.category == category)


def _give_codes(rows: Sequence[Row], fresh: Callable[[Row, int], str]) -> None:
    taken = {row.text(sheet.CODE) for row in rows}
    for row in rows:
        free = (code for n in count(1) if (code := fresh(row, n)) not in taken)
        row.code = row.text(sheet.CODE) or next(free)
        taken.add(row.code)


def _code_of_title(row: Row, n: int) -> str:
    """From the title, so that no code comes back that an earlier version had for something else."""
    digest = sha256(row.text(sheet.TITLE).encode(errors="replace")).hexdigest()[:8]
    return f"added_{digest}" if n == 1 else f"added_{digest}_{n}"


def _by_words(kinds: Mapping[str, str]) -> dict[str, str]:
    return {words: code for code, words in kinds.items()} | {code: code for code in kinds}


def _named(row: Row, column: str, codes: Mapping[str, str], fault: Fault) -> Iterator[str]:
    """The codes of the words that a cell lists."""
    for word in filter(None, map(str.strip, _BETWEEN.split(row.text(column)))):
        if word in codes:
            yield codes[word]
        else:
            row.wrong(fault, column, word)


def _sections(rows: list[Row]) -> tuple[Section, ...]:
    grouped: list[tuple[Row, list[Criterion]]] = []
    for row in rows:
        if row.category == sheet.SECTION:
            grouped.append((row, []))
        elif row.category == sheet.CRITERION and grouped:
            grouped[-1][1].append(_criterion(row))
        elif row.category not in (sheet.BONUS, sheet.VETO):
            row.wrong(Fault.UNKNOWN_CATEGORY, sheet.CATEGORY, row.category)
    return tuple(
        Section(row.code, row.text(sheet.TITLE), tuple(criteria), _minimum(row))
        for row, criteria in grouped
    )


def _minimum(row: Row) -> Decimal | None:
    said = row.text(sheet.STEPS)
    if not said:
        return None
    matched = _MINIMUM.fullmatch(said)
    minimum = cell_number(matched[1]) if matched else None
    if minimum is None:
        row.wrong(Fault.NOT_A_NUMBER, sheet.STEPS, said)
    return minimum


def _criterion(row: Row) -> Criterion:
    steps = list(_steps(row))
    return Criterion(
        code=row.code,
        title=row.text(sheet.TITLE),
        points=row.decimal(sheet.POINTS),
        guidance=row.text(sheet.GUIDANCE),
        may_be_na=row.yes_or_no(sheet.MAY_BE_NA),
        answers=row.one_of(sheet.ANSWERS, _ANSWERS, HANDLER, Fault.NOBODY_ANSWERS),
        evidence=tuple(_named(row, sheet.WHERE, _SOURCES, Fault.UNKNOWN_EVIDENCE)),
        levels=tuple(step for step in steps if isinstance(step, Level)),
        deductions=tuple(step for step in steps if isinstance(step, Deduction)),
    )


def _steps(row: Row) -> Iterator[Step]:
    """Each line is a step; one that does not begin with points goes on with the line above."""
    found: list[tuple[type[Step], Decimal, list[str]]] = []
    for line in row.text(sheet.STEPS).splitlines():
        matched = _STEP.fullmatch(line.strip())
        points = cell_number(matched[2]) if matched else None
        if matched and points is not None:
            found.append((Deduction if matched[1] else Level, points, [matched[3]]))
        elif found:
            found[-1][2].append(line)
        else:
            row.wrong(Fault.STEP_LINE, sheet.STEPS, line)
    yield from (kind(points, "\n".join(lines)) for kind, points, lines in found)


def _veto(row: Row) -> Veto:
    return Veto(row.code, row.text(sheet.TITLE), row.text(sheet.GUIDANCE))


def _band(row: Row) -> Band:
    said = row.text(sheet.TITLE)
    grade = _GRADES.get(said) or row.text(sheet.CODE) or said
    return Band(grade, row.decimal(sheet.LOWER), row.decimal(sheet.UPPER))


def _option(row: Row) -> Option:
    share = row.decimal(sheet.SHARE) if row.text(sheet.SHARE) else None
    return Option(row.code, row.text(sheet.TITLE), share, row.yes_or_no(sheet.NEEDS_REASON))


def _overall(row: Row) -> Overall:
    return Overall(row.code, row.text(sheet.TITLE), row.decimal(sheet.POINTS))
