"""What the conflict rules compare, as columns: one row per drawn case, one per reviewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, select

from review.enums import RegionLevel, Role
from review.extensions import db
from review.labels import NOTHING
from review.models.accounts import Membership, Region, ReviewerProfile, User
from review.models.assignment import Assignment
from review.models.cases import Agency, Case
from review.models.handler import Handler, Provider
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.queries.regions import prefix, within

NOBODY = 0
"""Stands for a missing row id; real ids start at 1."""

IDS_PER_QUERY = 10_000
"""Stays below the number of parameters that a database takes in one statement."""

Numbers = NDArray[np.int64]
Texts = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class CaseColumns:
    """Drawn cases in the order of their row ids; every array has one entry per case."""

    sampled_case_id: Numbers
    case_number: Texts
    handler_id: Numbers
    licence_number: Texts
    provider_id: Numbers
    handler_provider_id: Numbers
    agency_region: Texts


@dataclass(frozen=True, slots=True)
class ReviewerColumns:
    """Reviewers in the order of their row ids; ``own_handlers`` holds the ids of the handlers
    of the register to whom a reviewer's account is tied.
    """

    user_id: Numbers
    name: Texts
    licence_number: Texts
    provider_id: Numbers
    region: Texts
    own_handlers: tuple[frozenset[int], ...]


def case_columns(round_: Round) -> CaseColumns:
    rows = db.session.execute(
        select(
            SampledCase.id,
            Case.case_number,
            Case.handler_id,
            Handler.licence_number,
            Case.provider_id,
            Handler.provider_id.label("handler_provider_id"),
            Agency.region_code,
        )
        .join(Case, Case.id == SampledCase.case_id)
        .join(Handler, Handler.id == Case.handler_id)
        .join(Agency, Agency.id == Case.agency_id)
        .where(SampledCase.round_id == round_.id)
        .order_by(SampledCase.id)
    ).all()
    return CaseColumns(
        sampled_case_id=_numbers(row.id for row in rows),
        case_number=_texts(row.case_number for row in rows),
        handler_id=_numbers(row.handler_id for row in rows),
        licence_number=_texts(row.licence_number for row in rows),
        provider_id=_numbers(row.provider_id for row in rows),
        handler_provider_id=_numbers(row.handler_provider_id for row in rows),
        agency_region=_texts(row.region_code for row in rows),
    )


def reviewers_of_province(round_: Round) -> Sequence[Row[Any]]:
    """Every active reviewer of the round's province, with region and provider, by region."""
    province = prefix(round_.region_code, RegionLevel.PROVINCE) + "0000"
    return db.session.execute(
        select(
            User.id,
            User.name,
            ReviewerProfile.licence_number,
            ReviewerProfile.provider_id,
            ReviewerProfile.region_code,
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
        for city, members in groupby(rows, key=lambda row: row.region_code[:4] + "00")
    ]


def reviewer_columns(round_: Round, user_ids: set[int]) -> ReviewerColumns:
    """The chosen ones among the province's reviewers; who is not one of them is left out."""
    chosen = [row for row in reviewers_of_province(round_) if row.id in user_ids]
    chosen.sort(key=lambda row: row.id)
    tied = _own_handlers()
    return ReviewerColumns(
        user_id=_numbers(row.id for row in chosen),
        name=_texts(row.name for row in chosen),
        licence_number=_texts(row.licence_number for row in chosen),
        provider_id=_numbers(row.provider_id for row in chosen),
        region=_texts(row.region_code for row in chosen),
        own_handlers=tuple(tied.get(row.id, frozenset()) for row in chosen),
    )


def taken_aliases(aliases: set[str]) -> set[str]:
    """Those that some assignment already bears."""
    wanted = sorted(aliases)
    taken: set[str] = set()
    for start in range(0, len(wanted), IDS_PER_QUERY):
        part = wanted[start : start + IDS_PER_QUERY]
        taken.update(db.session.scalars(select(Assignment.alias).where(Assignment.alias.in_(part))))
    return taken


def _own_handlers() -> dict[int, frozenset[int]]:
    """Handlers of the register by the account that is tied to them, of all reviewers."""
    reviewer_ids = select(ReviewerProfile.user_id)
    rows = db.session.execute(
        select(Membership.user_id, Membership.handler_id).where(
            Membership.handler_id.is_not(None), Membership.user_id.in_(reviewer_ids)
        )
    ).all()
    tied: dict[int, frozenset[int]] = {}
    for user_id, handler_id in rows:
        tied[user_id] = tied.get(user_id, frozenset()) | {handler_id}
    return tied


def _numbers(values: Any) -> Numbers:
    return np.array([value or NOBODY for value in values], dtype=np.int64)


def _texts(values: Any) -> Texts:
    return np.array([value or "" for value in values], dtype=np.str_)
