import zipfile
from datetime import datetime, time
from io import BytesIO

import pytest
from xlsxwriter import Workbook

from review.domain.register_child import read_sheets
from review.domain.register_workbook import MOST_BYTES
from review.errors import BrokeOffError, NotAWorkbookError, WorkbookTooLargeError
from tests.register_files import workbook


def one_cell(row: int, column: int) -> bytes:
    stream = BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet().write(row, column, "x")
    return stream.getvalue()


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    """The workbook with one member replaced or added."""
    stream = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return stream.getvalue()


def test_cells_keep_their_place_and_kind() -> None:
    stream = BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}
    with Workbook(stream, options) as book:
        page = book.add_worksheet("台账")
        page.write_row(2, 1, ["文", 3.5, True])
        page.write_datetime(2, 4, datetime(2024, 5, 6))
        page.write_datetime(2, 5, datetime(2024, 5, 6, 7, 8))
        page.write_datetime(2, 6, time(7, 8))
    (sheet,) = read_sheets(stream.getvalue())
    assert sheet.name == "台账"
    assert len(sheet.rows) == 3
    cells = [None, "文", 3.5, "True", "2024-05-06", "2024-05-06 07:08:00", "07:08:00"]
    assert sheet.rows[2] == cells


@pytest.mark.parametrize(("row", "column"), [(1048575, 16383), (200_000, 0), (0, 200), (5, 702)])
def test_far_cell_is_refused(row: int, column: int) -> None:
    with pytest.raises((WorkbookTooLargeError, BrokeOffError)):
        read_sheets(one_cell(row, column))


def test_last_cell_within_the_limits_is_read() -> None:
    (sheet,) = read_sheets(one_cell(10, 199))
    assert sheet.rows[10][199] == "x"


def test_workbook_that_unpacks_to_too_much_is_refused() -> None:
    bomb = with_member(workbook([["x"]]), "xl/media/zeros.bin", bytes(MOST_BYTES + 1))
    with pytest.raises(WorkbookTooLargeError):
        read_sheets(bomb)


def test_workbook_packed_beyond_belief_is_refused() -> None:
    bomb = with_member(workbook([["x"]]), "xl/media/zeros.bin", bytes(MOST_BYTES // 2))
    with pytest.raises(WorkbookTooLargeError):
        read_sheets(bomb)


def test_member_that_unpacks_to_more_than_it_declares_is_refused() -> None:
    data = workbook([["x" * 50]])
    with zipfile.ZipFile(BytesIO(data)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = data.replace(size.to_bytes(4, "little"), (size - 9).to_bytes(4, "little"))
    with pytest.raises(NotAWorkbookError):
        read_sheets(lying)


def test_zip_that_is_no_workbook_is_refused() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(NotAWorkbookError):
        read_sheets(stream.getvalue())


def test_broken_sheet_is_refused() -> None:
    broken = with_member(
        workbook([["x"]]), "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"
    )
    with pytest.raises(NotAWorkbookError):
        read_sheets(broken)
