"""What an organiser decides about a draw, from the strata to the fee; stored as plain JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Self

from review.enums import Allocation, Dimension, SizeBy, TargetReason, UnitKind

USUAL_SHARE = Decimal(10)
"""Per cent of the cases: what most bureaus draw, and where an organiser starts from."""

NAMED_REASONS = (TargetReason.COMPLAINT, TargetReason.FLAGGED)
"""Reasons for which cases are named one by one."""


@dataclass(frozen=True, slots=True)
class Rules:
    """``wanted`` is in the unit of ``size_by``: per cent, cases or points. ``fixed`` holds places
    by stratum label. A ``targeted`` of None takes every targeted case. ``reviewers`` and ``fee``
    serve the forecast alone.
    """

    dimensions: tuple[Dimension, ...] = (Dimension.REGION, Dimension.KIND)
    allocation: Allocation = Allocation.PROPORTIONAL
    size_by: SizeBy = SizeBy.SHARE
    wanted: Decimal = USUAL_SHARE
    fixed: tuple[tuple[str, int], ...] = ()
    unit: UnitKind | None = None
    minimum: int = 0
    cap: int | None = None
    targeting: tuple[TargetReason, ...] = ()
    targeted: int | None = None
    reviewers: int | None = None
    fee: Decimal | None = None

    def to_json(self) -> dict[str, Any]:
        """Decimals as texts, so that none is rounded on its way."""
        values = asdict(self)
        return {name: str(v) if isinstance(v, Decimal) else v for name, v in values.items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            dimensions=tuple(Dimension(one) for one in values["dimensions"]),
            allocation=Allocation(values["allocation"]),
            size_by=SizeBy(values["size_by"]),
            wanted=Decimal(values["wanted"]),
            fixed=tuple((label, size) for label, size in values["fixed"]),
            unit=UnitKind(values["unit"]) if values["unit"] else None,
            minimum=values["minimum"],
            cap=values["cap"],
            targeting=tuple(TargetReason(one) for one in values["targeting"]),
            targeted=values["targeted"],
            reviewers=values["reviewers"],
            fee=Decimal(values["fee"]) if values["fee"] else None,
        )
