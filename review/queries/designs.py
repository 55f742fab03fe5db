"""What a design is made from: the cases a frame would hold, by property, and what is known."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    cast,
    extract,
    false,
    func,
    or_,
    select,
    type_coerce,
)

from review.enums import Dimension, Grade, Role, TargetReason, UnitKind
from review.extensions import db
from review.models.accounts import Membership, User
from review.models.cases import Agency, Case
from review.models.designs import SamplingDesign, TargetedCase
from review.models.handler import Handler, Provider
from review.models.results import Result
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.queries.regions import around, prefix, within
from review.queries.sampling import framed

UNKNOWN = "none"
"""Value of a property that the register does not give."""

LOOK_BACK_YEARS = 2
"""Rounds that ended earlier say little about how far marks spread today."""


def saved_design(round_: Round) -> SamplingDesign | None:
    return db.session.get(SamplingDesign, round_.id)


def counted(
    round_: Round,
    dimensions: Sequence[Dimension],
    unit: UnitKind | None,
    targeting: Collection[TargetReason],
) -> Sequence[Row[Any]]:
    """How many cases the frame would hold now, by properties, region, unit and targeting.

    Columns: one for each dimension, then ``region``, ``unit``, ``targeted`` and ``cases``.
    """
    keys = _keys(round_, dimensions, unit, targeting)
    query = _joined(select(*keys, func.count().label("cases")), dimensions)
    grouped = query.where(framed(round_)).group_by(*[key.name for key in keys])
    return db.session.execute(grouped).all()


def listed(
    round_: Round,
    dimensions: Sequence[Dimension],
    unit: UnitKind | None,
    targeting: Collection[TargetReason],
) -> Sequence[Row[Any]]:
    """The same cases one by one; the columns of ``counted`` but the last, then ``id``,
    ``case_number`` and ``kind``."""
    keys = _keys(round_, dimensions, unit, targeting)
    query = _joined(select(*keys, Case.id, Case.case_number, Case.kind), dimensions)
    return db.session.execute(query.where(framed(round_))).all()


def past_totals(round_: Round, dimensions: Sequence[Dimension]) -> Sequence[Row[Any]]:
    """Totals of the region's published cases of the last years under the same scheme, each after
    its properties."""
    first = date(round_.window_from.year - LOOK_BACK_YEARS, round_.window_from.month, 1)
    query = select(*_properties(dimensions), Result.total)
    query = _joined(query.select_from(Case), dimensions)
    return db.session.execute(
        query.join(SampledCase, SampledCase.case_id == Case.id)
        .join(Result, Result.sampled_case_id == SampledCase.id)
        .join(Round, Round.id == SampledCase.round_id)
        .where(
            within(Case.region_code, round_.region_code),
            Round.scheme_key == round_.scheme_key,
            Round.published_at.is_not(None),
            Round.window_to >= first,
        )
    ).all()


def named_cases(round_: Round) -> Sequence[Row[Any]]:
    """The cases named for the supplement, latest first, with who did it and why."""
    query = select(
        Case.id, Case.case_number, Case.kind, TargetedCase.reason, TargetedCase.named_at, User.name
    )
    return db.session.execute(
        query.join(TargetedCase, TargetedCase.case_id == Case.id)
        .join(User, User.id == TargetedCase.named_by_id)
        .where(TargetedCase.round_id == round_.id)
        .order_by(TargetedCase.named_at.desc(), Case.id)
    ).all()


def named_case(round_: Round, case_id: int) -> TargetedCase | None:
    return db.session.get(TargetedCase, (round_.id, case_id))


def active_reviewers(region_code: str) -> int:
    """How many people of the province could be on a panel."""
    province = around(region_code)[0]
    query = select(func.count(Membership.user_id.distinct())).join(User)
    mine = (Membership.role == Role.REVIEWER) & within(Membership.region_code, province)
    return db.session.scalar(query.where(mine, User.is_active)) or 0


def agency_names(region_code: str) -> dict[str, str]:
    query = select(Agency.code, Agency.name).where(within(Agency.region_code, region_code))
    return dict(db.session.execute(query).tuples().all())


def provider_names(ids: Collection[int]) -> dict[int, str]:
    query = select(Provider.id, Provider.name).where(Provider.id.in_(ids))
    return dict(db.session.execute(query).tuples().all())


def _keys(
    round_: Round,
    dimensions: Sequence[Dimension],
    unit: UnitKind | None,
    targeting: Collection[TargetReason],
) -> list[Any]:
    own = {
        None: type_coerce(0, Integer),
        UnitKind.AGENCY: Case.agency_id,
        UnitKind.PROVIDER: Case.provider_id,
        UnitKind.HANDLER: Case.handler_id,
    }[unit]
    region = Case.region_code.label("region")
    return [
        *_properties(dimensions),
        region,
        own.label("unit"),
        _targeted(round_, targeting).label("targeted"),
    ]


def _properties(dimensions: Sequence[Dimension]) -> list[Any]:
    month = cast(extract("month", Case.closed_on), Integer)
    columns: dict[Dimension, ColumnElement[Any]] = {
        Dimension.REGION: type_coerce(Case.region_code, String),
        Dimension.AGENCY: type_coerce(Agency.code, String),
        Dimension.PROVIDER: type_coerce(Case.provider_id, Integer),
        Dimension.KIND: type_coerce(Case.kind, String),
        Dimension.STAGE: func.coalesce(type_coerce(Case.stage, String), UNKNOWN),
        Dimension.HANDLER_TYPE: func.coalesce(type_coerce(Handler.handler_type, String), UNKNOWN),
        Dimension.QUARTER: cast(extract("year", Case.closed_on), Integer) * 10 + (month + 2) // 3,
    }
    return [columns[one].label(f"of_{one.value}") for one in dimensions]


def _joined(query: Select[Any], dimensions: Sequence[Dimension]) -> Select[Any]:
    """The tables that the properties need beside the cases."""
    query = query.select_from(Case)
    if Dimension.AGENCY in dimensions:
        query = query.join(Agency, Agency.id == Case.agency_id)
    if Dimension.HANDLER_TYPE in dimensions:
        query = query.join(Handler, Handler.id == Case.handler_id)
    return query


def _targeted(round_: Round, reasons: Collection[TargetReason]) -> ColumnElement[bool]:
    named = select(TargetedCase.case_id).where(
        TargetedCase.round_id == round_.id, TargetedCase.reason.in_(list(reasons))
    )
    found: list[ColumnElement[bool]] = [Case.id.in_(named)]
    if TargetReason.LAST_FAIL in reasons:
        found.append(Case.handler_id.in_(_failed_last(round_)))
    if TargetReason.FIRST_YEAR in reasons:
        found.append(Case.handler_id.in_(_in_first_year(round_)))
    return or_(*found) if reasons else false()


def _failed_last(round_: Round) -> Select[Any]:
    """Handlers with a failed case in the latest published round of this region or one around."""
    last = select(Round.id).where(
        Round.region_code.in_(around(round_.region_code)),
        Round.published_at.is_not(None),
        Round.window_to <= round_.window_to,
        Round.id != round_.id,
    )
    last = last.order_by(Round.window_to.desc(), Round.id.desc()).limit(1)
    earlier = Case.__table__.alias("earlier_case")
    return (
        select(earlier.c.handler_id)
        .join(SampledCase, SampledCase.case_id == earlier.c.id)
        .join(Result, Result.sampled_case_id == SampledCase.id)
        .where(SampledCase.round_id == last.scalar_subquery(), Result.grade == Grade.FAIL)
    )


def _in_first_year(round_: Round) -> Select[Any]:
    """Handlers of whom the register knows no case closed over a year before the window's end."""
    any_case = Case.__table__.alias("any_case")
    year_before = date(round_.window_to.year - 1, round_.window_to.month, 1)
    query = select(any_case.c.handler_id).where(
        any_case.c.region_code.like(prefix(around(round_.region_code)[0]) + "%")
    )
    return query.group_by(any_case.c.handler_id).having(
        func.min(any_case.c.closed_on) >= year_before
    )
