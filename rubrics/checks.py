"""What a rubric must satisfy before it is used, alone and beside its earlier version."""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from rubrics.faults import Fault, Problem, too_long
from rubrics.model import ANSWERABLE, EVIDENCE, FULL_TOTAL, HANDLER, Criterion, Rubric, Section

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
SECTION = "sections[{}]"
"""The place of a section; an item is named by its code alone, and may share a section's."""
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}/[1-9]\d{0,3}")


def rubric_problems(rubric: Rubric) -> list[Problem]:
    """Every fault of a rubric; an empty list means that it may be used."""
    problems = [*_key_problems(rubric), *_code_problems(rubric)]
    for section in rubric.sections:
        problems += _section_problems(section)
    for item in (*rubric.criteria, *rubric.bonuses):
        problems += _words_problems(item.code, item.title, item.guidance)
        steps = [level.description for level in item.levels]
        steps += [deduction.description for deduction in item.deductions]
        problems += too_long(item.code, item.title, item.guidance, *steps)
        problems += _criterion_problems(item, rubric.step)
    for veto in rubric.vetoes:
        problems += _words_problems(veto.code, veto.title, veto.guidance)
        problems += too_long(veto.code, veto.title, veto.guidance)
    return [*problems, *_bonus_problems(rubric), *_sum_problems(rubric)]


def renamed(rubric: Rubric, earlier: Rubric) -> list[Problem]:
    """The codes that mean something else than in an earlier version: they must be new codes."""
    return [
        Problem(Fault.RENAMED, code, f"{before.title} → {item.title}")
        for code, item in rubric.answerable.items()
        if (before := earlier.answerable.get(code)) and before.title != item.title
    ]


def _key_problems(rubric: Rubric) -> Iterator[Problem]:
    version = rubric.key.rpartition("/")[2]
    if not _KEY.fullmatch(rubric.key) or version != str(rubric.version):
        yield Problem(Fault.KEY, rubric.key, str(rubric.version))
    if not rubric.title.strip():
        yield Problem(Fault.NO_WORDS, rubric.key)
    yield from too_long(rubric.key, rubric.title)
    if not rubric.kinds:
        yield Problem(Fault.NO_KIND, rubric.key)
    if not rubric.step > 0:
        yield Problem(Fault.STEP, rubric.key, str(rubric.step))


def _code_problems(rubric: Rubric) -> Iterator[Problem]:
    vetoes = [veto.code for veto in rubric.vetoes]
    items = [item.code for item in (*rubric.criteria, *rubric.bonuses)]
    sections = [section.code for section in rubric.sections]
    yield from _repeated([*items, *vetoes], "{}")
    # A result names the section or the veto that failed it by its code.
    yield from _repeated(sections, SECTION)
    for code in {*sections} & {*vetoes}:
        yield Problem(Fault.CODE_TWICE, code, "2")


def _repeated(codes: list[str], place: str) -> Iterator[Problem]:
    for code, times in Counter(codes).items():
        if times > 1:
            yield Problem(Fault.CODE_TWICE, place.format(code), str(times))
        if not _CODE.fullmatch(code):
            yield Problem(Fault.CODE_SIGNS, place.format(code or "?"))


def _section_problems(section: Section) -> Iterator[Problem]:
    place = SECTION.format(section.code)
    if not section.title.strip():
        yield Problem(Fault.NO_WORDS, place)
    yield from too_long(place, section.title)
    if not section.criteria:
        yield Problem(Fault.NO_CRITERIA, place)
    of_handler = sum((c.points for c in section.criteria if c.answers == HANDLER), Decimal(0))
    if section.minimum is not None and not 0 < section.minimum <= of_handler:
        yield Problem(Fault.MINIMUM, place, f"{section.minimum}, {of_handler}")


def _words_problems(code: str, title: str, guidance: str) -> Iterator[Problem]:
    if not title.strip() or not guidance.strip():
        yield Problem(Fault.NO_WORDS, code, title)


def _criterion_problems(criterion: Criterion, step: Decimal) -> Iterator[Problem]:
    code = criterion.code
    if not criterion.points > 0:
        yield Problem(Fault.NOT_POSITIVE, code, str(criterion.points))
    if criterion.answers not in ANSWERABLE:
        yield Problem(Fault.NOBODY_ANSWERS, code, criterion.answers)
    for source in criterion.evidence:
        if source not in EVIDENCE:
            yield Problem(Fault.UNKNOWN_EVIDENCE, code, source)
    if criterion.levels and criterion.deductions:
        yield Problem(Fault.LEVELS_AND_DEDUCTIONS, code)
    for points in _all_points(criterion):
        if step > 0 and points % step:
            yield Problem(Fault.NOT_A_STEP, code, str(points))
    yield from _level_problems(criterion)
    for deduction in criterion.deductions:
        if not 0 < deduction.points <= criterion.points or not deduction.description.strip():
            yield Problem(Fault.DEDUCTION, code, str(deduction.points))


def _all_points(criterion: Criterion) -> Iterator[Decimal]:
    yield criterion.points
    yield from (level.points for level in criterion.levels)
    yield from (deduction.points for deduction in criterion.deductions)


def _level_problems(criterion: Criterion) -> Iterator[Problem]:
    """Zero is always possible, and the maximum can be reached."""
    points = [level.points for level in criterion.levels]
    if not points:
        return
    falls = all(above > below for above, below in pairwise(points))
    described = all(level.description.strip() for level in criterion.levels)
    if not falls or not described or points[0] != criterion.points or points[-1] != 0:
        yield Problem(Fault.LEVELS, criterion.code, ", ".join(map(str, points)))


def _bonus_problems(rubric: Rubric) -> Iterator[Problem]:
    offered = sum((bonus.points for bonus in rubric.bonuses), Decimal(0))
    if not 0 <= rubric.bonus_cap <= offered or bool(rubric.bonuses) != (rubric.bonus_cap > 0):
        yield Problem(Fault.BONUS_CAP, rubric.key, f"{rubric.bonus_cap}, {offered}")
    for bonus in rubric.bonuses:
        if bonus.answers != HANDLER:
            yield Problem(Fault.NOBODY_ANSWERS, bonus.code, bonus.answers)


def _sum_problems(rubric: Rubric) -> Iterator[Problem]:
    total = sum((c.points for c in rubric.criteria), Decimal(0))
    if total != FULL_TOTAL:
        yield Problem(Fault.NOT_100, rubric.key, str(total))
    if not rubric.part(HANDLER):
        yield Problem(Fault.NOTHING_FOR_HANDLER, rubric.key)
