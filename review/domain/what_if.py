"""Which past grades would differ under a rubric or a scheme. Nothing past is ever changed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from review.domain.definitions import problems_of, read_definition
from review.domain.jobs import Report, enqueue
from review.domain.regrading import Regraded, UnknownError, under_rubric, under_scheme
from review.domain.rubrics import get_rubric
from review.enums import (
    CaseKind,
    DefinitionSubject,
    Grade,
    JobFailure,
    JobKind,
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
    past_cases,
    past_marks,
    past_reviews,
)
from rubrics.carrying import not_asked
from rubrics.grading import Scheme

EVERY_KIND = tuple(CaseKind)


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


def fresh_what_if(definition: Definition, by: Actor) -> WhatIf | None:
    """What the actor's last one found, if the definition has not changed since."""
    job = latest_what_if(definition, by)
    is_fresh = job is not None and job.payload["edits"] == definition.edits
    return from_stored(job.result) if job and job.result and is_fresh else None


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
        return _collected(past_cases(by, EVERY_KIND), partial(under_scheme, made, reviews))
    kinds = [kind for kind in EVERY_KIND if kind.value in made.kinds]
    reviews, marks = past_reviews(by, kinds), past_marks(by, kinds)
    found = _collected(past_cases(by, kinds), partial(under_rubric, made, reviews, marks))
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
        except UnknownError as unknown:
            found.gaps[unknown.gap] += 1
            found.missing.update(unknown.missing)
            continue
        found.rescaled += now.is_rescaled
        if now.grade != case.grade:
            found.moves.append(Move(case.id, case.grade, Grade(now.grade), case.total, now.total))
    return found
