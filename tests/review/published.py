"""A published round with a total of its own for every case, and its roll-ups."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from review.domain.analysis import refresh
from review.enums import Role, RoundStatus
from review.extensions import db
from review.models.accounts import Membership
from review.models.cases import Agency, Case
from review.models.handler import Handler
from review.models.rounds import Round
from tests import world

SECOND_HALF = {
    "name": "2024年下半年质量评估",
    "window_from": date(2024, 7, 1),
    "window_to": date(2024, 12, 31),
}


def marked_round(
    by: Membership,
    marked: Sequence[tuple[Case, int]],
    reviewers: Sequence[Membership],
    *,
    with_figures: bool = True,
    **changes: Any,
) -> Round:
    """A round in which both first markers gave each case its total; published at once."""
    cases = [case for case, _ in marked]
    round_ = world.assigned_round(by, cases, reviewers, **changes)
    for sampled, (_, total) in zip(world.sampled_cases(round_), marked, strict=True):
        world.settled_case(sampled, (total, total))
    round_.status = RoundStatus.PUBLISHED
    round_.published_at = datetime.now(UTC)
    db.session.flush()
    if with_figures:
        refresh(round_)
    return round_


class Bench:
    """The small province with three agencies, one handler at each, and three reviewers."""

    def __init__(self) -> None:
        world.regions()
        self.organiser = world.person(Role.ORGANISER, world.PROVINCE)
        self.reviewers = [world.reviewer() for _ in range(3)]
        codes = (world.COUNTY, world.COUNTY_BESIDE, world.OTHER_COUNTY)
        self.agency: dict[str, Agency] = {code: world.agency(code) for code in codes}
        self.handler: dict[str, Handler] = {code: world.handler(region_code=code) for code in codes}

    def cases(
        self, region_code: str, totals: Sequence[int], closed_on: date = date(2024, 3, 1)
    ) -> list[tuple[Case, int]]:
        """Cases of the region's own handler, with the totals they are to get."""
        at, by = self.agency[region_code], self.handler[region_code]
        return [(world.case(by, at, closed_on=closed_on), total) for total in totals]

    def round(self, marked: Sequence[tuple[Case, int]], **changes: Any) -> Round:
        """The province's round, published."""
        values = {"region_code": world.PROVINCE} | changes
        return marked_round(self.organiser, marked, self.reviewers, **values)
