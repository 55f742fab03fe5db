"""Cells in which a formula failed (#REF!, #N/A…). The workbook reader gives them as empty, or as 0,
and an empty cell can mean something: that a subsidy was not paid, say. So they are looked up here.

Not in an .xls: the reader does not tell its faults from empty cells, and its records would have to
be read by ourselves. The preview of an .xls says so.
"""

import html
import posixpath
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from xml.etree import ElementTree  # no document type and no entity gets as far: see ``read_member``

FAULTY = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*? t="e"[^>]*>'
    rb"(?:<f[^>]*?(?:/>|>[^<]*</f>))?(?:<v>(#[^<]{1,20})</v>)?"
)
SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*?>")
RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*?>")
ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
PARAGRAPH = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
CELLS = {f"{TABLE}table-cell", f"{TABLE}covered-table-cell"}
SHOWN = rb"#N/A|#REF!|#VALUE!|#NAME\?|#DIV/0!|#NUM!|#NULL!|Err:[0-9]{3}"
SHOWN_SOMEWHERE = re.compile(rb">\s*(?:" + SHOWN + rb")\s*<")
SHOWN_HERE = re.compile(SHOWN.decode())
UNNAMED_FAULT = "#VALUE!"
MOST_REPEATS = 200_000  # as many rows as any sheet may have
Faults = dict[int, dict[int, str]]


def faulty_cells(parts: Mapping[str, bytes]) -> dict[str, Faults]:
    """By sheet, row and column from 0: the fault that the cell shows. ``parts`` are the XML
    members of the workbook's archive; raises ElementTree.ParseError."""
    document = parts.get("content.xml", b"")
    if SHOWN_SOMEWHERE.search(document):
        return _document_faults(document)
    found = {}
    for name, member in _sheet_members(parts):
        content = parts.get(member, b"")
        if b't="e"' in content:
            found[name] = _faults(content)
    return found


def _document_faults(content: bytes) -> dict[str, Faults]:
    """Of an OpenDocument, in which equal neighbours are written once with how often they come."""
    found: dict[str, Faults] = {}
    name, row, cells = "", 0, list[ElementTree.Element]()
    for event, element in ElementTree.iterparse(BytesIO(content), ("start", "end")):  # noqa: S314
        if element.tag == f"{TABLE}table" and event == "start":
            name, row = element.get(f"{TABLE}name", ""), 0
        elif element.tag in CELLS and event == "end":
            cells.append(element)
        elif element.tag == f"{TABLE}table-row" and event == "end":
            times = _times(element, "rows")
            if faults := _row_faults(cells):
                found.setdefault(name, {}).update(dict.fromkeys(range(row, row + times), faults))
            row, cells = row + times, []
            element.clear()
    return found


def _row_faults(cells: list[ElementTree.Element]) -> dict[int, str]:
    found, column = dict[int, str](), 0
    for cell in cells:
        times = _times(cell, "columns")
        shown = (cell.findtext(PARAGRAPH) or "").strip()
        if SHOWN_HERE.fullmatch(shown):
            fault = shown if shown.startswith("#") else UNNAMED_FAULT
            found.update(dict.fromkeys(range(column, column + times), fault))
        column += times
    return found


def _times(element: ElementTree.Element, what: str) -> int:
    return min(int(element.get(f"{TABLE}number-{what}-repeated", "1")), MOST_REPEATS)


def _sheet_members(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the archive member that holds it."""
    targets = {}
    for tag in RELATION.findall(_text(parts, "xl/_rels/workbook.xml.rels")):
        attributes = dict(ATTRIBUTE.findall(tag))
        targets[attributes.get("Id")] = attributes.get("Target", "")
    for tag in SHEET.findall(_text(parts, "xl/workbook.xml")):
        attributes = dict(ATTRIBUTE.findall(tag))
        target = targets.get(attributes.get("r:id"), "")
        yield html.unescape(attributes.get("name", "")), posixpath.join("xl", target).lstrip("/")


def _text(parts: Mapping[str, bytes], member: str) -> str:
    return parts.get(member, b"").decode(errors="replace")


def _faults(content: bytes) -> Faults:
    found: Faults = {}
    for match in FAULTY.finditer(content):
        column = 0
        for letter in match[1]:
            column = column * 26 + letter - ord("A") + 1
        text = match[3].decode(errors="replace") if match[3] else UNNAMED_FAULT
        found.setdefault(int(match[2]) - 1, {})[column - 1] = text
    return found
