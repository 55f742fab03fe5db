"""The rules of 回避, each on whole columns: who may not mark which cases for which reason."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from review.domain.name_variants import person_key
from review.domain.ties import TieMap, Ties, ties_of
from review.enums import ConflictReason
from review.labels import today
from review.models.conflicts import PanelObjection, Pin
from review.models.rounds import Round
from review.queries.conflicts import (
    CaseColumns,
    Numbers,
    Reviewer,
    Texts,
    case_columns,
    objections_of,
    opponents_in,
    reviewers_among,
)
from review.queries.regions import LEVEL_DIGITS, prefix

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rules look at; region heads and name keys are worked out once."""

    round_: Round
    cases: CaseColumns
    reviewers: tuple[Reviewer, ...]
    ties: TieMap
    region: Texts
    name_key: Texts
    opponents: tuple[tuple[int, str], ...]
    objections: tuple[PanelObjection, ...]
    years_needed: int
    today: date


def facts_of(
    round_: Round, user_ids: Collection[int], only: Collection[int] | None, years_needed: int
) -> Facts:
    """What the rules look at, for these reviewers and the drawn cases in ``only``, or all."""
    cases, reviewers = case_columns(round_, only), reviewers_among(round_, user_ids)
    names, place = np.unique(cases.handler_name, return_inverse=True)
    keys = np.array([person_key(name) for name in names.tolist()], dtype=np.str_)
    digits = LEVEL_DIGITS[round_.conflict_level]
    return Facts(
        round_=round_,
        cases=cases,
        reviewers=tuple(reviewers),
        ties=ties_of(reviewers, today()),
        region=np.array([code[:digits] for code in cases.agency_region.tolist()], dtype=np.str_),
        name_key=keys[place] if names.size else cases.handler_name,
        opponents=tuple((case_id, office) for case_id, office in opponents_in(round_)),
        objections=tuple(objections_of(round_)),
        years_needed=years_needed,
        today=today(),
    )


def rules(facts: Facts, who: Reviewer) -> Iterator[tuple[ConflictReason, Mask]]:
    """Each rule with the cases that it bars for one reviewer."""
    cases, ties = facts.cases, facts.ties.of[who.user_id]
    yield ConflictReason.OWN_CASE, own_cases(facts, who, ties)
    yield ConflictReason.SAME_PROVIDER, _done_in(cases, ties.offices)
    yield ConflictReason.FORMER_PROVIDER, _done_in(cases, ties.former_offices - ties.offices)
    level = LEVEL_DIGITS[facts.round_.conflict_level]
    yield ConflictReason.SAME_REGION, facts.region == who.region_code[:level]
    yield ConflictReason.RELATIVE, relatives_cases(facts, ties)
    yield ConflictReason.DECLARED_CASE, np.isin(cases.case_number, ties.own_cases)
    yield ConflictReason.OPPOSING_SIDE, _opposed(facts, ties)
    yield ConflictReason.RECIPROCAL, _among(cases.handler_id, _handlers_of(facts, ties.markers))
    for objection in facts.objections:
        yield ConflictReason.OBJECTION, objected(facts, objection, ties)
    if who.case_types is not None:
        yield ConflictReason.OTHER_FIELD, ~np.isin(cases.case_type, who.case_types)
    if years_of(who, facts.today) < facts.years_needed:
        yield ConflictReason.TOO_FEW_YEARS, np.ones(cases.case_id.size, dtype=np.bool_)


def own_cases(facts: Facts, who: Reviewer, ties: Ties) -> Mask:
    """By account, by licence, or by name within one office unless two licences tell them apart."""
    cases, licence = facts.cases, who.licence_number
    by_register = _among(cases.handler_id, ties.handlers)
    if licence:
        by_register |= cases.licence_number == licence
    other_licence = (cases.licence_number != "") & (cases.licence_number != licence)
    namesake = (facts.name_key == person_key(who.name)) & _done_in(
        cases, ties.offices | ties.former_offices
    )
    found: Mask = by_register | (namesake & ~(other_licence & bool(licence)))
    return found


def relatives_cases(facts: Facts, ties: Ties) -> Mask:
    """Cases of handlers with a declared relative's name, in the office said if one was."""
    found = np.zeros(facts.cases.case_id.size, dtype=np.bool_)
    for key, offices in ties.relatives:
        named = facts.name_key == key
        found |= named if offices is None else named & _done_in(facts.cases, offices)
    return found


def objected(facts: Facts, objection: PanelObjection, ties: Ties) -> Mask:
    """Cases of the region or firm that objects, for a reviewer of the firm it objects to."""
    against = facts.ties.offices.twins(objection.against_id)
    if not against & (ties.offices | ties.former_offices):
        return np.zeros(facts.cases.case_id.size, dtype=np.bool_)
    if objection.provider_id is not None:
        return _done_in(facts.cases, facts.ties.offices.twins(objection.provider_id))
    head = prefix(objection.region_code or "")
    found: Mask = np.char.startswith(facts.cases.agency_region, head)
    return found


def years_of(who: Reviewer, day: date) -> int:
    """Whole years of practice; none where nobody said since when."""
    if who.since is None:
        return 0
    return day.year - who.since.year - ((day.month, day.day) < (who.since.month, who.since.day))


def _opposed(facts: Facts, ties: Ties) -> Mask:
    offices, known = ties.offices | ties.former_offices, facts.ties.offices
    against = {case for case, office in facts.opponents if known.named(office) & offices}
    declared = np.isin(facts.cases.case_number, ties.opposed_cases)
    found: Mask = declared | _among(facts.cases.case_id, against)
    return found


def _handlers_of(facts: Facts, user_ids: Collection[int]) -> set[int]:
    return {h for user_id in user_ids for h in facts.ties.of[user_id].handlers}


def _done_in(cases: CaseColumns, offices: Collection[int]) -> Mask:
    """Cases of these offices: then, or by a handler who is there now."""
    return _among(cases.provider_id, offices) | _among(cases.handler_provider_id, offices)


def _among(values: Numbers, ids: Collection[int]) -> Mask:
    found: Mask = np.isin(values, list(ids)) if ids else np.zeros(values.size, dtype=np.bool_)
    return found


def pinned_cases(facts: Facts, pin: Pin) -> Mask:
    """The case, or the office's cases, that a pin is about."""
    if pin.case_id is not None:
        return _among(facts.cases.case_id, [pin.case_id])
    return _done_in(facts.cases, facts.ties.offices.twins(pin.provider_id or 0))
