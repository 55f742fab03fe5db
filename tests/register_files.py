"""Small registers for tests, written as a bureau would write them."""

import csv
from collections.abc import Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import xlwt
from odf import table as odf
from odf.opendocument import OpenDocumentSpreadsheet
from odf.text import P
from xlsxwriter import Workbook

HEADINGS = (
    *("案件编号", "受理机构", "机构代码", "案件类型", "援助方式", "阶段", "审级", "案由"),
    *("受援人", "身份证号", "联系电话", "受援人类别", "承办机构", "承办人员", "执业证号"),
    *("承办人员类型", "受理日期", "指派日期", "结案日期", "归档日期", "结案方式"),
    *("补贴金额", "补贴发放日期", "卷宗页数"),
)
NAME, ID_NUMBER, PHONE = "欧阳甲乙", "990101199001011234", "13900001111"
ROW: dict[str, Any] = {
    "案件编号": "（2024）示援民字第10100001号",
    "受理机构": "城关区法律援助中心",
    "机构代码": "990101",
    "案件类型": "民事",
    "援助方式": "民事诉讼代理",
    "审级": "一审",
    "案由": "离婚纠纷",
    "受援人": NAME,
    "身份证号": ID_NUMBER,
    "联系电话": PHONE,
    "受援人类别": "妇女、农民",
    "承办机构": "东川天和律师事务所",
    "承办人员": "任勇佳",
    "执业证号": "1992005569896320",
    "承办人员类型": "社会律师",
    "受理日期": date(2024, 1, 2),
    "指派日期": date(2024, 1, 5),
    "结案日期": date(2024, 5, 6),
    "归档日期": date(2024, 5, 20),
    "结案方式": "胜诉",
    "补贴金额": 1400,
    "补贴发放日期": date(2024, 7, 1),
    "卷宗页数": 62,
}


def number(n: int) -> str:
    return f"（2024）示援民字第{n:08d}号"


def row(**changes: Any) -> dict[str, Any]:
    return ROW | changes


def rows(count: int) -> list[dict[str, Any]]:
    """As many cases of as many people."""
    return [
        row(
            案件编号=number(n),
            身份证号=f"99010119900101{n:04d}",
            联系电话=f"1390000{n:04d}",
            受援人=f"{NAME}{n}",
        )
        for n in range(count)
    ]


def table(
    cases: Sequence[dict[str, Any]],
    *,
    headings: Sequence[str] = HEADINGS,
    title: Sequence[Sequence[Any]] = (("东川市2024年度结案台账",), ("填报单位：市法律援助中心",)),
    end: Sequence[Sequence[Any]] = (("合计", "若干件"), ("备注：本表由各县汇总。",)),
) -> list[Sequence[Any]]:
    """Title rows, the heading row, the cases, then sums and notes."""
    return [*title, headings, *([case.get(h) for h in headings] for case in cases), *end]


def workbook(*sheets: Sequence[Sequence[Any]]) -> bytes:
    stream = BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
    with Workbook(stream, options) as book:
        for sheet in sheets:
            page = book.add_worksheet()
            for line, cells in enumerate(sheet):
                for column, cell in enumerate(cells):
                    if cell is not None:
                        page.write(line, column, cell)
    return stream.getvalue()


def register(*cases: dict[str, Any], **options: Any) -> bytes:
    return workbook(table(cases, **options))


def old_workbook(*sheets: Sequence[Sequence[Any]]) -> bytes:
    """The same as .xls."""
    stream, book = BytesIO(), xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for number_, sheet in enumerate(sheets, start=1):
        page = book.add_sheet(f"Sheet{number_}")
        for line, cells in enumerate(sheet):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    page.write(line, column, cell, day)
                elif cell is not None:
                    page.write(line, column, cell)
    book.save(stream)
    return stream.getvalue()


def open_document(*sheets: Sequence[Sequence[Any]]) -> bytes:
    """The same as .ods."""
    stream, book = BytesIO(), OpenDocumentSpreadsheet()
    for number_, sheet in enumerate(sheets, start=1):
        page = odf.Table(name=f"Sheet{number_}")
        for cells in sheet:
            line = odf.TableRow()
            for cell in cells:
                line.addElement(_document_cell(cell))
            page.addElement(line)
        book.spreadsheet.addElement(page)
    book.save(stream)
    return stream.getvalue()


def _document_cell(cell: Any) -> Any:
    if cell is None:
        return odf.TableCell()
    if isinstance(cell, date):
        return odf.TableCell(valuetype="date", datevalue=cell.isoformat())
    if isinstance(cell, int | float):
        return odf.TableCell(valuetype="float", value=cell)
    found = odf.TableCell(valuetype="string")
    found.addElement(P(text=cell))
    return found


def delimited(
    sheet: Sequence[Sequence[Any]], *, encoding: str = "utf-8-sig", delimiter: str = ","
) -> bytes:
    """The same as text; ``encoding`` as Python names it, utf-16 with its mark."""
    stream = StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(sheet)
    return stream.getvalue().encode(encoding)
