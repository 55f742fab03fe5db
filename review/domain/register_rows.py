"""Cases as rows of the database: plain values that both drivers store as they are, in bulk."""

import base64
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from review.domain.register import CaseFacts
from review.privacy import decrypt_text, digest, encrypt_text, is_current

AS_READ = (
    *("case_number", "closed_on", "case_type", "aid_method", "kind", "source", "stage", "instance"),
    *("cause", "accepted_on", "assigned_on", "archived_on", "outcome", "recovered_amount"),
    *("subsidy_amount", "subsidy_paid_on", "dossier_pages", "recipient_categories"),
)
COLUMNS = (*AS_READ, "region_code", "id_number_digest", "phone_digest", "content_digest")
RECIPIENT = "recipient_name"
_as_read = attrgetter(*AS_READ)
AGENCY_CODE = COLUMNS.index("region_code")
_as_they_are = (str, int, type(None))  # a code is text as well


class CaseRow(NamedTuple):
    """What one case is stored as: ``values`` in the order of ``COLUMNS``, and whom it names.

    The recipient stands here in clear, so keep rows in memory or sealed.
    """

    values: list[Any]
    recipient: str | None
    agency: str | None
    provider: str
    handler: str
    licence_number: str | None
    handler_type: str | None

    def with_value(self, column: str, value: Any) -> "CaseRow":
        values = list(self.values)
        values[COLUMNS.index(column)] = plain(value)
        return self._replace(values=values)

    @property
    def content_digest(self) -> str:
        return str(self.values[-1])

    @property
    def agency_code(self) -> str:
        return str(self.values[AGENCY_CODE])


def case_row(facts: CaseFacts) -> CaseRow:
    values = [v if isinstance(v, _as_they_are) else plain(v) for v in _as_read(facts)]
    values.append(facts.agency_code)
    values.append(digest(facts.id_number) if facts.id_number else None)
    values.append(digest(facts.phone) if facts.phone else None)
    row = CaseRow(
        values,
        facts.recipient,
        facts.agency,
        facts.provider,
        facts.handler,
        facts.licence_number,
        facts.handler_type,
    )
    values.append(_content_digest(row))
    return row


def _content_digest(row: CaseRow) -> str:
    """Keyed digest of all that a row says, for telling a changed row from an equal one."""
    values, *names = row
    return digest("\x1f".join(map(str, (*values, *names))))


def stored_values(row: CaseRow) -> dict[str, Any]:
    """The columns that a row fills by itself; the recipient's name becomes ciphertext."""
    values = dict(zip(COLUMNS, row.values, strict=True))
    values[RECIPIENT] = encrypt_text(row.recipient) if row.recipient else None
    return values


def plain(value: Any) -> Any:
    """A value as text, number or None, the same from memory and from either database."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return _plain(tuple(value) if isinstance(value, list) else value)


@lru_cache(maxsize=1 << 14)
def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(list(value)) if isinstance(value, tuple) else value


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
