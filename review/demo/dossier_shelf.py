"""Synthetic dossiers for cases of the demo province: made from what the database knows of them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Select, case, select

from review.demo.dossier_facts import CaseFacts
from review.demo.dossiers import DossierTruth, synthetic_dossier
from review.domain.dossier_intake import take_in
from review.domain.dossiers import dossier_for
from review.domain.jobs import claim, finish
from review.domain.redacting import make_copy
from review.domain.redaction import unheard
from review.domain.uploads import new_batch, upload_whole
from review.enums import (
    AssignmentStatus,
    IndexSource,
    MarkedContent,
    MarkStatus,
    RoundStatus,
)
from review.extensions import db
from review.models.accounts import Region
from review.models.assignment import Assignment
from review.models.cases import Agency, Case
from review.models.dossiers import (
    Dossier,
    DossierDocument,
    RedactionMark,
)
from review.models.handler import Handler, Provider
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.privacy import decrypt_text

LONGEST = timedelta(days=120)
"""Between assignment and closing, where a register does not say when a case was assigned."""


@dataclass(frozen=True, slots=True)
class Known:
    case_id: int
    facts: CaseFacts


def known_cases(case_ids: Sequence[int]) -> Iterator[Known]:
    rows = db.session.execute(
        select(Case, Region.name, Agency.name, Handler.name, Provider.name)
        .join(Region, Region.code == Case.region_code)
        .join(Agency, Agency.id == Case.agency_id)
        .join(Handler, Handler.id == Case.handler_id)
        .join(Provider, Provider.id == Case.provider_id)
        .where(Case.id.in_(case_ids))
        .order_by(Case.id)
    ).tuples()
    for found, place, agency, handler, provider in rows.all():
        yield Known(found.id, _facts(found, place, agency, handler, provider))


def being_marked(reviewer_id: int, others: int) -> list[int]:
    """The cases on a reviewer's desk, those still to be marked first, and some of colleagues."""
    own = _in_marking().where(Assignment.reviewer_id == reviewer_id)
    open_first = case((Assignment.status == AssignmentStatus.SUBMITTED, 1), else_=0)
    desk = db.session.scalars(own.order_by(open_first, Assignment.id)).all()
    rest = _in_marking().where(SampledCase.case_id.not_in(desk)).order_by(SampledCase.case_id)
    return [*desk, *db.session.scalars(rest.distinct().limit(others))]


def cases_being_marked(count: int) -> list[int]:
    cases = _in_marking().distinct().order_by(SampledCase.case_id)
    return list(db.session.scalars(cases.limit(count)))


def shelve(known: Known, seed: int, by: Actor) -> DossierTruth:
    """Make a case's dossier and let it go the way of every other: uploaded, taken in, indexed,
    marked, copied. Commits."""
    data, truth = synthetic_dossier(known.facts, seed)
    upload = upload_whole(f"{known.facts.case_number}.pdf", [data], by, batch=new_batch())
    take_in(upload.payload, by, unheard)
    dossier = dossier_for(known.case_id, by)
    _keep_index(dossier, truth)
    db.session.commit()
    make_copy({"id": dossier.id}, by, unheard)
    _end_jobs()
    return truth


def export(known: Iterable[Known], folder: Path, seed: int) -> Iterator[Path]:
    """Write dossiers under their case numbers, as a bureau would upload them, and their truth."""
    truths = []
    for one in known:
        data, truth = synthetic_dossier(one.facts, seed)
        path = folder / f"{one.facts.case_number}.pdf"
        path.write_bytes(data)
        truths.append(truth)
        yield path
    write_truths(truths, folder / "dossiers.json")


def write_truths(truths: Sequence[DossierTruth], path: Path) -> None:
    content = json.dumps([asdict(truth) for truth in truths], indent=1, ensure_ascii=False)
    path.write_text(content, encoding="utf-8")


def _facts(found: Case, place: str, agency: str, handler: str, provider: str) -> CaseFacts:
    return CaseFacts(
        case_number=found.case_number,
        kind=found.kind,
        cause=found.cause or "",
        place=place,
        agency=agency,
        handler=handler,
        provider=provider,
        recipient=decrypt_text(found.recipient_name) if found.recipient_name else "受援人",
        assigned_on=found.assigned_on or found.closed_on - LONGEST,
        closed_on=found.closed_on,
        outcome=found.outcome,
    )


def _in_marking() -> Select[tuple[int]]:
    return (
        select(SampledCase.case_id)
        .join(Assignment, Assignment.sampled_case_id == SampledCase.id)
        .join(Round, Round.id == SampledCase.round_id)
        .where(Round.status == RoundStatus.MARKING, Assignment.status != AssignmentStatus.RESERVE)
    )


def _end_jobs() -> None:
    """What was asked of a worker is done: the dossier is in, and the truth knows its places."""
    while lease := claim():
        finish(lease)


def _keep_index(dossier: Dossier, truth: DossierTruth) -> None:
    for code, first, last in truth.documents:
        db.session.add(
            DossierDocument(
                dossier_id=dossier.id,
                document_type=code,
                first_page=first,
                last_page=last,
                source=IndexSource.HAND,
                confirmed=True,
            )
        )
    for mark in truth.names:
        db.session.add(
            RedactionMark(
                dossier_id=dossier.id,
                page=mark.page,
                x0=mark.x0,
                y0=mark.y0,
                x1=mark.x1,
                y1=mark.y1,
                what=MarkedContent.NAME,
                source=IndexSource.TEXT,
                status=MarkStatus.ACCEPTED,
            )
        )
