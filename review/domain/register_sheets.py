"""What a file holds, told by its content and not by its name: sheets of plain rows.

Runs in the limited child process (see ``register_child``), so it imports nothing heavy.
"""

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from review.domain.register_text import text_rows
from review.domain.register_workbook import OLE, ZIP, RawRows, workbook_sheets
from review.errors import WorkbookTooLargeError

if TYPE_CHECKING:  # reading values is the parent's work; the child starts without it
    from review.domain.register_values import Cell

MOST_ROWS, MOST_COLUMNS = 200_000, 200
MOST_CELLS = 8_000_000
LONGEST_CELL = 32_767  # what a spreadsheet program can hold
MOST_TEXT = 40_000_000  # characters of all distinct cells
INDEX = "I"


class PackedSheet(NamedTuple):
    """A sheet as its distinct cells, and one index into them for each place, row by row.

    Cells of a register repeat by the thousand, so this is a tenth of the rows written out.
    """

    name: str
    width: int
    cells: "list[Cell]"
    places: "array[int]"


def packed_sheets(data: bytes) -> Iterator[PackedSheet]:
    """Every worksheet of a file; raises RegisterError."""
    if data.startswith((ZIP, OLE)):
        sheets: Iterable[tuple[str, RawRows]] = workbook_sheets(data)
    else:
        sheets = [("CSV", text_rows(data))]
    for name, rows in sheets:
        yield packed(name, rows)


def packed(name: str, rows: RawRows) -> PackedSheet:
    """A sheet's rows, within limits; raises WorkbookTooLargeError."""
    index: defaultdict[Any, int] = defaultdict(count().__next__)
    places, ends = array(INDEX), array(INDEX, [0])
    for number, row in enumerate(rows, start=1):
        places.extend(_indexes(name, number, row, index))
        ends.append(len(places))
    widths = [end - start for start, end in pairwise(ends)]
    width = max(widths, default=0)
    if len(widths) * width > MOST_CELLS:
        raise WorkbookTooLargeError(name)
    blank = index[""]
    if len(places) < len(widths) * width:
        places = _filled_up(places, ends, width, blank)
    _check_text(name, index, places, width)
    return PackedSheet(name, width, list(map(_cell, index)), places)


def _filled_up(places: "array[int]", ends: "array[int]", width: int, blank: int) -> "array[int]":
    """Rows of one width: the shorter ones end in blanks."""
    filled = array(INDEX)
    for start, end in pairwise(ends):
        filled.extend(places[start:end])
        filled.extend([blank] * (width - (end - start)))
    return filled


def _indexes(name: str, number: int, row: list[Any], index: defaultdict[Any, int]) -> Iterator[int]:
    if number > MOST_ROWS or len(row) > MOST_COLUMNS:
        raise WorkbookTooLargeError(name, number)
    if bool in map(type, row):  # True and False equal 1.0 and 0.0, and must not become numbers
        row = [str(cell) if isinstance(cell, bool) else cell for cell in row]
    return map(index.__getitem__, row)


def _check_text(name: str, index: dict[Any, int], places: "array[int]", width: int) -> None:
    lengths = [len(cell) if type(cell) is str else 0 for cell in index]
    if max(lengths) <= LONGEST_CELL and sum(lengths) <= MOST_TEXT:
        return
    total = 0
    for length, number in zip(lengths, index.values(), strict=True):
        total += length
        if length > LONGEST_CELL or total > MOST_TEXT:
            row, column = divmod(places.index(number), width)
            raise WorkbookTooLargeError(name, row + 1, column=column + 1)


def _cell(value: Any) -> "Cell":
    kind = type(value)
    if kind is str:
        return value or None
    if kind is float or kind is int:
        return float(value) if math.isfinite(value) else "#NUM!"
    if kind is datetime:
        return str(value.date()) if value.time() == value.time().min else str(value)
    return value.isoformat() if kind is date else str(value)
