from sqlalchemy import select

from review.enums import RegisterPart
from review.extensions import db
from review.models.register_content import RegisterContent


def content_of(import_id: int, part: RegisterPart) -> bytes | None:
    """A part of an import, sealed, where it is kept."""
    return db.session.scalar(
        select(RegisterContent.content).where(
            RegisterContent.import_id == import_id, RegisterContent.part == part
        )
    )
