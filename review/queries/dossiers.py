from typing import Any

from sqlalchemy import Row, Select, select

from review.enums import CopyKind
from review.extensions import db
from review.models.cases import Case
from review.models.dossiers import Dossier, DossierCopy, StoredFile
from review.permissions import Actor
from review.queries.regions import within


def dossier_in(actor: Actor, public_id: str) -> Dossier | None:
    """A dossier of the actor's tree."""
    query = _reach(actor, Dossier).where(Dossier.public_id == public_id)
    return db.session.scalars(query).one_or_none()


def copy_in(actor: Actor, public_id: str, kind: CopyKind) -> Row[Any] | None:
    """A copy of a dossier of the actor's tree, and its file."""
    return db.session.execute(
        _reach(actor, DossierCopy, StoredFile)
        .join(DossierCopy, DossierCopy.dossier_id == Dossier.id)
        .join(StoredFile, StoredFile.id == DossierCopy.stored_id)
        .where(Dossier.public_id == public_id, DossierCopy.kind == kind)
    ).first()


def _reach(actor: Actor, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Dossier)
        .join(Case, Case.id == Dossier.case_id)
        .where(within(Case.region_code, actor.region_code))
    )
