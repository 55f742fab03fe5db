from decimal import Decimal

import pytest

from rubrics.faults import DefinitionError, Fault
from rubrics.grading import Scheme, scheme_problems
from rubrics.reading import read_scheme
from rubrics.registry import SCHEMES, all_schemes, get_scheme, parse_scheme

GRADES, FIVE = get_scheme("indicator-grades"), get_scheme("five-point")


@pytest.mark.parametrize(
    ("key", "total", "grade"),
    [
        # Guangdong: 90, 80, 60
        ("hundred-4", "100", "excellent"),
        ("hundred-4", "90", "excellent"),
        ("hundred-4", "89.99999999999999999999999999", "good"),
        ("hundred-4", "89.5", "good"),
        ("hundred-4", "80", "good"),
        ("hundred-4", "79.9", "pass"),
        ("hundred-4", "60", "pass"),
        ("hundred-4", "59.95", "fail"),
        ("hundred-4", "0", "fail"),
        # Shandong 2017: 85, 60, no 良好
        ("hundred-3", "85", "excellent"),
        ("hundred-3", "84.9", "pass"),
        ("hundred-3", "59.9", "fail"),
        # Guangdong 2022: an overall grade; two that differ by one step count as the better
        ("indicator-grades", "100", "excellent"),
        ("indicator-grades", "90", "excellent"),
        ("indicator-grades", "80", "good"),
        ("indicator-grades", "70", "good"),
        ("indicator-grades", "60", "pass"),
        ("indicator-grades", "40", "fail"),
        # Overall 1–5 lies at 20 a step: 5 优秀, 4 良好, 3 合格, below 3 不合格
        ("five-point", "100", "excellent"),
        ("five-point", "90", "good"),
        ("five-point", "80", "good"),
        ("five-point", "70", "pass"),
        ("five-point", "60", "pass"),
        ("five-point", "59.9", "fail"),
        ("five-point", "20", "fail"),
        ("own-cut-offs", "94.9", "good"),
    ],
)
def test_grade_of_the_unrounded_total(key: str, total: str, grade: str) -> None:
    assert get_scheme(key).grade_of(Decimal(total)) == grade


@pytest.mark.parametrize("total", ["-0.1", "100.1", "NaN"])
def test_grade_of_refuses_what_is_no_total(total: str) -> None:
    with pytest.raises(ValueError, match="not within"):
        get_scheme("hundred-4").grade_of(Decimal(total))


def scheme(*bands: tuple[str, object, object], more: str = "") -> str:
    rows = "".join(f'[[bands]]\ngrade = "{g}"\nlower = {a}\nupper = {b}\n' for g, a, b in bands)
    return f'key = "made"\ntitle = "生成"\n{rows}{more}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # A published city rule left 70–80 without a grade.
        (scheme(("good", 80, 100), ("pass", 60, 70), ("fail", 0, 60)), r"between \(70..80\)"),
        (scheme(("good", 80, 100), ("pass", 60, 85), ("fail", 0, 60)), r"two.*between \(80..85\)"),
        (scheme(("good", 80, 95), ("fail", 0, 80)), r"from 0 to 100 \(0..95\)"),
        (scheme(("good", 80, 100), ("fail", 10, 80)), r"from 0 to 100 \(10..100\)"),
        (
            scheme(("good", 80, 100), ("pass", 80, 80), ("fail", 0, 80)),
            r"made pass: grade can never be reached \(80..80\)",
        ),
        (scheme(("good", 80, 100), ("good", 70, 80), ("fail", 0, 70)), r"named twice \(good\)"),
        (scheme(("great", 80, 100), ("fail", 0, 80)), r"unknown grade \(great\)"),
        (scheme(("pass", 80, 100), ("good", 60, 80), ("fail", 0, 60)), "not in order"),
        (scheme(("good", 60, 100), ("pass", 0, 60)), "fail last"),
        ('key = "made"\ntitle = "生成"\nbands = []', "from 0 to 100"),
        (
            scheme(("good", '"八十"', 100), ("fail", 0, 80)),
            r"bands\[1\].lower: must be a number \(八十\)",
        ),
        (scheme(("good", '"80"', 100), ("fail", 0, 80)), r"bands\[1\].lower: must be a number"),
        (scheme(("good", 80, "nan"), ("fail", 0, 80)), r"bands\[1\].upper: must be a number"),
        (scheme(("good", 80, "true"), ("fail", 0, 80)), r"bands\[1\].upper: must be a number"),
        (
            scheme(
                ("good", 80, 100),
                ("fail", 0, 80),
                more='overalls = [{ code = "a", title = "甲", total = 90 }]',
            ),
            "unknown field|need each other",
        ),
    ],
)
def test_scheme_refused(text: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        parse_scheme(text)


def faulty(old: str, new: str, key: str = "indicator-grades") -> Scheme:
    source = (SCHEMES / f"{key}.toml").read_text(encoding="utf-8")
    assert old in source
    return read_scheme(source.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('title = "良好", share = 0.8', 'title = "良好", share = 1.8', Fault.SHARE),
        (
            'code = "good", title = "良好", total',
            'code = "pass", title = "良好", total',
            Fault.CODE_TWICE,
        ),
        ('title = "良好", share', 'title = " ", share', Fault.NO_WORDS),
        ('code = "good", title = "良好", share', 'code = "", title = "良好", share', Fault.MISSING),
        ('title = "良好", share', f'title = "{"长" * 201}", share', Fault.TOO_LONG),
        ('title = "指标', f'title = "{"长" * 200}', Fault.TOO_LONG),
        ("total = 100", "total = 101", Fault.OVERALL_RANGE),
        ("total = 80", "total = 40", Fault.OVERALL),
        ("total = 40", "total = 55", Fault.UNREACHABLE),
    ],
)
def test_judged_scheme_refused(old: str, new: str, fault: Fault) -> None:
    assert fault in {problem.what for problem in scheme_problems(faulty(old, new))}


@pytest.mark.parametrize(
    ("made", "total", "code"),
    [
        (GRADES, "91", "excellent"),
        (GRADES, "90", "excellent"),  # halfway between 100 and 80: the better one
        (GRADES, "89.9", "good"),
        (GRADES, "0", "fail"),
        (FIVE, "60", "3"),
        (FIVE, "69.9", "3"),
        (FIVE, "70", "4"),
    ],
)
def test_suggested_overall_is_the_nearest(made: Scheme, total: str, code: str) -> None:
    assert made.suggested(Decimal(total)).code == code


def test_presets_are_named_and_sound() -> None:
    assert {one.key for one in all_schemes()} == {
        "hundred-4",
        "hundred-3",
        "indicator-grades",
        "five-point",
        "own-cut-offs",
    }
    assert all(scheme_problems(one) == [] for one in all_schemes())
    assert {one.key for one in all_schemes() if one.is_judged} == {"indicator-grades", "five-point"}
