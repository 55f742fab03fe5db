"""A workbook's sheets as plain rows, after what it would unpack to was checked.

Runs in the limited child process (see ``register_child``), so it imports nothing heavy.
"""

import stat
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
)

from review.domain.archives import DAMAGED
from review.domain.register_faults import faulty_cells
from review.errors import LockedWorkbookError, NotAWorkbookError, WorkbookTooLargeError

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED = "EncryptedPackage".encode("utf-16-le")  # the stream of an encrypted .xlsx inside OLE
MOST_BYTES = 50 * 1024 * 1024  # unpacked; 36,000 rows of 25 columns take about 32 MB
MOST_RATIO = 100  # text in XML packs about 10 : 1, a bomb 1000 : 1 and more
MOST_MEMBERS = 1000
MOST_SHEETS = 50
SPREADSHEETS = ("xl/workbook.xml", "content.xml")
IS_ENCRYPTED = 1  # flag bit of a zip member
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# A workbook needs no document type; whoever writes one wants entities expanded or fetched.
FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")

RawRows = Iterable[list[Any]]


def workbook_sheets(data: bytes) -> Iterator[tuple[str, RawRows]]:
    """Every worksheet by name; raises NotAWorkbookError, LockedWorkbookError or
    WorkbookTooLargeError."""
    try:
        faults = _faults(data)
        yield from _sheets(data, faults)
    except PasswordError as error:
        raise LockedWorkbookError from error
    except (CalamineError, ElementTree.ParseError, *DAMAGED) as error:
        raise NotAWorkbookError from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a panic of the reader is no Exception
            raise
        raise NotAWorkbookError from error


def _sheets(data: bytes, faults: dict[str, Any]) -> Iterator[tuple[str, RawRows]]:
    with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
        metadata = workbook.sheets_metadata
        if len(metadata) > MOST_SHEETS:
            raise WorkbookTooLargeError
        for sheet in metadata:
            if sheet.typ == SheetTypeEnum.WorkSheet:
                cells = workbook.get_sheet_by_name(sheet.name)
                yield sheet.name, _rows(cells, faults.get(sheet.name, {}))


def _rows(sheet: Any, faults: dict[int, dict[int, str]]) -> RawRows:
    """The rows from the first, with the blank columns at the left that the reader leaves out."""
    rows: RawRows = sheet.iter_rows()
    if sheet.start and sheet.start[1]:
        margin = [""] * sheet.start[1]
        rows = (margin + row for row in rows)
    return _with_faults(rows, faults) if faults else rows


def _with_faults(rows: RawRows, faults: dict[int, dict[int, str]]) -> RawRows:
    for number, row in enumerate(rows):
        for column, text in faults.get(number, {}).items():
            if column < len(row):
                row[column] = text
        yield row


def _faults(data: bytes) -> dict[str, dict[int, dict[int, str]]]:
    if data.startswith(OLE):
        if LOCKED in data:
            raise LockedWorkbookError
        return {}
    with zipfile.ZipFile(BytesIO(data)) as archive:
        check_directory(archive.infolist(), SPREADSHEETS)
        parts = {m.filename: read_member(archive, m) for m in archive.infolist() if _is_xml(m)}
    return faulty_cells(parts)


def check_directory(members: list[zipfile.ZipInfo], documents: Iterable[str]) -> None:
    """Refuse, by its table of contents, an archive that holds none of ``documents``, or more than
    it should; raises RegisterError."""
    names = [member.filename for member in members]
    if not any(name in names for name in documents) or len(set(names)) != len(names):
        raise NotAWorkbookError
    if any(member.flag_bits & IS_ENCRYPTED for member in members):
        raise LockedWorkbookError
    if any(_leads_out(member) for member in members):
        raise NotAWorkbookError
    size = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MOST_MEMBERS or size > MOST_BYTES or size > MOST_RATIO * packed:
        raise WorkbookTooLargeError


def _leads_out(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.split("/")
    return (
        ".." in parts or member.filename.startswith("/") or stat.S_ISLNK(member.external_attr >> 16)
    )


def _is_xml(member: zipfile.ZipInfo) -> bool:
    return member.filename.endswith((".xml", ".rels"))


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The member's bytes: no more than its directory entry declares, whatever it unpacks to."""
    with archive.open(member) as unpacked:
        content = unpacked.read(member.file_size + 1)
    if len(content) > member.file_size or content.startswith(UTF16_MARKS):
        raise NotAWorkbookError
    if any(word in content for word in FORBIDDEN):
        raise NotAWorkbookError
    return content
