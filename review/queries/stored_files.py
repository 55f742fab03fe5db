from sqlalchemy import select

from review.extensions import db
from review.models.dossiers import StoredFile


def known_keys() -> set[str]:
    """The names of all files that a row tells of."""
    return set(db.session.scalars(select(StoredFile.key)))
