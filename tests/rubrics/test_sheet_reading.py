"""A sheet that nobody touched reads back as it was; what a bureau does to it is read or named."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from rubrics.checks import rubric_problems
from rubrics.faults import DefinitionError, Fault, Problem
from rubrics.grading import Scheme
from rubrics.model import Rubric
from rubrics.registry import all_rubrics, all_schemes, get_rubric, get_scheme
from rubrics.sheet import Sheet, rubric_sheet, scheme_sheet
from rubrics.sheet_reading import read_sheet
from rubrics.sheet_rows import Given
from rubrics.writing import rubric_text, scheme_text
from tests.rubrics.strategies import whole_rubric

KINDS = {kind: f"种类{kind}" for rubric in all_rubrics() for kind in rubric.kinds}
CIVIL = get_rubric("civil-first/1")
Rows = list[list[Given]]
HEAD = 8
"""The row of the headings, as a spreadsheet program counts, on the sheet of ``CIVIL``: six facts
and an empty row stand above it."""


def as_cells(sheet: Sheet) -> Rows:
    """What an office program gives back: numbers as floats, short rows filled up."""
    facts: list[list[Any]] = [[label, value] + [None] * 7 for label, value in sheet.facts]
    below: Rows = [["附：评定办法"], ["等次", 5.0]]
    rows = [*facts, [None] * 9, list(sheet.headings), *map(list, sheet.rows), *below]
    return [[float(c) if isinstance(c, Decimal) else c for c in row] for row in rows]


def read_rubric_of(rows: Rows) -> Rubric:
    made = read_sheet([rows], KINDS)
    assert isinstance(made, Rubric)
    return made


@pytest.mark.parametrize("rubric", all_rubrics(), ids=lambda rubric: rubric.key)
def test_untouched_sheet_of_a_rubric_reads_back(rubric: Rubric) -> None:
    made = read_rubric_of(as_cells(rubric_sheet(rubric, KINDS)))
    assert made == rubric
    assert rubric_text(made) == rubric_text(rubric)


@pytest.mark.parametrize("scheme", all_schemes(), ids=lambda scheme: scheme.key)
def test_untouched_sheet_of_a_scheme_reads_back(scheme: Scheme) -> None:
    made = read_sheet([as_cells(scheme_sheet(scheme))], KINDS)
    assert made == scheme
    assert isinstance(made, Scheme)
    assert scheme_text(made) == scheme_text(scheme)


def test_generated_rubrics_read_back() -> None:
    random = Random(20240902)  # noqa: S311  (the same rubrics each time)
    for _ in range(300):
        rubric = whole_rubric(random)
        assert read_rubric_of(as_cells(rubric_sheet(rubric, KINDS))) == rubric


def edited(change: Callable[[Rows], None], rubric: Rubric = CIVIL) -> Rows:
    rows = as_cells(rubric_sheet(rubric, KINDS))
    assert rows[HEAD - 1][0] == "类别"
    change(rows)
    return rows


def test_words_and_points_that_a_bureau_changed_are_taken_over() -> None:
    def change(rows: Rows) -> None:
        first = rows[HEAD + 1]
        first[2], first[3], first[4] = "按时签订委托协议", "３.５ 分", "第一行\r\n第二行"
        first[7], first[8] = "机构", "是"

    first = read_rubric_of(edited(change)).criteria[0]
    assert (first.title, first.points, first.guidance) == (
        "按时签订委托协议",
        Decimal("3.5"),
        "第一行\n第二行",
    )
    assert (first.answers, first.may_be_na, first.code) == ("agency", True, "agreement")


def test_added_row_needs_neither_code_nor_category() -> None:
    def change(rows: Rows) -> None:
        rows.insert(HEAD + 1, ["", None, "委托材料留存", 1.0, "看卷宗。", "", "", "", ""])
        rows.insert(HEAD, ["一级指标", "", "新的一节", "", "", "最低 2 分", "", "", ""])
        rows.insert(HEAD + 1, [None, "", "新的一项", 2.0, "看。", "扣 1 分：缺项", "", None, None])

    made = read_rubric_of(edited(change))
    new, old = made.sections[:2]
    assert (new.title, new.minimum) == ("新的一节", Decimal(2))
    assert new.criteria[0].deductions[0].description == "缺项"
    assert [c.code for c in old.criteria[1:]] == ["agreement", "authority"]
    assert rubric_problems(made)[-1:] == [Problem(Fault.NOT_100, CIVIL.key, "103")]
    # The sum, 100 + 2 + 1, is for the draft's page to complain about.
    assert sum(c.points for c in made.criteria) == 103


def test_code_of_an_added_row_follows_its_title() -> None:
    def added(*titles: str) -> list[str]:
        new: Rows = [["", "", title, 1.0, "看。", "", "", "", ""] for title in titles]
        made = read_rubric_of(edited(lambda rows: rows.__setitem__(slice(HEAD + 1, HEAD + 1), new)))
        return [c.code for c in made.criteria[: len(titles)]]

    one, other, again = added("送达", "回访", "送达")
    assert len({one, other, again}) == 3
    assert added("回访") == [other]  # nobody else's code, though that row is gone
    assert all(re.fullmatch(r"added_[0-9a-f]{8}(_2)?", code) for code in (one, other, again))


def test_rows_may_be_taken_out_and_columns_moved() -> None:
    def change(rows: Rows) -> None:
        del rows[HEAD + 1]
        for row in rows[HEAD - 1 :]:
            row[:2] = row[:2][::-1]

    made = read_rubric_of(edited(change))
    assert [c.code for c in made.criteria] == [c.code for c in CIVIL.criteria[1:]]


def test_step_line_without_points_goes_on_with_the_one_above() -> None:
    def change(rows: Rows) -> None:
        rows[HEAD + 1][5] = "扣 1 分：逾期\n而且没有说明\n扣 0.5 分:缺日期"

    steps = read_rubric_of(edited(change)).criteria[0].deductions
    assert [(s.points, s.description) for s in steps] == [
        (Decimal(1), "逾期\n而且没有说明"),
        (Decimal("0.5"), "缺日期"),
    ]


@pytest.mark.parametrize(
    ("row", "column", "value", "fault", "place"),
    [
        (HEAD + 2, 3, "四分", Fault.NOT_A_NUMBER, "row 10, 分值"),
        (HEAD + 2, 3, None, Fault.NOT_A_NUMBER, "row 10, 分值"),
        (HEAD + 2, 3, float("nan"), Fault.NOT_A_NUMBER, "row 10, 分值"),
        (HEAD + 2, 3, "1e30", Fault.NOT_A_NUMBER, "row 10, 分值"),
        (HEAD + 2, 5, "酌情扣分", Fault.STEP_LINE, "row 10, 分档或扣分"),
        (HEAD + 2, 6, "审批表、营业执照", Fault.UNKNOWN_EVIDENCE, "row 10, 看哪里"),
        (HEAD + 2, 7, "法院", Fault.NOBODY_ANSWERS, "row 10, 责任方"),
        (HEAD + 2, 8, "也许", Fault.NOT_YES_OR_NO, "row 10, 可不适用"),
        (HEAD + 2, 0, "三级指标", Fault.UNKNOWN_CATEGORY, "row 10, 类别"),
        (HEAD + 1, 0, "二级指标", Fault.UNKNOWN_CATEGORY, "row 9, 类别"),
        (HEAD + 1, 5, "很低", Fault.NOT_A_NUMBER, "row 9, 分档或扣分"),
        (HEAD, 3, "满分", Fault.MISSING, "row 8, 分值"),
        (3, 1, "一", Fault.NOT_A_NUMBER, "row 3, 版本"),
        (5, 1, "宇宙诉讼", Fault.UNKNOWN_KIND, "row 5, 适用案件种类"),
        (6, 1, "半分制", Fault.NOT_A_NUMBER, "row 6, 给分档距"),
    ],
)
def test_cell_that_cannot_be_read_is_named(
    row: int, column: int, value: Given, fault: Fault, place: str
) -> None:
    def change(rows: Rows) -> None:
        rows[row - 1][column] = value

    with pytest.raises(DefinitionError) as refused:
        read_sheet([edited(change)], KINDS)
    (problem,) = refused.value.problems[:1]
    assert (problem.what, problem.place) == (fault, place)


def test_every_bad_cell_is_named_at_once() -> None:
    def change(rows: Rows) -> None:
        rows[HEAD + 1][3] = rows[HEAD + 2][3] = "？"

    with pytest.raises(DefinitionError) as refused:
        read_sheet([edited(change)], KINDS)
    assert [p.place for p in refused.value.problems] == ["row 10, 分值", "row 11, 分值"]


def test_cut_offs_as_text_are_refused_by_row() -> None:
    rows = as_cells(scheme_sheet(get_scheme("hundred-4")))
    assert rows[3][0] == "类别"
    rows[4][3] = "九十"
    with pytest.raises(DefinitionError, match="row 5, 下限: must be a number"):
        read_sheet([rows], KINDS)
    rows[4][3], rows[5][0] = 90.0, "优等"
    with pytest.raises(DefinitionError, match="row 6, 类别: unknown category"):
        read_sheet([rows], KINDS)


@pytest.mark.parametrize("rows", [[], [[]], [[None, "类别"]], [["案件编号", "结案日期"]] * 3])
def test_other_tables_are_no_score_sheet(rows: Rows) -> None:
    with pytest.raises(DefinitionError, match="no score sheet"):
        read_sheet([rows], KINDS)


def test_facts_may_stand_in_a_table_of_their_own() -> None:
    rows = as_cells(rubric_sheet(CIVIL, KINDS))
    rows[HEAD + 1][3] = "无"
    with pytest.raises(DefinitionError, match="row 3, 分值"):
        read_sheet([[["封面"]], rows[: HEAD - 1], rows[HEAD - 1 :]], KINDS)
    rows[HEAD + 1][3] = 4.0
    assert read_sheet([[["封面"]], rows[: HEAD - 1], rows[HEAD - 1 :]], KINDS) == CIVIL


def test_fact_without_a_value_takes_no_other_ones() -> None:
    rows = as_cells(rubric_sheet(CIVIL, KINDS))
    facts: Rows = [["评估标准", "", "编码", "civil-first/1"], *rows[2 : HEAD - 1]]
    assert read_sheet([facts, rows[HEAD - 1 :]], KINDS) == replace(CIVIL, title="")


def test_unfinished_draft_prints_whatever_it_holds() -> None:
    odd = replace(CIVIL.criteria[0], answers="court", evidence=("licence",))
    section = replace(CIVIL.sections[0], criteria=(odd,))
    sheet = rubric_sheet(replace(CIVIL, sections=(section,)), KINDS)
    assert "court" in sheet.rows[1]
    assert "licence" in sheet.rows[1]
