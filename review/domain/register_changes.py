"""Which cells of a register were rewritten into their one canonical form: from what, to what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from review.domain.register_codes import word_of
from review.domain.register_columns import Column
from review.domain.register_table import Table
from review.domain.register_values import Cell, plain
from review.enums import RecipientCategory, RegisterChange

HIDDEN = "***"
PAGE_WAYS = 100
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

    @property
    def places(self) -> str:
        """The rows in words: 4–7、9."""
        runs: list[list[int]] = []
        for row in self.rows:
            if runs and row == runs[-1][-1] + 1:
                runs[-1][1:] = [row]
            else:
                runs.append([row])
        return "、".join("–".join(map(str, run)) for run in runs)


class RewritePage(NamedTuple):
    """Some of the rewrites, and how many there are in all: ways of rewriting, and cells."""

    rewrites: list[Rewrite]
    number: int
    last: int
    ways: int
    cells: int


def rewrite_page(rewrites: Sequence[Rewrite], number: int) -> RewritePage:
    last = max(1, -(-len(rewrites) // PAGE_WAYS))
    number = min(max(number, 1), last)
    part = list(rewrites[(number - 1) * PAGE_WAYS : number * PAGE_WAYS])
    return RewritePage(part, number, last, len(rewrites), sum(len(r.rows) for r in rewrites))


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
