"""What the monitors of a round look at: when, by whom and in which words it was marked."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, String, cast, select

from review.extensions import db
from review.models.accounts import User
from review.models.assignment import Assignment
from review.models.audit import AuditEvent
from review.models.cases import Case
from review.models.dossiers import Dossier, DossierCopy
from review.models.reviewing import Review
from review.models.rounds import Round
from review.models.sampling import SampledCase


def submitted_markings(round_: Round) -> Sequence[Row[Any]]:
    """Every submitted marking, with the pages of the dossier that it is about."""
    return db.session.execute(
        select(
            Review.total,
            Review.comment,
            Review.started_at,
            Review.submitted_at,
            Assignment.reviewer_id,
            Assignment.alias,
            SampledCase.case_id,
            Case.dossier_pages,
        )
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .join(Case, Case.id == SampledCase.case_id)
        .where(SampledCase.round_id == round_.id, Review.submitted_at.is_not(None))
        .order_by(Review.id)
    ).all()


def cases_with_copies(round_: Round) -> set[int]:
    """Drawn cases of which there is something to open."""
    query = (
        select(Dossier.case_id)
        .join(DossierCopy, DossierCopy.dossier_id == Dossier.id)
        .join(SampledCase, SampledCase.case_id == Dossier.case_id)
        .where(SampledCase.round_id == round_.id)
    )
    return set(db.session.scalars(query.distinct()))


def openings(round_: Round, action: str) -> set[tuple[int | None, int]]:
    """Who opened a copy of which drawn case's dossier, as (person, case)."""
    query = (
        select(AuditEvent.actor_id, Dossier.case_id)
        .join(DossierCopy, AuditEvent.object_id == cast(DossierCopy.id, String))
        .join(Dossier, Dossier.id == DossierCopy.dossier_id)
        .join(SampledCase, SampledCase.case_id == Dossier.case_id)
        .where(
            SampledCase.round_id == round_.id,
            AuditEvent.action == action,
            AuditEvent.object_type == DossierCopy.__tablename__,
        )
    )
    return set(db.session.execute(query.distinct()).tuples().all())


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    query = select(User.id, User.name).where(User.id.in_(user_ids))
    return dict(db.session.execute(query).tuples().all())
