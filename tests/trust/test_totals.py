"""J1: every total can be worked out again, by a script that shares nothing with the platform."""

import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

from rubrics.arithmetic import outcome
from rubrics.combining import Rule, combine
from rubrics.grading import FAIL
from rubrics.model import GivenMark, Rubric
from rubrics.registry import get_rubric, get_scheme
from tests.trust import recompute
from tests.trust.recompute import Marking

ROUNDS = int(os.environ.get("TOTAL_ROUNDS", "200"))
HOME = Path(recompute.__file__).parents[2] / "rubrics"
RUBRICS = sorted((HOME / "definitions").glob("*.toml"))
SCHEMES = [HOME / "schemes" / f"{name}.toml" for name in ("hundred-3", "hundred-4")]
ROUNDING = Fraction(1, 10**23)
"""Totals keep 28 significant digits, five of them before or about the point."""


def marking(rubric: Rubric, chance: Random, level: float) -> Marking:
    """A marking whose points lie about a share of the maximum; one item in fifteen is 不适用."""
    marks: dict[str, Any] = {}
    for item in (*rubric.criteria, *rubric.bonuses):
        steps = int(item.points / rubric.step)
        given = round(steps * min(1, max(0, chance.gauss(level, 0.15))))
        is_na = item.may_be_na and chance.random() < 1 / 15
        marks[item.code] = None if is_na else str(rubric.step * given)
    found = [veto.code for veto in rubric.vetoes if chance.random() < 0.04]
    return {"marks": marks, "found": found}


def as_given(marking: Marking) -> dict[str, GivenMark]:
    points = {
        code: GivenMark(None if value is None else Decimal(value), value is None)
        for code, value in marking["marks"].items()
    }
    return points | {code: GivenMark(found=True) for code in marking["found"]}


def check_round(chance: Random) -> str:
    """Mark one case by a random rule, settle it both ways; what it came to."""
    path, scheme_path = chance.choice(RUBRICS), chance.choice(SCHEMES)
    text, scheme_text = recompute.definition(path), recompute.definition(scheme_path)
    rubric, scheme = get_rubric(text["key"]), get_scheme(scheme_text["key"])
    threshold, count = Decimal(chance.choice(["3", "7.5", "10"])), chance.choice([1, 2, 3, 3, 4, 5])
    level = chance.uniform(0.3, 1)
    sheets = [marking(rubric, chance, level) for _ in range(count)]
    came_to = [outcome(rubric, as_given(sheet)) for sheet in sheets]
    again = [recompute.total_of(text, sheet) for sheet in sheets]
    fails = [recompute.failed_by(text, sheet) for sheet in sheets]
    for found, total, failing, sheet in zip(came_to, again, fails, sheets, strict=True):
        assert abs(Fraction(found.total) - total) < ROUNDING
        assert list(found.failed_by) == failing
        agency = recompute.share(recompute.part(text, "agency"), sheet["marks"])
        assert (found.agency_total is None) == (agency is None)
        assert agency is None or abs(Fraction(found.agency_total or 0) - agency) < ROUNDING
    failing_marks = [bool(one) for one in fails]
    rule = Rule(min(count, 3), threshold)
    settled = combine([one.total for one in came_to], rule, failing=failing_marks)
    expected = recompute.settle(again, failing_marks, Fraction(threshold))
    assert (settled.total is None) == (expected is None)
    if expected is None or settled.total is None:
        return settled.outcome
    assert abs(Fraction(settled.total) - expected) < ROUNDING
    assert settled.fails == (2 * sum(failing_marks) > count)
    grade = FAIL if settled.fails else scheme.grade_of(settled.total)
    assert grade == (FAIL if settled.fails else recompute.grade_of(scheme_text, expected))
    return grade


@pytest.mark.parametrize("part", range(4))
def test_totals_of_random_rounds_follow_from_their_marks(part: int) -> None:
    chance = Random(part)  # noqa: S311  (marks to check, no secret)
    seen = {check_round(chance) for _ in range(ROUNDS // 4)}
    assert seen >= {"fail", "panel"}
    assert seen & {"excellent", "good", "pass"}


def test_an_altered_mark_is_noticed() -> None:
    """The script is able to find something: half a point less on one criterion."""
    path = HOME / "definitions" / "civil-first_v1.toml"
    text, rubric = recompute.definition(path), get_rubric("civil-first/1")
    sheet = marking(rubric, Random(1), 0.9)  # noqa: S311  (marks to check, no secret)
    stored = outcome(rubric, as_given(sheet)).total
    code = next(code for code, value in sheet["marks"].items() if value and Decimal(value) > 1)
    sheet["marks"][code] = str(Decimal(sheet["marks"][code]) - Decimal("0.5"))
    assert abs(Fraction(stored) - recompute.total_of(text, sheet)) > Fraction(1, 10)
