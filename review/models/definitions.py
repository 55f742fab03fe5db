from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import DefinitionStatus, DefinitionSubject
from review.extensions import Model


class Definition(Model):
    """A bureau's own rubric or scheme, in the text form of the shipped ones.

    A draft may be changed, each time from the ``edits`` that its editor saw. Once published its
    text never changes again, and ``digest`` proves it; retired, it only serves what is marked.
    A discarded draft stays for whoever had it open, and to be copied.
    """

    __tablename__ = "definition"
    __table_args__ = (
        UniqueConstraint("subject", "key"),
        CheckConstraint(
            "digest IS NOT NULL OR status NOT IN ('published', 'retired')",
            name="digest_once_published",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[DefinitionSubject]
    key: Mapped[str] = mapped_column(String(80))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    text: Mapped[str] = mapped_column(Text)
    edits: Mapped[int] = mapped_column(default=0)
    status: Mapped[DefinitionStatus] = mapped_column(default=DefinitionStatus.DRAFT, index=True)
    digest: Mapped[str | None] = mapped_column(String(64))
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    saved_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]


class EarlierText(Model):
    """What a draft was before a later save: whoever began from it and saves second is told who
    changed what. Kept while the draft is one, and only the latest."""

    __tablename__ = "earlier_text"

    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    edits: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
