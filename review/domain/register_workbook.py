"""A workbook's sheets as plain rows, after its size was checked without unpacking it blindly."""

import math
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from review.domain.register_faults import faulty_cells
from review.domain.register_values import Cell
from review.errors import NotAWorkbookError, WorkbookTooLargeError

MOST_BYTES = 50 * 1024 * 1024  # unpacked; 36,000 rows of 25 columns take about 32 MB
MOST_RATIO = 100  # text in XML packs about 10 : 1, a bomb 1000 : 1 and more
MOST_MEMBERS = 1000
MOST_SHEETS = 50
MOST_ROWS, MOST_COLUMNS = 200_000, 200
# A cell beyond column GR (the 200th) or row 199,999: the reader would make room for all before it.
FAR_CELL = re.compile(
    rb"""\sr\s*=\s*["'](?:(?:[A-Z]{3,}|[H-Z][A-Z]|G[S-Z])\d|[A-Z]*(?:[2-9]\d{5}|\d{7,})["'])""",
    re.IGNORECASE,
)
SHARED_TEXT = "sharedStrings"  # holds text only, in which anything may look like a far cell


@dataclass(frozen=True, slots=True)
class Sheet:
    """``rows[i]`` is row ``i + 1`` as the spreadsheet program counts."""

    name: str
    rows: list[list[Cell]]


def read_sheets(data: bytes) -> list[Sheet]:
    """Every worksheet; raises NotAWorkbookError or WorkbookTooLargeError."""
    _check_size(data)
    try:
        return _sheets(data)
    except (CalamineError, KeyError, ValueError, OSError) as error:
        raise NotAWorkbookError from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a panic of the reader is no Exception
            raise
        raise NotAWorkbookError from error


def _sheets(data: bytes) -> list[Sheet]:
    with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
        metadata = workbook.sheets_metadata
        if len(metadata) > MOST_SHEETS:
            raise WorkbookTooLargeError
        names = [sheet.name for sheet in metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        sheets = [Sheet(name, _rows(workbook.get_sheet_by_name(name))) for name in names]
    faults = faulty_cells(data)
    for sheet in sheets:
        for (row, column), text in faults.get(sheet.name, {}).items():
            if row < len(sheet.rows) and column < len(sheet.rows[row]):
                sheet.rows[row][column] = text
    return sheets


def _rows(sheet: Any) -> list[list[Cell]]:
    if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
        raise WorkbookTooLargeError
    return [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]


def _cell(value: Any) -> Cell:
    kind = type(value)
    if kind is str:
        return value or None
    if kind is float:
        return value if math.isfinite(value) else "#NUM!"
    if kind is datetime:
        return str(value.date()) if value.time() == value.time().min else str(value)
    return value.isoformat() if kind is date else str(value)


def _check_size(data: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            _check_directory(members)
            far = any(FAR_CELL.search(_member(archive, m)) for m in members if _has_cells(m))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise NotAWorkbookError from error
    if far:
        raise WorkbookTooLargeError


def _check_directory(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if "xl/workbook.xml" not in names or len(set(names)) != len(names):
        raise NotAWorkbookError
    size = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MOST_MEMBERS or size > MOST_BYTES or size > MOST_RATIO * packed:
        raise WorkbookTooLargeError


def _has_cells(member: zipfile.ZipInfo) -> bool:
    return member.filename.endswith(".xml") and SHARED_TEXT not in member.filename


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The member's bytes: no more than its directory entry declares, whatever it unpacks to."""
    with archive.open(member) as unpacked:
        content = unpacked.read(member.file_size + 1)
    if len(content) > member.file_size:
        raise NotAWorkbookError
    return content
