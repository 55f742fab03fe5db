from dataclasses import replace
from decimal import Decimal
from random import Random

from rubrics.arithmetic import outcome
from rubrics.carrying import carried, not_asked
from rubrics.model import Criterion, GivenMark, Rubric, Section, Veto
from tests.rubrics.strategies import rubric_of, whole_rubric

OLD = rubric_of([40, 60])  # c0, c1


def with_points(*points: int) -> Rubric:
    return rubric_of(list(points))


def given(*points: str | None) -> dict[str, GivenMark]:
    return {
        f"c{i}": GivenMark(not_applicable=True) if p is None else GivenMark(Decimal(p))
        for i, p in enumerate(points)
    }


def test_same_rubric_changes_nothing() -> None:
    rubric = whole_rubric(Random(5))  # noqa: S311
    marks = {code: GivenMark(Decimal(0), found=True) for code in rubric.answerable}
    found = carried(rubric, rubric, marks)
    assert (found.marks, found.missing, found.rescaled) == (marks, (), ())


def test_another_maximum_keeps_the_share_of_the_points() -> None:
    # 30 of 40 is three quarters: 15 of 20. 60 of 60 is all: 80 of 80.
    found = carried(OLD, with_points(20, 80), given("30", "60"))
    assert {code: mark.points for code, mark in found.marks.items()} == {"c0": 15, "c1": 80}
    assert found.rescaled == ("c0", "c1")
    # 100 · (15 + 80) / 100, where the old total was 90
    assert outcome(with_points(20, 80), found.marks).total == 95


def test_share_never_passes_the_maximum() -> None:
    old, new = with_points(3, 97), with_points(7, 93)
    for points in ("3", "2.5", "1"):
        found = carried(old, new, given(points, "97"))
        assert Decimal(0) <= (found.marks["c0"].points or 0) <= 7
    assert found.marks["c1"].points == 93


def test_not_applicable_stays_so_and_reasons_come_along() -> None:
    marks = {"c0": GivenMark(not_applicable=True, reason="无此环节"), "c1": GivenMark(Decimal(6))}
    found = carried(OLD, with_points(10, 90), marks)
    assert found.marks["c0"] == marks["c0"]
    assert found.rescaled == ("c1",)


def test_new_criterion_is_named_and_a_dropped_one_forgotten() -> None:
    new_section = Section(
        "s", "节", (*OLD.criteria[:1], Criterion("c9", "新", Decimal(60), "看。"))
    )
    new = replace(OLD, sections=(new_section,))
    found = carried(OLD, new, given("40", "60"))
    assert (found.missing, set(found.marks)) == (("c9",), {"c0"})


def test_finding_is_carried_and_a_new_veto_is_not_asked() -> None:
    old = replace(OLD, vetoes=(Veto("v0", "造假", "看。"),))
    new = replace(old, vetoes=(*old.vetoes, Veto("v1", "缺席", "看。")))
    marks = given("40", "60") | {"v0": GivenMark(found=True)}
    found = carried(old, new, marks)
    assert outcome(new, found.marks).failed_by == ("v0",)
    assert not_asked(old, new) == ("缺席",)
