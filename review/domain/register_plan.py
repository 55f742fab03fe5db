"""What an import would do with each accepted row, given what is stored already."""

from dataclasses import dataclass, field, fields
from operator import attrgetter

from review.domain.register import CaseFacts, Problem, ReadRegister, RegisterRow
from review.enums import RejectReason
from review.privacy import decrypt_text, digest
from review.queries.regions import contains
from review.queries.register import StoredCase, region_codes_within, stored_cases

NUMBER_HEADING, AGENCY_HEADING = "案件编号", "机构代码"
_all_values = attrgetter(*(each.name for each in fields(CaseFacts)))


@dataclass(slots=True)
class PlannedCase:
    facts: CaseFacts
    content_digest: str
    stored_id: int | None = None


@dataclass(slots=True)
class Plan:
    """Accepted rows = created + updated + unchanged + refused here."""

    created: list[PlannedCase] = field(default_factory=list)
    updated: list[PlannedCase] = field(default_factory=list)
    unchanged: int = 0
    refused: list[RegisterRow] = field(default_factory=list)


def plan_import(register: ReadRegister, region_code: str) -> Plan:
    """Compare every accepted row with the stored case of its number, and with the region tree."""
    plan = Plan()
    regions = region_codes_within(region_code)
    stored = stored_cases(row.facts.case_number for row in register.accepted if row.facts)
    for row in register.accepted:
        if row.facts is None:
            continue
        known = stored.get(row.facts.case_number)
        if row.facts.agency_code not in regions:
            _refuse(plan, row, RejectReason.OUTSIDE_REGION, AGENCY_HEADING)
        elif known and not contains(region_code, known.region_code):
            _refuse(plan, row, RejectReason.NUMBER_TAKEN, NUMBER_HEADING)
        else:
            _compare(plan, row, row.facts, known)
    return plan


def _compare(plan: Plan, row: RegisterRow, facts: CaseFacts, known: StoredCase | None) -> None:
    content = content_digest(facts)
    if known is None:
        plan.created.append(PlannedCase(facts, content))
    elif known.content_digest == content:
        plan.unchanged += 1
    elif _is_of_another_person(facts, known):
        _refuse(plan, row, RejectReason.NUMBER_TAKEN, NUMBER_HEADING)
    elif known.is_in_frame:
        _refuse(plan, row, RejectReason.ALREADY_IN_FRAME)
    else:
        plan.updated.append(PlannedCase(facts, content, known.id))


def _is_of_another_person(facts: CaseFacts, known: StoredCase) -> bool:
    """Whether a number stands for two cases: another recipient by number and by name.

    One of the two alone may be a correction; storing both would overwrite somebody's case.
    """
    differences = []
    if facts.id_number and known.id_number_digest:
        differences.append(digest(facts.id_number) != known.id_number_digest)
    if facts.recipient and known.recipient_name:
        differences.append(facts.recipient != decrypt_text(known.recipient_name))
    return bool(differences) and all(differences)


def content_digest(facts: CaseFacts) -> str:
    """Keyed digest of all that a row says, for telling a changed row from an equal one."""
    return digest("\x1f".join(map(str, _all_values(facts))))


def _refuse(plan: Plan, row: RegisterRow, reason: RejectReason, *headings: str) -> None:
    row.problems.append(Problem(reason, headings))
    plan.refused.append(row)
