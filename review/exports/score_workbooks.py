"""A score sheet as a workbook that a bureau prints, signs, edits and brings back.

Its words are Chinese whatever the language of the screen: they are read back.
"""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from review.domain.definition_sheets import SIGNATURES, Paper, Sheet
from review.exports.cells import OPTIONS, printable, write_row

WIDTHS = {"代码": 16, "名称": 24, "说明": 46, "分档或扣分": 34, "看哪里": 18}
OTHER_WIDTH = 9
A4 = 9
MADE = datetime(2000, 1, 1, tzinfo=UTC)
"""A file does not say in its properties when it was taken."""


def score_workbook(paper: Paper) -> bytes:
    """The sheet, then the grading scheme if one goes with it, then the lines to sign on."""
    stream = BytesIO()
    with Workbook(stream, OPTIONS) as workbook:
        workbook.set_properties({"title": printable(paper.sheet.title), "created": MADE})
        page = workbook.add_worksheet(paper.sheet.subject)
        styles = _styles(workbook)
        _set_up(page, paper.sheet)
        line = _table(page, 0, paper.sheet, styles, sticky=True)
        if paper.scheme:
            line = _table(page, line + 1, paper.scheme, styles, sticky=False)
        for place, words in enumerate(SIGNATURES):
            page.write_string(line + 1 + place, 2, words)
    return stream.getvalue()


def _styles(workbook: Any) -> dict[str, Any]:
    wrapped = {"text_wrap": True, "valign": "top", "border": 1}
    return {
        "fact": workbook.add_format({"text_wrap": False, "align": "left"}),
        "heading": workbook.add_format({**wrapped, "bold": True, "bg_color": "#DDE5F0"}),
        "section": workbook.add_format({**wrapped, "bold": True, "bg_color": "#F2F4F7"}),
        "item": workbook.add_format(wrapped),
    }


def _set_up(page: Any, sheet: Sheet) -> None:
    for column, heading in enumerate(sheet.headings):
        page.set_column(column, column, WIDTHS.get(heading, OTHER_WIDTH))
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.set_footer(f"&L{printable(sheet.key).replace('&', '&&')}&R&P / &N")


def _table(page: Any, line: int, sheet: Sheet, styles: dict[str, Any], *, sticky: bool) -> int:
    """Write the facts and the table from ``line`` on; the first line below them."""
    for label, value in sheet.facts:
        write_row(page, line, [label, value], styles["fact"])
        line += 1
    line += 1
    write_row(page, line, sheet.headings, styles["heading"])
    if sticky:
        page.freeze_panes(line + 1, 0)
        page.repeat_rows(line)
    for row in sheet.rows:
        line += 1
        write_row(page, line, row, styles["section" if sheet.is_section(row) else "item"])
    return line + 1
