"""The change of the data key: everything that was sealed under a former one is sealed anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, update

from review.domain.audit import record
from review.extensions import db
from review.models.keys import WrappedKey
from review.privacy import decrypt, digest_key, encrypt, is_current
from review.queries.keys import DIGEST, ciphertext_columns, ciphertexts


@dataclass(slots=True)
class KeyUse:
    """How many ciphertexts of a column are under the data key, a former one, or neither."""

    column: str
    current: int = 0
    former: int = 0
    unreadable: int = 0


def rotate_keys() -> list[KeyUse]:
    """Seal all ciphertext under the data key, batch by batch. Commits after each batch.

    Broken off, it goes on where it stopped when it is called again: what is under the data key
    stays as it is. Answers what was found; what no key opens is left alone.
    """
    kept = _keep_digest_key()
    found = [_renew(column) for column in ciphertext_columns()]
    counts = {use.column: [use.current, use.former, use.unreadable] for use in found}
    record(None, "keys.rotated", kept, **counts)
    db.session.commit()
    return found


def key_use() -> list[KeyUse]:
    """Under which key the ciphertext of each column is; changes nothing."""
    found = []
    for column in ciphertext_columns():
        use = KeyUse(str(column))
        for rows in ciphertexts(column):
            _stale(rows, use)
            db.session.rollback()  # no lock is held from one batch to the next
        found.append(use)
    return found


def _keep_digest_key() -> WrappedKey:
    """Digests outlive the key that the first ones were derived from. Commits."""
    kept = db.session.get(WrappedKey, DIGEST)
    if kept is None:
        kept = WrappedKey(purpose=DIGEST, wrapped=encrypt(digest_key()))
        db.session.add(kept)
    db.session.commit()
    return kept


def _renew(column: Any) -> KeyUse:
    """Seal a column's stale ciphertexts anew. A row that somebody changes meanwhile is left to
    them: the change was sealed under the data key."""
    use = KeyUse(str(column))
    keys = list(column.table.primary_key)
    unchanged = [key == bindparam(f"key_{n}") for n, key in enumerate(keys)]
    statement = update(column.table).where(*unchanged, column == bindparam("before"))
    statement = statement.values({column: bindparam("after")})
    for rows in ciphertexts(column):
        if changes := [_change(row) for row in _stale(rows, use)]:
            db.session.execute(statement, changes)
        db.session.commit()
    return use


def _stale(rows: Sequence[Row[Any]], use: KeyUse) -> list[Row[Any]]:
    """The rows under a former key, all of them counted in ``use``."""
    stale = []
    for row in rows:
        if is_current(row[-1]):
            use.current += 1
        elif _opens(row[-1]):
            use.former += 1
            stale.append(row)
        else:
            use.unreadable += 1
    return stale


def _opens(stored: bytes) -> bool:
    try:
        decrypt(stored)
    except ValueError:
        return False
    return True


def _change(row: Row[Any]) -> dict[str, Any]:
    *key, before = row
    names = {f"key_{n}": value for n, value in enumerate(key)}
    return names | {"before": before, "after": encrypt(decrypt(before))}
