"""Who marks what in a round: the choice of people, the seats they hold, the loads."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import undefer

from review.enums import GONE, UNFINISHED, AssignmentStatus, RegionLevel
from review.extensions import db
from review.labels import NOTHING, today
from review.models.accounts import Region
from review.models.assignment import Assignment, PanelMember, PanelPlan
from review.models.cases import Case
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.queries.conflicts import reviewers_of_province
from review.queries.regions import prefix, within

IDS_PER_QUERY = 10_000
"""Stays below the number of parameters that a database takes in one statement."""


class Seat(NamedTuple):
    """An assignment that somebody holds, without what pages show of it."""

    id: int
    sampled_case_id: int
    reviewer_id: int
    ordinal: int
    status: AssignmentStatus
    is_linking: bool


def standing_seats(round_: Round) -> list[Seat]:
    """Every assignment of the round that nobody has left."""
    rows = db.session.execute(
        select(
            Assignment.id,
            Assignment.sampled_case_id,
            Assignment.reviewer_id,
            Assignment.ordinal,
            Assignment.status,
            Assignment.is_linking,
        )
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .where(SampledCase.round_id == round_.id, Assignment.status.not_in(GONE))
        .order_by(Assignment.sampled_case_id, Assignment.ordinal)
    )
    return [Seat(*row) for row in rows]


def assignments_among(ids: Collection[int]) -> dict[int, Assignment]:
    """Assignments by id as they are now, held until the transaction ends."""
    query = select(Assignment).where(Assignment.id.in_(ids)).order_by(Assignment.id)
    held = query.with_for_update().execution_options(populate_existing=True)
    return {one.id: one for one in db.session.scalars(held)}


def member_ids(round_: Round) -> set[int]:
    """The panel's members."""
    query = select(PanelMember.user_id).where(PanelMember.round_id == round_.id)
    return set(db.session.scalars(query))


def case_number_of(sampled_id: int) -> str:
    query = select(Case.case_number).join(SampledCase, SampledCase.case_id == Case.id)
    return db.session.scalars(query.where(SampledCase.id == sampled_id)).one()


def live_assignment(sampled_id: int, user_id: int) -> Assignment:
    """The one that this reviewer holds of a case."""
    query = select(Assignment).where(
        Assignment.sampled_case_id == sampled_id, Assignment.reviewer_id == user_id
    )
    return db.session.scalars(query.where(Assignment.status.not_in(GONE))).one()


def late_reviewers(round_: Round) -> set[int]:
    """Who holds an unfinished assignment past its due date, or lost one for that."""
    query = (
        select(Assignment.reviewer_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .where(
            SampledCase.round_id == round_.id,
            or_(
                Assignment.status == AssignmentStatus.LAPSED,
                and_(Assignment.status.in_(UNFINISHED), Assignment.due_on < today()),
            ),
        )
    )
    return set(db.session.scalars(query.distinct()))


def panel_choices(round_: Round) -> list[tuple[str, list[Row[Any]]]]:
    """The province's reviewers grouped by city, each group under the city's name."""
    province = prefix(round_.region_code, RegionLevel.PROVINCE) + "0000"
    names = dict(
        db.session.execute(select(Region.code, Region.name).where(within(Region.code, province)))
        .tuples()
        .all()
    )
    rows = reviewers_of_province(round_)
    return [
        (names.get(city, NOTHING), list(members))
        for city, members in groupby(
            rows, key=lambda row: row.ReviewerProfile.region_code[:4] + "00"
        )
    ]


def taken_aliases(aliases: set[str]) -> set[str]:
    """Those that some assignment already bears."""
    wanted = sorted(aliases)
    taken: set[str] = set()
    for start in range(0, len(wanted), IDS_PER_QUERY):
        part = wanted[start : start + IDS_PER_QUERY]
        taken.update(db.session.scalars(select(Assignment.alias).where(Assignment.alias.in_(part))))
    return taken


def plan_of(round_: Round, public_id: str) -> PanelPlan | None:
    """A plan of this round."""
    return db.session.scalar(
        select(PanelPlan).where(PanelPlan.round_id == round_.id, PanelPlan.public_id == public_id)
    )


def confirmed_plans(round_id: int) -> Sequence[PanelPlan]:
    """The plans that were put in place, with their evidence, oldest first."""
    return db.session.scalars(
        select(PanelPlan)
        .where(PanelPlan.round_id == round_id, PanelPlan.confirmed_at.is_not(None))
        .order_by(PanelPlan.id)
        .options(undefer(PanelPlan.evidence))
    ).all()


def case_numbers_short(round_: Round) -> Sequence[Row[Any]]:
    """Drawn cases that wait for marks with fewer first markers than the round wants."""
    held = func.count(Assignment.id).filter(
        Assignment.status.not_in(GONE), Assignment.ordinal <= round_.marks_per_case
    )
    return db.session.execute(
        select(Case.case_number, (round_.marks_per_case - held).label("missing"))
        .select_from(SampledCase)
        .join(Case, Case.id == SampledCase.case_id)
        .outerjoin(Assignment, Assignment.sampled_case_id == SampledCase.id)
        .where(SampledCase.round_id == round_.id)
        .group_by(SampledCase.id, Case.case_number)
        .having(held < round_.marks_per_case)
        .order_by(Case.case_number)
    ).all()
