"""Who follows on a case when its reviewer has gone: under the rules of the assignment, at once.

The seat is given to the nearest who may have it; others may pass unbegun tasks on, so that loads
stay even (``scoring.recusal``). Nobody is told why, or whom they follow.
"""

import numpy as np

from review.domain.conflict_rules import Mask
from review.domain.notices import tell, tell_all
from review.domain.planning import panel_seed
from review.domain.seats import NewSeat, fill_seats, hand_over
from review.domain.standing import Standing, late_due_on, standing_of
from review.enums import AssignmentStatus, NoticeKind
from review.errors import SeatTakenError
from review.extensions import db
from review.models.assignment import Assignment
from review.models.rounds import Round
from review.queries.assignment import (
    assignments_among,
    late_reviewers,
    live_assignment,
    member_ids,
)
from scoring.panel import VACANT, Indices, Panel, loads, marks_of
from scoring.recusal import NoReplacementError, replace_marker

Place = tuple[int, int]


def find_successor(round_: Round, left: Assignment) -> Assignment | None:
    """Give the case of an assignment that somebody left to another reviewer; None if nobody may
    have it. No commit; raises SeatTakenError where somebody began a task meanwhile."""
    db.session.flush()
    members = member_ids(round_)
    standing = standing_of(round_, members, round_.years_needed, keeps={left.reviewer_id})
    row, panel = _row_of(standing, left), _panel_with(standing, left)
    place = row, int(np.flatnonzero(panel.markers[row] == _column_of(standing, left))[0])
    try:
        found = replace_marker(
            panel,
            standing.barred,
            case=row,
            reviewer=int(panel.markers[place]),
            movable=_movable(standing, panel),
            seed=panel_seed(f"{round_.id}:succession:{left.id}"),
            capacity=_capacity(round_, standing, panel, left),
        ).panel
    except NoReplacementError:
        return None
    _pass_on(round_, standing, before=panel.markers, after=found.markers, vacated=place)
    return _seated(round_, left, standing.people[found.markers[place]])


def _row_of(standing: Standing, left: Assignment) -> int:
    cases = standing.conflicts.cases.sampled_case_id
    return int(np.flatnonzero(cases == left.sampled_case_id)[0])


def _column_of(standing: Standing, left: Assignment) -> int:
    return standing.people.index(left.reviewer_id)


def _panel_with(standing: Standing, left: Assignment) -> Panel:
    """The panel as it was with whoever left; a further mark gets a column of its own."""
    panel = standing.panel_at_work()
    row, marks = _row_of(standing, left), panel.markers.shape[1]
    extra = np.full((len(panel.markers), 1), VACANT)
    markers = np.hstack([panel.markers, extra])
    markers[row, min(left.ordinal - 1, marks)] = _column_of(standing, left)
    return Panel(markers, panel.reserves, panel.common, 0.0, (), panel.components, 0)


def _movable(standing: Standing, panel: Panel) -> Mask:
    """First marks that nobody has begun."""
    found = np.zeros(panel.markers.shape, dtype=np.bool_)
    marks = standing.markers.shape[1]
    for (row, ordinal), seat in standing.seats.items():
        if ordinal <= marks and seat.status is AssignmentStatus.OPEN:
            found[row, ordinal - 1] = True
    return found


def _capacity(round_: Round, standing: Standing, panel: Panel, left: Assignment) -> Indices:
    """Who is late with something gets nothing more; what was left makes room for nothing beyond
    what its reviewer said."""
    load = loads(marks_of(panel)[:, 1], len(standing.people))
    load[_column_of(standing, left)] -= 1
    top, late = standing.capacity(load), late_reviewers(round_)
    is_late = np.array([user_id in late for user_id in standing.people], dtype=np.bool_)
    return np.where(is_late, load, top)


def _pass_on(
    round_: Round, standing: Standing, *, before: Indices, after: Indices, vacated: Place
) -> None:
    """Hand over the unbegun tasks that change hands, and tell both sides."""
    places = [tuple(place) for place in np.argwhere(before != after).tolist()]
    takers = {
        standing.seats[row, place + 1]: standing.people[after[row, place]]
        for row, place in places
        if (row, place) != vacated
    }
    found = assignments_among([seat.id for seat in takers])
    if any(found[seat.id].status is not AssignmentStatus.OPEN for seat in takers):
        raise SeatTakenError
    tell_all(
        [(seat.reviewer_id, {"alias": found[seat.id].alias}) for seat in takers],
        round_,
        NoticeKind.TASK_MOVED,
    )
    hand_over([(found[seat.id], taker) for seat, taker in takers.items()], late_due_on(round_))
    tell_all([(taker, {"count": 1}) for taker in takers.values()], round_, NoticeKind.TASK_ADDED)


def _seated(round_: Round, left: Assignment, user_id: int) -> Assignment:
    seat = NewSeat(left.sampled_case_id, user_id, left.ordinal, is_linking=left.is_linking)
    fill_seats([seat], late_due_on(round_))
    tell(user_id, round_, NoticeKind.TASK_ADDED, count=1)
    return live_assignment(left.sampled_case_id, user_id)
