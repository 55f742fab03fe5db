"""A bureau's own rubrics and schemes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from review.enums import DefinitionStatus, DefinitionSubject
from review.extensions import db
from review.models.accounts import Region, User
from review.models.definitions import Definition, EarlierText
from review.models.rounds import Round, RoundRubric
from review.permissions import Actor
from review.queries.regions import around, within

PAGE_ROWS = 50


def pinned_text(subject: DefinitionSubject, key: str) -> str | None:
    """The text of a definition that was ever published; marks may point at it for good."""
    return db.session.scalar(
        select(Definition.text).where(
            Definition.subject == subject,
            Definition.key == key,
            Definition.digest.is_not(None),
        )
    )


def published_texts(subject: DefinitionSubject, region_code: str | None = None) -> Sequence[str]:
    """What a round in a region may use: its own bureau's and those above; all without a region."""
    query = (
        select(Definition.text)
        .where(Definition.subject == subject, Definition.status == DefinitionStatus.PUBLISHED)
        .order_by(Definition.key)
    )
    if region_code is not None:
        query = query.where(Definition.region_code.in_(around(region_code)))
    return db.session.scalars(query).all()


def versions_of(subject: DefinitionSubject, name: str) -> Sequence[Definition]:
    """Every version under one name, drafts and discarded ones too, the oldest first."""
    rows = db.session.scalars(
        select(Definition)
        .where(Definition.subject == subject, Definition.key.like(f"{name}/%"))
        .order_by(Definition.id)
    )
    return rows.all()


def definitions_page(actor: Actor, page: int) -> tuple[Sequence[Row[Any]], int]:
    """One page of the own region's definitions and those below it, drafts too but no discarded
    ones, the latest saved first, each with its region's name; and the number of pages."""
    mine = within(Definition.region_code, actor.region_code) & (
        Definition.status != DefinitionStatus.DISCARDED
    )
    count = db.session.scalar(select(func.count()).select_from(Definition).where(mine)) or 0
    rows = db.session.execute(
        select(Definition, Region.name.label("region"))
        .join(Region, Region.code == Definition.region_code)
        .where(mine)
        .order_by(Definition.saved_at.desc(), Definition.id)
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
    ).all()
    return rows, max(1, -(-count // PAGE_ROWS))


def published_above(actor: Actor) -> Sequence[Definition]:
    """What the bureaus above the actor's have published: to be used and copied, not changed."""
    rows = db.session.scalars(
        select(Definition)
        .where(
            Definition.region_code.in_(around(actor.region_code)[:-1]),
            Definition.status == DefinitionStatus.PUBLISHED,
        )
        .order_by(Definition.key)
    )
    return rows.all()


def definition_in_reach(actor: Actor, definition_id: int) -> Definition | None:
    """A definition of the own region or below; None when there is none of this number."""
    return db.session.scalar(
        select(Definition).where(
            Definition.id == definition_id,
            within(Definition.region_code, actor.region_code),
        )
    )


def copyable_text(actor: Actor, subject: DefinitionSubject, key: str) -> str | None:
    """The text of a definition of the own tree, or of one that was published above it."""
    above = Definition.region_code.in_(around(actor.region_code))
    return db.session.scalar(
        select(Definition.text).where(
            Definition.subject == subject,
            Definition.key == key,
            within(Definition.region_code, actor.region_code)
            | (above & (Definition.status == DefinitionStatus.PUBLISHED)),
        )
    )


def text_at(definition: Definition, edits: int) -> str | None:
    """The text of a draft as it was after so many ``edits``; None where it is kept no longer."""
    if edits == definition.edits:
        return definition.text
    return db.session.scalar(
        select(EarlierText.text).where(
            EarlierText.definition_id == definition.id, EarlierText.edits == edits
        )
    )


def saver_of(definition: Definition) -> str:
    """Who saved it last."""
    return db.session.execute(
        select(User.name).where(User.id == definition.saved_by_id)
    ).scalar_one()


def rounds_using(actor: Actor, definition: Definition) -> Sequence[Row[Any]]:
    """Number and name of the rounds in the actor's tree that pin a definition, newest first."""
    query = select(Round.id, Round.name).where(within(Round.region_code, actor.region_code))
    if definition.subject is DefinitionSubject.SCHEME:
        query = query.where(Round.scheme_key == definition.key)
    else:
        query = query.where(Round.rubrics.any(RoundRubric.rubric_key == definition.key))
    return db.session.execute(query.order_by(Round.id.desc())).all()


def use_counts(actor: Actor) -> dict[tuple[DefinitionSubject, str], int]:
    """In how many rounds of the actor's tree each rubric and each scheme is pinned."""
    mine = within(Round.region_code, actor.region_code)
    rubrics = (
        select(RoundRubric.rubric_key, func.count(RoundRubric.round_id.distinct()))
        .join(Round, Round.id == RoundRubric.round_id)
        .where(mine)
        .group_by(RoundRubric.rubric_key)
    )
    schemes = select(Round.scheme_key, func.count()).where(mine).group_by(Round.scheme_key)
    return {
        (subject, key): count
        for subject, query in (
            (DefinitionSubject.RUBRIC, rubrics),
            (DefinitionSubject.SCHEME, schemes),
        )
        for key, count in db.session.execute(query).all()
    }


def status_of(subject: DefinitionSubject, key: str) -> DefinitionStatus | None:
    """Where a bureau's own definition stands; None for a shipped one."""
    return db.session.scalar(
        select(Definition.status).where(Definition.subject == subject, Definition.key == key)
    )
