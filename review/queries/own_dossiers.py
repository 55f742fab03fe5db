"""The dossier of an own assignment: what a reviewer reads beside the rubric."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, case, or_, select

from review.enums import HIDDEN, CopyKind, DossierStatus, RoundStatus
from review.extensions import db
from review.models.assignment import Assignment
from review.models.dossiers import Dossier, DossierCopy, DossierDocument, StoredFile
from review.models.reviewing import Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor

SHOWN = case((Round.shows_full_dossiers, CopyKind.FULL), else_=CopyKind.REDACTED)
"""Which copy a round's reviewers read: one rule, for the desk and for the bytes."""
CURRENT = or_(Round.shows_full_dossiers, Dossier.status == DossierStatus.REDACTED)
"""A redacted copy is withdrawn as soon as its marks are others than those it was made with."""


def own_copy(actor: Actor, public_id: str) -> Row[Any] | None:
    """The copy that the reviewer of this assignment may read now, and its file."""
    return db.session.execute(_readable(actor, public_id, DossierCopy, StoredFile)).first()


def own_dossier(actor: Actor, public_id: str) -> Row[Any] | None:
    """Dossier, copy and whether it is the full one, for the desk; None without a copy to show."""
    shown = _readable(actor, public_id, Dossier, DossierCopy, Round.shows_full_dossiers)
    return db.session.execute(shown).first()


def own_documents(actor: Actor, public_id: str) -> Sequence[DossierDocument]:
    """The index of that dossier, as far as somebody has confirmed it, in the order of its pages."""
    return db.session.scalars(
        _readable(actor, public_id, DossierDocument)
        .join(DossierDocument, DossierDocument.dossier_id == Dossier.id)
        .where(DossierDocument.confirmed)
        .order_by(DossierDocument.first_page, DossierDocument.id)
    ).all()


def _readable(actor: Actor, public_id: str, *columns: Any) -> Select[Any]:
    """Only once the reviewer has declared to have no conflict, and while the round is marked."""
    return (
        select(*columns)
        .select_from(Assignment)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .join(Round, Round.id == SampledCase.round_id)
        .join(Dossier, Dossier.case_id == SampledCase.case_id)
        .join(DossierCopy, and_(DossierCopy.dossier_id == Dossier.id, DossierCopy.kind == SHOWN))
        .join(StoredFile, StoredFile.id == DossierCopy.stored_id)
        .where(
            Assignment.public_id == public_id,
            Assignment.reviewer_id == actor.user_id,
            Assignment.status.not_in(HIDDEN),
            Round.status == RoundStatus.MARKING,
            CURRENT,
        )
    )
