"""A bureau's own rubrics and schemes."""

from collections.abc import Sequence

from sqlalchemy import select

from review.enums import DefinitionStatus, DefinitionSubject
from review.extensions import db
from review.models.definitions import Definition
from review.permissions import Actor
from review.queries.regions import around, within


def pinned_text(subject: DefinitionSubject, key: str) -> str | None:
    """The text of a definition that was ever published; marks may point at it for good."""
    return db.session.scalar(
        select(Definition.text).where(
            Definition.subject == subject,
            Definition.key == key,
            Definition.status != DefinitionStatus.DRAFT,
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
    """Every version under one name, drafts too, the oldest first."""
    rows = db.session.scalars(
        select(Definition)
        .where(Definition.subject == subject, Definition.key.like(f"{name}/%"))
        .order_by(Definition.id)
    )
    return rows.all()


def definitions_in_reach(actor: Actor) -> Sequence[Definition]:
    """The actor's own region's and those below it, drafts too, the latest saved first."""
    rows = db.session.scalars(
        select(Definition)
        .where(within(Definition.region_code, actor.region_code))
        .order_by(Definition.saved_at.desc(), Definition.id)
    )
    return rows.all()


def definition_in_reach(actor: Actor, definition_id: int) -> Definition | None:
    """One of them; None when there is none of this number in reach."""
    return db.session.scalar(
        select(Definition).where(
            Definition.id == definition_id,
            within(Definition.region_code, actor.region_code),
        )
    )
