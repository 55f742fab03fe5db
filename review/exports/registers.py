"""What an import of a register left out, as a workbook."""

from collections.abc import Sequence
from io import BytesIO

from flask_babel import gettext as _
from xlsxwriter import Workbook

from review.domain.register_facts import Problem
from review.domain.register_staging import RefusedRow, RefusedSheet
from review.exports.cells import OPTIONS, write_row
from review.labels import label


def rejects_workbook(sheets: Sequence[RefusedSheet]) -> bytes:
    """Every refused row as it was, then why, and where it stood. Corrected, it can be uploaded."""
    stream = BytesIO()
    with Workbook(stream, OPTIONS) as workbook:
        heading = workbook.add_format({"bold": True})
        for sheet in sheets:
            page = workbook.add_worksheet()
            page.freeze_panes(1, 0)
            extra = [_("未导入的原因"), _("原工作表"), _("原行号")]
            write_row(page, 0, [*sheet.headings, *extra], heading)
            for line, row in enumerate(sheet.rows, start=1):
                write_row(page, line, [*row.cells, reasons(row), sheet.name, row.number])
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
