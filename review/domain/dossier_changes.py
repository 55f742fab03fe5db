"""What each change of a dossier's index or marks has in common."""

from typing import Any

from review.domain.audit import record
from review.enums import DossierStatus
from review.extensions import db
from review.models.dossiers import Dossier
from review.permissions import Actor
from review.queries.dossiers import locked_dossier


def note_change(
    dossier: Dossier, by: Actor, action: str, *, ends: DossierStatus | None, **details: Any
) -> None:
    """Record a change that ``ends`` a status: a dossier that has it is only indexed from now on.
    Commits."""
    if locked_dossier(dossier).status is ends:
        dossier.status = DossierStatus.INDEXED
    record(by, action, dossier, **details)
    db.session.commit()
