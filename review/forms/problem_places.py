"""Which field of the editor a problem of a rubric or a scheme is shown beside."""

import re
from collections import Counter
from collections.abc import Iterable

from review.forms.definitions import fault_words
from review.forms.outlines import HEAD, Outline, Row
from rubrics.faults import LONGEST_TEXT, LONGEST_TITLE, Fault, Problem

Places = dict[str, list[str]]
"""``row.field`` → what is wrong there, in words."""

FIELD: dict[Fault, str] = {
    Fault.NO_KIND: "kinds",
    Fault.UNKNOWN_KIND: "kinds",
    Fault.STEP: "step",
    Fault.CODE_TWICE: "code",
    Fault.CODE_SIGNS: "code",
    Fault.RENAMED: "title",
    Fault.NO_CRITERIA: "title",
    Fault.NOT_POSITIVE: "points",
    Fault.NOBODY_ANSWERS: "answers",
    Fault.UNKNOWN_EVIDENCE: "evidence",
    Fault.LEVELS_AND_DEDUCTIONS: "steps",
    Fault.LEVELS: "steps",
    Fault.DEDUCTION: "steps",
    Fault.MINIMUM: "minimum",
    Fault.BONUS_CAP: "bonus_cap",
    Fault.UNKNOWN_GRADE: "bands",
    Fault.GRADE_TWICE: "bands",
    Fault.GRADE_ORDER: "bands",
    Fault.NOT_WHOLE_RANGE: "bands",
    Fault.GAP: "bands",
    Fault.OVERLAP: "bands",
    Fault.SHARE: "share",
    Fault.OVERALL: "overalls",
    Fault.OVERALL_RANGE: "total",
}
_WHOLE = "whole"
_KINDS: dict[Fault, str] = {
    Fault.UNREACHABLE: "band",
    Fault.SHARE: "option",
    Fault.OVERALL_RANGE: "overall",
}
"""A scheme may use one code for a grade, for an answer and for a judgement."""
_TYPED = re.compile(r"([a-z]+-\d+)\.(\w+)")
_READ = re.compile(
    r"(?:sections|criteria|bonuses|vetoes)\[([^\]]*)\](?:\.(\w+))?[^\]]*(?:\[\d+\])?"
)


def placed(problems: Iterable[Problem], outline: Outline) -> Places:
    """Each problem in words, under the row and field that it is about."""
    found: Places = {}
    for problem in problems:
        for place in _places(problem, outline):
            found.setdefault(place, []).append(fault_words(problem))
    return found


def _places(problem: Problem, outline: Outline) -> list[str]:
    if typed := _TYPED.fullmatch(problem.place):
        return [problem.place] if typed[1] in {HEAD, *(r.id for r in outline.rows)} else []
    rows = _rows(problem, outline)
    if not rows:
        return [f"{HEAD}.{FIELD.get(problem.what, _WHOLE)}"]
    return [f"{row.id}.{_field(problem, row)}" for row in rows]


def _rows(problem: Problem, outline: Outline) -> list[Row]:
    kinds, code = _named(problem)
    rows = [row for row in outline.rows if row.text("code") == code and row.kind in kinds]
    if problem.what is not Fault.CODE_TWICE:
        return rows
    times = Counter(row.kind for row in rows)  # an answer and a judgement may share a code
    return [row for row in rows if max(times.values()) == 1 or times[row.kind] > 1]


def _named(problem: Problem) -> tuple[set[str], str]:
    """The kinds of row that a place may mean, and the code there."""
    place = problem.place
    if parts := list(_READ.finditer(place)):
        kind = "section" if place.startswith("sections") and len(parts) == 1 else ""
        return ({"section"} if kind else {"criterion", "bonus", "veto"}), parts[-1][1]
    if problem.what in _KINDS and " " in place:
        return {_KINDS[problem.what]}, place.rpartition(" ")[2]
    kinds = {"criterion", "bonus", "veto", "option", "overall"}
    if problem.what is Fault.CODE_TWICE:
        kinds.add("section")
    return kinds, place


def _field(problem: Problem, row: Row) -> str:
    if problem.what is Fault.NO_WORDS:
        return "guidance" if row.text("title") and row.kind != "section" else "title"
    if problem.what is Fault.TOO_LONG:
        return _long_field(row)
    if problem.what is Fault.NOT_A_STEP:
        is_whole = problem.found == row.text("points")
        return "points" if is_whole else "steps"
    if problem.what is Fault.UNREACHABLE:
        return "upper"
    if problem.what is Fault.NOT_A_NUMBER:
        part = problem.place.rpartition(".")[2]
        in_list = re.search(r"(levels|deductions)\[", problem.place)
        return "steps" if in_list else part
    return FIELD.get(problem.what, "title")


def _long_field(row: Row) -> str:
    if len(row.text("title")) > LONGEST_TITLE:
        return "title"
    return "guidance" if len(row.lines("guidance")) > LONGEST_TEXT else "steps"
