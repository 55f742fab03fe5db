"""What the conflict rules compare: cases and reviewers as columns, and the ties between them.

One row per drawn case, one per reviewer. ``only`` narrows to a few of either, for one pair.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, or_, select, true

from review.enums import GONE, RegionLevel, Role
from review.extensions import db
from review.models.accounts import Membership, Region, ReviewerProfile, User
from review.models.assignment import Assignment
from review.models.cases import Agency, Case
from review.models.conflicts import Declaration, Opponent, PanelObjection, Pin, ProviderAlias
from review.models.handler import Handler, Provider
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.queries.regions import prefix, within

NOBODY = 0
"""Stands for a missing row id; real ids start at 1."""

Numbers = NDArray[np.int64]
Texts = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class CaseColumns:
    """Drawn cases in the order of their row ids; every array has one entry per case."""

    sampled_case_id: Numbers
    case_id: Numbers
    case_number: Texts
    case_type: Texts
    handler_id: Numbers
    handler_name: Texts
    licence_number: Texts
    provider_id: Numbers
    handler_provider_id: Numbers
    agency_region: Texts


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A 评估专家 as the conflict rules know one."""

    user_id: int
    name: str
    licence_number: str
    provider_id: int
    region_code: str
    since: date | None
    case_types: tuple[str, ...] | None
    most_cases: int | None


def case_columns(round_: Round, only: Collection[int] | None = None) -> CaseColumns:
    """The round's drawn cases, or those with the ids in ``only``."""
    wanted = SampledCase.id.in_(only) if only is not None else true()
    rows = db.session.execute(
        select(
            SampledCase.id,
            Case.id.label("case_id"),
            Case.case_number,
            Case.case_type,
            Case.handler_id,
            Handler.name,
            Handler.licence_number,
            Case.provider_id,
            Handler.provider_id.label("handler_provider_id"),
            Agency.region_code,
        )
        .join(Case, Case.id == SampledCase.case_id)
        .join(Handler, Handler.id == Case.handler_id)
        .join(Agency, Agency.id == Case.agency_id)
        .where(SampledCase.round_id == round_.id, wanted)
        .order_by(SampledCase.id)
    ).all()
    columns = zip(*rows, strict=True) if rows else [()] * 10
    made: list[Any] = [make(column) for make, column in zip(_MAKERS, columns, strict=True)]
    return CaseColumns(*made)


def reviewers_of_province(round_: Round) -> Sequence[Row[Any]]:
    """Every active reviewer of the round's province, with region and provider, by region."""
    province = prefix(round_.region_code, RegionLevel.PROVINCE) + "0000"
    return db.session.execute(
        select(
            User.id,
            User.name,
            ReviewerProfile,
            Region.name.label("region"),
            Provider.name.label("provider"),
        )
        .join(ReviewerProfile, ReviewerProfile.user_id == User.id)
        .join(Region, Region.code == ReviewerProfile.region_code)
        .outerjoin(Provider, Provider.id == ReviewerProfile.provider_id)
        .where(
            User.is_active,
            within(ReviewerProfile.region_code, province),
            select(Membership.id)
            .where(Membership.user_id == User.id, Membership.role == Role.REVIEWER)
            .exists(),
        )
        .order_by(ReviewerProfile.region_code, User.id)
    ).all()


def reviewer_ids(round_: Round) -> list[int]:
    """Every active reviewer of the round's province, by region."""
    return [row.id for row in reviewers_of_province(round_)]


def reviewers_among(round_: Round, user_ids: Collection[int]) -> list[Reviewer]:
    """The chosen ones among the province's reviewers, by id; who is not one is left out."""
    chosen = [row for row in reviewers_of_province(round_) if row.id in set(user_ids)]
    chosen.sort(key=lambda row: row.id)
    return [_reviewer(row) for row in chosen]


def _reviewer(row: Row[Any]) -> Reviewer:
    of = row.ReviewerProfile
    return Reviewer(
        user_id=row.id,
        name=row.name,
        licence_number=of.licence_number or "",
        provider_id=of.provider_id or NOBODY,
        region_code=of.region_code,
        since=of.practising_since,
        case_types=tuple(of.case_types) if of.case_types is not None else None,
        most_cases=of.most_cases,
    )


def regions_by_name() -> list[tuple[str, str]]:
    """Code and name of every region."""
    return list(db.session.execute(select(Region.code, Region.name)).tuples())


def offices_by_name() -> list[tuple[int, str, str | None]]:
    """Id, name and region of every provider, once for each of its names."""
    own = select(Provider.id, Provider.name, Provider.region_code)
    other = select(Provider.id, ProviderAlias.name, Provider.region_code).join(
        Provider, Provider.id == ProviderAlias.provider_id
    )
    return list(db.session.execute(own.union_all(other)).tuples())


def handlers_named_like(user_ids: Collection[int], licences: Collection[str]) -> Sequence[Row[Any]]:
    """Handlers who are these reviewers by a tied account or by licence: user, handler, office."""
    tied = (
        select(Membership.user_id, Handler.id, Handler.provider_id)
        .join(Handler, Handler.id == Membership.handler_id)
        .where(Membership.user_id.in_(user_ids))
    )
    licensed = (
        select(ReviewerProfile.user_id, Handler.id, Handler.provider_id)
        .join(
            Handler,
            or_(
                Handler.licence_number == ReviewerProfile.licence_number,
                Handler.disputed_licence == ReviewerProfile.licence_number,
            ),
        )
        .where(ReviewerProfile.user_id.in_(user_ids), ReviewerProfile.licence_number.in_(licences))
    )
    return db.session.execute(tied.union(licensed)).all()


def offices_of_cases(handler_ids: Collection[int], since: date) -> Sequence[Row[Any]]:
    """Handler and office of the cases that these handlers closed since a day."""
    return db.session.execute(
        select(Case.handler_id, Case.provider_id)
        .where(Case.handler_id.in_(handler_ids), Case.closed_on >= since)
        .distinct()
    ).all()


def declarations_among(user_ids: Collection[int]) -> Sequence[Declaration]:
    return db.session.scalars(
        select(Declaration).where(
            Declaration.user_id.in_(user_ids), Declaration.withdrawn_at.is_(None)
        )
    ).all()


def pins_of(round_: Round) -> Sequence[Pin]:
    return db.session.scalars(select(Pin).where(Pin.round_id == round_.id).order_by(Pin.id)).all()


def objections_of(round_: Round) -> Sequence[PanelObjection]:
    return db.session.scalars(
        select(PanelObjection)
        .where(PanelObjection.round_id == round_.id)
        .order_by(PanelObjection.id)
    ).all()


def opponents_in(round_: Round) -> Sequence[Row[Any]]:
    """Case and office for every office known to have acted against a drawn case."""
    return db.session.execute(
        select(Opponent.case_id, Opponent.office)
        .join(SampledCase, SampledCase.case_id == Opponent.case_id)
        .where(SampledCase.round_id == round_.id)
        .order_by(Opponent.id)
    ).all()


def markings_among(
    user_ids: Collection[int], handler_ids: Collection[int], since: datetime
) -> Sequence[Row[Any]]:
    """Which of these reviewers marks or marked, since then, a case of which of these handlers."""
    return db.session.execute(
        select(Assignment.reviewer_id, Case.handler_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .join(Case, Case.id == SampledCase.case_id)
        .where(
            Assignment.reviewer_id.in_(user_ids),
            Case.handler_id.in_(handler_ids),
            Assignment.assigned_at >= since,
            Assignment.status.not_in(GONE),
        )
        .distinct()
    ).all()


def stepped_back(round_: Round) -> Sequence[Row[Any]]:
    """Drawn case and reviewer of every assignment that somebody has left."""
    return db.session.execute(
        select(Assignment.sampled_case_id, Assignment.reviewer_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .where(SampledCase.round_id == round_.id, Assignment.status.in_(GONE))
    ).all()


def grouped(pairs: Iterable[Any]) -> dict[int, set[int]]:
    """The second members of pairs by the first."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
    return found


def _numbers(values: Any) -> Numbers:
    return np.array([value or NOBODY for value in values], dtype=np.int64)


def _texts(values: Any) -> Texts:
    return np.array([value or "" for value in values], dtype=np.str_)


_MAKERS = (
    *(_numbers, _numbers, _texts, _texts),
    *(_numbers, _texts, _texts, _numbers, _numbers, _texts),
)
"""One for each field of ``CaseColumns``."""
