from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import (
    AidMethod,
    AidSource,
    CaseKind,
    CaseType,
    ImportStatus,
    Instance,
    Outcome,
    Stage,
)
from review.extensions import Model
from review.types import Encrypted


class Agency(Model):
    """法律援助机构, 受理机构."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)


class Case(Model):
    """法律援助案件, closed. Names are ciphertext; numbers of persons are keyed digests."""

    __tablename__ = "case"
    __table_args__ = (
        Index("ix_case_region_closed", "region_code", "closed_on", "id"),
        Index("ix_case_closed", "closed_on", "id", "region_code", "kind"),
        Index("ix_case_region_number", "region_code", "case_number", "closed_on"),
        Index(
            "ix_case_not_archived",
            "region_code",
            "closed_on",
            sqlite_where=text("archived_on IS NULL"),
            postgresql_where=text("archived_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[str] = mapped_column(unique=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    handler_id: Mapped[int] = mapped_column(ForeignKey("handler.id"), index=True)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("register_import.id"), index=True)
    """The import that was the last to write here."""

    kind: Mapped[CaseKind]
    case_type: Mapped[CaseType]
    aid_method: Mapped[AidMethod]
    source: Mapped[AidSource | None]
    stage: Mapped[Stage | None]
    instance: Mapped[Instance | None]
    cause: Mapped[str | None]
    recipient_name: Mapped[bytes | None] = mapped_column(Encrypted)
    id_number_digest: Mapped[str | None] = mapped_column(String(64))
    phone_digest: Mapped[str | None] = mapped_column(String(64))
    recipient_categories: Mapped[list[str]]
    accepted_on: Mapped[date | None]
    assigned_on: Mapped[date | None]
    closed_on: Mapped[date]
    archived_on: Mapped[date | None]
    outcome: Mapped[Outcome | None]
    recovered_amount: Mapped[Decimal | None]
    subsidy_amount: Mapped[Decimal | None]
    subsidy_paid_on: Mapped[date | None]
    dossier_pages: Mapped[int | None]
    content_digest: Mapped[str] = mapped_column(String(64))


class RegisterImport(Model):
    """One uploaded 结案台账, from the file to what became of its rows.

    ``file_name`` may name a person. ``problem`` says why the file cannot be read, ``made`` what was
    made beside cases; ``job_id`` names the latest work on it. What it keeps of the file itself
    stands in ``RegisterContent``.
    """

    __tablename__ = "register_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    uploaded_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    file_digest: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[bytes | None] = mapped_column(Encrypted)
    status: Mapped[ImportStatus] = mapped_column(default=ImportStatus.PREVIEWED)
    counts: Mapped[dict[str, Any]]
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    made: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
