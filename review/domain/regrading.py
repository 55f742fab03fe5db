"""What a past case would have come to under another rubric or scheme, from the marks it has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from review.domain.rubrics import get_rubric, get_scheme
from review.enums import SettledBy, WhatIfGap
from review.queries.what_if import PastCase, PastMark, PastReview
from rubrics.arithmetic import outcome
from rubrics.carrying import carried
from rubrics.combining import Rule, combine
from rubrics.grading import FAIL, Scheme
from rubrics.model import HANDLER, GivenMark, Rubric

Reviews = Mapping[int, Sequence[PastReview]]
Marks = Mapping[int, Sequence[PastMark]]


class UnknownError(Exception):
    """What the case would have come to cannot be told from what was marked."""

    def __init__(self, gap: WhatIfGap, missing: Iterable[str] = ()) -> None:
        super().__init__(gap)
        self.gap, self.missing = gap, tuple(missing)


@dataclass(frozen=True, slots=True)
class Marking:
    """What one review would come to; ``fails`` the case in any event."""

    total: Decimal
    fails: bool
    is_rescaled: bool = False


@dataclass(frozen=True, slots=True)
class Regraded:
    total: Decimal
    grade: str
    is_rescaled: bool = False


def under_scheme(scheme: Scheme, reviews: Reviews, case: PastCase) -> Regraded:
    """Totals stand as they are; only judgements move with their place on 0–100."""
    if get_scheme(case.scheme_key).is_judged != scheme.is_judged:
        raise UnknownError(WhatIfGap.OTHER_WAY)
    if not scheme.is_judged:
        return Regraded(case.total, FAIL if case.failed_by else scheme.grade_of(case.total))
    return _combined(case, scheme, [_judged(scheme, review) for review in reviews[case.id]])


def _judged(scheme: Scheme, review: PastReview) -> Marking:
    if review.overall not in scheme.overall_of:
        raise UnknownError(WhatIfGap.OTHER_WAY)
    return Marking(scheme.overall_of[review.overall].total, bool(review.failed_by))


def under_rubric(rubric: Rubric, reviews: Reviews, marks: Marks, case: PastCase) -> Regraded:
    """Every marking is worked out anew and combined as the round does it."""
    scheme = get_scheme(case.scheme_key)
    markings = [
        _marked(rubric, scheme, review, marks.get(review.id, ())) for review in reviews[case.id]
    ]
    return _combined(case, scheme, markings)


def _marked(
    rubric: Rubric, scheme: Scheme, review: PastReview, marks: Sequence[PastMark]
) -> Marking:
    found = carried(get_rubric(review.rubric_key), rubric, {m.code: _given(m) for m in marks})
    if found.missing:
        titles = (rubric.by_code[code].title for code in found.missing)
        raise UnknownError(WhatIfGap.NOT_MARKED, titles)
    if all(found.marks[c.code].points is None for c in rubric.part(HANDLER)):
        raise UnknownError(WhatIfGap.NOTHING_APPLIES)
    came_to = outcome(rubric, found.marks)
    total = review.total if scheme.is_judged else came_to.total
    return Marking(total, bool(came_to.failed_by), bool(found.rescaled))


def _given(mark: PastMark) -> GivenMark:
    return GivenMark(mark.points, mark.not_applicable, "", mark.answer, mark.found)


def _rule(case: PastCase, scheme: Scheme) -> Rule:
    """The round's own, but for the lot, by which a case would not be graded otherwise."""
    remarked = frozenset(case.remarked_grades)
    return Rule(case.marks_per_case, case.threshold, scheme, case.border, remarked)


def _combined(case: PastCase, scheme: Scheme, markings: Sequence[Marking]) -> Regraded:
    """What the panel once decided, and what a further mark would say, cannot be worked out."""
    if case.settled_by is SettledBy.PANEL:
        raise UnknownError(WhatIfGap.PANEL)
    combined = combine(
        [marking.total for marking in markings],
        _rule(case, scheme),
        failing=[marking.fails for marking in markings],
    )
    if combined.outcome != "settled" or combined.total is None:
        raise UnknownError(WhatIfGap.FURTHER_MARK)
    grade = FAIL if combined.fails else scheme.grade_of(combined.total)
    return Regraded(combined.total, grade, any(marking.is_rescaled for marking in markings))
