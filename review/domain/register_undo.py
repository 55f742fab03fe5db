"""Takes a confirmed import back, row for row. The calling verb commits."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, exists

from review.domain.register_bulk import write_many
from review.domain.register_rows import restored_row
from review.domain.register_staging import Change
from review.domain.register_store import CASES, KEY, Made, rewriting
from review.extensions import db
from review.models.cases import Agency, Case
from review.models.handler import Handler, Provider
from review.queries.register import CHUNK, KEPT_COLUMNS

UNSYNCHRONISED = {"synchronize_session": False}

# Whoever has come to be used elsewhere stays: with another import's case, for instance.
UNUSED: dict[Any, Any] = {
    Handler: ~exists().where(Case.handler_id == Handler.id),
    Provider: ~exists().where(Case.provider_id == Provider.id)
    & ~exists().where(Handler.provider_id == Provider.id),
    Agency: ~exists().where(Case.agency_id == Agency.id),
}


def former_values(changes: Iterable[Change]) -> list[tuple[Any, ...]]:
    """The rows to write back, worked out before the write lock is taken."""
    former = ((restored_row(change.former), change.case_id) for change in changes)
    return [(*map(row.__getitem__, KEPT_COLUMNS), id_) for row, id_ in former]


def take_back(former: Sequence[tuple[Any, ...]], import_id: int, made: Made) -> None:
    """Write changed cases back as they were, delete the new ones, and what came with them."""
    if former:
        write_many(rewriting(KEPT_COLUMNS), (*KEPT_COLUMNS, KEY), former)
    db.session.execute(delete(CASES).where(CASES.c.import_id == import_id))
    for model, is_unused in UNUSED.items():
        ids = made[model.__tablename__]
        for start in range(0, len(ids), CHUNK):
            part = model.id.in_(ids[start : start + CHUNK])
            db.session.execute(
                delete(model).where(part, is_unused), execution_options=UNSYNCHRONISED
            )
