"""Who may not mark which case, and why: every rule of 回避 on columns of cases and reviewers.

Each reason is one bit of a whole number per pair, so that the panel, the counts and the evidence
of a single pair come from the same matrix. A pinned non-conflict clears what registers may get
wrong; it never clears an own case, a declaration, an objection or a recusal.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from review.domain.conflict_rules import Facts, Mask, facts_of, pinned_cases, rules
from review.enums import ConflictReason
from review.models.conflicts import Pin
from review.models.rounds import Round
from review.queries.conflicts import CaseColumns, Reviewer, pins_of, stepped_back

Bits = NDArray[np.uint16]

BITS = {reason: np.uint16(1 << n) for n, reason in enumerate(ConflictReason)}
PINNABLE = (
    ConflictReason.SAME_PROVIDER,
    ConflictReason.FORMER_PROVIDER,
    ConflictReason.SAME_REGION,
    ConflictReason.RELATIVE,
    ConflictReason.RECIPROCAL,
    ConflictReason.OTHER_FIELD,
    ConflictReason.TOO_FEW_YEARS,
)
"""What a pinned non-conflict may clear: the conclusions of registers, not what people said."""

KEPT = np.uint16(0xFFFF) ^ np.bitwise_or.reduce([BITS[reason] for reason in PINNABLE])


@dataclass(frozen=True, slots=True)
class Conflicts:
    """``reasons`` (cases, reviewers): bits of ``BITS``, 0 where there is no conflict."""

    facts: Facts
    reasons: Bits

    @property
    def cases(self) -> CaseColumns:
        return self.facts.cases

    @property
    def reviewers(self) -> tuple[Reviewer, ...]:
        return self.facts.reviewers

    @property
    def barred(self) -> Mask:
        found: Mask = self.reasons != 0
        return found

    def counts(self, column: int) -> dict[ConflictReason, int]:
        """How many cases each reason bars for one reviewer; none that bars nothing."""
        bits = self.reasons[:, column]
        counts = {reason: int(((bits & bit) != 0).sum()) for reason, bit in BITS.items()}
        return {reason: count for reason, count in counts.items() if count}

    def counts_of_case(self, row: int) -> dict[ConflictReason, int]:
        """How many reviewers each reason bars from one case."""
        bits = self.reasons[row]
        counts = {reason: int(((bits & bit) != 0).sum()) for reason, bit in BITS.items()}
        return {reason: count for reason, count in counts.items() if count}

    def reasons_of(self, row: int, column: int) -> list[ConflictReason]:
        bits = self.reasons[row, column]
        return [reason for reason, bit in BITS.items() if bits & bit]


def conflicts_in(
    round_: Round,
    user_ids: Collection[int],
    only: Collection[int] | None = None,
    *,
    years_needed: int | None = None,
) -> Conflicts:
    """Conflicts of these reviewers with the round's drawn cases, or with those in ``only``."""
    years = round_.years_needed if years_needed is None else years_needed
    facts = facts_of(round_, user_ids, only, years)
    reasons = np.zeros((len(facts.reviewers), facts.cases.case_id.size), dtype=np.uint16)
    for column, reviewer in enumerate(facts.reviewers):
        for reason, mask in rules(facts, reviewer):
            reasons[column, mask] |= BITS[reason]
    found = Conflicts(facts, reasons.T)
    _pin(found, pins_of(round_))
    _mark_stepped_back(found)
    return found


def one_way(found: Conflicts, random: np.random.Generator) -> Conflicts:
    """The same with each pair of reviewers who do cases barred one way, by lot: two people never
    mark each other in one round."""
    reasons, handler = found.reasons.copy(), found.cases.handler_id
    doing = [
        (column, mask)
        for column, reviewer in enumerate(found.reviewers)
        if (mask := np.isin(handler, list(found.facts.ties.of[reviewer.user_id].handlers))).any()
    ]
    for n, (one, cases_of_one) in enumerate(doing):
        for other, cases_of_other in doing[n + 1 :]:
            if random.integers(2):
                reasons[cases_of_one, other] |= BITS[ConflictReason.RECIPROCAL]
            else:
                reasons[cases_of_other, one] |= BITS[ConflictReason.RECIPROCAL]
    return replace(found, reasons=reasons)


def _pin(found: Conflicts, pins: Sequence[Pin]) -> None:
    column_of = {reviewer.user_id: n for n, reviewer in enumerate(found.reviewers)}
    for pin in sorted(pins, key=lambda pin: pin.is_conflict):  # a pinned conflict has the last word
        column = column_of.get(pin.user_id)
        if column is None:
            continue
        mask = pinned_cases(found.facts, pin)
        if pin.is_conflict:
            found.reasons[mask, column] |= BITS[ConflictReason.PINNED]
        else:
            found.reasons[mask, column] &= KEPT


def _mark_stepped_back(found: Conflicts) -> None:
    row_of = {int(one): n for n, one in enumerate(found.cases.sampled_case_id)}
    column_of = {reviewer.user_id: n for n, reviewer in enumerate(found.reviewers)}
    for sampled_id, user_id in stepped_back(found.facts.round_):
        if sampled_id in row_of and user_id in column_of:
            place = row_of[sampled_id], column_of[user_id]
            found.reasons[place] |= BITS[ConflictReason.STEPPED_BACK]
