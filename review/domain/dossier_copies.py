"""The full copy of a dossier, made of the files in use. What is being worked on lies in a folder
of its own that only this account can read, and is gone with the work."""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from review.domain.audit import record
from review.domain.dossier_child import COPY, assemble
from review.domain.dossier_names import title_of
from review.domain.jobs import Report, enqueue
from review.enums import CopyKind, DossierStatus, FileStatus, JobFailure, JobKind, MarkStatus
from review.errors import JobFailedError, OutOfReachError
from review.extensions import db
from review.models.dossiers import (
    Dossier,
    DossierCopy,
    DossierDocument,
    DossierFile,
    RedactionMark,
    StoredFile,
)
from review.permissions import Actor
from review.privacy import decrypt_text
from review.queries.dossiers import dossier_in
from review.queries.uploads import files_with, stored_of
from review.storage import CHUNK, StoredReader, put_file, remove


def assemble_dossier(payload: dict[str, Any], by: Actor, report: Report) -> dict[str, Any]:
    """The job: make the full copy of the files in use. Commits; raises OutOfReachError,
    JobFailedError."""
    dossier = dossier_in(by, payload["dossier"])
    if dossier is None:
        raise OutOfReachError
    make_full_copy(dossier, by)
    return {"pages": dossier.pages}


def make_full_copy(dossier: Dossier, by: Actor) -> None:
    """Read the files in use, put them together, and let the copy stand. Commits."""
    files = files_with(dossier, FileStatus.IN_USE)
    stored = stored_of(files)
    names = [title_of(decrypt_text(file.name)) for file in files]
    readers = [StoredReader(stored[file.id]) for file in files]
    db.session.commit()
    with TemporaryDirectory() as place:
        folder = Path(place)
        for number, reader in enumerate(readers):
            write(reader, folder / str(number))
        outcomes = assemble(folder, names)
        if any(outcome.refusal for outcome in outcomes):  # each was readable by itself
            raise JobFailedError(JobFailure.TOO_LARGE_TOGETHER)
        keep_full_copy(dossier, folder / COPY, sum(o.pages for o in outcomes), by)


def keep_full_copy(dossier: Dossier, path: Path, pages: int, by: Actor) -> None:
    """Let the file at ``path`` be the full copy, and have index and marks proposed for it. A
    redacted copy of the former one is dropped. Commits, then forgets the files before it."""
    stored = StoredFile(**asdict(put_file(path)))
    db.session.refresh(dossier, with_for_update=True)
    former = _drop_copies(dossier)
    db.session.add(stored)
    db.session.flush()
    made = {"made_at": datetime.now(UTC), "made_by_id": by.user_id}
    copy = DossierCopy(
        dossier_id=dossier.id, kind=CopyKind.FULL, stored_id=stored.id, pages=pages, **made
    )
    db.session.add(copy)
    dossier.pages, dossier.status = pages, DossierStatus.UPLOADED
    dossier.files_digest = digest_of(files_with(dossier, FileStatus.IN_USE))
    record(by, "dossier.assembled", copy, pages=pages, sha256=stored.sha256)
    for kind in (JobKind.PROPOSE_INDEX, JobKind.PROPOSE_MARKS):
        enqueue(kind, {"dossier": dossier.public_id, "id": dossier.id}, by)
    db.session.commit()
    for key in former:
        remove(key)


def digest_of(files: Sequence[DossierFile]) -> str:
    """SHA-256 over those of the files, one a line, in their order."""
    stored = stored_of(files)
    listing = "".join(f"{stored[file.id].sha256}\n" for file in files)
    return hashlib.sha256(listing.encode()).hexdigest()


def doubt_places(dossier: Dossier) -> None:
    """Other files, other pages: index and marks go back to proposals, and nothing is lost."""
    entries = db.session.query(DossierDocument).filter_by(dossier_id=dossier.id)
    entries.update({"confirmed": False})
    marks = db.session.query(RedactionMark).filter_by(dossier_id=dossier.id)
    marks.update({"status": MarkStatus.PROPOSED})


def write(reader: StoredReader, path: Path) -> None:
    with path.open("wb") as file:
        shutil.copyfileobj(reader, file, CHUNK)


def join(parts: Sequence[StoredReader], path: Path) -> str:
    """Write stored parts one behind the other; SHA-256 of the whole."""
    with path.open("wb") as file:
        for part in parts:
            shutil.copyfileobj(part, file, CHUNK)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _drop_copies(dossier: Dossier) -> list[str]:
    """Drop the rows of all copies; their files' names."""
    copies = db.session.query(DossierCopy).filter_by(dossier_id=dossier.id).all()
    files = [db.session.get_one(StoredFile, copy.stored_id) for copy in copies]
    for row in (*copies, *files):
        db.session.delete(row)
        db.session.flush()
    return [file.key for file in files]
