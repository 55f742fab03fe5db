"""Which cells of a register were rewritten into their one canonical form: from what, to what."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
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


def rewrites_of(
    table: Table, place: int, column: Column, changed: Mapping[Cell, Any]
) -> list[Rewrite]:
    """The rewrites in one column, of the cells in ``changed``, each with what became of it."""
    if not changed:
        return []
    rows: defaultdict[Cell, list[int]] = defaultdict(list)
    for number, cells in table.rows:
        if cells[place] in changed:
            rows[None if column.is_personal else cells[place]].append(number)
    return [
        Rewrite(
            column.change,
            table.sheet,
            table.headings[place],
            *_in_words(column, before, changed.get(before)),
            found,
        )
        for before, found in rows.items()
    ]


def _in_words(column: Column, before: Cell, after: Any) -> tuple[str, str]:
    if column.is_personal:
        return HIDDEN, HIDDEN
    then = _shown(after)
    return _with_spaces(before, then), then


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
