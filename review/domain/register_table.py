"""Where on a sheet the register is: its heading, in one row or two, and the rows that are cases."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from review.domain.register_columns import BY_HEADING, COLUMNS, NEEDED, Column
from review.domain.register_values import Cell, compact
from review.errors import MissingColumnsError, RepeatedColumnError

SEARCHED_ROWS = 60  # titles and notes above the heading row
FEWEST_HEADINGS = 4  # fewer known words in a row are no heading row
UNIT = re.compile(r"\(.*?\)|\*")
# A row that begins with one of these and fills few cells is a sum or a note, not a case.
NOTE_WORDS = ("合计", "总计", "小计", "备注", "注:", "注1", "说明", "填表", "填报", "制表", "审核")
SUM_WORD = re.compile(r"(本页|本月|累计|总)?(合计|总计|小计|共计):?|.{1,20}(小计|合计)")
POSSIBLE_NOTE = re.compile("[计备注说填制审]")  # a sign that all of them hold
MOST_NOTE_SHARE = 1 / 3

Meanings = Mapping[str, str]
"""What an agency's own headings mean: the field of a column, or "" for one that is not used."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """``rows[i]`` is row ``i + 1`` as the spreadsheet program counts."""

    name: str
    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """The register on one sheet: its headings as written, the rows below with their numbers, and
    the field that each column holds: "" for one that is not used, None where nobody knows."""

    sheet: str
    heading_row: int
    headings: list[str]
    rows: list[tuple[int, list[Cell]]]
    fields: list[str | None]

    def written(self, *fields: str) -> tuple[str, ...]:
        """The headings of these fields, as they are written here."""
        return tuple(self.headings[self.fields.index(f)] for f in fields if f in self.fields)


def heading_word(cell: Cell) -> str:
    """A heading without spaces, line breaks, units in brackets and marks for needed columns."""
    return UNIT.sub("", compact(cell)).rstrip(":")


def find_table(sheet: Sheet, meanings: Meanings) -> Table | None:
    """The register on a sheet, or None when no row there looks like its heading."""
    top = sheet.rows[: SEARCHED_ROWS + 1]
    readings = [(index, 1, _texts(row)) for index, row in enumerate(top[:SEARCHED_ROWS])]
    readings += [(index, 2, _joined(*two, meanings)) for index, two in enumerate(pairwise(top))]
    # The first of those that know most headings; of equals, one row rather than two.
    best = max(readings, key=lambda reading: _known(reading[2], meanings), default=None)
    if not best or _known(best[2], meanings) < FEWEST_HEADINGS:
        return None
    return _table(sheet, *best, meanings)


def guessed_table(sheet: Sheet) -> Table | None:
    """The register on a sheet whose headings are all foreign: below its row of most words."""
    words = [
        len({text for text in _texts(row) if text and not re.search(r"\d", text)})
        for row in sheet.rows[:SEARCHED_ROWS]
    ]
    if not words or max(words) < len(NEEDED):
        return None
    index = words.index(max(words))
    return _table(sheet, index, 1, _texts(sheet.rows[index]), {})


def fields_of(headings: Iterable[str], meanings: Meanings) -> list[str | None]:
    return [_field(heading, meanings) for heading in headings]


def columns_of(fields: Iterable[str | None]) -> list[tuple[int, Column]]:
    """Which known column stands at which place, in the order in which problems are named."""
    places = {field: place for place, field in enumerate(fields)}
    return [(places[column.field], column) for column in COLUMNS if column.field in places]


def missing_columns(table: Table) -> tuple[str, ...]:
    return tuple(column.headings[0] for column in NEEDED if column.field not in table.fields)


def check_headings(table: Table) -> None:
    """Raise RepeatedColumnError or MissingColumnsError when the table cannot be used as it is."""
    repeated = tuple(
        heading
        for heading, field in zip(table.headings, table.fields, strict=True)
        if field and table.fields.count(field) > 1
    )
    if repeated:
        raise RepeatedColumnError(table.sheet, table.heading_row, repeated)
    if missing := missing_columns(table):
        raise MissingColumnsError(table.sheet, table.heading_row, missing)


def _table(sheet: Sheet, index: int, height: int, headings: list[str], meanings: Meanings) -> Table:
    fields = fields_of(headings, meanings)
    end = index + height
    above = sheet.rows[index:end]
    numbers = fields.index("case_number") if "case_number" in fields else 0
    rows = [
        (number, row)
        for number, row in enumerate(sheet.rows[end:], start=end + 1)
        if _is_data(row, numbers, above)
    ]
    return Table(sheet.name, end, headings, rows, fields)


def _is_data(cells: list[Cell], number_place: int, headings: list[list[Cell]]) -> bool:
    """Whether a row is a case, rather than blank, a sum, a note or the heading once more."""
    place = next((n for n, cell in enumerate(cells) if cell is not None and _is_filled(cell)), None)
    if place is None:
        return False
    if any(row[place] == cells[place] for row in headings):  # as on each printed page
        return not any(row == cells for row in headings)
    if not POSSIBLE_NOTE.search(str(cells[place])):
        return True
    first = compact(cells[place])
    if SUM_WORD.fullmatch(first):
        return compact(cells[number_place]) not in {"", first}
    filled = sum(1 for cell in cells if cell is not None and _is_filled(cell))
    return not first.startswith(NOTE_WORDS) or filled > len(cells) * MOST_NOTE_SHARE


def _is_filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or not cell.isspace()


def _texts(row: list[Cell]) -> list[str]:
    return [cell.strip() if isinstance(cell, str) else "" for cell in row]


def _joined(above: list[Cell], below: list[Cell], meanings: Meanings) -> list[str]:
    """Two rows as one heading: 日期 over 受理 and 指派 is 受理日期 and 指派日期."""
    texts, group = [], ""
    for high, low in zip_longest(_texts(above), _texts(below), fillvalue=""):
        group = high or (group if low else "")
        texts.append(_under(group, low, meanings) if low else high)
    return texts


def _under(group: str, text: str, meanings: Meanings) -> str:
    """A heading below that of its group. Alone it may mean another thing: 电话 below 承办人员 is
    not the recipient's."""
    joined = group + text
    for words in (joined, text + group):
        if _field(words, meanings):
            return words
    is_whole = text.startswith(group) or not _field(group, meanings)
    return text if is_whole and _field(text, meanings) else joined


def _field(heading: str, meanings: Meanings) -> str | None:
    word = heading_word(heading)
    known = BY_HEADING.get(word)
    return known.field if known else meanings.get(word)


def _known(texts: Iterable[str], meanings: Meanings) -> int:
    return len({field for text in texts if text and (field := _field(text, meanings))})
