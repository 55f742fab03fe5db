from collections.abc import Sequence

from sqlalchemy import select

from review.extensions import db
from review.models.cases import RegisterImport
from review.models.readings import HeadingMeaning, RegisterReading
from review.permissions import Actor
from review.queries.regions import around, within


def reading_of(import_id: int) -> RegisterReading | None:
    return db.session.get(RegisterReading, import_id)


def reading_in(actor: Actor, import_id: int) -> tuple[RegisterImport, RegisterReading] | None:
    """An import of the actor's tree and what its reading left, where something is kept of it."""
    row = db.session.execute(
        select(RegisterImport, RegisterReading)
        .join(RegisterReading, RegisterReading.import_id == RegisterImport.id)
        .where(
            RegisterImport.id == import_id, within(RegisterImport.region_code, actor.region_code)
        )
    ).first()
    return (row[0], row[1]) if row else None


def meanings_at(region_code: str) -> Sequence[HeadingMeaning]:
    """What was decided for this very region."""
    return db.session.scalars(
        select(HeadingMeaning).where(HeadingMeaning.region_code == region_code)
    ).all()


def meanings_for(region_code: str) -> dict[str, str]:
    """What headings mean in a region: its own word, else that of the city or province around."""
    codes = around(region_code)
    found = db.session.execute(
        select(HeadingMeaning.region_code, HeadingMeaning.word, HeadingMeaning.field).where(
            HeadingMeaning.region_code.in_(codes)
        )
    ).all()
    ordered = sorted(found, key=lambda row: codes.index(row[0]))
    return {word: field for _code, word, field in ordered}
