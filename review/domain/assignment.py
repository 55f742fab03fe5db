"""The panel of a round: assigned, and adjusted without touching what stands."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert

from review.domain.audit import record
from review.domain.notices import tell_all
from review.domain.planning import ASSIGNABLE, Plan, Wishes, new_seats, plan_assignment
from review.domain.rounds import lock_round_in
from review.domain.seats import NewSeat, fill_seats, hand_over
from review.domain.standing import late_due_on
from review.enums import AssignmentStatus, NoticeKind, RoundStatus
from review.extensions import db
from review.models.assignment import PanelMember
from review.models.rounds import Round
from review.permissions import Actor
from review.queries.assignment import Seat, assignments_among, member_ids


def assign_reviewers(
    round_: Round, reviewer_ids: Iterable[int], by: Actor, wishes: Wishes | None = None
) -> Plan:
    """Name the panel and fill every vacant place of every drawn case. Commits.

    Places that are filled stay, so doing it again changes nothing; raises as plan_assignment.
    """
    lock_round_in(round_, ASSIGNABLE)
    plan = plan_assignment(round_, reviewer_ids, wishes)
    put_in_place(round_, plan, by)
    db.session.commit()
    return plan


def put_in_place(round_: Round, plan: Plan, by: Actor) -> None:
    """Store what a plan adds to what stands, and tell everyone concerned. No commit."""
    is_new = round_.status is RoundStatus.DRAWN
    joined, left = _set_members(round_, {one.user_id for one in plan.standing.conflicts.reviewers})
    vacated = {(seat.sampled_case_id, seat.ordinal): seat for seat in plan.freed}
    seats = new_seats(plan)
    moved: list[NewSeat] = []
    added: list[NewSeat] = []
    for seat in seats:
        is_taken_over = (seat.sampled_case_id, seat.ordinal) in vacated
        (moved if is_taken_over else added).append(seat)
    _move(round_, moved, vacated)
    fill_seats(added, round_.marking_due_on if is_new else late_due_on(round_))
    _tell_takers(round_, seats)
    changed = _keep_wishes(round_, plan.wishes, is_new=is_new)
    if is_new or seats or joined or left or changed:
        details = _details(plan, seats) | {"joined": joined, "left": left, "moved": len(moved)}
        if is_new:
            record(by, "round.assigned", round_, **details)
        else:
            record(by, "round.panel_adjusted", round_, **details)


def _move(round_: Round, seats: Sequence[NewSeat], vacated: dict[tuple[int, int], Seat]) -> None:
    """Hand the seats that fell free to those who get them, and tell those who had them."""
    taken = {seat: vacated[seat.sampled_case_id, seat.ordinal] for seat in seats}
    found = assignments_among([seat.id for seat in taken.values()])
    told = [
        (seat.reviewer_id, {"alias": found[seat.id].alias})
        for seat in taken.values()
        if seat.status is AssignmentStatus.OPEN
    ]
    hand_over([(found[old.id], new.reviewer_id) for new, old in taken.items()], late_due_on(round_))
    tell_all(told, round_, NoticeKind.TASK_MOVED)


def _tell_takers(round_: Round, seats: Sequence[NewSeat]) -> None:
    counts: dict[int, int] = {}
    for seat in seats:
        if seat.status is AssignmentStatus.OPEN:
            counts[seat.reviewer_id] = counts.get(seat.reviewer_id, 0) + 1
    told = [(user_id, {"count": count}) for user_id, count in counts.items()]
    tell_all(told, round_, NoticeKind.TASK_ADDED)


def _set_members(round_: Round, wanted: set[int]) -> tuple[int, int]:
    """Make these the panel's members; how many joined and how many left."""
    before = member_ids(round_)
    if joined := wanted - before:
        rows = [{"round_id": round_.id, "user_id": member} for member in sorted(joined)]
        db.session.execute(insert(PanelMember), rows)
    if left := before - wanted:
        gone = delete(PanelMember).where(PanelMember.round_id == round_.id)
        db.session.execute(gone.where(PanelMember.user_id.in_(left)))
    return len(joined), len(left)


def _keep_wishes(round_: Round, wishes: Wishes, *, is_new: bool) -> bool:
    """Let the round remember how its panel is made and looked after; whether that is news."""
    before = round_.years_needed, round_.remind_days, round_.grace_days
    after = wishes.years_needed, wishes.remind_days, wishes.grace_days
    round_.years_needed, round_.remind_days, round_.grace_days = after
    if is_new:
        round_.linking_cases, round_.linking_marks = wishes.linking_cases, wishes.linking_marks
        round_.status = RoundStatus.MARKING
    return before != after


def _details(plan: Plan, seats: Sequence[NewSeat]) -> dict[str, object]:
    """What the log keeps of a panel: its size, and every rule that could not be kept in full."""
    return {
        "reviewers": plan.standing.guests,
        "assignments": len(seats),
        "small_pools": len(plan.panel.small_pools),
        "chance": plan.panel.chance,
        "components": plan.panel.components,
        "namesakes_checked": plan.wishes.namesakes_checked,
    }
