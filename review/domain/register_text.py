"""A register as delimited text: which encoding, which delimiter, which rows.

Every choice follows from the bytes alone, so that one file is read in one way on every machine.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from review.errors import (
    NotAWorkbookError,
    UnreadableTextError,
    WebPageError,
    WorkbookTooLargeError,
)

DELIMITERS = "\t,;"
SEARCHED_RECORDS = 60
LONGEST_LINE = 1_000_000
PROBED_BYTES = 4096
FEWEST_ZEROS = 0.04  # of the bytes of UTF-16: every digit and delimiter has one
SURE_LETTERS = 20  # so many Chinese characters in valid UTF-8 are no accident
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
GUARDED = re.compile(r'="(.*)"')  # how some systems keep a long number from becoming a figure
OTHER_KINDS = (b"%PDF", b"{\\rtf", b"Rar!", b"7z\xbc\xaf", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b")


def text_rows(data: bytes) -> Iterator[list[Any]]:
    """The records of delimited text; raises RegisterError."""
    if data.startswith(OTHER_KINDS):
        raise NotAWorkbookError
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    if text.lstrip().startswith("<"):
        raise WebPageError
    if found := CONTROL.search(text):
        row = text.count("\n", 0, found.start()) + 1
        raise UnreadableTextError(
            row=row, column=found.start() - text.rfind("\n", 0, found.start())
        )
    delimiter = _delimiter(text)
    for record in _records(text, delimiter):
        yield [_unguarded(cell) for cell in record]


def _decoded(data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return _decode(data, "utf-8-sig", 1)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode(data, "utf-16", 2)
    probe = data[:PROBED_BYTES]
    if probe.count(0) > len(probe) * FEWEST_ZEROS:
        little = probe[1::2].count(0) > probe[::2].count(0)
        return _decode(data, "utf-16-le" if little else "utf-16-be", 2)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        begun = data[: error.start].decode("utf-8")
        if sum(letter > "\x7f" for letter in begun) >= SURE_LETTERS:
            raise UnreadableTextError(row=begun.count("\n") + 1) from error
    return _decode(data, "gb18030", 1)


def _decode(data: bytes, encoding: str, width: int) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start - error.start % width].decode(encoding, "replace")
        raise UnreadableTextError(row=before.count("\n") + 1) from error


def _delimiter(text: str) -> str:
    """The delimiter that makes the widest records near the top, and then most of that width."""
    widths = {each: _widths(text, each) for each in DELIMITERS}
    best = max(
        DELIMITERS, key=lambda each: (max(widths[each]), widths[each].count(max(widths[each])))
    )
    if max(widths[best]) < 2:
        raise NotAWorkbookError
    return best


def _widths(text: str, delimiter: str) -> list[int]:
    top = islice(_records(text, delimiter), SEARCHED_RECORDS)
    return [sum(map(bool, record)) for record in top] or [0]


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(_lines(text), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error as error:
        raise WorkbookTooLargeError(row=reader.line_num) from error


def _lines(text: str) -> Iterator[str]:
    start, number = 0, 1
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        if end - start > LONGEST_LINE:
            raise WorkbookTooLargeError(row=number)
        yield text[start:end]
        start, number = end, number + 1


def _unguarded(cell: str) -> str:
    guarded = GUARDED.fullmatch(cell)
    return guarded[1] if guarded else cell
