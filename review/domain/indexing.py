"""The index of a dossier as somebody makes it: each document begins on a page and reaches to the
next one. What the program proposes counts only once it is confirmed."""

from typing import Any

from review.domain.audit import record
from review.domain.dossier_changes import note_change
from review.domain.dossier_documents import DOCUMENT_TYPES
from review.domain.dossier_source import source_of
from review.domain.jobs import Report, enqueue
from review.domain.pdf_child import propose_documents
from review.enums import DossierStatus, IndexSource, JobKind
from review.errors import NoSuchDocumentTypeError, NoSuchPageError
from review.extensions import db
from review.models.dossiers import Dossier, DossierDocument
from review.models.jobs import Job
from review.permissions import Actor
from review.queries.dossiers import documents_of, locked_dossier

FRESH = DossierStatus.UPLOADED
"""Nobody has touched its index yet."""


def begin_document(dossier: Dossier, page: int, code: str, by: Actor) -> None:
    """Let a document begin on a page, in place of any that began there. Commits.

    Raises NoSuchPageError, NoSuchDocumentTypeError.
    """
    if code not in DOCUMENT_TYPES:
        raise NoSuchDocumentTypeError
    if not 1 <= page <= dossier.pages:
        raise NoSuchPageError
    documents = documents_of(locked_dossier(dossier))
    document = _beginning(dossier, page, documents)
    document.document_type, document.source, document.confirmed = code, IndexSource.HAND, True
    note_change(dossier, by, "dossier.indexed", ends=FRESH, page=page, document=code)


def drop_document(dossier: Dossier, document: DossierDocument, by: Actor) -> None:
    """Take an entry out; the one before it gets the pages. Commits."""
    documents = documents_of(locked_dossier(dossier))
    for other in documents:
        if other.last_page == document.first_page - 1:
            other.last_page = document.last_page
    db.session.delete(document)
    note_change(dossier, by, "dossier.entry_dropped", ends=FRESH, page=document.first_page)


def confirm_documents(dossier: Dossier, by: Actor) -> None:
    """Accept every proposal that still stands. Commits."""
    proposals = [d for d in documents_of(locked_dossier(dossier)) if not d.confirmed]
    for document in proposals:
        document.confirmed = True
    note_change(dossier, by, "dossier.index_confirmed", ends=FRESH, documents=len(proposals))


def ask_for_index(dossier: Dossier, by: Actor) -> Job:
    """Have bookmarks and headings read in the background. Commits."""
    job = enqueue(JobKind.PROPOSE_INDEX, {"dossier": dossier.public_id, "id": dossier.id}, by)
    db.session.commit()
    return job


def propose_index(payload: dict[str, Any], by: Actor, report: Report) -> dict[str, Any]:
    """The job: put proposals where nobody has entered anything, even for other files. Commits."""
    dossier = db.session.get_one(Dossier, payload["id"])
    with source_of(dossier) as path:
        db.session.commit()  # reading a thick file must not keep writers waiting
        found = propose_documents(path)
    documents = documents_of(locked_dossier(dossier))
    kept = [one for one in documents if one.confirmed or one.source is IndexSource.HAND]
    for former in set(documents).difference(kept):
        db.session.delete(former)
    free = [one for one in found if not any(_overlap(one, other) for other in kept)]
    db.session.add_all(_proposal(dossier, one) for one in free)
    record(by, "dossier.index_proposed", dossier, documents=len(free))
    db.session.commit()
    return {"documents": len(free)}


def _beginning(dossier: Dossier, page: int, documents: list[DossierDocument]) -> DossierDocument:
    """The entry that begins on the page; a new one shares the pages of the one it lies in."""
    there = next((one for one in documents if one.first_page == page), None)
    if there:
        return there
    following = min((one.first_page for one in documents if one.first_page > page), default=None)
    for document in documents:
        if document.first_page < page <= document.last_page:
            document.last_page = page - 1
    last = following - 1 if following else dossier.pages
    made = DossierDocument(dossier_id=dossier.id, first_page=page, last_page=last)
    db.session.add(made)
    return made


def _overlap(one: Any, other: DossierDocument) -> bool:
    return bool(one.first_page <= other.last_page and other.first_page <= one.last_page)


def _proposal(dossier: Dossier, found: Any) -> DossierDocument:
    return DossierDocument(
        dossier_id=dossier.id,
        document_type=found.document_type,
        first_page=found.first_page,
        last_page=found.last_page,
        source=IndexSource(found.source),
    )
