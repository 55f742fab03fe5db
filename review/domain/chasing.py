"""Work that stalls: a reminder before the due date, and after a grace the task goes to another.

Whatever a reviewer had written of a task that lapsed is kept, but can no longer be reached.
"""

from collections import Counter
from datetime import date

from review.domain.adjudication import locked_case
from review.domain.audit import record
from review.domain.further_marks import call_waiting
from review.domain.notices import tell, tell_all
from review.domain.recusal import tell_succession
from review.domain.rounds import lock_at
from review.domain.succession import find_successor
from review.enums import UNFINISHED, AssignmentStatus, NoticeKind, RoundStatus
from review.errors import SeatTakenError
from review.extensions import db
from review.labels import today
from review.models.assignment import Assignment
from review.models.rounds import Round
from review.queries.chasing import due_soon, lapsing_ids, rounds_in_marking


def chase_rounds() -> tuple[int, int]:
    """Remind and re-issue in every round in marking; how many were reminded of and re-issued.
    Commits after each step; doing it again the same day changes nothing."""
    reminded = lapsed = 0
    for round_ in rounds_in_marking():
        reminded += remind(round_, today())
        for assignment_id in lapsing_ids(round_, today()):
            lapsed += lapse(round_, assignment_id)
        call_waiting(round_)
    return reminded, lapsed


def remind(round_: Round, day: date) -> int:
    """Tell reviewers once of each task that is due soon. Commits."""
    soon = due_soon(round_, day)
    counts = Counter((one.reviewer_id, one.due_on) for one in soon)
    told = [
        (user_id, {"count": count, "due_on": due_on.isoformat()})
        for (user_id, due_on), count in counts.items()
    ]
    tell_all(told, round_, NoticeKind.TASK_DUE)
    for one in soon:
        one.reminded_on = day
    db.session.commit()
    return len(soon)


def lapse(round_: Round, assignment_id: int) -> bool:
    """Lock an overdue task and give its case to somebody else; whether it was still open.
    Commits."""
    lock_at(round_, RoundStatus.MARKING)
    assignment = db.session.get_one(Assignment, assignment_id)
    locked_case(assignment.sampled_case_id)
    db.session.refresh(assignment, with_for_update=True)
    if assignment.status not in UNFINISHED:
        db.session.rollback()
        return False
    assignment.status = AssignmentStatus.LAPSED
    try:
        successor = find_successor(round_, assignment)
    except SeatTakenError:
        db.session.rollback()  # the next hour finds it again
        return False
    record(None, "assignment.lapsed", assignment, replaced=successor is not None)
    tell(assignment.reviewer_id, round_, NoticeKind.TASK_LAPSED, alias=assignment.alias)
    tell_succession(round_, assignment, successor)
    db.session.commit()
    return True
