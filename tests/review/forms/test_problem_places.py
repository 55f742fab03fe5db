from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from review.forms.problem_places import FIELD, placed
from review.forms.rubric_outline import rubric_outline
from review.forms.scheme_outline import scheme_outline
from rubrics.checks import renamed, rubric_problems
from rubrics.faults import Fault
from rubrics.grading import Scheme, scheme_problems
from rubrics.model import Deduction, Level, Rubric
from rubrics.registry import get_rubric, get_scheme

CIVIL, HUNDRED, FIVE = (
    get_rubric("civil-first/1"),
    get_scheme("hundred-4"),
    get_scheme("five-point"),
)
SECTION, CRITERION = "section-1", "criterion-2"
"""The rows of the first section and of its first criterion."""


def with_first(**changes: Any) -> Rubric:
    section = CIVIL.sections[0]
    first = replace(section.criteria[0], **changes)
    changed = replace(section, criteria=(first, *section.criteria[1:]))
    return replace(CIVIL, sections=(changed, *CIVIL.sections[1:]))


def with_section(**changes: Any) -> Rubric:
    return replace(CIVIL, sections=(replace(CIVIL.sections[0], **changes), *CIVIL.sections[1:]))


FAULTY: list[tuple[Rubric, str]] = [
    (replace(CIVIL, title=""), "head-0.whole"),
    (replace(CIVIL, kinds=()), "head-0.kinds"),
    (replace(CIVIL, step=Decimal(0)), "head-0.step"),
    (replace(CIVIL, bonus_cap=Decimal(3)), "head-0.bonus_cap"),
    (with_first(points=Decimal(3)), "head-0.whole"),
    (with_section(title=""), f"{SECTION}.title"),
    (with_section(minimum=Decimal(99)), f"{SECTION}.minimum"),
    (with_section(code="一"), f"{SECTION}.code"),
    (with_section(criteria=()), f"{SECTION}.title"),
    (with_first(title=""), f"{CRITERION}.title"),
    (with_first(guidance=""), f"{CRITERION}.guidance"),
    (with_first(title="长" * 201), f"{CRITERION}.title"),
    (with_first(guidance="长" * 2001), f"{CRITERION}.guidance"),
    (with_first(deductions=(Deduction(Decimal(4), "长" * 2001),)), f"{CRITERION}.steps"),
    (with_first(code="authority"), f"{CRITERION}.code"),
    (with_first(code="二"), f"{CRITERION}.code"),
    (with_first(points=Decimal("4.3")), f"{CRITERION}.points"),
    (with_first(evidence=("diary",)), f"{CRITERION}.evidence"),
    (with_first(answers="court"), f"{CRITERION}.answers"),
    (with_first(levels=(Level(Decimal(4), "好"),)), f"{CRITERION}.steps"),
    (with_first(levels=(Level(Decimal("0.3"), "好"),)), f"{CRITERION}.steps"),
]


@pytest.mark.parametrize(("rubric", "place"), FAULTY)
def test_problem_of_a_rubric_stands_beside_its_field(
    app: Flask, rubric: Rubric, place: str
) -> None:
    with app.test_request_context():
        places = placed(rubric_problems(rubric), rubric_outline(rubric))
    assert places[place]


def test_section_and_criterion_of_one_code_are_told_apart(app: Flask) -> None:
    # the shipped rubric has a section and a criterion called file_reading
    nameless = tuple(
        replace(s, title="") if s.code == "file_reading" else s for s in CIVIL.sections
    )
    rubric = replace(CIVIL, sections=nameless)
    outline = rubric_outline(rubric)
    with app.test_request_context():
        places = placed(rubric_problems(rubric), outline)
    (place,) = places
    row = next(row for row in outline.rows if place == f"{row.id}.title")
    assert row.kind == "section"


def test_renamed_criterion_is_named_beside_its_title(app: Flask) -> None:
    changed = with_first(title="别的意思")
    with app.test_request_context():
        places = placed(renamed(changed, CIVIL), rubric_outline(changed))
    assert places[f"{CRITERION}.title"] == [
        "同一代码换了名称，请改用新代码（及时签订委托协议与授权 → 别的意思）"
    ]


def test_every_fault_of_a_rubric_or_scheme_has_its_field() -> None:
    # these are about a file as a whole, or their field follows from the place
    by_place = {Fault.NOT_A_NUMBER, Fault.NO_WORDS, Fault.NOT_A_STEP, Fault.UNREACHABLE}
    by_place |= {Fault.TOO_LONG}
    whole = {Fault.NOT_100, Fault.NOTHING_FOR_HANDLER, Fault.TOO_LARGE, Fault.KEY}
    of_files = {
        fault
        for fault in Fault
        if fault.name.startswith(("NOT_A_", "NOT_TEXT", "NOT_UTF", "NOT_YES"))
    }
    of_files |= {
        Fault.SYNTAX,
        Fault.MISSING,
        Fault.UNKNOWN_FIELD,
        Fault.UNKNOWN_CATEGORY,
        Fault.STEP_LINE,
    }
    assert set(Fault) - by_place - whole - of_files == set(FIELD)


def bands(scheme: Scheme, number: int, **changes: Any) -> Scheme:
    changed = list(scheme.bands)
    changed[number] = replace(changed[number], **changes)
    return replace(scheme, bands=tuple(changed))


@pytest.mark.parametrize(
    ("scheme", "place", "words"),
    [
        (bands(HUNDRED, 2, upper=Decimal(70)), "head-0.bands", "70–80"),  # a hole
        (bands(HUNDRED, 2, upper=Decimal(85)), "head-0.bands", "80–85"),  # an overlap
        (bands(HUNDRED, 3, lower=Decimal(5)), "head-0.bands", "5–100"),
        (bands(HUNDRED, 1, upper=Decimal(80)), "band-2.upper", "80–80"),
        (replace(FIVE, overalls=FIVE.overalls[::-1]), "head-0.overalls", "20"),
        (
            replace(FIVE, options=(replace(FIVE.options[0], share=Decimal(2)), *FIVE.options[1:])),
            "option-5.share",
            "2",
        ),
        (
            replace(
                FIVE, overalls=(replace(FIVE.overalls[0], total=Decimal(101)), *FIVE.overalls[1:])
            ),
            "overall-9.total",
            "101",
        ),
        (replace(FIVE, overalls=(*FIVE.overalls, FIVE.overalls[0])), "overall-9.code", "2"),
    ],
)
def test_problem_of_a_scheme_stands_beside_its_field(
    app: Flask, scheme: Scheme, place: str, words: str
) -> None:
    with app.test_request_context():
        places = placed(scheme_problems(scheme), scheme_outline(scheme))
    assert any(words in each for each in places[place])


def test_judgement_named_twice_is_not_shown_beside_the_answer_of_its_name(app: Flask) -> None:
    scheme = get_scheme("indicator-grades")  # grade, answer and judgement are all called excellent
    scheme = replace(scheme, overalls=(scheme.overalls[0], *scheme.overalls))
    with app.test_request_context():
        places = placed(scheme_problems(scheme), scheme_outline(scheme))
    assert {place for place in places if place.endswith(".code")} == {
        "overall-9.code",
        "overall-10.code",
    }


def test_no_problem_of_any_kind_is_lost(app: Flask) -> None:
    faulty = [rubric for rubric, _place in FAULTY]
    with app.test_request_context():
        for rubric in faulty:
            problems = rubric_problems(rubric)
            places = placed(problems, rubric_outline(rubric))
            assert sum(map(len, places.values())) >= len(problems)
