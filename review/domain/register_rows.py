"""Cases as rows of the database: plain values that both drivers store as they are, in bulk."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from review.domain.register_facts import CaseFacts
from review.privacy import decrypt_text, digester, encrypt_text, encrypter, is_current


class CaseRow(NamedTuple):
    """What one case is stored as, then whom it names, then the digest of all of that.

    The recipient stands here in clear, so keep rows in memory or sealed.
    """

    case_number: str
    closed_on: str
    case_type: str
    aid_method: str
    kind: str
    source: str | None
    stage: str | None
    instance: str | None
    cause: str | None
    accepted_on: str | None
    assigned_on: str | None
    archived_on: str | None
    outcome: str | None
    recovered_amount: str | None
    subsidy_amount: str | None
    subsidy_paid_on: str | None
    dossier_pages: int | None
    recipient_categories: str
    region_code: str
    id_number_digest: str | None
    phone_digest: str | None
    recipient: str | None
    agency: str | None
    provider: str
    handler: str
    licence_number: str | None
    handler_type: str | None
    content_digest: str


ENTERED = CaseRow._fields.index("recipient")  # so many of a row's values are stored as they are
NAMED = CaseRow._fields[ENTERED:-1]
AS_READ = CaseRow._fields[: CaseRow._fields.index("region_code")]
RECIPIENT = "recipient_name"
STORED = (*CaseRow._fields[:ENTERED], "content_digest", RECIPIENT)
_facts = attrgetter(*AS_READ, "agency_code", "id_number", "phone", *NAMED)
ID_NUMBER, PHONE = map(CaseRow._fields.index, ("id_number_digest", "phone_digest"))


def case_rows(facts: Sequence[CaseFacts]) -> list[CaseRow]:
    """The rows of cases, worked out column by column: of equal values only one needs work."""
    if not facts:
        return []
    digest = digester()
    columns = list(map(_plain_column, zip(*map(_facts, facts), strict=True)))
    for place in (ID_NUMBER, PHONE):
        columns[place] = [digest(value) if value else None for value in columns[place]]
    # The content of a row, for telling a changed row from an equal one.
    contents = [digest("\x1f".join(map(str, row))) for row in zip(*columns, strict=True)]
    return list(map(CaseRow, *columns, contents))


def stored_values(rows: Iterable[CaseRow]) -> list[tuple[Any, ...]]:
    """Rows in the order of ``STORED``; the recipients' names become ciphertext."""
    seal = encrypter()
    return [
        (*row[:ENTERED], row[-1], seal(row.recipient.encode()) if row.recipient else None)
        for row in rows
    ]


def _plain_column(values: tuple[Any, ...]) -> list[Any]:
    known = {value: plain(value) for value in set(values)}
    return list(map(known.__getitem__, values))


def plain(value: Any) -> Any:
    """A value as text, number or None, the same from memory and from either database."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(list(value)) if isinstance(value, tuple | list) else value


def kept_row(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row as JSON can keep it. The recipient is kept as ciphertext, so that it can come
    back to the byte, and in clear, so that it can come back after a change of the data key."""
    kept = {name: plain(value) for name, value in stored.items() if name != RECIPIENT}
    if sealed := stored[RECIPIENT]:
        kept[RECIPIENT] = [base64.b64encode(sealed).decode(), decrypt_text(sealed)]
    return kept


def restored_row(kept: dict[str, Any]) -> dict[str, Any]:
    """Undo ``kept_row``."""
    if RECIPIENT not in kept:
        return kept | {RECIPIENT: None}
    text, name = kept[RECIPIENT]
    sealed = base64.b64decode(text)
    return kept | {RECIPIENT: sealed if is_current(sealed) else encrypt_text(name)}
