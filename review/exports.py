"""Results as spreadsheets. Nothing is computed here, and no text ever becomes a formula."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask_babel import gettext as _
from xlsxwriter import Workbook

from review.domain.register_facts import Problem
from review.domain.register_staging import RefusedRow, RefusedSheet
from review.domain.register_values import Cell
from review.labels import label

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}


def rejects_workbook(sheets: Sequence[RefusedSheet]) -> bytes:
    """Every refused row as it was, then why, and where it stood. Corrected, it can be uploaded."""
    stream = BytesIO()
    with Workbook(stream, OPTIONS) as workbook:
        heading = workbook.add_format({"bold": True})
        for sheet in sheets:
            page = workbook.add_worksheet()
            page.freeze_panes(1, 0)
            extra = [_("未导入的原因"), _("原工作表"), _("原行号")]
            _write_row(page, 0, [*sheet.headings, *extra], heading)
            for line, row in enumerate(sheet.rows, start=1):
                _write_row(page, line, [*row.cells, reasons(row), sheet.name, row.number])
    return stream.getvalue()


def reasons(row: RefusedRow) -> str:
    return "\n".join(_reason(problem) for problem in row.problems)


def _reason(problem: Problem) -> str:
    words = label(problem.reason)
    if problem.other_row:
        return str(_("%(reason)s：与第 %(row)s 行", reason=words, row=problem.other_row))
    if problem.headings:
        columns = "、".join(problem.headings)
        return str(_("%(reason)s：%(columns)s", reason=words, columns=columns))
    return words


def _write_row(page: Any, line: int, cells: Sequence[Cell], style: Any = None) -> None:
    """Numbers as numbers, everything else as text: ``write`` would guess, and guess formulas."""
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            page.write_string(line, column, cell, style)
        elif cell is not None:
            page.write_number(line, column, cell, style)
