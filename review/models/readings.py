"""What reading a register left to ask and to show, and what an agency answered once for all."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Model
from review.types import Encrypted


class HeadingMeaning(Model):
    """A region's own heading: which column of the platform it is, or "" for one not used."""

    __tablename__ = "heading_meaning"
    __table_args__ = (UniqueConstraint("region_code", "word"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    word: Mapped[str]
    field: Mapped[str]
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime]


class RegisterReading(Model):
    """Of one import, sealed: ``questions`` about its headings, ``rewrites`` of its cells."""

    __tablename__ = "register_reading"

    import_id: Mapped[int] = mapped_column(ForeignKey("register_import.id"), primary_key=True)
    questions: Mapped[bytes] = mapped_column(Encrypted)
    rewrites: Mapped[bytes] = mapped_column(Encrypted)
