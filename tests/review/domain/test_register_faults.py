import zipfile
from io import BytesIO

from xlsxwriter import Workbook

from review.domain.register import read_register
from review.domain.register_child import read_sheets
from review.domain.register_faults import faulty_cells
from review.enums import RejectReason
from tests.register_files import HEADINGS, ROW, workbook


def with_faults() -> bytes:
    """A register of one good row, one with a failed formula in an optional cell."""
    stream = BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd"}
    with Workbook(stream, options) as book:
        book.add_worksheet("封面 & 说明").write(0, 0, "封面")
        page = book.add_worksheet("结案台账")
        page.write_row(0, 0, HEADINGS)
        for line in (1, 2):
            for column, heading in enumerate(HEADINGS):
                if heading in ROW:
                    page.write(line, column, ROW[heading])
        page.write(2, 0, "（2024）示援民字第10100002号")
        page.write_formula(2, HEADINGS.index("补贴发放日期"), "=B1/0", value="#DIV/0!")
        page.write_formula(2, HEADINGS.index("卷宗页数"), "=NA()", value="#N/A")
    return stream.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_failed_formulas_are_found_with_their_place() -> None:
    places = {2: {22: "#DIV/0!", 23: "#N/A"}}
    assert faulty_cells(parts(with_faults())) == {"结案台账": places}
    assert read_sheets(with_faults())[1].rows[2][22:] == ["#DIV/0!", "#N/A"]


def test_failed_formula_is_no_empty_cell() -> None:
    (refused,) = read_register(with_faults(), "台账.xlsx").rejected
    assert [(p.reason, p.headings) for p in refused.problems] == [
        (RejectReason.UNREADABLE_DATE, ("补贴发放日期",)),
        (RejectReason.UNREADABLE_CELL, ("卷宗页数",)),
    ]


def test_workbook_without_failed_formulas_has_none() -> None:
    assert faulty_cells(parts(workbook([["#N/A", 't="e"']]))) == {}
