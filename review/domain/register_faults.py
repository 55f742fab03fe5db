"""Cells in which a formula failed (#REF!, #N/A…). The workbook reader gives them as empty, and an
empty cell can mean something: that a subsidy was not paid, say. So they are looked up here."""

import html
import posixpath
import re
from collections.abc import Iterator, Mapping

FAULTY = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*? t="e"[^>]*>'
    rb"(?:<f[^>]*?(?:/>|>[^<]*</f>))?(?:<v>(#[^<]{1,20})</v>)?"
)
SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*?>")
RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*?>")
ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
UNNAMED_FAULT = "#VALUE!"
Faults = dict[int, dict[int, str]]


def faulty_cells(parts: Mapping[str, bytes]) -> dict[str, Faults]:
    """By sheet, row and column from 0: the fault that the cell shows. ``parts`` are the XML
    members of the workbook's archive; an OpenDocument has none of those looked into."""
    found = {}
    for name, member in _sheet_members(parts):
        content = parts.get(member, b"")
        if b't="e"' in content:
            found[name] = _faults(content)
    return found


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
