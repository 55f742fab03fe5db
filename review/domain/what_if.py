"""Which past grades would differ under a rubric or a scheme. Nothing past is ever changed."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from review.domain.definitions import problems_of, read_definition
from review.domain.jobs import Report, enqueue
from review.domain.rubrics import get_rubric, get_scheme
from review.enums import (
    CaseKind,
    DefinitionSubject,
    Grade,
    JobFailure,
    JobKind,
    SettledBy,
    WhatIfGap,
)
from review.errors import DefinitionRefusedError, JobFailedError
from review.extensions import db
from review.models.definitions import Definition
from review.models.jobs import Job
from review.permissions import Actor
from review.queries.definitions import definition_in_reach
from review.queries.jobs import latest_own
from review.queries.what_if import (
    PastCase,
    PastMark,
    PastReview,
    past_cases,
    past_marks,
    past_reviews,
)
from rubrics.arithmetic import outcome
from rubrics.carrying import carried, not_asked
from rubrics.combining import Rule, combine
from rubrics.grading import FAIL, Scheme
from rubrics.model import HANDLER, GivenMark, Rubric

EVERY_KIND = tuple(CaseKind)
Reviews = Mapping[int, Sequence[PastReview]]
Marks = Mapping[int, Sequence[PastMark]]


class _UnknownError(Exception):
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


@dataclass(frozen=True, slots=True)
class Move:
    """A case whose grade would differ, by the number of its drawn case."""

    case: int
    before: Grade
    after: Grade
    total_before: Decimal
    total_after: Decimal


@dataclass(slots=True)
class WhatIf:
    """``missing`` counts cases by the title of a criterion that was never marked, ``rescaled``
    those in which points were carried over by their share of another maximum; ``not_asked`` are
    bonus items and vetoes that count as not found."""

    considered: int = 0
    moves: list[Move] = field(default_factory=list)
    gaps: Counter[WhatIfGap] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    rescaled: int = 0
    not_asked: set[str] = field(default_factory=set)

    @property
    def table(self) -> list[tuple[Grade, Grade, int]]:
        """How many cases would go from which grade to which, the best grades first."""
        counts = Counter((move.before, move.after) for move in self.moves)
        order = list(Grade)
        steps = sorted(counts, key=lambda step: tuple(map(order.index, step)))
        return [(*step, counts[step]) for step in steps]

    @property
    def higher(self) -> int:
        """How many of the moves are to a better grade."""
        order = list(Grade)
        return sum(order.index(m.after) < order.index(m.before) for m in self.moves)

    @property
    def unknown(self) -> int:
        return self.gaps.total()


def ask_what_if(definition: Definition, by: Actor) -> Job:
    """Have past grades worked out under a definition. Commits; raises DefinitionRefusedError on
    one that could not be published."""
    if problems := problems_of(definition.subject, definition.text):
        raise DefinitionRefusedError(tuple(problems))
    payload = {"definition": definition.id, "edits": definition.edits}
    job = enqueue(JobKind.WHAT_IF, payload, by)
    db.session.commit()
    return job


def latest_what_if(definition: Definition, by: Actor) -> Job | None:
    """The actor's last one of this definition."""
    return latest_own(by, JobKind.WHAT_IF, {"definition": definition.id})


def work_out(payload: dict[str, Any], by: Actor, _report: Report) -> dict[str, Any]:
    """The job; raises JobFailedError when the text has changed since it was asked for."""
    definition = definition_in_reach(by, payload["definition"])
    if definition is None or definition.edits != payload["edits"]:
        raise JobFailedError(JobFailure.REFUSED)
    return as_stored(what_if(definition.subject, definition.text, by))


def what_if(subject: DefinitionSubject, text: str, by: Actor) -> WhatIf:
    """Past grades in reach under a sound definition."""
    made = read_definition(subject, text)
    if isinstance(made, Scheme):
        reviews = past_reviews(by, EVERY_KIND) if made.is_judged else {}
        return _collected(past_cases(by, EVERY_KIND), partial(_under_scheme, made, reviews))
    kinds = [kind for kind in EVERY_KIND if kind.value in made.kinds]
    reviews, marks = past_reviews(by, kinds), past_marks(by, kinds)
    found = _collected(past_cases(by, kinds), partial(_under_rubric, made, reviews, marks))
    used = {review.rubric_key for given in reviews.values() for review in given}
    found.not_asked = {title for key in used for title in not_asked(get_rubric(key), made)}
    return found


def as_stored(found: WhatIf) -> dict[str, Any]:
    """The result as JSON: numbers of drawn cases, grades, totals and counts."""
    return {
        "considered": found.considered,
        "moves": [
            [m.case, m.before.value, m.after.value, str(m.total_before), str(m.total_after)]
            for m in found.moves
        ],
        "gaps": {gap.value: count for gap, count in found.gaps.items()},
        "missing": dict(found.missing.most_common()),
        "rescaled": found.rescaled,
        "not_asked": sorted(found.not_asked),
    }


def from_stored(result: Mapping[str, Any]) -> WhatIf:
    return WhatIf(
        considered=result["considered"],
        moves=[
            Move(case, Grade(before), Grade(after), Decimal(was), Decimal(would_be))
            for case, before, after, was, would_be in result["moves"]
        ],
        gaps=Counter({WhatIfGap(gap): count for gap, count in result["gaps"].items()}),
        missing=Counter(result["missing"]),
        rescaled=result["rescaled"],
        not_asked=set(result["not_asked"]),
    )


def _collected(cases: Sequence[PastCase], regrade: Callable[[PastCase], Regraded]) -> WhatIf:
    found = WhatIf(considered=len(cases))
    for case in cases:
        try:
            now = regrade(case)
        except _UnknownError as unknown:
            found.gaps[unknown.gap] += 1
            found.missing.update(unknown.missing)
            continue
        found.rescaled += now.is_rescaled
        if now.grade != case.grade:
            found.moves.append(Move(case.id, case.grade, Grade(now.grade), case.total, now.total))
    return found


def _under_scheme(scheme: Scheme, reviews: Reviews, case: PastCase) -> Regraded:
    """Totals stand as they are; only judgements move with their place on 0–100."""
    if get_scheme(case.scheme_key).is_judged != scheme.is_judged:
        raise _UnknownError(WhatIfGap.OTHER_WAY)
    if not scheme.is_judged:
        return Regraded(case.total, FAIL if case.failed_by else scheme.grade_of(case.total))
    return _combined(case, scheme, [_judged(scheme, review) for review in reviews[case.id]])


def _judged(scheme: Scheme, review: PastReview) -> Marking:
    if review.overall not in scheme.overall_of:
        raise _UnknownError(WhatIfGap.OTHER_WAY)
    return Marking(scheme.overall_of[review.overall].total, bool(review.failed_by))


def _under_rubric(rubric: Rubric, reviews: Reviews, marks: Marks, case: PastCase) -> Regraded:
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
        raise _UnknownError(WhatIfGap.NOT_MARKED, titles)
    if all(found.marks[c.code].points is None for c in rubric.part(HANDLER)):
        raise _UnknownError(WhatIfGap.NOTHING_APPLIES)
    came_to = outcome(rubric, found.marks)
    total = review.total if scheme.is_judged else came_to.total
    return Marking(total, bool(came_to.failed_by), bool(found.rescaled))


def _given(mark: PastMark) -> GivenMark:
    return GivenMark(mark.points, mark.not_applicable, "", mark.answer, mark.found)


def _combined(case: PastCase, scheme: Scheme, markings: Sequence[Marking]) -> Regraded:
    """What the panel once decided, and what a further mark would say, cannot be worked out."""
    if case.settled_by is SettledBy.PANEL:
        raise _UnknownError(WhatIfGap.PANEL)
    combined = combine(
        [marking.total for marking in markings],
        Rule(case.marks_per_case, case.threshold),
        failing=[marking.fails for marking in markings],
    )
    if combined.total is None:
        raise _UnknownError(WhatIfGap.FURTHER_MARK)
    grade = FAIL if combined.fails else scheme.grade_of(combined.total)
    return Regraded(combined.total, grade, any(marking.is_rescaled for marking in markings))
