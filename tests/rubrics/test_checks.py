import time
from dataclasses import replace

import pytest

from rubrics.checks import renamed, rubric_problems
from rubrics.faults import DefinitionError, Fault
from rubrics.reading import LARGEST_BYTES, read_rubric
from rubrics.registry import DEFINITIONS, get_rubric, parse_rubric

CIVIL = (DEFINITIONS / "civil-first_v1.toml").read_text(encoding="utf-8")
SECOND = (DEFINITIONS / "civil-second_v1.toml").read_text(encoding="utf-8")


def refused(source: str, old: str, new: str, message: str) -> None:
    assert old in source
    with pytest.raises(DefinitionError, match=message):
        parse_rubric(source.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("points = 12", "points = 13", r"civil-first/1: points do not add up to 100 \(101\)"),
        ('code = "authority"', 'code = "agreement"', r"agreement: code is used twice \(2\)"),
        ('code = "authority"', 'code = "权限"', "权限: code is not small letters"),
        ('["catalogue"]', '["diary"]', r"filing_complete: unknown document type \(diary\)"),
        ('answers = "handler"', 'answers = "court"', "agreement: nobody of this name answers"),
        ("points = 12", "points = 12.25", r"argument: points are no multiple of the step \(12.25"),
        ("points = 12", "points = 0", "argument: points are not positive"),
        ("version = 1", "version = 2", "civil-first/1: key is not name/version"),
        ('kinds = ["civil_first"]', "kinds = []", "fits no kind of case"),
        ("step = 0.5", "step = 0", "step is not positive"),
        ('title = "起诉状、答辩状规范"', 'title = " "', "pleading: title or guidance is missing"),
        ('title = "履行报告义务"', 'title = ""', r"sections\[reporting\]: title or guidance"),
        (
            'title = "起诉状、答辩状规范"',
            f'title = "{"长" * 201}"',
            r"pleading: text is too .*201 > 200",
        ),
        (
            'title = "履行报告义务"',
            f'title = "{"长" * 201}"',
            r"sections\[reporting\]: text is too long",
        ),
        ('title = "民事诉讼', f'title = "{"长" * 200}', "civil-first/1: text is too long"),
        ('guidance = "', f'guidance = "{"长" * 2000}', "agreement: text is too long"),
        # form: the place is the path to the field
        (
            "points = 12",
            'points = "twelve"',
            r"\[opinion\].criteria\[argument\].points: must be a num",
        ),
        ("points = 12", "points = 1e999", r"criteria\[argument\].points: must be a number"),
        ("points = 12", "points = 12\nscore = 1", r"criteria\[argument\].score: unknown field"),
        ("step = 0.5", "", "step: is missing"),
        ("version = 1", 'version = "1"', "version: must be a whole number"),
        ("is_example = true", "is_example = 1", "is_example: must be true or false"),
        ('kinds = ["civil_first"]', "kinds = [1]", r"kinds\[1\]: must be text"),
        ('kinds = ["civil_first"]', 'kinds = "civil"', "kinds: must be a list"),
        (
            'kinds = ["civil_first"]',
            'kinds = ["civil_first"]\nvetoes = [1]',
            "vetoes.1.: must be a t",
        ),
        ("points = 12", "points = = 12", r"line 10\d, column 10: not TOML \(Invalid value"),
        ("version = 1\n", 'version = "1\n', "line 3, column 13: not TOML"),
        ("step = 0.5", "step", r"line 7, column 5: not TOML \(Expected '='"),
        ("points = 12", "points = " + "1" * 5000, "definition: not TOML"),
    ],
)
def test_faulty_definition_is_refused_with_its_place(old: str, new: str, message: str) -> None:
    refused(CIVIL, old, new, message)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "{ points = 5, desc",
            "{ points = 8, desc",
            r"first_instance_file: levels.*\(7, 8, 2, 0\)",
        ),
        ("{ points = 0, desc", "{ points = 1, desc", r"first_instance_file: levels do not fall"),
        ("    { points = 7, desc", "    { points = 6, desc", "first_instance_file: levels"),
        ("{ points = 3, desc", "{ points = 3.5, desc", r"agreement: deduction.*\(3.5\)"),
        (
            "{ points = 1, desc",
            "{ points = 0.3, desc",
            r"agreement: points are no multiple.*\(0.3\)",
        ),
        ("bonus_cap = 3", "bonus_cap = 5", r"civil-second/1: bonus cap.*\(5, 4\)"),
        ("bonus_cap = 3", "", r"civil-second/1: bonus cap.*\(0, 4\)"),
        ('code = "forged_material"', 'code = "filing"', "filing: code is used twice"),
        ('code = "forged_material"', 'code = "appeal"', "appeal: code is used twice"),
        (
            'title = "履行报告义务"',
            'title = "履行报告义务"\nminimum = 6',
            r"sections\[reporting\]: minimum.*\(6, 5\)",
        ),
        # only 5 of the section's 8 points are the handler's
        (
            'title = "依法确立委托代理关系"',
            'title = "依法确立委托代理关系"\nminimum = 6',
            r"sections\[engagement\]: minimum.*\(6, 5\)",
        ),
    ],
)
def test_faulty_levels_vetoes_bonus_and_minimum_are_refused(
    old: str, new: str, message: str
) -> None:
    refused(SECOND, old, new, message)


def test_rubric_of_the_agency_alone_is_refused() -> None:
    agency = read_rubric(CIVIL.replace('answers = "handler"', 'answers = "agency"'))
    assert [p.what for p in rubric_problems(agency)] == [Fault.NOTHING_FOR_HANDLER]


def test_every_fault_is_named_at_once() -> None:
    faulty = CIVIL.replace("points = 12", "points = 13").replace('["catalogue"]', '["diary"]')
    assert {p.what for p in rubric_problems(read_rubric(faulty))} == {
        Fault.NOT_100,
        Fault.UNKNOWN_EVIDENCE,
    }


def test_levels_beside_deductions_are_refused() -> None:
    rubric = get_rubric("civil-second/1")
    section = rubric.sections[2]
    both = replace(section.criteria[0], deductions=rubric.by_code["agreement"].deductions)
    changed = replace(section, criteria=(both, *section.criteria[1:]))
    made = replace(rubric, sections=(*rubric.sections[:2], changed, *rubric.sections[3:]))
    assert [p.what for p in rubric_problems(made)] == [Fault.LEVELS_AND_DEDUCTIONS]


def test_definition_of_5_megabytes_is_refused_at_once() -> None:
    start = time.perf_counter()
    with pytest.raises(DefinitionError, match=f"too large .5000000 > {LARGEST_BYTES}"):
        parse_rubric("#" * 5_000_000)
    assert time.perf_counter() - start < 0.1


def test_definition_nested_too_deep_is_refused() -> None:
    with pytest.raises(DefinitionError, match="not TOML"):
        parse_rubric("x = " + "[" * 100_000)


def test_criterion_renamed_under_the_same_code_is_named() -> None:
    earlier = get_rubric("civil-first/1")
    later = read_rubric(CIVIL.replace("结案报告", "庭审表现"))
    assert [(p.what, p.place, p.found) for p in renamed(later, earlier)] == [
        (Fault.RENAMED, "closing_report", "结案报告 → 庭审表现")
    ]
    moved = read_rubric(CIVIL.replace('code = "closing_report"', 'code = "closing_summary"'))
    assert renamed(moved, earlier) == []
