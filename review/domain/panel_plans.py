"""A panel is tried out before it is assigned: what was shown is stored, or nothing is.

Small panels are solved at once, large ones by the worker, in a transaction that only reads.
"""

import hashlib
import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import update

from review.domain.aliases import new_public_id
from review.domain.assignment import put_in_place
from review.domain.jobs import Report, enqueue
from review.domain.panel_evidence import sealed_evidence
from review.domain.planning import ASSIGNABLE, Load, Plan, Wishes, new_seats, plan_assignment
from review.domain.rounds import lock_round_in
from review.domain.standing import standing_of
from review.enums import JobFailure, JobKind
from review.errors import (
    DomainError,
    DoubleAccountError,
    JobFailedError,
    PlanChangedError,
    TooFewReviewersError,
    UnknownReviewerError,
    WrongStatusError,
)
from review.extensions import db
from review.models.assignment import PanelPlan
from review.models.rounds import Round
from review.permissions import Actor
from review.queries.assignment import plan_of
from review.queries.regions import contains
from review.queries.sampling import draw_of
from review.sqlite import read_transaction

PAIRS_AT_ONCE = 40_000
"""Cases times reviewers that are solved while somebody waits: about a third of a second."""

NAMED_CASES = 200
"""Cases that a page names; how many there are in all is said beside."""

STEPS = 3


def propose_panel(
    round_: Round, reviewer_ids: Collection[int], wishes: Wishes, by: Actor
) -> PanelPlan:
    """Try a panel out, at once or by the worker. Commits; raises WrongStatusError."""
    draw = draw_of(round_)
    if draw is None or round_.status not in ASSIGNABLE:
        raise WrongStatusError
    plan = PanelPlan(
        public_id=new_public_id(),
        round_id=round_.id,
        choice={"reviewers": sorted(reviewer_ids), **_as_json(wishes)},
        made_by_id=by.user_id,
        made_at=datetime.now(UTC),
    )
    db.session.add(plan)
    if draw.sample_size * len(reviewer_ids) <= PAIRS_AT_ONCE:
        _write_down(plan, *_tried(round_, plan))
    else:
        plan.job_id = enqueue(JobKind.PLAN_PANEL, _named(plan), by).id
    db.session.commit()
    return plan


def confirm_panel(round_: Round, plan: PanelPlan, by: Actor) -> None:
    """Assign what was shown, at once or by the worker; again it changes nothing. Commits; raises
    WrongStatusError, PlanChangedError and as plan_assignment does."""
    if plan.digest is None:
        raise PlanChangedError
    if plan.confirmed_at is not None:
        return
    cases = (plan.outcome or {}).get("cases", 0)
    if cases * len(plan.choice["reviewers"]) > PAIRS_AT_ONCE:
        plan.job_id = enqueue(JobKind.ASSIGN_PANEL, _named(plan), by).id
        db.session.commit()
        return
    lock_round_in(round_, ASSIGNABLE)
    _put_in_place(round_, plan, _plan_again(round_, plan), by)
    db.session.commit()


def plan_panel(payload: dict[str, Any], by: Actor, report: Report) -> None:
    """The worker's way to try a panel out. Commits."""
    with read_transaction():
        round_, plan = _found(payload, by)
        tried = _tried(round_, plan)
        db.session.rollback()
    report(1, STEPS - 1)
    _write_down(_found(payload, by)[1], *tried)
    db.session.commit()


def assign_panel(payload: dict[str, Any], by: Actor, report: Report) -> None:
    """The worker's way to assign what was shown: solved while others work, stored only if nothing
    has changed meanwhile. Commits."""
    with read_transaction():
        round_, plan = _found(payload, by)
        if plan.confirmed_at is not None:
            return
        solved = _plan_or_fail(round_, plan)
        db.session.rollback()
    report(1, STEPS)
    round_, plan = _found(payload, by)
    lock_round_in(round_, ASSIGNABLE)
    if not _stands_as(round_, solved):
        raise JobFailedError(JobFailure.PLAN_CHANGED)
    _put_in_place(round_, plan, solved, by)
    db.session.commit()


def wishes_of(plan: PanelPlan) -> Wishes:
    """How a panel was wished to be made."""
    return Wishes(**{name: plan.choice[name] for name in Wishes.__slots__})


def loads_of(plan: PanelPlan) -> list[Load]:
    """What was shown of each reviewer."""
    return [Load(*row) for row in (plan.outcome or {}).get("loads", ())]


def _as_json(wishes: Wishes) -> dict[str, Any]:
    return {name: getattr(wishes, name) for name in Wishes.__slots__}


def _named(plan: PanelPlan) -> dict[str, Any]:
    return {"round_id": plan.round_id, "public_id": plan.public_id}


def _found(payload: dict[str, Any], by: Actor) -> tuple[Round, PanelPlan]:
    round_ = db.session.get(Round, payload["round_id"])
    if round_ is None or not contains(by.region_code, round_.region_code):
        raise JobFailedError(JobFailure.REFUSED)
    plan = plan_of(round_, payload["public_id"])
    if plan is None:
        raise JobFailedError(JobFailure.REFUSED)
    return round_, plan


def _tried(round_: Round, plan: PanelPlan) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What came of it: outcome and digest, or the problem."""
    try:
        solved = plan_assignment(round_, plan.choice["reviewers"], wishes_of(plan))
    except DomainError as error:
        return None, _problem(error)
    return _outcome(solved), None


def _write_down(
    plan: PanelPlan, outcome: dict[str, Any] | None, problem: dict[str, Any] | None
) -> None:
    plan.outcome, plan.problem = outcome, problem
    plan.digest = outcome.pop("digest") if outcome else None


def _plan_again(round_: Round, plan: PanelPlan) -> Plan:
    solved = plan_assignment(round_, plan.choice["reviewers"], wishes_of(plan))
    if _digest(solved) != plan.digest:
        raise PlanChangedError
    return solved


def _plan_or_fail(round_: Round, plan: PanelPlan) -> Plan:
    try:
        return _plan_again(round_, plan)
    except DomainError:
        raise JobFailedError(JobFailure.PLAN_CHANGED) from None


def _put_in_place(round_: Round, plan: PanelPlan, solved: Plan, by: Actor) -> None:
    put_in_place(round_, solved, by)
    now = datetime.now(UTC)
    sealed = sealed_evidence(solved)
    db.session.execute(
        update(PanelPlan).where(PanelPlan.id == plan.id).values(confirmed_at=now, evidence=sealed)
    )


def _stands_as(round_: Round, solved: Plan) -> bool:
    """Whether people, conflicts and seats are still those that the plan was made for."""
    people = [one.user_id for one in solved.standing.conflicts.reviewers]
    now = standing_of(round_, people, solved.wishes.years_needed)
    same = now.people == solved.standing.people and now.seats == solved.standing.seats
    return same and np.array_equal(now.barred, solved.standing.barred)


def _outcome(solved: Plan) -> dict[str, Any]:
    panel, numbers = solved.panel, solved.standing.conflicts.cases.case_number
    small = [str(numbers[row]) for row in panel.small_pools[:NAMED_CASES]]
    return {
        "digest": _digest(solved),
        "cases": int(numbers.size),
        "added": len(new_seats(solved)),
        "moved": len(solved.freed),
        "loads": [[getattr(load, name) for name in Load.__slots__] for load in solved.loads],
        "small_pools": small,
        "small_pool_count": len(panel.small_pools),
        "chance": panel.chance,
        "components": panel.components,
        "linking": len(panel.common),
    }


def _digest(solved: Plan) -> str:
    """Fixes who marks what, so that nothing else than what was shown can be stored."""
    seats = [[s.sampled_case_id, s.ordinal, s.reviewer_id, s.status] for s in new_seats(solved)]
    text = json.dumps([solved.given.seed_of, sorted(seats)])
    return hashlib.sha256(text.encode()).hexdigest()


def _problem(error: DomainError) -> dict[str, Any]:
    kinds = {
        DoubleAccountError: "same_person",
        TooFewReviewersError: "too_few",
        UnknownReviewerError: "unknown",
    }
    found: dict[str, Any] = {"kind": kinds.get(type(error), "status")}
    if isinstance(error, DoubleAccountError):
        found["names"] = list(error.names)
    if isinstance(error, TooFewReviewersError):
        named = error.shortages[:NAMED_CASES]
        found["needed"], found["count"] = error.needed, len(error.shortages)
        found["cases"] = [[one.case_number, one.possible, dict(one.reasons)] for one in named]
    return found
