"""The job that takes an upload in: finds each file's case by its name, checks that it can be read,
keeps it, and puts the files of a case together.

It may be repeated: files that an earlier attempt has kept are passed over.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from review.domain.audit import record
from review.domain.dossier_archive import Archive, Member
from review.domain.dossier_child import COPY, Outcome, assemble
from review.domain.dossier_copies import digest_of, join, keep_full_copy, make_full_copy
from review.domain.dossier_names import CaseNumbers, shown_name, title_of
from review.domain.dossiers import dossier_for, is_for_use
from review.domain.jobs import Report
from review.domain.uploads import forget_parts
from review.enums import FileRefusal, FileStatus, JobFailure, UploadStatus
from review.errors import FileRefusedError, JobFailedError, OutOfReachError
from review.extensions import db
from review.models.dossiers import Dossier, DossierFile, DossierUpload, StoredFile
from review.permissions import Actor
from review.privacy import decrypt_text, encrypt_text
from review.queries.uploads import (
    dossiers_of_upload,
    files_with,
    numbers_within,
    ordinals_done,
    own_upload,
    parts_of,
)
from review.storage import Stored, StoredReader, put_file, remove


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file of an upload, its place there, and the case that its name speaks of."""

    ordinal: int
    member: Member
    case_id: int | None


def take_in(payload: dict[str, Any], by: Actor, report: Report) -> dict[str, Any]:
    """Commits after each case; raises OutOfReachError, JobFailedError."""
    upload = own_upload(by, payload["upload"])
    if upload is None:
        raise OutOfReachError
    if upload.status is UploadStatus.QUEUED:
        with TemporaryDirectory() as folder:
            _take_in(upload, Path(folder), by, report)
    return {"upload": upload.public_id}


def _take_in(upload: DossierUpload, folder: Path, by: Actor, report: Report) -> None:
    packed = folder / "upload"
    parts = [StoredReader(part) for part in parts_of(upload)]
    name, wanted = decrypt_text(upload.name), upload.sha256
    db.session.commit()  # a thick upload must not keep others from writing
    if wanted not in (None, join(parts, packed)):
        _end(upload, UploadStatus.REFUSED, by)
        raise JobFailedError(JobFailure.ARRIVED_DAMAGED)
    with packed.open("rb") as file:
        try:
            archive = Archive(file, name)
        except FileRefusedError:
            _end(upload, UploadStatus.REFUSED, by)
            raise JobFailedError(JobFailure.ARCHIVE_UNREADABLE) from None
        groups = _groups(upload, archive.members)
        db.session.commit()
        for number, arrivals in enumerate(groups):
            with TemporaryDirectory(dir=folder) as desk:
                _take_group(upload, archive, arrivals, Path(desk), by)
            report(number + 1, len(groups))
        _catch_up(upload, by)
    _end(upload, UploadStatus.DONE, by)


def _groups(upload: DossierUpload, members: list[Member]) -> list[list[Arrival]]:
    """The files not kept yet: those of one case together, those of unknown cases one by one."""
    numbers = CaseNumbers(() if upload.case_id else numbers_within(upload.region_code))
    done, groups = ordinals_done(upload), dict[Any, list[Arrival]]()
    for ordinal, member in enumerate(members):
        if ordinal not in done:
            case_id = upload.case_id or numbers.case_in(member.name)
            arrival = Arrival(ordinal, member, case_id)
            groups.setdefault(case_id or ("?", ordinal), []).append(arrival)
    return list(groups.values())


def _take_group(
    upload: DossierUpload, archive: Archive, arrivals: list[Arrival], desk: Path, by: Actor
) -> None:
    """Keep the files of one case, or one of an unknown case. Commits."""
    refused: list[tuple[Arrival, Outcome]] = []
    readable: list[Arrival] = []
    for arrival in arrivals:
        try:
            archive.copy(arrival.member, desk / str(len(readable)))
        except FileRefusedError as error:
            refused.append((arrival, Outcome(refusal=FileRefusal(error.refusal))))
        else:
            readable.append(arrival)
    outcomes = assemble(desk, [title_of(arrival.member.name) for arrival in readable])
    files = _kept(upload, list(zip(readable, outcomes, strict=True)), desk, by)
    files += _kept(upload, refused, desk, by)
    if arrivals[0].case_id is None or not any(file.stored_id for file in files):
        db.session.commit()
    else:
        _add_to_dossier(upload, dossier_for(arrivals[0].case_id, by), files, desk, by)


def _kept(
    upload: DossierUpload, judged: list[tuple[Arrival, Outcome]], desk: Path, by: Actor
) -> list[DossierFile]:
    """Rows for these files, and the bytes of those that can be read."""
    files = [put_file(desk / str(n)) if not o.refusal else None for n, (_, o) in enumerate(judged)]
    made = []
    for stored, (arrival, outcome) in zip(files, judged, strict=True):
        file = DossierFile(
            upload_id=upload.id,
            ordinal=arrival.ordinal,
            name=encrypt_text(shown_name(arrival.member.name)),
            pages=outcome.pages,
            status=FileStatus.REFUSED if outcome.refusal else FileStatus.UNMATCHED,
            refusal=outcome.refusal,
            stored_id=stored and _row_of(stored),
            uploaded_by_id=by.user_id,
            uploaded_at=datetime.now(UTC),
        )
        db.session.add(file)
        made.append(file)
    db.session.flush()
    return made


def _row_of(stored: Stored) -> int:
    row = StoredFile(**asdict(stored))
    db.session.add(row)
    db.session.flush()
    return row.id


def _add_to_dossier(
    upload: DossierUpload, dossier: Dossier, files: list[DossierFile], desk: Path, by: Actor
) -> None:
    """Use the files at once where nothing was there before them; else they wait for a word."""
    former = len(files_with(dossier, FileStatus.IN_USE))
    status = FileStatus.IN_USE if is_for_use(dossier, upload.batch) else FileStatus.WAITING
    readable = [file for file in files if file.stored_id]
    for position, file in enumerate(readable, start=former):
        file.dossier_id, file.position, file.status = dossier.id, position, status
    record(by, "dossier.files_received", dossier, files=len(readable), status=status.value)
    db.session.commit()
    if status is FileStatus.IN_USE and not former:
        keep_full_copy(dossier, desk / COPY, sum(file.pages for file in readable), by)


def _catch_up(upload: DossierUpload, by: Actor) -> None:
    """Make the full copy of those dossiers whose files are others than those in their copy: some
    were there before, or an earlier attempt broke off. Commits after each."""
    for dossier in dossiers_of_upload(upload):
        if dossier.files_digest != digest_of(files_with(dossier, FileStatus.IN_USE)):
            make_full_copy(dossier, by)
    db.session.commit()


def _end(upload: DossierUpload, status: UploadStatus, by: Actor) -> None:
    """The upload is through; its parts are no longer needed. Commits."""
    upload.status = status
    names = forget_parts(upload)
    record(by, "upload.ended", upload, status=status.value)
    db.session.commit()
    for name in names:
        remove(name)
