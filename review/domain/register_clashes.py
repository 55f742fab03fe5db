"""Rows of one case number: exact copies are skipped, rows that contradict each other refused."""

from collections import defaultdict
from collections.abc import Sequence

from review.domain.register_facts import CaseFacts, Problem, RegisterRow
from review.domain.register_table import columns_of
from review.enums import RejectReason


def without_copies(rows: Sequence[RegisterRow]) -> list[RegisterRow]:
    """Drop exact copies after the first; refuse every row whose number another row contradicts.

    A row refused for another reason contradicts its number's other rows too: nobody can say
    which of them is right.
    """
    by_number = defaultdict(list)
    for row in rows:
        if row.case_number:
            by_number[row.case_number].append(row)
    copies = set()
    for same in by_number.values():
        if len(same) > 1:
            copies |= {id(row) for row in _copies_or_clashes(same)}
    return [row for row in rows if id(row) not in copies]


def _copies_or_clashes(same: list[RegisterRow]) -> list[RegisterRow]:
    """The copies of one row among rows of one number, or none after marking all as clashing."""
    facts = [row.facts for row in same]
    if facts[0] and all(other == facts[0] for other in facts):
        return same[1:]
    for row, own in zip(same, facts, strict=True):
        if own is None:
            continue
        place = 0 if row is not same[0] else 1
        headings = _different_headings(row, own, facts[place])
        clash = Problem(RejectReason.CONFLICTING_DUPLICATE, headings, same[place].number)
        row.facts, row.problems = None, [clash]
    return []


def _different_headings(
    row: RegisterRow, own: CaseFacts, other: CaseFacts | None
) -> tuple[str, ...]:
    if other is None:
        return ()
    headings = row.table.headings
    return tuple(
        headings[place]
        for place, column in columns_of(row.table.fields)
        if getattr(own, column.field, None) != getattr(other, column.field, None)
    )
