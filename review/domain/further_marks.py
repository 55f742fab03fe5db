"""Marks beyond those named in advance: who gives them, while anybody may and can."""

import numpy as np

from review.domain.adjudication import locked_case, pass_to_panel, settle_as, tally_of
from review.domain.audit import record
from review.domain.notices import tell
from review.domain.planning import panel_seed
from review.domain.rounds import lock_at
from review.domain.seats import NewSeat, fill_seats
from review.domain.standing import late_due_on, standing_of
from review.enums import NoticeKind, RoundStatus, SampledCaseStatus
from review.extensions import db
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.queries.adjudication import is_being_marked
from review.queries.assignment import late_reviewers, member_ids
from review.queries.remarking import everybody_on, highest_ordinal, waiting_for_a_marker
from scoring.panel import loads, marks_of


def call_waiting(round_: Round) -> int:
    """Find a reviewer for every case that waits for a further mark; how many were found. Commits
    case by case; doing it again changes nothing."""
    return sum(_serve(round_, sampled_id) for sampled_id in waiting_for_a_marker(round_))


def _serve(round_: Round, sampled_id: int) -> bool:
    """Give the case to somebody. With nobody left, marks that agree count as they are, but on the
    border or apart they go to the panel."""
    lock_at(round_, RoundStatus.MARKING)
    sampled = locked_case(sampled_id)
    if sampled.status is not SampledCaseStatus.THIRD_MARK or is_being_marked(sampled.id):
        db.session.rollback()
        return False
    user_id = _nearest(round_, sampled)
    if user_id is not None:
        seat = NewSeat(sampled.id, user_id, highest_ordinal(sampled.id) + 1)
        fill_seats([seat], late_due_on(round_))
        tell(user_id, round_, NoticeKind.TASK_ADDED, count=1)
        record(None, "sampled_case.further_marker_found", sampled)
    else:
        _do_without(round_, sampled)
    db.session.commit()
    return user_id is not None


def _do_without(round_: Round, sampled: SampledCase) -> None:
    tally = tally_of(sampled, round_)
    if tally.combination.call in ("grade", "lot"):
        record(None, "sampled_case.nobody_to_mark_again", sampled)
        settle_as(tally, sampled, round_)
    else:
        pass_to_panel(sampled)


def _nearest(round_: Round, sampled: SampledCase) -> int | None:
    """Of those who may mark the case and still can, one of the least loaded, by lot."""
    standing = standing_of(round_, member_ids(round_), round_.years_needed)
    load = loads(marks_of(standing.panel_at_work())[:, 1], len(standing.people))
    room = standing.capacity(load) - load
    row = int(np.flatnonzero(standing.conflicts.cases.sampled_case_id == sampled.id)[0])
    busy = everybody_on(sampled.id) | late_reviewers(round_)
    able = [
        column
        for column, user_id in enumerate(standing.people)
        if not standing.barred[row, column] and room[column] > 0 and user_id not in busy
    ]
    if not able:
        return None
    seed = panel_seed(f"{round_.id}:further:{sampled.id}:{highest_ordinal(sampled.id)}")
    lots = np.random.default_rng(seed).permutation(len(standing.people))
    return standing.people[min(able, key=lambda column: (load[column], lots[column]))]
