"""Roll-ups of published results, rebuilt by ``domain.analysis``; pages read only these.

Every figure of a region counts the cases of all regions below it.
"""

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Model


class QuarterFigure(Model):
    """Design-weighted mean of one region in one closing quarter, all published rounds pooled;
    ``rubrics`` names those they pinned: a line is not drawn across a change of them."""

    __tablename__ = "quarter_figure"

    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), primary_key=True)
    scheme_key: Mapped[str] = mapped_column(primary_key=True)
    quarter: Mapped[str] = mapped_column(String(6), primary_key=True)
    rubrics: Mapped[str | None]
    cases: Mapped[int]
    mean: Mapped[float]
    standard_error: Mapped[float | None]
    lower: Mapped[float | None]
    upper: Mapped[float | None]


class RoundFigure(Model):
    """Design-weighted mean and 优良率, and grade counts, of one region in one published round."""

    __tablename__ = "round_figure"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(
        ForeignKey("region.code"), primary_key=True, index=True
    )
    cases: Mapped[int]
    population: Mapped[int]
    mean: Mapped[float]
    standard_error: Mapped[float | None]
    degrees: Mapped[int]
    lower: Mapped[float | None]
    upper: Mapped[float | None]
    excellent: Mapped[int]
    good: Mapped[int]
    passed: Mapped[int]
    failed: Mapped[int]
    good_share: Mapped[float]
    good_share_lower: Mapped[float]
    good_share_upper: Mapped[float]


class HandlerFigure(Model):
    """Where one handler of one round lies in the funnel, on the cases of the look-back period.

    ``region_code`` is the smallest region that holds all of these cases: who may see that
    region may see the figure. ``line`` is the adjusted mean below which the handler is flagged.
    ``shortfall`` is the estimated distance below the others with its interval; below
    ``material_line``, where there is one, it surely matters.
    """

    __tablename__ = "handler_figure"
    __table_args__ = (Index("ix_handler_figure_region", "round_id", "region_code"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    handler_id: Mapped[int] = mapped_column(ForeignKey("handler.id"), primary_key=True, index=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    cases: Mapped[int]
    adjusted_mean: Mapped[float]
    expected: Mapped[float]
    z: Mapped[float]
    line: Mapped[float]
    detectable: Mapped[float]
    is_judged: Mapped[bool]
    is_flagged: Mapped[bool]
    shortfall: Mapped[float | None]
    shortfall_lower: Mapped[float | None]
    shortfall_upper: Mapped[float | None]
    material_line: Mapped[float | None]
    is_material: Mapped[bool] = mapped_column(server_default=false())
