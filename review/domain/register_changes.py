"""Which cells of a register were rewritten into their one canonical form: from what, to what."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from review.domain.register_codes import word_of
from review.domain.register_columns import Column
from review.domain.register_table import Table
from review.domain.register_values import Cell, plain
from review.enums import RecipientCategory, RegisterChange

HIDDEN = "***"
SPACES = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One way in which cells of a column were rewritten, and the rows in which it was done.

    What a personal column held is hidden: its rewrites are one, whatever they said.
    """

    change: RegisterChange
    sheet: str
    heading: str
    before: str
    after: str
    rows: list[int]


class ChangedCells:
    """The rewritten cells of one table, gathered while it is read: alike ones share an entry."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._found: dict[tuple[int, Cell], tuple[Column, Any, list[int]]] = {}

    def note(self, column: Column, place: int, row: int, before: Cell, after: Any) -> None:
        key = (place, None if column.is_personal else before)
        self._found.setdefault(key, (column, after, []))[2].append(row)

    def rewrites(self) -> list[Rewrite]:
        return [
            self._rewrite(place, before, *found) for (place, before), found in self._found.items()
        ]

    def _rewrite(
        self, place: int, before: Cell, column: Column, after: Any, rows: list[int]
    ) -> Rewrite:
        then = HIDDEN if column.is_personal else _shown(after)
        was = HIDDEN if column.is_personal else _with_spaces(before, then)
        return Rewrite(
            column.change, self._table.sheet, self._table.headings[place], was, then, rows
        )


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return "、".join(word_of(RecipientCategory(category)) for category in value)
    return word_of(value) if isinstance(value, StrEnum) else str(value or "")


def _with_spaces(before: Cell, after: str) -> str:
    """The cell as it was; where only its spaces changed, they are made visible."""
    if not isinstance(before, str):
        return plain(before)
    without = SPACES.sub("", before)
    return SPACES.sub("␣", before) if without == SPACES.sub("", after) else before
