"""Keeps and forgets what an import holds sealed. The calling verb commits."""

from collections.abc import Mapping

from sqlalchemy import delete, insert

from review.enums import RegisterPart
from review.extensions import db
from review.models.register_content import RegisterContent

SealedParts = Mapping[RegisterPart, bytes | None]


def keep_content(import_id: int, contents: SealedParts) -> None:
    """Keep these parts of an import instead of earlier ones; a part that is None is forgotten."""
    forget_content(import_id, *contents)
    rows = [
        {"import_id": import_id, "part": part, "content": content}
        for part, content in contents.items()
        if content is not None
    ]
    if rows:
        db.session.execute(insert(RegisterContent), rows)


def forget_content(import_id: int, *parts: RegisterPart) -> None:
    here = RegisterContent.import_id == import_id
    db.session.execute(delete(RegisterContent).where(here, RegisterContent.part.in_(parts)))
