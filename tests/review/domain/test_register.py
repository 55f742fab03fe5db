import json
from datetime import date
from typing import Any

import pytest

from review.demo.build import REGISTERS
from review.domain.register import ReadRegister, read_register
from review.enums import CaseKind, RegisterChange, RejectReason
from review.errors import (
    EmptyWorkbookError,
    MissingColumnsError,
    NoHeadingError,
    NotAWorkbookError,
    RepeatedColumnError,
    WebPageError,
)
from tests.register_files import HEADINGS, NAME, number, register, row, rows, table, workbook


def read(data: bytes) -> ReadRegister:
    return read_register(data, "台账.xlsx")


def reasons(data: bytes) -> list[tuple[int, RejectReason]]:
    return [(refused.number, refused.problems[0].reason) for refused in read(data).rejected]


@pytest.mark.parametrize("name", ["dongchuan-2023", "dongchuan-2024"])
def test_counts_equal_the_expected_ones_for_a_real_register(name: str) -> None:
    expected = json.loads((REGISTERS / f"{name}.expected.json").read_text())
    data = (REGISTERS / f"{name}.xlsx").read_bytes()
    assert read_register(data, f"{name}.xlsx").counts() == expected


def test_row_becomes_a_case_with_every_fact() -> None:
    (case,) = (accepted.facts for accepted in read(register(row())).accepted)
    assert case is not None
    assert case.case_number == "（2024）示援民字第10100001号"
    assert case.kind is CaseKind.CIVIL_FIRST
    assert (case.accepted_on, case.closed_on) == (date(2024, 1, 2), date(2024, 5, 6))
    assert case.recipient == NAME
    assert case.recipient_categories == ("farmer", "woman")
    assert str(case.subsidy_amount) == "1400.00"
    assert case.dossier_pages == 62


def test_titles_sums_notes_blank_rows_and_repeated_headings_are_no_data() -> None:
    first, second = rows(2)
    lines = table([first], end=[]) + [
        [None] * 5,
        ["小计", "1件"],
        list(HEADINGS),
        *table([second], title=[])[1:],
    ]
    result = read(workbook(lines))
    assert result.counts()["data_rows_read"] == 2
    assert [accepted.number for accepted in result.accepted] == [4, 8]


def test_row_that_lost_nearly_everything_is_refused_not_skipped() -> None:
    lines = table([row()], end=[["", "城关区法律援助中心"]])
    result = read(workbook(lines))
    assert result.counts()["data_rows_read"] == 2
    assert result.rejected[0].problems[0].reason is RejectReason.MISSING_CASE_NUMBER


def test_every_sheet_with_a_heading_is_read_and_others_are_not() -> None:
    first, second, third = rows(3)
    explained = [["填表说明"], ["一、本表统计已结案并归档的案件。"]]
    data = workbook(table([first, second]), explained, table([third]))
    assert read(data).counts()["accepted_cases"] == 3


def test_headings_match_by_synonym_in_any_order_with_units_and_line_breaks() -> None:
    synonyms = {
        "案件编号": "法援编号",
        "受理机构": "法律援助机构",
        "案件类型": "案件\n类别",
        "受援人": "受援人姓名",
        "身份证号": "证件号码",
        "承办机构": "承办单位",
        "承办人员": "承办律师",
        "执业证号": "律师执业证号",
        "指派日期": "指派时间",
        "结案日期": "结案时间 *",
        "补贴金额": "办案补贴（元）",
    }
    renamed = [synonyms.get(heading, heading) for heading in reversed(HEADINGS)]
    case = {synonyms.get(heading, heading): cell for heading, cell in row().items()}
    (accepted,) = read(register(case, headings=renamed)).accepted
    assert accepted.facts
    assert accepted.facts.handler == "任勇佳"
    assert str(accepted.facts.subsidy_amount) == "1400.00"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"案件编号": None}, RejectReason.MISSING_CASE_NUMBER),
        ({"结案日期": None}, RejectReason.MISSING_CLOSED_DATE),
        ({"结案日期": "########"}, RejectReason.UNREADABLE_DATE),
        ({"归档日期": "去年底"}, RejectReason.UNREADABLE_DATE),
        ({"指派日期": date(2024, 6, 1)}, RejectReason.CLOSED_BEFORE_ASSIGNED),
        ({"指派日期": None, "受理日期": date(2024, 6, 1)}, RejectReason.CLOSED_BEFORE_ASSIGNED),
        ({"案件类型": "公益"}, RejectReason.UNKNOWN_CASE_TYPE),
        ({"案件类型": None}, RejectReason.UNKNOWN_CASE_TYPE),
        ({"承办人员": None}, RejectReason.MISSING_HANDLER),
        ({"承办机构": " "}, RejectReason.MISSING_HANDLER),
        ({"机构代码": None}, RejectReason.MISSING_AGENCY),
        ({"机构代码": "东川"}, RejectReason.UNKNOWN_CODE),
        ({"援助方式": "咨询"}, RejectReason.UNKNOWN_CODE),
        ({"案件类型": "刑事"}, RejectReason.UNKNOWN_CODE),  # a civil suit in a criminal case
        ({"补贴金额": "约一千"}, RejectReason.UNREADABLE_CELL),
        ({"案由": "#REF!"}, RejectReason.UNREADABLE_CELL),
    ],
)
def test_bad_row_is_refused_with_its_reason(changes: dict[str, Any], reason: RejectReason) -> None:
    good, other = rows(2)
    assert reasons(register(good, other | changes)) == [(5, reason)]


def test_all_problems_of_a_row_are_named() -> None:
    (refused,) = read(register(row(案件编号=None, 结案日期="?", 承办人员=None))).rejected
    assert [problem.headings for problem in refused.problems] == [
        ("案件编号",),
        ("结案日期",),
        ("承办人员",),
    ]


def test_exact_copies_are_skipped_however_they_are_written() -> None:
    rewritten = row(案件编号="(2024)示援民字第10100001号", 结案日期="2024.5.6", 承办人员="任 勇佳")
    result = read(register(row(), rewritten, row()))
    assert (len(result.accepted), result.duplicates, result.rejected) == (1, 2, [])


def test_rows_of_one_number_with_different_content_are_all_refused() -> None:
    result = read(register(row(), row(承办人员="邵刚刚"), *rows(1), row()))
    clash = RejectReason.CONFLICTING_DUPLICATE
    found = [(refused.number, refused.problems[0]) for refused in result.rejected]
    assert [(n, p.reason, p.other_row) for n, p in found] == [
        (4, clash, 5),
        (5, clash, 4),
        (7, clash, 4),
    ]
    assert found[1][1].headings == ("承办人员",)
    assert len(result.accepted) == 1


def test_row_is_refused_when_a_bad_row_has_its_number() -> None:
    result = reasons(register(row(), row(结案日期=None)))
    expected = [(4, RejectReason.CONFLICTING_DUPLICATE), (5, RejectReason.MISSING_CLOSED_DATE)]
    assert result == expected


def test_rewritten_cells_are_counted() -> None:
    case = row(
        案件编号="(2024)示援民字第10100001号",
        案件类型="民事案件",
        执业证号=1992005569896320,
        补贴金额="1,400元",
        结案日期="2024/5/6",
        承办人员="任 勇佳",
        受援人类别="妇女、其他",
    )
    assert read(register(case)).changes == {
        RegisterChange.CASE_NUMBER: 1,
        RegisterChange.CODE: 1,
        RegisterChange.LICENCE_LEFT_OUT: 1,
        RegisterChange.AMOUNT: 1,
        RegisterChange.DATE: 1,
        RegisterChange.NAME: 1,
        RegisterChange.CATEGORY_LEFT_OUT: 1,
    }


def test_rows_read_are_accepted_skipped_or_refused() -> None:
    result = read((REGISTERS / "dongchuan-2024.xlsx").read_bytes())
    assert result.read == len(result.accepted) + result.duplicates + len(result.rejected)


def test_web_page_that_is_called_a_workbook_is_refused_as_such() -> None:
    with pytest.raises(WebPageError):
        read_register("<html><table><tr><td>案件编号</td></tr></table></html>".encode(), "台账.xls")


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04 but not really", b"%PDF-1.7, a, b"])
def test_file_that_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(NotAWorkbookError):
        read(data)


def test_file_of_another_kind_is_refused_by_its_name() -> None:
    with pytest.raises(NotAWorkbookError):
        read_register(register(row()), "台账.pdf")


def test_workbook_without_a_row_is_refused() -> None:
    with pytest.raises(EmptyWorkbookError):
        read(workbook([]))
    with pytest.raises(EmptyWorkbookError):
        read(register())


def test_workbook_without_a_heading_is_refused() -> None:
    with pytest.raises(NoHeadingError):
        read(workbook([["只有一句话"], ["案件编号", "还有一句"]]))


def test_missing_columns_are_named_with_sheet_and_row() -> None:
    headings = [heading for heading in HEADINGS if heading not in {"结案日期", "承办机构"}]
    with pytest.raises(MissingColumnsError) as caught:
        read(register(row(), headings=headings))
    assert (caught.value.sheet, caught.value.row) == ("Sheet1", 3)
    assert caught.value.headings == ("结案日期", "承办机构")


def test_columns_of_one_meaning_are_refused() -> None:
    with pytest.raises(RepeatedColumnError) as caught:
        read(register(row(结案时间="2024-05-07"), headings=[*HEADINGS, "结案时间"]))
    assert caught.value.headings == ("结案日期", "结案时间")


def test_case_number_of_a_generated_row_is_unique() -> None:
    assert len({case["案件编号"] for case in rows(100)}) == 100
    assert rows(1)[0]["案件编号"] == number(0)


def test_problem_between_columns_names_them_as_the_file_does() -> None:
    late = row(指派日期=date(2024, 6, 1))  # closed on an earlier day
    renamed = {("结案时间" if name == "结案日期" else name): cell for name, cell in late.items()}
    headings = ["结案时间" if name == "结案日期" else name for name in HEADINGS]
    (refused,) = read(register(renamed, headings=headings)).rejected
    assert refused.problems[0].headings == ("结案时间", "指派日期")
