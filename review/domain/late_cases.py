"""A case that came too late for the frame it belonged to falls into the next one of its region.

Late is a case of the round's region and kinds that was closed before the round's window, that an
earlier frozen frame would have held had it been registered and archived in time, and that was
never in any frame nor excluded from a frozen one. See docs/decisions/0014-frame-complete.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from review.models.rounds import Round
from review.queries.regions import contains
from review.queries.sampling import earlier_frames, late_cases, missed_frames


@dataclass(frozen=True, slots=True)
class MissedFrame:
    """The earlier round whose frame some cases of this one came too late for."""

    round: Round
    cases: int


def latecomers(round_: Round) -> list[tuple[Row[Any], Round]]:
    """Each case that comes late into a frame not yet frozen, with the first frame it missed."""
    earlier = earlier_frames(round_)
    return [(case, _first_missed(case, earlier)) for case in late_cases(round_, earlier)]


def frames_missed(round_: Round) -> list[MissedFrame]:
    """What came late, by the frame it missed: so far, or for good once the frame is frozen."""
    if round_.frozen_at:
        return [MissedFrame(missed, cases) for missed, cases in missed_frames(round_)]
    counts: dict[Round, int] = {}
    for _case, missed in latecomers(round_):
        counts[missed] = counts.get(missed, 0) + 1
    return [MissedFrame(missed, cases) for missed, cases in counts.items()]


def _first_missed(case: Row[Any], earlier: Sequence[Round]) -> Round:
    return next(each for each in earlier if _covers(each, case))


def _covers(round_: Round, case: Row[Any]) -> bool:
    return (
        contains(round_.region_code, case.region_code)
        and round_.window_from <= case.closed_on <= round_.window_to
        and case.kind in {rubric.kind for rubric in round_.rubrics}
    )
