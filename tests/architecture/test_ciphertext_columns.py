"""A change of the data key renews the columns of type Encrypted; none may be overlooked."""

from sqlalchemy import LargeBinary

from review import models  # noqa: F401  (registers every table)
from review.extensions import db
from review.queries.keys import ciphertext_columns

PLAIN = {
    "stored_file.chunk_digests",  # digests of a dossier's chunks, which are checked with them
    "frame_version.listing",  # case numbers, strata and pseudonyms, packed; made to be published
}
"""Columns of bytes that hold nothing personal; each needs its reason beside it."""


def test_every_column_of_bytes_is_ciphertext_or_known_to_be_plain() -> None:
    columns = [c for table in db.metadata.tables.values() for c in table.columns]
    of_bytes = {str(c) for c in columns if isinstance(getattr(c.type, "impl", c.type), LargeBinary)}
    assert "case.recipient_name" in of_bytes
    assert of_bytes - PLAIN == {str(column) for column in ciphertext_columns()}
