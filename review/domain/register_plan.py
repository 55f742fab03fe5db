"""What an import would do with each accepted row, given what is stored already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from review.domain.jobs import Report
from review.domain.register import ReadRegister
from review.domain.register_differences import (
    Difference,
    changed_columns,
    differences,
    is_of_another_person,
)
from review.domain.register_facts import CaseFacts, Problem, RegisterRow
from review.domain.register_rows import CaseRow, case_rows, kept_row
from review.domain.register_table import columns_of
from review.enums import CaseField, RejectReason
from review.extensions import db
from review.privacy import digest_key
from review.queries.regions import contains
from review.queries.register import (
    KEPT_COLUMNS,
    StoredCase,
    case_details,
    known_as,
    region_codes_within,
    stored_cases,
)
from review.sqlite import read_transaction

REPORT_ROWS = 2000


class CaseUpdate(NamedTuple):
    """A stored case that a row would change: ``former`` is its whole row, to go back to;
    ``seen`` its content when this was planned."""

    case_id: int
    case_number: str
    seen: str
    differences: list[Difference]
    columns: list[str]
    former: dict[str, Any]
    row: CaseRow


@dataclass(slots=True)
class Plan:
    """Accepted rows = created + updated + unchanged + refused here."""

    created: list[CaseRow] = field(default_factory=list)
    updated: list[CaseUpdate] = field(default_factory=list)
    unchanged: int = 0
    refused: list[RegisterRow] = field(default_factory=list)


class _Differing(NamedTuple):
    row: RegisterRow
    facts: CaseFacts
    case: CaseRow
    known: StoredCase


def plan_import(register: ReadRegister, region_code: str, report: Report) -> Plan:
    """Compare every accepted row with the stored case of its number, and with the region tree.

    Reads without the write lock; no transaction is open when it reports.
    """
    plan, differing = Plan(), []
    regions, stored = _looked_up(register, region_code)
    stated = [(row, row.facts) for row in register.accepted if row.facts]
    cases = case_rows([facts for _row, facts in stated])
    for done, ((row, facts), case) in enumerate(zip(stated, cases, strict=True)):
        if done % REPORT_ROWS == 0:
            report(done, len(stated))
        known = stored.get(case.case_number)
        if case.region_code not in regions:
            _refuse(plan, row, RejectReason.OUTSIDE_REGION, "agency_code")
        elif known and not contains(region_code, known.region_code):
            _refuse(plan, row, RejectReason.NUMBER_TAKEN, "case_number")
        elif found := _sorted_out(plan, case, known):
            differing.append(_Differing(row, facts, case, found))
    _compare(plan, differing)
    return plan


def _looked_up(
    register: ReadRegister, region_code: str
) -> tuple[set[str], Mapping[str, StoredCase]]:
    with read_transaction():
        digest_key()  # its first use reads the database, which must not happen between reports
        regions = region_codes_within(region_code)
        stored = stored_cases(row.facts.case_number for row in register.accepted if row.facts)
        db.session.rollback()
    return regions, stored


def _sorted_out(plan: Plan, case: CaseRow, known: StoredCase | None) -> StoredCase | None:
    """Take a new or an equal case into the plan; hand back the stored one that says something
    else."""
    if known is None:
        plan.created.append(case)
    elif known.content_digest == case.content_digest:
        plan.unchanged += 1
    else:
        return known
    return None


def _compare(plan: Plan, differing: list[_Differing]) -> None:
    with read_transaction():
        details = case_details(each.known.id for each in differing)
        names = known_as({stored.handler_id for stored in details.values()})
        db.session.rollback()
    for row, facts, case, known in differing:
        stored = details[known.id]
        found = differences(facts, stored, names[stored.handler_id], _fields_of(row))
        if not found:
            plan.unchanged += 1
        elif is_of_another_person(facts, stored):
            _refuse(plan, row, RejectReason.NUMBER_TAKEN, "case_number")
        elif known.is_in_frame:
            _refuse(plan, row, RejectReason.ALREADY_IN_FRAME)
        else:
            plan.updated.append(_update(known, stored, found, case))


def _update(known: StoredCase, stored: Any, found: list[Difference], row: CaseRow) -> CaseUpdate:
    changes = {each.field: each.after for each in found}
    if CaseField.KIND in changes:  # it follows from the stored case as well
        row = row._replace(kind=changes[CaseField.KIND])
    return CaseUpdate(
        known.id,
        stored.case_number,
        known.content_digest,
        found,
        changed_columns(found),
        kept_row({name: getattr(stored, name) for name in KEPT_COLUMNS}),
        row,
    )


def _fields_of(row: RegisterRow) -> set[str]:
    """The fields that the row's sheet has columns for: what it does not mention stays."""
    names = {column.field for _place, column in columns_of(row.table.fields)}
    return names | {"outcome"} if "adoption" in names else names


def _refuse(plan: Plan, row: RegisterRow, reason: RejectReason, *fields: str) -> None:
    row.problems.append(Problem(reason, row.table.written(*fields)))
    plan.refused.append(row)
