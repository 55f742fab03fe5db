"""延期: asked for with one click and decided with one."""

from datetime import UTC, datetime, timedelta

from review.domain.audit import record
from review.domain.notices import tell, tell_organisers
from review.domain.rounds import lock_at
from review.enums import UNFINISHED, NoticeKind, RoundStatus
from review.errors import AlreadyAskedError, WrongStatusError
from review.extensions import db
from review.labels import today
from review.models.assignment import Assignment
from review.models.reviewing import Extension
from review.permissions import Actor
from review.queries.extensions import open_extension
from review.queries.rounds import round_of

DAYS = 7


def ask_extension(assignment: Assignment, by: Actor) -> None:
    """Ask the organisers for more days. Commits; raises AlreadyAskedError, WrongStatusError."""
    round_ = round_of(assignment)
    db.session.refresh(assignment, with_for_update=True)
    is_own = assignment.reviewer_id == by.user_id and assignment.status in UNFINISHED
    if not is_own or round_.status is not RoundStatus.MARKING:
        raise WrongStatusError
    if open_extension(assignment.id):
        raise AlreadyAskedError
    asked = Extension(assignment_id=assignment.id, asked_at=datetime.now(UTC))
    db.session.add(asked)
    record(by, "extension.asked", asked, assignment=assignment.id)
    tell_organisers(round_, NoticeKind.EXTENSION_ASKED, alias=assignment.alias)
    db.session.commit()


def decide_extension(extension: Extension, by: Actor, *, grant: bool) -> None:
    """Give the days, counted from the deadline or from today if that is later, or refuse them.
    Commits; raises WrongStatusError when it is decided or the task is no longer open."""
    assignment = db.session.get_one(Assignment, extension.assignment_id)
    round_ = round_of(assignment)
    lock_at(round_, RoundStatus.MARKING)
    db.session.refresh(assignment, with_for_update=True)
    db.session.refresh(extension, with_for_update=True)
    if extension.decided_at is not None or assignment.status not in UNFINISHED:
        raise WrongStatusError
    extension.decided_at, extension.decided_by_id = datetime.now(UTC), by.user_id
    if grant:
        deadline = max(round_.marking_due_on, assignment.due_on, today())
        extension.due_on = assignment.due_on = deadline + timedelta(days=DAYS)
        assignment.reminded_on = None  # the new day is reminded of anew
    record(by, "extension.granted" if grant else "extension.refused", extension)
    told = {"alias": assignment.alias, "due_on": extension.due_on and str(extension.due_on)}
    tell(assignment.reviewer_id, round_, NoticeKind.EXTENSION_DECIDED, **told)
    db.session.commit()
