"""What each block rests on: for one reviewer and one case, every reason with its evidence."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from review.domain.conflict_rules import objected, pinned_cases, years_of
from review.domain.conflicts import Conflicts
from review.domain.ties import Ties
from review.enums import CaseType, ConflictReason
from review.labels import label
from review.models.conflicts import Pin
from review.queries.conflicts import pins_of
from review.queries.regions import COUNTY_DIGITS


@dataclass(frozen=True, slots=True)
class Evidence:
    """A reason, and what in the registers or declarations says so; may be empty."""

    reason: ConflictReason
    rests_on: str


@dataclass(frozen=True, slots=True)
class Block:
    """A case that one reviewer may not mark."""

    case_number: str
    evidence: tuple[Evidence, ...]


def blocks_of(found: Conflicts, column: int, first: int, count: int) -> tuple[list[Block], int]:
    """A page of one reviewer's blocked cases with evidence, and how many there are in all."""
    rows = np.flatnonzero(found.reasons[:, column])
    pins = pins_of(found.facts.round_)
    return [_block(found, int(row), column, pins) for row in rows[first : first + count]], rows.size


def _block(found: Conflicts, row: int, column: int, pins: Collection[Pin]) -> Block:
    evidence = tuple(
        Evidence(reason, "、".join(dict.fromkeys(_says(found, row, column, reason, pins))))
        for reason in found.reasons_of(row, column)
    )
    return Block(str(found.cases.case_number[row]), evidence)


def _says(
    found: Conflicts, row: int, column: int, reason: ConflictReason, pins: Collection[Pin]
) -> Iterator[str]:
    facts, cases, who = found.facts, found.cases, found.reviewers[column]
    ties = facts.ties.of[who.user_id]
    if reason in {ConflictReason.OWN_CASE, ConflictReason.RELATIVE}:
        yield str(cases.handler_name[row])
    elif reason is ConflictReason.SAME_PROVIDER:
        yield from _offices(found, row, ties.offices)
    elif reason is ConflictReason.FORMER_PROVIDER:
        yield from _offices(found, row, ties.former_offices)
    elif reason is ConflictReason.SAME_REGION:
        code = str(facts.region[row]).ljust(COUNTY_DIGITS, "0")
        yield facts.ties.region_names.get(code, code)
    elif reason is ConflictReason.OPPOSING_SIDE:
        yield from _opponents(found, row, ties)
    elif reason is ConflictReason.OBJECTION:
        yield from (one.reason for one in facts.objections if objected(facts, one, ties)[row])
    elif reason is ConflictReason.PINNED:
        mine = (pin for pin in pins if pin.is_conflict and pin.user_id == who.user_id)
        yield from (pin.note for pin in mine if pinned_cases(facts, pin)[row])
    elif reason is ConflictReason.OTHER_FIELD:
        yield label(CaseType(str(cases.case_type[row])))
    elif reason is ConflictReason.TOO_FEW_YEARS:
        yield str(years_of(who, facts.today))


def _offices(found: Conflicts, row: int, offices: Collection[int]) -> Iterator[str]:
    for ids in (found.cases.provider_id, found.cases.handler_provider_id):
        if int(ids[row]) in offices:
            yield found.facts.ties.offices.name_of(int(ids[row]))


def _opponents(found: Conflicts, row: int, ties: Ties) -> Iterator[str]:
    offices, known = ties.offices | ties.former_offices, found.facts.ties.offices
    for case_id, office in found.facts.opponents:
        if case_id == found.cases.case_id[row] and known.named(office) & offices:
            yield office
