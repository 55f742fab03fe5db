from typing import Any

import pytest

from review.domain.register import read_register
from review.domain.register_table import Sheet, Table, find_table
from tests.register_files import HEADINGS, NAME, row, rows, table, workbook

GROUPS = {
    "案件": ("编号", "类型"),
    "受援人": ("姓名", "身份证号", "联系电话", "类别"),
    "承办人员": ("姓名", "执业证号", "类型"),
    "日期": ("受理", "指派", "结案", "归档"),
    "补贴": ("金额（元）", "发放日期"),
}
PLAIN = ("机构代码", "援助方式", "审级", "案由", "承办机构", "卷宗页数", "结案方式")
UNDER = {
    **{("案件", "编号"): "案件编号", ("案件", "类型"): "案件类型"},
    **{("受援人", "姓名"): "受援人", ("受援人", "类别"): "受援人类别"},
    **{("承办人员", "姓名"): "承办人员", ("承办人员", "类型"): "承办人员类型"},
    **{("日期", word): f"{word}日期" for word in GROUPS["日期"]},
    **{("补贴", "金额（元）"): "补贴金额", ("补贴", "发放日期"): "补贴发放日期"},
}


def grouped(cases: list[dict[str, Any]]) -> list[list[Any]]:
    """A register whose heading takes two rows: groups above, their parts below."""
    above: list[Any] = list(PLAIN)
    below: list[Any] = [None] * len(PLAIN)
    keys = list(PLAIN)
    for group, parts in GROUPS.items():
        above += [group, *[None] * (len(parts) - 1)]
        below += parts
        keys += [UNDER.get((group, part), part) for part in parts]
    return [["东川市结案台账"], above, below, *([case.get(key) for key in keys] for case in cases)]


def found(lines: list[list[Any]], meanings: dict[str, str] | None = None) -> Table:
    result = find_table(Sheet("甲", lines), meanings or {})
    assert result
    return result


def test_heading_in_two_rows_is_joined() -> None:
    lines = found(grouped(rows(2)))
    assert lines.heading_row == 3
    assert lines.headings[7:13] == [
        "案件编号", "案件类型", "受援人姓名", "受援人身份证号", "受援人联系电话", "受援人类别",
    ]  # fmt: skip
    assert lines.headings[16:20] == ["受理日期", "指派日期", "结案日期", "归档日期"]
    assert [number for number, _cells in lines.rows] == [4, 5]


def test_part_that_repeats_its_group_is_taken_by_itself() -> None:
    cases = [case | {"受援人姓名": case["受援人"]} for case in rows(2)]
    above = ["受援人" if key.startswith("受援人") else key for key in cases[0]]
    below = [key if key.startswith("受援人") else None for key in cases[0]]
    lines = found([above, below, *(list(case.values()) for case in cases)])
    assert "受援人类别" in lines.headings


def test_grouped_register_says_the_same_as_a_plain_one() -> None:
    columns = {key: cell for key, cell in row().items() if key != "受理机构"}
    (plain,) = read_register(workbook(table([columns])), "a.xlsx").accepted
    (case,) = read_register(workbook(grouped([row()])), "a.xlsx").accepted
    assert case.facts == plain.facts
    assert case.facts
    assert case.facts.recipient == NAME


def test_telephone_of_the_handler_is_not_the_recipients() -> None:
    above = ["案件编号", "结案日期", "案件类型", "援助方式", "承办人员", None]
    below = [None, None, None, None, "姓名", "联系电话"]
    assert found([above, below]).fields[-2:] == ["handler", None]


def test_first_case_is_never_taken_for_a_second_heading_row() -> None:
    sparse = {"案件编号": "一", "结案日期": "结案", "受理日期": "受理"}
    lines = found(table([sparse, row()], title=[], end=[]))  # type: ignore[arg-type]
    assert (lines.heading_row, len(lines.rows)) == (1, 2)


def test_both_rows_of_a_heading_are_left_out_where_they_repeat() -> None:
    lines = grouped(rows(3))
    page = [*lines[:5], *lines[1:3], *lines[5:]]
    assert [number for number, _cells in found(page).rows] == [4, 5, 8]


@pytest.mark.parametrize(
    ("line", "is_case"),
    [
        (["合 计", None, 12, 13], False),
        (["城关区小计", None, 12, 13, *range(20)], False),
        (["合计", "12件", *range(20)], True),  # something stands under the case number
        ([None, None, "小计", 3], False),
        (["备注：本表由各县汇总。"], False),
        ([None, "  "], False),
        (["审核通过", "一号", *range(20)], True),
        (["一号", "备注"], True),
    ],
)
def test_sums_and_notes_are_told_from_cases(line: list[Any], is_case: bool) -> None:
    headings = ["状态", *HEADINGS]
    cells = (line + [None] * len(headings))[: len(headings)]
    assert bool(found([headings, cells]).rows) is is_case


def test_own_heading_is_read_by_its_meaning() -> None:
    headings = ["卷号" if heading == "案件编号" else heading for heading in HEADINGS]
    assert found([headings]).fields[0] is None
    assert found([headings], {"卷号": "case_number"}).fields[0] == "case_number"
    assert found([headings], {"卷号": ""}).fields[0] == ""  # never asked about again
