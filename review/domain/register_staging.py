"""What an import keeps between preview and confirmation: packed, encrypted, never in clear."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from review.domain.register_columns import BY_HEADING
from review.domain.register_differences import Difference
from review.domain.register_facts import Problem, RegisterRow
from review.domain.register_plan import Plan
from review.domain.register_rows import CaseRow
from review.domain.register_table import Table, heading_word
from review.domain.register_values import Cell
from review.enums import CaseField, RejectReason
from review.privacy import decrypt, decrypt_json, decrypt_json_beside, encrypt, encrypt_json

NUL = b"\0"  # no file name holds it
SAMPLE_ROWS = 3
LONGEST_SAMPLE = 40
HIDDEN = "***"
DIGESTS = [place for place, name in enumerate(CaseRow._fields) if name.endswith("_digest")]
DIGEST_DIGITS = 64


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row as it was, and why it was refused."""

    number: int
    cells: list[Cell]
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class RefusedSheet:
    """The refused rows of one sheet."""

    name: str
    headings: list[str]
    rows: list[RefusedRow]


@dataclass(frozen=True, slots=True)
class Sample:
    """One refused row for a screen: its place and the cells at fault, personal ones hidden."""

    sheet: str
    number: int
    headings: tuple[str, ...]
    other_row: int | None
    content: str


class StagedUpdate(NamedTuple):
    """A stored case whose ``columns`` change, if its content is still as it was ``seen``."""

    case_id: int
    seen: str
    columns: list[str]
    row: CaseRow


class Staged(NamedTuple):
    """What a confirmation writes: new cases, and stored ones that change."""

    created: list[CaseRow]
    updated: list[StagedUpdate]


class Change(NamedTuple):
    """A stored case that an import changes: what people are shown, and the row to go back to."""

    case_id: int
    case_number: str
    differences: list[Difference]
    former: dict[str, Any]


def seal_upload(filename: str, data: bytes) -> bytes:
    return encrypt(filename.encode() + NUL + data)


def open_upload(stored: bytes) -> tuple[str, bytes]:
    name, _nul, data = decrypt(stored).partition(NUL)
    return name.decode(), data


def seal_staged(plan: Plan) -> bytes:
    """New cases column by column, which packs better and quicker than row by row; their digests,
    which nothing packs, as bare bytes, and in place of them the rows that have none."""
    created: list[Sequence[Any]] = list(zip(*plan.created, strict=True))
    bare = b""
    for place in DIGESTS if created else ():
        bare += bytes.fromhex("".join(filter(None, created[place])))
        created[place] = [row for row, digest in enumerate(created[place]) if digest is None]
    updated = [(u.case_id, u.seen, u.columns, u.row) for u in plan.updated]
    return encrypt_json((created, updated), beside=bare)


def open_staged(stored: bytes) -> Staged:
    (created, updated), bare = decrypt_json_beside(stored)
    digests = _digests(bare)
    for place in DIGESTS if created else ():
        without = set(created[place])
        rows = range(len(created[0]))
        created[place] = [None if row in without else next(digests) for row in rows]
    return Staged(
        list(map(CaseRow, *created)) if created else [],
        [StagedUpdate(id_, seen, columns, CaseRow(*row)) for id_, seen, columns, row in updated],
    )


def _digests(bare: bytes) -> Iterator[str]:
    text = bare.hex()
    return (text[start : start + DIGEST_DIGITS] for start in range(0, len(text), DIGEST_DIGITS))


def seal_changes(plan: Plan) -> bytes | None:
    if not plan.updated:
        return None
    return encrypt_json([(u.case_id, u.case_number, u.differences, u.former) for u in plan.updated])


def open_changes(stored: bytes | None) -> list[Change]:
    return [
        Change(id_, number, [Difference(CaseField(f), *values) for f, *values in found], former)
        for id_, number, found, former in (decrypt_json(stored) if stored else ())
    ]


def seal_refused(tables: Iterable[Table], refused: Iterable[RegisterRow]) -> bytes:
    by_sheet = defaultdict(list)
    for row in sorted(refused, key=lambda row: row.number):
        problems = [(p.reason.value, p.headings, p.other_row) for p in row.problems]
        by_sheet[row.table.sheet].append((row.number, row.cells, problems))
    return encrypt_json(
        [(t.sheet, t.headings, by_sheet[t.sheet]) for t in tables if by_sheet[t.sheet]]
    )


def open_refused(stored: bytes | None) -> list[RefusedSheet]:
    if stored is None:
        return []
    return [
        RefusedSheet(name, headings, [_refused_row(*row) for row in rows])
        for name, headings, rows in decrypt_json(stored)
    ]


def samples_of(sheets: Iterable[RefusedSheet]) -> dict[RejectReason, list[Sample]]:
    """The first rows of each reason, in the order in which the reasons are declared."""
    found: dict[RejectReason, list[Sample]] = {reason: [] for reason in RejectReason}
    for sheet in sheets:
        for row in sheet.rows:
            problem = row.problems[0]
            if len(found[problem.reason]) < SAMPLE_ROWS:
                found[problem.reason].append(_sample(sheet, row, problem))
    return {reason: samples for reason, samples in found.items() if samples}


def _sample(sheet: RefusedSheet, row: RefusedRow, problem: Problem) -> Sample:
    cells = dict(zip(sheet.headings, row.cells, strict=False))
    texts = [_shown(heading, cells.get(heading)) for heading in problem.headings]
    content = "、".join(text for text in texts if text)
    return Sample(sheet.name, row.number, problem.headings, problem.other_row, content)


def _shown(heading: str, cell: Cell) -> str:
    column = BY_HEADING.get(heading_word(heading))
    if cell is None or (column and not column.is_personal):
        return str(cell or "").strip()[:LONGEST_SAMPLE]
    return HIDDEN


def _refused_row(number: int, cells: list[Cell], problems: list[Any]) -> RefusedRow:
    return RefusedRow(
        number, cells, [Problem(RejectReason(r), tuple(h), o) for r, h, o in problems]
    )
