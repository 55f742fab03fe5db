"""Old marks under a new version of their rubric: what the same judgements would come to there.

A criterion that both versions have keeps its answer by code; where its maximum changed, the same
share of the points. A criterion that the old version did not have was never judged, so nothing is
said of the whole. Bonus items and vetoes that were not asked about count as not found; the caller
says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rubrics.arithmetic import TOTAL_DIGITS
from rubrics.model import Criterion, GivenMark, Rubric, Veto

Marks = Mapping[str, GivenMark]


@dataclass(frozen=True, slots=True)
class Carried:
    """Answers for every criterion of the new version, unless ``missing`` names some without.

    ``rescaled`` are the codes whose points were carried over as a share of another maximum.
    """

    marks: dict[str, GivenMark]
    missing: tuple[str, ...]
    rescaled: tuple[str, ...]


def carried(old: Rubric, new: Rubric, marks: Marks) -> Carried:
    """A complete marking under ``old`` as one under ``new``."""
    known = {code: mark for code, mark in marks.items() if code in old.answerable}
    answers = {
        code: _answer(old, item, known[code]) if isinstance(item, Criterion) else known[code]
        for code, item in new.answerable.items()
        if code in known
    }
    missing = tuple(c.code for c in new.criteria if c.code not in answers)
    rescaled = tuple(code for code, mark in answers.items() if mark.points != known[code].points)
    return Carried(answers, missing, rescaled)


def not_asked(old: Rubric, new: Rubric) -> tuple[str, ...]:
    """The titles of the bonus items and vetoes that only the new version has."""
    extras: tuple[Criterion | Veto, ...] = (*new.bonuses, *new.vetoes)
    return tuple(item.title for item in extras if item.code not in old.answerable)


def _answer(old: Rubric, item: Criterion, mark: GivenMark) -> GivenMark:
    before = old.answerable[item.code]
    if mark.points is None or not isinstance(before, Criterion) or before.points == item.points:
        return mark
    share = TOTAL_DIGITS.divide(mark.points * item.points, before.points)
    return replace(mark, points=share)
