from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import selectinload

from review.enums import HIDDEN, AssignmentStatus, RegionLevel, RoundStatus, SampledCaseStatus
from review.extensions import db
from review.models.accounts import Region, User
from review.models.assignment import Assignment, PanelMember
from review.models.rounds import Round
from review.models.sampling import Draw, SampledCase
from review.permissions import Actor
from review.queries.regions import within

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Workload:
    """One panel member's part: reserves count only once they are called."""

    name: str
    assigned: int
    submitted: int


def page_count(rows: int) -> int:
    return max(1, -(-rows // PAGE_ROWS))


def rounds_page(actor: Actor, page: int) -> tuple[Sequence[Row[Any]], int]:
    """One page of the rounds in the actor's tree, newest first, and the number of pages."""
    mine = within(Round.region_code, actor.region_code)
    count = db.session.scalar(select(func.count()).select_from(Round).where(mine)) or 0
    rows = db.session.execute(
        select(Round, Region.name.label("region"), Draw.sample_size)
        .join(Region, Region.code == Round.region_code)
        .outerjoin(Draw, Draw.round_id == Round.id)
        .where(mine)
        .order_by(Round.id.desc())
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
    ).all()
    return rows, page_count(count)


def round_in_reach(round_id: int, actor: Actor) -> Round:
    """The round with its rubrics, or 404 when it is not in the actor's tree."""
    mine = within(Round.region_code, actor.region_code)
    query = select(Round).options(selectinload(Round.rubrics)).where(Round.id == round_id, mine)
    found: Round = db.one_or_404(query)
    return found


def lock_round(round_: Round) -> RoundStatus:
    """The round's status as stored now, its row locked until the transaction ends."""
    db.session.refresh(round_, ["status"], with_for_update=True)
    return round_.status


def region_name(code: str) -> str:
    return db.session.execute(select(Region.name).where(Region.code == code)).scalar_one()


def region_choices(actor: Actor) -> Sequence[Row[Any]]:
    """Code, name and level of the actor's region and all below it, in tree order."""
    mine = within(Region.code, actor.region_code)
    return db.session.execute(
        select(Region.code, Region.name, Region.level).where(mine).order_by(Region.code)
    ).all()


def county_names(region_code: str) -> dict[str, str]:
    """Names by code of a region and all below it; a county's with its city's in front."""
    mine = within(Region.code, region_code)
    rows = db.session.execute(select(Region.code, Region.name, Region.level).where(mine)).all()
    names = {row.code: row.name for row in rows}
    counties = [row.code for row in rows if row.level is RegionLevel.COUNTY]
    return names | {code: names.get(code[:4] + "00", "") + names[code] for code in counties}


def status_counts(round_: Round) -> dict[SampledCaseStatus, int]:
    """How many drawn cases stand where."""
    query = select(SampledCase.status, func.count()).group_by(SampledCase.status)
    return dict(db.session.execute(query.where(SampledCase.round_id == round_.id)).tuples().all())


def workloads(round_: Round) -> list[Workload]:
    """Each panel member's work, least finished first."""
    called = Assignment.status.not_in(HIDDEN)
    submitted = Assignment.status == AssignmentStatus.SUBMITTED
    work = (
        select(
            Assignment.reviewer_id,
            func.count().filter(called).label("assigned"),
            func.count().filter(submitted).label("submitted"),
        )
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .where(SampledCase.round_id == round_.id)
        .group_by(Assignment.reviewer_id)
        .subquery()
    )
    rows = db.session.execute(
        select(User.name, work.c.assigned, work.c.submitted)
        .join(PanelMember, PanelMember.user_id == User.id)
        .outerjoin(work, work.c.reviewer_id == User.id)
        .where(PanelMember.round_id == round_.id)
        .order_by(User.id)
    ).all()
    loads = [Workload(row.name, row.assigned or 0, row.submitted or 0) for row in rows]
    return sorted(loads, key=lambda load: load.submitted - load.assigned)


def round_of(assignment: Assignment) -> Round:
    """The round in which a case was assigned."""
    query = select(Round).join(SampledCase, SampledCase.round_id == Round.id)
    return db.session.scalars(query.where(SampledCase.id == assignment.sampled_case_id)).one()
