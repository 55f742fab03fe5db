"""Pins, objections, other names and other sides, as an organiser's page lists and looks them up."""

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from review.extensions import db
from review.models.accounts import Region, User
from review.models.cases import Case
from review.models.conflicts import Opponent, PanelObjection, Pin, ProviderAlias
from review.models.handler import Provider
from review.models.rounds import Round
from review.models.sampling import SampledCase

Entry = TypeVar("Entry", Pin, PanelObjection)


def provider_named(name: str) -> Provider | None:
    return db.session.scalar(select(Provider).where(Provider.name == name))


def drawn_case_numbered(round_: Round, number: str) -> int | None:
    """The id of a drawn case by its number."""
    return db.session.scalar(
        select(Case.id)
        .join(SampledCase, SampledCase.case_id == Case.id)
        .where(SampledCase.round_id == round_.id, Case.case_number == number)
    )


def objections_by(round_: Round, region_code: str | None, provider_id: int | None) -> list[int]:
    """The firms that this region or firm objects to."""
    query = select(PanelObjection.against_id).where(
        PanelObjection.round_id == round_.id,
        PanelObjection.region_code == region_code
        if region_code
        else PanelObjection.provider_id == provider_id,
    )
    return list(db.session.scalars(query))


def opponent_exists(case_id: int, office: str) -> bool:
    query = select(Opponent.id).where(Opponent.case_id == case_id, Opponent.office == office)
    return db.session.scalar(query) is not None


def alias_exists(provider_id: int, name: str) -> bool:
    query = select(ProviderAlias.id).where(
        ProviderAlias.provider_id == provider_id, ProviderAlias.name == name
    )
    return db.session.scalar(query) is not None


def pin_list(round_: Round) -> Sequence[Row[Any]]:
    """Pins of a round with the names of reviewer, case or office, and who pinned."""
    by = aliased(User)
    return db.session.execute(
        select(
            Pin,
            User.name.label("reviewer"),
            Case.case_number,
            Provider.name.label("provider"),
            by.name.label("pinned_by"),
        )
        .join(User, User.id == Pin.user_id)
        .join(by, by.id == Pin.pinned_by_id)
        .outerjoin(Case, Case.id == Pin.case_id)
        .outerjoin(Provider, Provider.id == Pin.provider_id)
        .where(Pin.round_id == round_.id)
        .order_by(Pin.id.desc())
    ).all()


def objection_list(round_: Round) -> Sequence[Row[Any]]:
    """Objections of a round with who objects to whom, and who recorded it."""
    against = aliased(Provider)
    return db.session.execute(
        select(
            PanelObjection,
            Region.name.label("region"),
            Provider.name.label("firm"),
            against.name.label("against"),
            User.name.label("recorded_by"),
        )
        .join(against, against.id == PanelObjection.against_id)
        .join(User, User.id == PanelObjection.recorded_by_id)
        .outerjoin(Region, Region.code == PanelObjection.region_code)
        .outerjoin(Provider, Provider.id == PanelObjection.provider_id)
        .where(PanelObjection.round_id == round_.id)
        .order_by(PanelObjection.id.desc())
    ).all()


def opponent_list(round_: Round) -> Sequence[Row[Any]]:
    """Offices known to have acted against a drawn case."""
    return db.session.execute(
        select(Case.case_number, Opponent.office)
        .join(Case, Case.id == Opponent.case_id)
        .join(SampledCase, SampledCase.case_id == Case.id)
        .where(SampledCase.round_id == round_.id)
        .order_by(Case.case_number, Opponent.id)
    ).all()


def _entry_in(table: type[Entry], round_: Round, entry_id: int) -> Entry | None:
    found = db.session.get(table, entry_id)
    return found if found and found.round_id == round_.id else None


pin_in = partial(_entry_in, Pin)
objection_in = partial(_entry_in, PanelObjection)
