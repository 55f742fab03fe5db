"""Reading a copy of a dossier: each opening is in the audit log, and so is a damaged file.

Browsers fetch a file in pieces. A read from its beginning is an opening, but for the second try
that follows at once; any other piece counts as one if its reader has not opened the copy lately,
so that no way of asking goes unseen.
"""

from datetime import UTC, datetime, timedelta

from review.domain.audit import record
from review.extensions import db
from review.models.dossiers import DossierCopy, StoredFile
from review.permissions import Actor
from review.queries.audit import latest_event
from review.sqlite import write_transaction
from review.storage import StoredReader

OPENED = "dossier.opened"
SAME_OPENING = timedelta(minutes=1)
LONGEST_READING = timedelta(hours=8)


def open_copy(
    copy: DossierCopy, stored: StoredFile, by: Actor, *, from_start: bool
) -> StoredReader:
    """A reader of the copy's bytes, whose opening is logged. Commits."""
    reader = StoredReader(stored)
    limit = SAME_OPENING if from_start else LONGEST_READING
    last = latest_event(by, OPENED, copy)
    db.session.commit()  # the reading transaction of a GET cannot become a writing one
    if last is None or datetime.now(UTC) - last > limit:
        with write_transaction():
            record(by, OPENED, copy, copy=copy.kind.value)
            db.session.commit()
    return reader


def note_damage(copy_id: int, by: Actor) -> None:
    """A copy's file is not as it was stored: nobody got wrong bytes, and the log says so.
    Commits."""
    db.session.rollback()
    with write_transaction():
        copy = db.session.get_one(DossierCopy, copy_id)
        record(by, "dossier.damaged", copy, copy=copy.kind.value)
        db.session.commit()
