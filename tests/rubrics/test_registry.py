from decimal import Decimal

import pytest

from rubrics.checks import rubric_problems
from rubrics.model import Rubric
from rubrics.registry import (
    DEFINITIONS,
    RubricError,
    all_rubrics,
    get_rubric,
    parse_rubric,
    rubrics_for,
)

SOURCE = (DEFINITIONS / "civil-first_v1.toml").read_text(encoding="utf-8")
POINTS = {
    "civil-first/1": [[4, 4], [5, 6, 4], [8], [8, 7], [8, 12], [8, 6], [7], [5], [3, 3, 2]],
    "criminal-trial/1": [[5], [7, 7, 3], [5, 10], [6], [15, 4, 6], [8, 6], [5], [5], [8]],
}


@pytest.mark.parametrize("rubric", all_rubrics(), ids=lambda rubric: rubric.key)
def test_shipped_rubric_has_the_agreed_points(rubric: Rubric) -> None:
    assert [[int(c.points) for c in s.criteria] for s in rubric.sections] == POINTS[rubric.key]
    assert sum(c.points for c in rubric.criteria) == 100
    assert rubric_problems(rubric) == []
    assert rubric.is_example


def test_definition_lies_in_a_file_of_its_own_name() -> None:
    for rubric in all_rubrics():
        name, version = rubric.key.split("/")
        assert (DEFINITIONS / f"{name}_v{version}.toml").is_file()


def test_rubrics_for_a_kind() -> None:
    assert [rubric.key for rubric in rubrics_for("criminal_trial")] == ["criminal-trial/1"]
    assert rubrics_for("duty_lawyer") == ()


def test_unknown_key_raises() -> None:
    with pytest.raises(KeyError):
        get_rubric("civil-first/99")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("points = 12", "points = 13", r"civil-first/1: points do not add up to 100 \(101\)"),
        ('code = "authority"', 'code = "agreement"', "agreement: code is used twice"),
        ('["catalogue"]', '["diary"]', r"filing_complete: unknown document type \(diary\)"),
        ('answers = "handler"', 'answers = "court"', "agreement: nobody of this name answers"),
        ("points = 12", "points = 12.25", "argument: points are no multiple of the step"),
        ("points = 12", "points = 0", "argument: points are not positive"),
        ("version = 1", "version = 2", "civil-first/1: key is not name/version"),
        ('kinds = ["civil_first"]', "kinds = []", "fits no kind of case"),
        ("points = 12", 'points = "twelve"', "not a rubric definition"),
        ("step = 0.5", "", "not a rubric definition: 'step'"),
        ("step = 0.5", "step = 0", "step is not positive"),
        ("points = 12", "points = = 12", r"not a rubric definition.*line \d+, column \d+"),
        ("points = 12", "points = 12\nscore = 1", "not a rubric definition.*score"),
        ('title = "起诉状、答辩状规范"', 'title = " "', "pleading: title or guidance is missing"),
    ],
)
def test_faulty_definition_is_refused_with_its_place(old: str, new: str, message: str) -> None:
    assert old in SOURCE
    with pytest.raises(RubricError, match=message):
        parse_rubric(SOURCE.replace(old, new, 1))


def test_points_are_exact_decimals() -> None:
    step = get_rubric("civil-first/1").step
    assert step == Decimal("0.5")
    assert all(isinstance(c.points, Decimal) for c in get_rubric("civil-first/1").criteria)
