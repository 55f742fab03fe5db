"""The tables of a Word document as plain rows, each table a sheet of its own.

What tracked changes have struck out is gone and what they have added is there, as on the page.
Runs in the limited child process (see ``register_child``), so it imports nothing heavy.
"""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree  # no document type and no entity gets as far: see ``read_member``

from review.domain.archives import DAMAGED
from review.domain.register_sheets import PackedSheet, packed, packed_sheets
from review.domain.register_workbook import (
    ZIP,
    RawRows,
    check_directory,
    read_member,
)
from review.errors import NotAWorkbookError

DOCUMENT = "word/document.xml"
SPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRUCK_OUT = {f"{SPACE}del", f"{SPACE}moveFrom"}
BREAKS = {f"{SPACE}br": "\n", f"{SPACE}cr": "\n", f"{SPACE}tab": "\t"}
LONGEST_SPAN = 3  # digits; no table of ours has more columns than that


def packed_tables(data: bytes) -> Iterator[PackedSheet]:
    """The tables of a document, or the sheets of a workbook; raises RegisterError."""
    if not data.startswith(ZIP) or not _is_document(data):
        yield from packed_sheets(data)
        return
    for number, rows in enumerate(_tables(data), start=1):
        yield packed(str(number), rows)


def _is_document(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return DOCUMENT in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _tables(data: bytes) -> Iterator[RawRows]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            check_directory(archive.infolist(), (DOCUMENT,))
            root = ElementTree.fromstring(read_member(archive, archive.getinfo(DOCUMENT)))  # noqa: S314
    except (ElementTree.ParseError, *DAMAGED) as error:
        raise NotAWorkbookError from error
    # A table within a cell is a remark in it, not a sheet of its own.
    for table in root.iterfind(f"{SPACE}body/{SPACE}tbl"):
        yield [_cells(row) for row in table.iterfind(f"{SPACE}tr") if not _is_struck_out(row)]


def _is_struck_out(row: ElementTree.Element) -> bool:
    return row.find(f"{SPACE}trPr/{SPACE}del") is not None


def _cells(row: ElementTree.Element) -> list[str]:
    cells: list[str] = []
    for cell in row.iterfind(f"{SPACE}tc"):
        paragraphs = ("".join(_text(each)) for each in cell.iterfind(f"{SPACE}p"))
        cells.append("\n".join(paragraphs))
        cells += [""] * (_span(cell) - 1)
    return cells


def _span(cell: ElementTree.Element) -> int:
    spanned = cell.find(f"{SPACE}tcPr/{SPACE}gridSpan")
    said = "" if spanned is None else spanned.get(f"{SPACE}val", "")
    is_number = said.isascii() and said.isdecimal() and len(said) < LONGEST_SPAN
    return max(1, int(said)) if is_number else 1


def _text(element: ElementTree.Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{SPACE}t":
            yield child.text or ""
        elif child.tag in BREAKS:
            yield BREAKS[child.tag]
        elif child.tag not in STRUCK_OUT:
            yield from _text(child)
