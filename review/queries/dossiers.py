from typing import Any

from sqlalchemy import Row, Select, select

from review.enums import CopyKind
from review.extensions import db
from review.models.cases import Case
from review.models.dossiers import (
    Dossier,
    DossierCopy,
    DossierDocument,
    RedactionMark,
    StoredFile,
)
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


def locked_dossier(dossier: Dossier) -> Dossier:
    """The same dossier as it is now, kept from others until the transaction ends."""
    db.session.refresh(dossier, with_for_update=True)
    return dossier


def dossier_about(case: Case) -> Dossier | None:
    return db.session.scalar(select(Dossier).where(Dossier.case_id == case.id))


def case_of(dossier: Dossier) -> Case:
    return db.session.get_one(Case, dossier.case_id)


def documents_of(dossier: Dossier) -> list[DossierDocument]:
    """The index in the order of pages, proposals among it."""
    return list(
        db.session.scalars(
            select(DossierDocument)
            .where(DossierDocument.dossier_id == dossier.id)
            .order_by(DossierDocument.first_page, DossierDocument.id)
        )
    )


def document_in(dossier: Dossier, document_id: int) -> DossierDocument | None:
    found = db.session.get(DossierDocument, document_id)
    return found if found and found.dossier_id == dossier.id else None


def mark_in(dossier: Dossier, mark_id: int) -> RedactionMark | None:
    found = db.session.get(RedactionMark, mark_id)
    return found if found and found.dossier_id == dossier.id else None


def marks_of(dossier: Dossier) -> list[RedactionMark]:
    return list(
        db.session.scalars(
            select(RedactionMark)
            .where(RedactionMark.dossier_id == dossier.id)
            .order_by(RedactionMark.page, RedactionMark.y0, RedactionMark.x0, RedactionMark.id)
        )
    )


def full_copy(dossier: Dossier) -> StoredFile | None:
    return _copy(dossier, CopyKind.FULL)[1]


def redacted_copy(dossier: Dossier) -> tuple[DossierCopy | None, StoredFile | None]:
    return _copy(dossier, CopyKind.REDACTED)


def _copy(dossier: Dossier, kind: CopyKind) -> tuple[DossierCopy | None, StoredFile | None]:
    row = db.session.execute(
        select(DossierCopy, StoredFile)
        .join(StoredFile, StoredFile.id == DossierCopy.stored_id)
        .where(DossierCopy.dossier_id == dossier.id, DossierCopy.kind == kind)
    ).first()
    return (row[0], row[1]) if row else (None, None)


def _reach(actor: Actor, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Dossier)
        .join(Case, Case.id == Dossier.case_id)
        .where(within(Case.region_code, actor.region_code))
    )
