from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import ReplacementReason, SeedKind
from review.extensions import Model


class FrameVersion(Model):
    """What was published of a frozen frame and of its draw. Never edited: an error makes another.

    ``listing`` is the file whose SHA-256 is ``digest``, packed; ``design`` the rules in words of
    code; ``figures`` what the frame was reconciled with and who excluded what. The manifest comes
    with the draw, ``reopened_at`` and the persons beside it with the end of this version.
    """

    __tablename__ = "frame_version"
    __table_args__ = (CheckConstraint("number >= 1", name="number_from_one"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    cases: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    listing: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    design: Mapped[dict[str, Any]]
    figures: Mapped[dict[str, Any]]
    frozen_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    frozen_at: Mapped[datetime]
    seed_kind: Mapped[SeedKind]
    seed_source: Mapped[str]
    seed_due_on: Mapped[date | None]
    seed: Mapped[str | None] = mapped_column(index=True)
    drawn_at: Mapped[datetime | None]
    manifest: Mapped[str | None] = mapped_column(Text, deferred=True)
    seal: Mapped[str | None] = mapped_column(String(64))
    reopening_reason: Mapped[str | None]
    reopening_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reopening_asked_at: Mapped[datetime | None]
    reopened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reopened_at: Mapped[datetime | None]


class SeedParty(Model):
    """One of the parties to a mixed seed: the commitment comes first, then the value."""

    __tablename__ = "seed_party"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    commitment: Mapped[str | None] = mapped_column(String(64))
    committed_at: Mapped[datetime | None]
    value: Mapped[str | None]


class Replacement(Model):
    """替换: a drawn case left the sample and the next ticket of its stratum came in."""

    __tablename__ = "replacement"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    version: Mapped[int]
    left_case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    left_number: Mapped[str]
    came_case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    came_number: Mapped[str]
    stratum: Mapped[str]
    ticket: Mapped[str] = mapped_column(String(64))
    for_minimum: Mapped[bool]
    reason: Mapped[ReplacementReason]
    replaced_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    replaced_at: Mapped[datetime]
