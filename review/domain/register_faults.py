"""Cells in which a formula failed (#REF!, #N/A…). The workbook reader gives them as empty, and an
empty cell can mean something: that a subsidy was not paid, say. So they are looked up here."""

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

FAULTY = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*? t="e"[^>]*>'
    rb"(?:<f[^>]*?(?:/>|>[^<]*</f>))?(?:<v>(#[^<]{1,20})</v>)?"
)
SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*?>")
RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*?>")
ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
UNNAMED_FAULT = "#VALUE!"


def faulty_cells(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """By sheet: (row, column) from 0, and the fault that the cell shows."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = set(archive.namelist())
        found = {}
        for name, member in _sheet_members(archive):
            content = archive.read(member) if member in members else b""
            if b't="e"' in content:
                found[name] = dict(map(_place, FAULTY.finditer(content)))
    return found


def _sheet_members(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the archive member that holds it."""
    targets = {}
    relations = archive.read("xl/_rels/workbook.xml.rels").decode(errors="replace")
    for tag in RELATION.findall(relations):
        attributes = dict(ATTRIBUTE.findall(tag))
        targets[attributes.get("Id")] = attributes.get("Target", "")
    for tag in SHEET.findall(archive.read("xl/workbook.xml").decode(errors="replace")):
        attributes = dict(ATTRIBUTE.findall(tag))
        target = targets.get(attributes.get("r:id"), "")
        yield html.unescape(attributes.get("name", "")), posixpath.join("xl", target).lstrip("/")


def _place(match: re.Match[bytes]) -> tuple[tuple[int, int], str]:
    column = 0
    for letter in match[1]:
        column = column * 26 + letter - ord("A") + 1
    text = match[3].decode(errors="replace") if match[3] else UNNAMED_FAULT
    return (int(match[2]) - 1, column - 1), text
