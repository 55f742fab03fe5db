"""What a register leaves unclear: headings that nobody knows, and needed columns not found."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from review.domain.register_codes import CODES
from review.domain.register_columns import BY_FIELD, COLUMNS
from review.domain.register_table import Table, heading_word, missing_columns
from review.domain.register_values import Cell, plain
from review.privacy import MASK, mask_name

SAMPLES = 3
LONGEST_SAMPLE = 20
# Columns of nearly every register that say nothing of a case.
IDLE_WORDS = frozenset({"", "序号", "编号", "备注", "说明", "操作"})
KNOWN_WORDS = frozenset(word for words in CODES.values() for word in words)
LONG_DIGITS = re.compile(r"\d[\d\s]{5,}\d")
IMPERSONAL = re.compile(
    r"[（(〔\[]\d{4}[）)〕\]].{1,12}字第?\d+号"  # a case number
    r"|\d{4}年\d{1,2}月\d{1,2}日"
    r"|[^\d\s]{2,30}(事务所|法律服务所|中心|司法局|司法所|法院|检察院)"
)


class UnknownHeading(NamedTuple):
    """A column that nobody knows, and a few of its cells with what may be personal masked."""

    heading: str
    samples: list[str]


class Question(NamedTuple):
    """What is unclear about one sheet: ``missing`` are the needed columns that were not found,
    ``found`` the fields that were."""

    sheet: str
    heading_row: int
    missing: list[str]
    found: list[str]
    unknown: list[UnknownHeading]


def questions_about(tables: Iterable[Table]) -> list[Question]:
    asked = [
        Question(
            table.sheet,
            table.heading_row,
            list(missing_columns(table)),
            [field for field in table.fields if field],
            _unknown(table),
        )
        for table in tables
    ]
    return [question for question in asked if question.unknown]


def own_headings(tables: Iterable[Table]) -> dict[str, str]:
    """Headings that are read by a meaning given earlier, and the column each is."""
    return {
        heading: BY_FIELD[field].headings[0]
        for table in tables
        for heading, field in zip(table.headings, table.fields, strict=True)
        if field and heading_word(heading) not in BY_FIELD[field].headings
    }


def choosable(questions: Sequence[Question]) -> list[tuple[str, str]]:
    """The columns that a heading may be given, by field: needed ones that were not found first."""
    missing = {heading for question in questions for heading in question.missing}
    taken = set.intersection(*(set(question.found) for question in questions))
    columns = [(c.field, c.headings[0]) for c in COLUMNS if c.field not in taken]
    return sorted(columns, key=lambda column: column[1] not in missing)


def _unknown(table: Table) -> list[UnknownHeading]:
    return [
        UnknownHeading(heading, _samples(table, place))
        for place, (heading, field) in enumerate(zip(table.headings, table.fields, strict=True))
        if field is None and heading_word(heading) not in IDLE_WORDS
    ]


def _samples(table: Table, place: int) -> list[str]:
    texts = dict.fromkeys(sample(row[place]) for _number, row in table.rows[: SAMPLES * 10])
    return [text for text in texts if text][:SAMPLES]


def sample(cell: Cell) -> str:
    """A cell as far as it can be shown without showing whose it is: codes, case numbers, offices,
    days and short figures as they are; of any other text the first sign."""
    text = plain(cell)
    if text in KNOWN_WORDS or IMPERSONAL.fullmatch(text):
        return text[:LONGEST_SAMPLE]
    if any(sign.isalpha() for sign in text):
        return mask_name(text)
    return LONG_DIGITS.sub(lambda digits: digits[0][:3] + MASK, text)[:LONGEST_SAMPLE]
