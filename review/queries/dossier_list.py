"""Dossiers as an organiser looks over them: those of a round's drawn cases, or all there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select

from review.enums import CaseKind, DossierStatus, FileStatus
from review.extensions import db
from review.models.accounts import Region, User
from review.models.cases import Case
from review.models.dossiers import Dossier, DossierChange, DossierFile
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.privacy import decrypt_text
from review.queries.regions import within

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class DossierLine:
    """A case with what there is of its dossier."""

    case_number: str
    kind: CaseKind
    region: str
    public_id: str | None
    status: DossierStatus
    pages: int
    waiting: int


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file of a dossier; its name is for organisers only."""

    name: str
    pages: int
    status: FileStatus
    uploaded_at: Any
    uploaded_by: str


def dossier_lines(
    actor: Actor, round_id: int | None, status: DossierStatus | None, page: int
) -> tuple[list[DossierLine], dict[DossierStatus, int]]:
    """A page of the cases, and how many stand where among all of them; two statements."""
    columns = Case.case_number, Case.kind, Region.name, Dossier.public_id, Dossier.status
    query = _cases(actor, round_id, *columns, Dossier.pages, _waiting())
    if status:
        query = query.where(
            Dossier.status == status
            if status is not DossierStatus.EMPTY
            else (Dossier.id.is_(None)) | (Dossier.status == status)
        )
    order = Case.case_number, Case.id
    rows = db.session.execute(
        query.order_by(*order).limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS)
    )
    return [_line(*row) for row in rows], _counts(actor, round_id)


def rounds_within(actor: Actor) -> Sequence[Row[Any]]:
    """Id and name of each round of the tree, newest first."""
    return db.session.execute(
        select(Round.id, Round.name)
        .where(within(Round.region_code, actor.region_code))
        .order_by(Round.id.desc())
    ).all()


def dossier_files(dossier: Dossier) -> list[FileLine]:
    """Every file that a dossier has or had, those in use first."""
    rows = db.session.execute(
        select(DossierFile.name, DossierFile.pages, DossierFile.status, DossierFile.uploaded_at)
        .add_columns(User.name)
        .join(User, User.id == DossierFile.uploaded_by_id)
        .where(DossierFile.dossier_id == dossier.id)
        .order_by(DossierFile.status != FileStatus.IN_USE, DossierFile.position, DossierFile.id)
    )
    return [FileLine(decrypt_text(name), *rest) for name, *rest in rows]


def changes_of(dossier: Dossier) -> Sequence[Row[Any]]:
    """Who changed the files in use, when and why; the latest first."""
    return db.session.execute(
        select(DossierChange.changed_at, DossierChange.reason, User.name)
        .join(User, User.id == DossierChange.changed_by_id)
        .where(DossierChange.dossier_id == dossier.id)
        .order_by(DossierChange.id.desc())
    ).all()


def _cases(actor: Actor, round_id: int | None, *columns: Any) -> Select[Any]:
    query = select(*columns).select_from(Case).join(Region, Region.code == Case.region_code)
    mine = within(Case.region_code, actor.region_code)
    if round_id is None:
        return query.join(Dossier, Dossier.case_id == Case.id).where(mine)
    return (
        query.join(SampledCase, SampledCase.case_id == Case.id)
        .outerjoin(Dossier, Dossier.case_id == Case.id)
        .where(mine, SampledCase.round_id == round_id)
    )


def _waiting() -> Any:
    return (
        select(func.count())
        .where(DossierFile.dossier_id == Dossier.id, DossierFile.status == FileStatus.WAITING)
        .scalar_subquery()
    )


def _counts(actor: Actor, round_id: int | None) -> dict[DossierStatus, int]:
    query = _cases(actor, round_id, Dossier.status, func.count()).group_by(Dossier.status)
    counts = dict.fromkeys(DossierStatus, 0)
    for status, count in db.session.execute(query):
        counts[status or DossierStatus.EMPTY] += count
    return counts


def _line(number: str, kind: CaseKind, region: str, *rest: Any) -> DossierLine:
    public_id, status, pages, waiting = rest
    return DossierLine(
        number, kind, region, public_id, status or DossierStatus.EMPTY, pages or 0, waiting
    )
