"""What reviewers must not read: rectangles over names and stamps, and the copy made with them."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from review.domain.audit import record
from review.domain.dossier_source import PIECE, source_of
from review.domain.jobs import Report, enqueue
from review.domain.pdf_child import proposed_marks, redact
from review.domain.redaction import Mark
from review.enums import CopyKind, DossierStatus, IndexSource, JobKind, MarkedContent, MarkStatus
from review.errors import MisplacedMarkError, UndecidedMarksError
from review.extensions import db
from review.models.dossiers import Dossier, DossierCopy, RedactionMark, StoredFile
from review.models.jobs import Job
from review.permissions import Actor
from review.queries.dossiers import locked_dossier, marks_of, redacted_copy
from review.queries.redacting import hidden_terms
from review.storage import put, remove

BY_HAND = {"status": MarkStatus.ACCEPTED, "source": IndexSource.HAND}
BY_PROGRAM = {"status": MarkStatus.PROPOSED, "source": IndexSource.TEXT}


def mark_rectangle(
    dossier: Dossier, mark: Mark, what: MarkedContent, by: Actor, *, on_every_page: bool = False
) -> None:
    """Have a rectangle blackened, on its page or at the same place of every page. Commits.

    Raises MisplacedMarkError.
    """
    inside = 0 <= mark.x0 < mark.x1 <= 1 and 0 <= mark.y0 < mark.y1 <= 1
    if not (inside and 1 <= mark.page <= dossier.pages):
        raise MisplacedMarkError(mark.page)
    pages = range(1, dossier.pages + 1) if on_every_page else (mark.page,)
    for page in pages:
        _add(dossier, page, mark, what=what, **BY_HAND)
    _note(dossier, by, "dossier.marked", page=mark.page, marks=len(pages))


def drop_mark(dossier: Dossier, mark: RedactionMark, by: Actor) -> None:
    """Take a rectangle away, or turn a proposal down. Commits."""
    db.session.delete(mark)
    _note(dossier, by, "dossier.mark_dropped", page=mark.page, status=mark.status.value)


def accept_marks(dossier: Dossier, marks: Iterable[RedactionMark], by: Actor) -> None:
    """Proposals that shall be blackened. Commits."""
    accepted = [mark for mark in marks if mark.status is MarkStatus.PROPOSED]
    for mark in accepted:
        mark.status = MarkStatus.ACCEPTED
    _note(dossier, by, "dossier.marks_accepted", marks=len(accepted))


def ask_for_marks(dossier: Dossier, by: Actor) -> Job:
    """Have names looked for in the text layer, in the background. Commits."""
    return _ask(JobKind.PROPOSE_MARKS, dossier, by)


def ask_for_copy(dossier: Dossier, by: Actor) -> Job:
    """Have the redacted copy made, in the background. Commits; raises UndecidedMarksError."""
    if any(mark.status is MarkStatus.PROPOSED for mark in marks_of(dossier)):
        raise UndecidedMarksError
    return _ask(JobKind.MAKE_COPY, dossier, by)


def propose_marks(payload: dict[str, Any], by: Actor, report: Report) -> dict[str, Any]:
    """The job: propose a rectangle for each place that names handler, provider or recipient.
    Commits."""
    dossier = db.session.get_one(Dossier, payload["id"])
    terms = hidden_terms(dossier)
    with source_of(dossier) as path:
        db.session.commit()  # reading a thick file must not keep writers waiting
        found = proposed_marks(path, terms)
    given = marks_of(locked_dossier(dossier))
    for former in given:
        if former.status is MarkStatus.PROPOSED:
            db.session.delete(former)
    accepted = [mark for mark in given if mark.status is MarkStatus.ACCEPTED]
    fresh = [mark for mark in found if not any(_covers(one, mark) for one in accepted)]
    for mark in fresh:
        _add(dossier, mark.page, mark, what=MarkedContent.NAME, **BY_PROGRAM)
    record(by, "dossier.marks_proposed", dossier, marks=len(fresh))
    db.session.commit()
    return {"marks": len(fresh)}


def make_copy(payload: dict[str, Any], by: Actor, report: Report) -> dict[str, Any]:
    """The job: burn the accepted rectangles into a copy for reviewers. Commits."""
    dossier = db.session.get_one(Dossier, payload["id"])
    terms, marks = hidden_terms(dossier), [_as_mark(mark) for mark in marks_of(dossier)]
    with source_of(dossier) as path:
        db.session.commit()
        target = path.with_name("redacted.pdf")
        redact(path, target, marks, terms, report)
        with target.open("rb") as file:
            stored = StoredFile(**asdict(put(iter(lambda: file.read(PIECE), b""))))
    former = _keep(locked_dossier(dossier), stored, by)
    dossier.status = DossierStatus.REDACTED
    record(by, "dossier.redacted", dossier, marks=len(marks))
    db.session.commit()
    if former:
        remove(former)
    return {"pages": dossier.pages}


def _ask(kind: JobKind, dossier: Dossier, by: Actor) -> Job:
    job = enqueue(kind, {"dossier": dossier.public_id, "id": dossier.id}, by)
    db.session.commit()
    return job


def _keep(dossier: Dossier, stored: StoredFile, by: Actor) -> str | None:
    """The copy in place of the former one, whose file's name is returned."""
    db.session.add(stored)
    db.session.flush()
    copy, former = redacted_copy(dossier)
    if copy is None:
        copy = DossierCopy(dossier_id=dossier.id, kind=CopyKind.REDACTED)
        db.session.add(copy)
    copy.stored_id, copy.pages = stored.id, dossier.pages
    copy.made_at, copy.made_by_id = datetime.now(UTC), by.user_id
    if former is None:
        return None
    db.session.flush()
    db.session.delete(former)
    return former.key


def _add(dossier: Dossier, page: int, place: Mark, **more: Any) -> None:
    corners = {"x0": place.x0, "y0": place.y0, "x1": place.x1, "y1": place.y1}
    db.session.add(RedactionMark(dossier_id=dossier.id, page=page, **corners, **more))


def _note(dossier: Dossier, by: Actor, action: str, **details: Any) -> None:
    """A changed mark makes the copy one of yesterday: the status says that a new one is due.
    Commits."""
    if dossier.status is DossierStatus.REDACTED:
        dossier.status = DossierStatus.INDEXED
    record(by, action, dossier, **details)
    db.session.commit()


def _as_mark(mark: RedactionMark) -> Mark:
    return Mark(mark.page, mark.x0, mark.y0, mark.x1, mark.y1)


def _covers(given: RedactionMark, found: Mark) -> bool:
    across = given.x0 <= found.x0 and found.x1 <= given.x1
    return given.page == found.page and across and given.y0 <= found.y0 and found.y1 <= given.y1
