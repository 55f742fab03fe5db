"""What reviewers must not read: rectangles over names and stamps, and the copy made with them."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from review.domain.audit import record
from review.domain.dossier_changes import note_change
from review.domain.dossier_source import source_of
from review.domain.jobs import Report, enqueue
from review.domain.pdf_child import proposed_marks, redact
from review.domain.redaction import Mark
from review.enums import (
    CopyKind,
    DossierStatus,
    IndexSource,
    JobFailure,
    JobKind,
    MarkedContent,
    MarkStatus,
)
from review.errors import JobFailedError, MisplacedMarkError, UndecidedMarksError
from review.extensions import db
from review.models.dossiers import Dossier, DossierCopy, RedactionMark, StoredFile
from review.models.jobs import Job
from review.permissions import Actor
from review.queries.dossiers import full_copy, locked_dossier, marks_of, redacted_copy
from review.queries.redacting import hidden_terms
from review.storage import Stored, put_file, remove

BY_HAND = {"status": MarkStatus.ACCEPTED, "source": IndexSource.HAND}
BY_PROGRAM = {"status": MarkStatus.PROPOSED, "source": IndexSource.TEXT}
COPIED = DossierStatus.REDACTED
"""The copy shows the marks as they are. Only then do reviewers see it, so a change withdraws it."""


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
    note_change(dossier, by, "dossier.marked", ends=COPIED, page=mark.page, marks=len(pages))


def drop_mark(dossier: Dossier, mark: RedactionMark, by: Actor) -> None:
    """Take a rectangle away, or turn a proposal down. Commits."""
    db.session.delete(mark)
    details = {"page": mark.page, "status": mark.status.value}
    ends = COPIED if mark.status is MarkStatus.ACCEPTED else None
    note_change(dossier, by, "dossier.mark_dropped", ends=ends, **details)


def accept_marks(dossier: Dossier, marks: Iterable[RedactionMark], by: Actor) -> None:
    """Proposals that shall be blackened. Commits."""
    accepted = [mark for mark in marks if mark.status is MarkStatus.PROPOSED]
    for mark in accepted:
        mark.status = MarkStatus.ACCEPTED
    ends = COPIED if accepted else None
    note_change(dossier, by, "dossier.marks_accepted", ends=ends, marks=len(accepted))


def ask_for_marks(dossier: Dossier, by: Actor) -> Job:
    """Have names looked for in the text layer, in the background. Commits."""
    return _ask(JobKind.PROPOSE_MARKS, dossier, by)


def ask_for_copy(dossier: Dossier, by: Actor) -> Job:
    """Have the redacted copy made, in the background. Commits; raises UndecidedMarksError."""
    if any(mark.status is MarkStatus.PROPOSED for mark in marks_of(dossier)):
        raise UndecidedMarksError
    return _ask(JobKind.MAKE_COPY, dossier, by)


def propose_marks(payload: dict[str, Any], by: Actor, report: Report) -> dict[str, Any]:
    """The job: propose a rectangle for each place that names somebody or the case. Commits."""
    dossier = db.session.get_one(Dossier, payload["id"])
    terms = hidden_terms(dossier)
    with source_of(dossier) as path:
        db.session.commit()  # reading a thick file must not keep writers waiting
        found = proposed_marks(path, terms)
    given = marks_of(locked_dossier(dossier))
    kept = [m for m in given if m.status is MarkStatus.ACCEPTED or m.source is IndexSource.HAND]
    for former in set(given).difference(kept):
        db.session.delete(former)
    fresh = [mark for mark in found if not any(_covers(one, mark) for one in kept)]
    for mark in fresh:
        _add(dossier, mark.page, mark, what=MarkedContent.NAME, **BY_PROGRAM)
    record(by, "dossier.marks_proposed", dossier, marks=len(fresh))
    db.session.commit()
    return {"marks": len(fresh)}


def make_copy(payload: dict[str, Any], by: Actor, report: Report) -> dict[str, Any]:
    """The job: burn the rectangles into a copy for reviewers. Commits; raises JobFailedError."""
    dossier = db.session.get_one(Dossier, payload["id"])
    terms, basis = hidden_terms(dossier), _basis(dossier)
    marks = basis[1]
    with source_of(dossier) as path:
        db.session.commit()
        target = path.with_name("redacted.pdf")
        readable = redact(path, target, marks, terms, report)
        stored = put_file(target)
    if _basis(locked_dossier(dossier)) != basis:  # a copy of what was is none of what is
        remove(stored.key)
        raise JobFailedError(JobFailure.CHANGED_MEANWHILE)
    former = _keep(dossier, stored, readable, by)
    dossier.status = COPIED
    record(by, "dossier.redacted", dossier, marks=len(marks), readable=len(readable))
    db.session.commit()
    if former:
        remove(former)
    return {"pages": dossier.pages}


def _ask(kind: JobKind, dossier: Dossier, by: Actor) -> Job:
    job = enqueue(kind, {"dossier": dossier.public_id, "id": dossier.id}, by)
    db.session.commit()
    return job


def _basis(dossier: Dossier) -> tuple[str | None, list[Mark]]:
    """What a redacted copy is made of: the stored full copy, and the marks."""
    full = full_copy(dossier)
    return full.key if full else None, [_as_mark(mark) for mark in marks_of(dossier)]


def _keep(dossier: Dossier, made: Stored, readable: list[int], by: Actor) -> str | None:
    """The copy in place of the former one, whose file's name is returned."""
    stored = StoredFile(**asdict(made))
    db.session.add(stored)
    db.session.flush()
    copy, former = redacted_copy(dossier)
    if copy is None:
        copy = DossierCopy(dossier_id=dossier.id, kind=CopyKind.REDACTED)
        db.session.add(copy)
    copy.stored_id, copy.pages, copy.readable = stored.id, dossier.pages, readable
    copy.made_at, copy.made_by_id = datetime.now(UTC), by.user_id
    if former is None:
        return None
    db.session.flush()
    db.session.delete(former)
    return former.key


def _add(dossier: Dossier, page: int, place: Mark, **more: Any) -> None:
    corners = {"x0": place.x0, "y0": place.y0, "x1": place.x1, "y1": place.y1}
    db.session.add(RedactionMark(dossier_id=dossier.id, page=page, **corners, **more))


def _as_mark(mark: RedactionMark) -> Mark:
    return Mark(mark.page, mark.x0, mark.y0, mark.x1, mark.y1)


def _covers(given: RedactionMark, found: Mark) -> bool:
    across = given.x0 <= found.x0 and found.x1 <= given.x1
    return given.page == found.page and across and given.y0 <= found.y0 and found.y1 <= given.y1
