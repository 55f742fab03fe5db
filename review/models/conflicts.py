from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import DeclarationKind
from review.extensions import Model
from review.types import Encrypted


class Declaration(Model):
    """A tie that a reviewer declares: a relative, a case, the other side of one, an office.

    ``subject`` is a person's name, a case number or an office's name, ``office`` where a relative
    works: both sealed. ``until`` is the last day at an office, None where the tie lasts.
    """

    __tablename__ = "declaration"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    kind: Mapped[DeclarationKind]
    subject: Mapped[bytes] = mapped_column(Encrypted)
    office: Mapped[bytes | None] = mapped_column(Encrypted)
    until: Mapped[date | None]
    declared_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Pin(Model):
    """What an organiser knows of a reviewer and a case, or a provider's cases: a conflict that no
    register shows, or none where a register seems to show one."""

    __tablename__ = "pin"
    __table_args__ = (
        CheckConstraint("case_id IS NULL OR provider_id IS NULL", name="case_or_provider"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    is_conflict: Mapped[bool]
    note: Mapped[str]
    pinned_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    pinned_at: Mapped[datetime]


class PanelObjection(Model):
    """A region or a firm does not want its cases marked by the reviewers of a named firm."""

    __tablename__ = "panel_objection"
    __table_args__ = (
        CheckConstraint("region_code IS NULL OR provider_id IS NULL", name="region_or_firm"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    against_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    reason: Mapped[str]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime]


class Opponent(Model):
    """对方代理机构: an office that acted for the other side of a case."""

    __tablename__ = "opponent"
    __table_args__ = (UniqueConstraint("case_id", "office"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    office: Mapped[str]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime]


class ProviderAlias(Model):
    """A short or former name of a 承办机构."""

    __tablename__ = "provider_alias"
    __table_args__ = (UniqueConstraint("provider_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    name: Mapped[str]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime]
