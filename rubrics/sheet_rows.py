"""The rows of a score sheet as an office program gave them back: where the table is, and what
stands in its cells. Whatever cannot be read is named by row and column."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from rubrics import sheet
from rubrics.faults import DefinitionError, Fault, Problem
from rubrics.reading import is_short

Given = str | float | Decimal | None
Grid = Sequence[Sequence[Given]]

ENDS = (sheet.SUM, sheet.END)


@dataclass(slots=True)
class Row:
    """One row of the table, or the facts above it; what is wrong goes to a list for all rows."""

    number: int
    cells: Mapping[str, Given]
    problems: list[Problem]
    category: str = ""
    code: str = ""
    numbers: Mapping[str, int] = field(default_factory=dict)

    def text(self, column: str) -> str:
        return cell_text(self.cells.get(column))

    def wrong(self, what: Fault, column: str, found: str) -> None:
        number = self.numbers.get(column, self.number)
        self.problems.append(Problem(what, f"row {number}, {column}", found[:40]))

    def decimal(self, column: str) -> Decimal:
        number = cell_number(self.cells.get(column))
        if number is None:
            self.wrong(Fault.NOT_A_NUMBER, column, self.text(column))
        return number or Decimal(0)

    def yes_or_no(self, column: str) -> bool:
        said = self.text(column)
        if said not in (sheet.YES, sheet.NO, ""):
            self.wrong(Fault.NOT_YES_OR_NO, column, said)
        return said == sheet.YES

    def one_of(self, column: str, codes: Mapping[str, str], otherwise: str, fault: Fault) -> str:
        said = self.text(column)
        if said and said not in codes:
            self.wrong(fault, column, said)
        return codes.get(said, otherwise)


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet taken apart: the facts above the table, and its rows."""

    facts: Row
    rows: list[Row]
    is_rubric: bool
    problems: list[Problem]


def find_table(grids: Sequence[Grid]) -> Table:
    """The score sheet on the pages of a workbook, or the tables of a document: the facts may stand
    in a table of their own before it. Raises DefinitionError where there is none."""
    for place, grid in enumerate(grids):
        for at, cells in enumerate(grid):
            if columns := _columns(at, [cell_text(cell) for cell in cells]):
                problems: list[Problem] = []
                rows = list(_rows(grid, at, columns, problems))
                facts = _facts([*grids[:place], grid[:at]], problems)
                return Table(facts, rows, sheet.GUIDANCE in columns, problems)
    raise DefinitionError([Problem(Fault.NOT_A_SHEET, "definition")])


def cell_text(cell: Given) -> str:
    if isinstance(cell, float):
        return f"{_plain(Decimal(repr(cell))):f}"
    return "" if cell is None else str(cell).replace("\r\n", "\n").strip()


def cell_number(cell: Given) -> Decimal | None:
    """A number in a cell, or as people write one: with full-width digits, or 分 behind it."""
    said = unicodedata.normalize("NFKC", cell_text(cell)).removesuffix("分").strip()
    try:
        number = Decimal(said)
    except InvalidOperation:
        return None
    return _plain(number) if is_short(number) else None


def _plain(number: Decimal) -> Decimal:
    """4.0 and 4.50, as spreadsheet programs give them, are 4 and 4.5."""
    return number.to_integral() if number == number.to_integral() else number.normalize()


def _columns(at: int, words: list[str]) -> dict[str, int]:
    """Where each column is, if this row is the headings'; raises DefinitionError on a lost one."""
    for needed in (sheet.RUBRIC_HEADINGS, sheet.SCHEME_HEADINGS):
        missing = [word for word in needed if word not in words]
        if not missing:
            return {word: words.index(word) for word in needed}
        if len(missing) < len(needed) / 2:
            place = f"row {at + 1}, "
            raise DefinitionError(Problem(Fault.MISSING, place + word) for word in missing)
    return {}


def _facts(above: Sequence[Grid], problems: list[Problem]) -> Row:
    """What stands over the table, each label in front of its value."""
    found: dict[str, Given] = {}
    numbers: dict[str, int] = {}
    for number, cells in (line for grid in above for line in enumerate(grid, start=1)):
        label = ""
        for cell in filter(cell_text, cells):
            if cell_text(cell) in sheet.FACTS:
                label = cell_text(cell)
            elif label not in found:
                found[label], numbers[label] = cell, number
    return Row(0, found, problems, numbers=numbers)


def _rows(
    grid: Grid, at: int, columns: Mapping[str, int], problems: list[Problem]
) -> Iterator[Row]:
    category = ""
    for number, cells in enumerate(grid[at + 1 :], start=at + 2):
        named = {word: cells[n] for word, n in columns.items() if n < len(cells)}
        row = Row(number, named, problems)
        if row.text(sheet.CATEGORY) in ENDS:
            return
        if any(row.text(column) for column in columns):
            # A line without a category goes on as the one above; below a section, as its item.
            below = sheet.CRITERION if category == sheet.SECTION else category
            row.category = category = row.text(sheet.CATEGORY) or below
            yield row
