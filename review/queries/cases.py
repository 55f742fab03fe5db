from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, literal, select, tuple_

from review.enums import CaseKind, ImportStatus, RegionLevel
from review.extensions import db
from review.models.accounts import Region, User
from review.models.cases import Agency, Case, RegisterImport
from review.models.handler import Handler, Provider
from review.permissions import Actor
from review.privacy import decrypt_text, mask_name
from review.queries.regions import contains, level_of, scanned_within, within

PAGE_ROWS = 50


class Place(NamedTuple):
    """Where a page of the list ends; the next one begins behind it."""

    closed_on: date
    case_id: int


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One line of the list of cases; the recipient is masked before it leaves this file."""

    id: int
    case_number: str
    kind: CaseKind
    cause: str | None
    closed_on: date
    region: str
    handler: str
    provider: str
    recipient: str


def case_page(
    actor: Actor,
    *,
    region_code: str | None = None,
    kind: CaseKind | None = None,
    closed_from: date | None = None,
    closed_to: date | None = None,
    number: str | None = None,
    after: Place | None = None,
) -> tuple[list[CaseLine], Place | None]:
    """The latest closed cases of the actor's tree and where the next page begins, if anywhere.

    One statement whatever the number of cases: it walks an index in closing order and stops at
    the page's end, and counts nothing.
    """
    statement = _lines().where(_scope(actor, region_code))
    if kind:
        statement = statement.where(Case.kind == kind)
    if closed_from:
        statement = statement.where(Case.closed_on >= closed_from)
    if closed_to:
        statement = statement.where(Case.closed_on <= closed_to)
    if number:
        statement = statement.where(Case.case_number == number)
    if after:
        here = tuple_(literal(after.closed_on), literal(after.case_id))
        statement = statement.where(tuple_(Case.closed_on, Case.id) < here)
    rows = db.session.execute(
        statement.order_by(Case.closed_on.desc(), Case.id.desc()).limit(PAGE_ROWS + 1)
    ).all()
    lines = [_line(row) for row in rows[:PAGE_ROWS]]
    more = len(rows) > PAGE_ROWS
    return lines, Place(lines[-1].closed_on, lines[-1].id) if more else None


def case_in(actor: Actor, case_id: int) -> Row[Any] | None:
    """One case with its agency, provider and handler, if it lies in the actor's tree."""
    return db.session.execute(
        select(Case, Agency.name, Provider.name, Handler, Region.name)
        .join(Agency, Agency.id == Case.agency_id)
        .join(Provider, Provider.id == Case.provider_id)
        .join(Handler, Handler.id == Case.handler_id)
        .join(Region, Region.code == Case.region_code)
        .where(Case.id == case_id, within(Case.region_code, actor.region_code))
    ).first()


def masked(recipient_name: bytes | None) -> str:
    return mask_name(decrypt_text(recipient_name)) if recipient_name else ""


def regions_of(actor: Actor) -> list[tuple[str, str]]:
    """Codes and names of the actor's region and all below it."""
    rows = db.session.execute(
        select(Region.code, Region.name)
        .where(within(Region.code, actor.region_code))
        .order_by(Region.code)
    )
    return [(code, name) for code, name in rows]


class ImportLine(NamedTuple):
    """One line of the list of imports."""

    id: int
    uploaded_at: datetime
    status: ImportStatus
    counts: dict[str, Any]
    uploaded_by: str
    region: str
    file_name: str


def imports_of(actor: Actor, *, limit: int = PAGE_ROWS) -> list[ImportLine]:
    """The latest imports in the actor's tree: what became of them, and whose they were."""
    rows = db.session.execute(
        select(
            RegisterImport.id,
            RegisterImport.uploaded_at,
            RegisterImport.status,
            RegisterImport.counts,
            User.name,
            Region.name,
            RegisterImport.file_name,
        )
        .join(User, User.id == RegisterImport.uploaded_by_id)
        .join(Region, Region.code == RegisterImport.region_code)
        .where(within(RegisterImport.region_code, actor.region_code))
        .order_by(RegisterImport.id.desc())
        .limit(limit)
    )
    return [ImportLine(*line)._replace(file_name=_opened(line.file_name)) for line in rows]


def file_name_of(import_: RegisterImport) -> str:
    return _opened(import_.file_name)


def _opened(file_name: bytes | None) -> str:
    """The name as it was uploaded; none was kept of the first imports."""
    return decrypt_text(file_name) if file_name else ""


def import_in(actor: Actor, import_id: int) -> RegisterImport | None:
    return db.session.scalar(
        select(RegisterImport).where(
            RegisterImport.id == import_id, within(RegisterImport.region_code, actor.region_code)
        )
    )


def _lines() -> Select[Any]:
    return (
        select(
            Case.id,
            Case.case_number,
            Case.kind,
            Case.cause,
            Case.closed_on,
            Region.name,
            Handler.name,
            Provider.name,
            Case.recipient_name,
        )
        .join(Region, Region.code == Case.region_code)
        .join(Handler, Handler.id == Case.handler_id)
        .join(Provider, Provider.id == Case.provider_id)
    )


def _scope(actor: Actor, region_code: str | None) -> Any:
    """The wished region where it lies in the actor's tree, else the whole of that tree."""
    wished = region_code if region_code and contains(actor.region_code, region_code) else None
    scope = wished or actor.region_code
    if level_of(scope) is RegionLevel.COUNTY:
        return Case.region_code == scope
    return scanned_within(Case.region_code, scope)


def _line(row: Row[Any]) -> CaseLine:
    *facts, recipient_name = row
    values = [*facts, masked(recipient_name)]
    return CaseLine(*values)
