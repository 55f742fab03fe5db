"""A rubric or a scheme as it stands in a form: rows in the order of the page, each as it was typed.

A row is named by its kind and a number of its own. A criterion belongs to the section above it, so
that moving a row is all that ordering takes, with a script or without.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from review.domain.register_values import plain
from review.enums import DefinitionSubject
from rubrics.faults import Fault, Problem

HEAD = "head-0"
ADDABLE = {
    DefinitionSubject.RUBRIC: ("section", "criterion", "bonus", "veto"),
    DefinitionSubject.SCHEME: ("option", "overall"),
}
_ROW = re.compile(r"(section|criterion|bonus|veto|band|option|overall)-\d{1,6}")
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,9})?")
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the form. Every field holds what was typed, one text or several."""

    id: str
    given: Mapping[str, tuple[str, ...]]

    @property
    def kind(self) -> str:
        return self.id.partition("-")[0]

    @property
    def number(self) -> int:
        return int(self.id.partition("-")[2])

    def texts(self, name: str) -> tuple[str, ...]:
        return self.given.get(name, ())

    def text(self, name: str) -> str:
        """One line of text, as it will be kept."""
        return plain((self.texts(name) or ("",))[0])

    def lines(self, name: str) -> str:
        """Text of several lines, as it will be kept."""
        typed = (self.texts(name) or ("",))[0].replace("\r\n", "\n")
        return "\n".join(plain(line) for line in typed.split("\n")).strip()

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Points and descriptions of a list, without its empty lines."""
        typed = zip(self.texts(f"{name}_points"), self.texts(f"{name}_description"), strict=False)
        return tuple((p, d) for p, d in typed if p.strip() or d.strip())


@dataclass(frozen=True, slots=True)
class Outline:
    head: Row
    rows: tuple[Row, ...]

    def of(self, kind: str) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.kind == kind)

    def sections(self) -> list[tuple[Row, list[Row]]]:
        """Each section with its criteria."""
        found: list[tuple[Row, list[Row]]] = []
        for row in self.rows:
            if row.kind == "section":
                found.append((row, []))
            elif row.kind == "criterion":
                if not found:  # no page sends this, and nothing typed may get lost
                    found.append((Row(_free("section", self.rows), {}), []))
                found[-1][1].append(row)
        return found


class Numbers:
    """Reads numbers from rows, and keeps what is none with its place. Nothing typed is 0."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def read(self, row: Row, name: str, typed: str) -> Decimal:
        text = unicodedata.normalize("NFKC", typed).strip()
        if not text:
            return Decimal(0)
        if _NUMBER.fullmatch(text):
            return Decimal(text)
        place = f"{row.id}.{name}"
        self.problems.append(Problem(Fault.NOT_A_NUMBER, place, typed[:_LONGEST_SHOWN]))
        return Decimal(0)


def typed_outline(form: Any) -> Outline:
    """The outline that was posted, in the order in which it was posted."""
    fields: dict[str, dict[str, tuple[str, ...]]] = {}
    for name in form:
        row, dot, field = name.partition(".")
        if dot:
            fields.setdefault(row, {})[field] = tuple(form.getlist(name))
    ids = dict.fromkeys(row for row in form.getlist("row") if _ROW.fullmatch(row))
    rows = (Row(row, fields.get(row, {})) for row in ids)
    return Outline(Row(HEAD, fields.get(HEAD, {})), tuple(rows))


def coded(outline: Outline) -> Outline:
    """The outline with a code for every row that has none: people need not think of them."""
    rows = tuple(row if row.text("code") else _with_code(row) for row in outline.rows)
    return Outline(outline.head, rows)


def _with_code(row: Row) -> Row:
    # By chance, so that no code comes back that an earlier version had for something else.
    return Row(row.id, {**row.given, "code": (f"{row.kind}_{secrets.token_hex(3)}",)})


def arranged(outline: Outline, wish: str) -> Outline:
    """The outline after ``add:criterion:section-2``, ``remove:veto-1``, ``up:…`` or ``down:…``."""
    verb, _colon, what = wish.partition(":")
    if verb == "add":
        kind, _colon, where = what.partition(":")
        return Outline(outline.head, _added(outline.rows, kind, where))
    found = next((row for row in outline.rows if row.id == what), None)
    if found is None:
        return outline
    if verb == "remove":
        gone = _block(outline.rows, found)
        return Outline(outline.head, tuple(row for row in outline.rows if row not in gone))
    return Outline(outline.head, _moved(outline.rows, found, -1 if verb == "up" else 1))


def _added(rows: tuple[Row, ...], kind: str, where: str) -> tuple[Row, ...]:
    new = Row(_free(kind, rows), {})
    if not _ROW.fullmatch(new.id):
        return rows
    above = next((row for row in rows if row.id == where), None)
    after = rows.index(_block(rows, above)[-1]) + 1 if above else len(rows)
    return (*rows[:after], new, *rows[after:])


def _moved(rows: tuple[Row, ...], row: Row, step: int) -> tuple[Row, ...]:
    kinds = {"section", "criterion"} if row.kind in {"section", "criterion"} else {row.kind}
    peers = [each for each in rows if each.kind in kinds]
    heads = [each for each in peers if row.kind != "section" or each.kind == "section"]
    blocks = [_block(rows, each) if row.kind == "section" else [each] for each in heads]
    here = heads.index(row)
    first = 1 if row.kind == "criterion" else 0  # above the first section there is none
    if not first <= here + step < len(blocks):
        return rows
    blocks[here], blocks[here + step] = blocks[here + step], blocks[here]
    others = tuple(each for each in rows if each.kind not in kinds)
    return (*(each for block in blocks for each in block), *others)


def _block(rows: Sequence[Row], row: Row) -> list[Row]:
    """A row with what belongs to it: a section's criteria."""
    if row.kind != "section":
        return [row]
    outline = Outline(Row(HEAD, {}), tuple(rows))
    return next([head, *criteria] for head, criteria in outline.sections() if head is row)


def _free(kind: str, rows: Iterable[Row]) -> str:
    return f"{kind}-{max((row.number for row in rows), default=0) + 1}"


def blank_rows(subject: DefinitionSubject) -> dict[str, Row]:
    """One empty row of each kind that may be added; a script gives each its number."""
    return {kind: Row(f"{kind}-new", {}) for kind in ADDABLE[subject]}
