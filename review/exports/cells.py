"""Cells of a workbook: numbers as numbers, everything else as text, whatever it begins with."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
LONGEST_CELL = 32_767  # characters; of a longer text the library would write nothing at all
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Cell = str | float | Decimal | None


def write_row(
    page: Any, line: int, cells: Sequence[Cell], style: Any = None, *, first: int = 0
) -> None:
    """Not the library's ``write``: it would guess, and guess formulas."""
    for column, cell in enumerate(cells, start=first):
        if isinstance(cell, str):
            page.write_string(line, column, printable(cell)[:LONGEST_CELL], style)
        elif cell is not None:
            page.write_number(line, column, cell, style)


def printable(text: str) -> str:
    """The text without the signs that no office file can hold."""
    return NOT_IN_XML.sub("", text)
