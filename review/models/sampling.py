from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import Allocation, CallReason, SampledCaseStatus
from review.extensions import Model


class Stratum(Model):
    """层: a part of the frame from which a fixed number of cases is drawn."""

    __tablename__ = "stratum"
    __table_args__ = (
        UniqueConstraint("round_id", "label"),
        CheckConstraint("sample_size BETWEEN 0 AND population", name="sample_within_stratum"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    label: Mapped[str]
    population: Mapped[int]
    sample_size: Mapped[int] = mapped_column(default=0)


class FrameCase(Model):
    """One line of a frozen 抽样框, under the case's canonical number at that moment.

    ``dossier_digest`` covers the files that its dossier had by then.
    ``missed_by_id`` names the earlier round whose frame the case came too late for, if one did.
    """

    __tablename__ = "frame_case"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True, index=True)
    stratum_id: Mapped[int] = mapped_column(ForeignKey("stratum.id"), index=True)
    canonical_number: Mapped[str]
    dossier_digest: Mapped[str | None] = mapped_column(String(64))
    missed_by_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"))


class Draw(Model):
    """抽样: one draw per round, repeatable by anybody from seed, design and frame."""

    __tablename__ = "draw"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    seed: Mapped[str]
    seed_source: Mapped[str]
    allocation: Mapped[Allocation]
    design: Mapped[dict[str, Any]]
    sample_size: Mapped[int]
    drawn_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    drawn_at: Mapped[datetime]


class SampledCase(Model):
    """A drawn case on its way to a result; the inclusion probability is exact: n of N."""

    __tablename__ = "sampled_case"
    __table_args__ = (UniqueConstraint("round_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    stratum_id: Mapped[int] = mapped_column(ForeignKey("stratum.id"), index=True)
    ticket: Mapped[str] = mapped_column(String(64))
    inclusion_probability: Mapped[float]
    rubric_key: Mapped[str]
    status: Mapped[SampledCaseStatus] = mapped_column(default=SampledCaseStatus.MARKING)
    called_for: Mapped[CallReason | None]
    """Why the first mark beyond the first ones was called."""
