from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import NoticeKind
from review.extensions import Model


class Notice(Model):
    """A line in somebody's inbox. ``details`` holds aliases, case numbers and counts, no names."""

    __tablename__ = "notice"
    __table_args__ = (
        Index(
            "ix_notice_unread",
            "user_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    kind: Mapped[NoticeKind]
    details: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
