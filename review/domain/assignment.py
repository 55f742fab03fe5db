import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import insert

from review.domain.audit import record
from review.domain.rounds import lock_at
from review.enums import AssignmentStatus, RegionLevel, RoundStatus
from review.errors import TooFewReviewersError, UnknownReviewerError, WrongStatusError
from review.extensions import db
from review.models.assignment import Assignment, PanelMember
from review.models.rounds import Round
from review.permissions import Actor
from review.privacy import secret_number
from review.queries.assignment import (
    NOBODY,
    CaseColumns,
    ReviewerColumns,
    Texts,
    case_columns,
    reviewer_columns,
    taken_aliases,
)
from review.queries.regions import LEVEL_DIGITS
from review.queries.sampling import draw_of
from scoring.assignment import TooFewEligibleError, assign
from scoring.panel import Conflicts, Panel, loads

ALIAS_SIGNS = "23456789ACDEFGHJKMNPQRTVWXY"
"""Signs that nobody takes for one another: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V."""

ALIAS_GROUPS = (3, 4)
NAMED_EXAMPLES = 5
DOUBLE_MARKING = 2
"""With two markers a third is named in advance, should they differ by too much."""


@dataclass(frozen=True, slots=True)
class Load:
    """What the plan gives one reviewer; ``conflicts`` counts the cases ruled out."""

    name: str
    marks: int
    reserves: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Who would mark which case. The same round and reviewers always give the same plan."""

    cases: CaseColumns
    reviewers: ReviewerColumns
    panel: Panel
    loads: tuple[Load, ...]


def plan_assignment(round_: Round, reviewer_ids: Iterable[int]) -> Plan:
    """Solve the assignment without storing anything.

    Raises WrongStatusError, UnknownReviewerError, TooFewReviewersError.
    """
    draw = draw_of(round_)
    if draw is None or round_.status is not RoundStatus.DRAWN:
        raise WrongStatusError
    wanted = set(reviewer_ids)
    cases, reviewers = case_columns(round_), reviewer_columns(round_, wanted)
    if len(reviewers.user_id) != len(wanted):
        raise UnknownReviewerError
    conflicts = conflicts_between(cases, reviewers, round_.conflict_level)
    panel = _solve(cases, conflicts, round_.marks_per_case, panel_seed(round_, draw.seed))
    return Plan(cases, reviewers, panel, _loads(reviewers, conflicts, panel))


def assign_reviewers(round_: Round, reviewer_ids: Iterable[int], by: Actor) -> None:
    """Name the panel and give every drawn case its markers and its reserve. Commits.

    Raises WrongStatusError, UnknownReviewerError, TooFewReviewersError.
    """
    lock_at(round_, RoundStatus.DRAWN)
    plan = plan_assignment(round_, reviewer_ids)
    members = plan.reviewers.user_id.tolist()
    db.session.execute(
        insert(PanelMember), [{"round_id": round_.id, "user_id": member} for member in members]
    )
    rows = _rows(round_, plan)
    db.session.execute(insert(Assignment), rows)
    round_.status = RoundStatus.MARKING
    record(by, "round.assigned", round_, reviewers=len(members), assignments=len(rows))
    db.session.commit()


def conflicts_between(
    cases: CaseColumns, reviewers: ReviewerColumns, level: RegionLevel
) -> Conflicts:
    """Cases by reviewers: own case, same provider, or same region at ``level``."""
    digits = LEVEL_DIGITS[level]
    case_region = _heads(cases.agency_region, digits)
    reviewer_region = _heads(reviewers.region, digits)
    licence, provider = reviewers.licence_number, reviewers.provider_id
    own_licence = (cases.licence_number[:, None] == licence) & (licence != "")
    employer = (cases.provider_id[:, None] == provider) & (provider != NOBODY)
    employer |= (cases.handler_provider_id[:, None] == provider) & (provider != NOBODY)
    conflicts: Conflicts = own_licence | employer | (case_region[:, None] == reviewer_region)
    for column, handlers in enumerate(reviewers.own_handlers):
        conflicts[:, column] |= np.isin(cases.handler_id, list(handlers))
    return conflicts


def _heads(codes: Texts, digits: int) -> Texts:
    return np.array([code[:digits] for code in codes], dtype=np.str_)


def _solve(cases: CaseColumns, conflicts: Conflicts, marks: int, seed: int) -> Panel:
    reserve = marks == DOUBLE_MARKING
    try:
        return assign(conflicts, marks, reserve=reserve, seed=seed)
    except TooFewEligibleError as scarce:
        numbers = cases.case_number[list(scarce.cases)].tolist()
        examples = tuple(sorted(numbers)[:NAMED_EXAMPLES])
        raise TooFewReviewersError(len(scarce.cases), examples, scarce.needed) from None


def panel_seed(round_: Round, draw_seed: str) -> int:
    """Fixed by the public seed of the draw and by a secret of the server: the panel cannot be
    chosen by anybody, nor computed from what is public."""
    return secret_number("panel", f"{round_.id}:{draw_seed}")


def _loads(reviewers: ReviewerColumns, conflicts: Conflicts, panel: Panel) -> tuple[Load, ...]:
    count = len(reviewers.user_id)
    reserves = loads(panel.reserves, count) if panel.reserves is not None else np.zeros(count, int)
    columns = (
        reviewers.name.tolist(),
        loads(panel.markers, count).tolist(),
        reserves.tolist(),
        conflicts.sum(axis=0).tolist(),
    )
    return tuple(Load(*row) for row in zip(*columns, strict=True))


def _rows(round_: Round, plan: Plan) -> list[dict[str, Any]]:
    """Assignments in random order, so that neither row ids nor row order say who marks what."""
    named = plan.panel.markers
    if plan.panel.reserves is not None:
        named = np.column_stack([named, plan.panel.reserves])
    triples = [
        (case, int(plan.reviewers.user_id[column]), ordinal)
        for case, columns in zip(plan.cases.sampled_case_id.tolist(), named, strict=True)
        for ordinal, column in enumerate(columns, start=1)
    ]
    secrets.SystemRandom().shuffle(triples)
    now = datetime.now(UTC)
    aliases = _new_aliases(len(triples))
    return [
        {
            "public_id": secrets.token_urlsafe(16),
            "sampled_case_id": case,
            "reviewer_id": reviewer,
            "alias": alias,
            "ordinal": ordinal,
            "due_on": round_.marking_due_on,
            "assigned_at": now,
            "status": _first_status(ordinal, round_.marks_per_case),
        }
        for (case, reviewer, ordinal), alias in zip(triples, aliases, strict=True)
    ]


def _first_status(ordinal: int, marks: int) -> AssignmentStatus:
    return AssignmentStatus.RESERVE if ordinal > marks else AssignmentStatus.OPEN


def _new_aliases(count: int) -> list[str]:
    """Random aliases that nobody bears yet, in random order."""
    fresh: set[str] = set()
    while len(fresh) < count:
        more = {_alias() for _ in range(count - len(fresh))}
        fresh |= more - taken_aliases(more)
    found = list(fresh)
    secrets.SystemRandom().shuffle(found)
    return found


def _alias() -> str:
    return "-".join(
        "".join(secrets.choice(ALIAS_SIGNS) for _ in range(signs)) for signs in ALIAS_GROUPS
    )
