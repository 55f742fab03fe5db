"""Whether a rubric's criteria still tell good work from bad, and whether reviewers agree on them.

Figures come from the published rounds in the actor's reach. Too few markings, or too few
reviewers, and nothing is said: a share of a dozen misleads, and two people could be recognised.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from statistics import quantiles
from typing import Any

import numpy as np

from review.domain.jobs import Report, enqueue
from review.domain.rubrics import get_rubric
from review.enums import HealthFinding, JobKind
from review.extensions import db
from review.models.jobs import Job
from review.permissions import Actor
from review.queries.jobs import latest_own
from review.queries.rubric_health import case_sums, mark_counts, reasons_under, reviews_under
from rubrics.model import Criterion, Rubric
from scoring.item_agreement import CaseSums, alpha_of_sums

FEWEST_REVIEWS, FEWEST_REVIEWERS = 30, 3
FEWEST_CASES = 20
"""Cases with two marks, below which an agreement is mostly chance."""
NEARLY_ALL = Decimal("0.95")
RARELY = Decimal("0.5")
AT_MOST_FAIR = 0.4
"""Agreement up to here is called fair at most by Landis and Koch (Biometrics 33, 1977, 159-174);
a criterion is named only when its whole interval lies below."""


@dataclass(frozen=True, slots=True)
class CriterionHealth:
    """``marks`` are those with points, ``full`` those without any off. ``cases`` have two marks or
    more; ``agreement`` with its ends is None where they are too few. ``unused`` are
    deductions that no reason names, where there are marks enough to see it by."""

    code: str
    marks: int
    not_applicable: int
    full: int
    cases: int
    agreement: float | None
    lower: float | None
    upper: float | None
    unused: list[str]
    finding: HealthFinding


@dataclass(frozen=True, slots=True)
class RubricHealth:
    """``minutes`` from the beginning of a marking to its submission: a quarter of the markings
    took less than the first, half less than the second, three quarters less than the third."""

    reviews: int
    cases: int
    reviewers: int
    minutes: list[float]
    criteria: list[CriterionHealth]

    @property
    def is_enough(self) -> bool:
        return self.reviews >= FEWEST_REVIEWS and self.reviewers >= FEWEST_REVIEWERS

    @property
    def by_code(self) -> dict[str, CriterionHealth]:
        return {criterion.code: criterion for criterion in self.criteria}

    @property
    def notable(self) -> list[CriterionHealth]:
        """The criteria that somebody should look at."""
        silent = {HealthFinding.NOTHING, HealthFinding.TOO_FEW}
        return [criterion for criterion in self.criteria if criterion.finding not in silent]


def ask_health(rubric_key: str, by: Actor) -> Job:
    """Have a rubric's health worked out. Commits; raises KeyError when there is no such rubric."""
    get_rubric(rubric_key)
    job = enqueue(JobKind.RUBRIC_HEALTH, {"rubric": rubric_key}, by)
    db.session.commit()
    return job


def latest_health(rubric_key: str, by: Actor) -> Job | None:
    """The actor's last one of this rubric."""
    return latest_own(by, JobKind.RUBRIC_HEALTH, {"rubric": rubric_key})


def examine(payload: dict[str, Any], by: Actor, _report: Report) -> dict[str, Any]:
    """The job: figures by criterion code, and no name."""
    return asdict(health(get_rubric(payload["rubric"]), by))


def from_stored(result: Mapping[str, Any]) -> RubricHealth:
    criteria = [
        CriterionHealth(**{**criterion, "finding": HealthFinding(criterion["finding"])})
        for criterion in result["criteria"]
    ]
    return RubricHealth(**{**result, "criteria": criteria})


def health(rubric: Rubric, by: Actor) -> RubricHealth:
    """The figures of the markings in reach; without criteria where they are too few."""
    reviews = reviews_under(by, rubric.key)
    cases, reviewers = {row[0] for row in reviews}, {row[1] for row in reviews}
    found = RubricHealth(len(reviews), len(cases), len(reviewers), [], [])
    if not found.is_enough:
        return found
    minutes = [(row.submitted_at - row.started_at).total_seconds() / 60 for row in reviews]
    return replace(found, minutes=quantiles(minutes), criteria=_criteria(rubric, by))


def _criteria(rubric: Rubric, by: Actor) -> list[CriterionHealth]:
    counts = _by_code(mark_counts(by, rubric.key))
    sums = _by_code(case_sums(by, rubric.key))
    listed = [c.code for c in rubric.criteria if c.deductions]
    reasons = _by_code(reasons_under(by, rubric.key, listed))
    return [
        _criterion(c, counts.get(c.code, []), sums.get(c.code, []), reasons.get(c.code, []))
        for c in rubric.criteria
    ]


def _by_code(rows: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


def _criterion(
    criterion: Criterion, counts: list[Any], sums: list[Any], reasons: list[Any]
) -> CriterionHealth:
    given: Counter[Decimal | None] = Counter()
    for row in counts:
        given[None if row.not_applicable else row.points] += row.count
    not_applicable = given.pop(None, 0)
    cases = sum(row.times for row in sums)
    agreement = alpha_of_sums(_sums(sums)) if cases >= FEWEST_CASES else None
    found = CriterionHealth(
        code=criterion.code,
        marks=given.total(),
        not_applicable=not_applicable,
        full=sum(n for points, n in given.items() if points == criterion.points),
        cases=cases,
        agreement=agreement.value if agreement else None,
        lower=agreement.lower if agreement else None,
        upper=agreement.upper if agreement else None,
        unused=_unused(criterion, reasons) if given.total() >= FEWEST_REVIEWS else [],
        finding=HealthFinding.NOTHING,
    )
    return replace(found, finding=_finding(found))


def _sums(rows: list[Any]) -> CaseSums:
    columns = np.array([(row.marks, row.total, row.squares) for row in rows], dtype=float)
    marks, total, squares = columns.reshape(-1, 3).T
    return CaseSums(marks, total, squares, np.array([row.times for row in rows], dtype=np.int64))


def _unused(criterion: Criterion, reasons: list[Any]) -> list[str]:
    """A deduction that is picked writes its words into the reason, which is the mark's own."""
    said = [row.reason for row in reasons]
    words = (deduction.description for deduction in criterion.deductions)
    return [one for one in words if not any(one in reason for reason in said)]


def _finding(criterion: CriterionHealth) -> HealthFinding:
    """What stands out most; the first that holds."""
    answers = criterion.marks + criterion.not_applicable
    if answers and criterion.not_applicable > RARELY * answers:
        return HealthFinding.RARELY_APPLIES
    if criterion.marks < FEWEST_REVIEWS:
        return HealthFinding.TOO_FEW
    if criterion.full == criterion.marks:
        return HealthFinding.NOBODY_LOSES
    if criterion.full >= NEARLY_ALL * criterion.marks:
        return HealthFinding.NEARLY_ALL_FULL
    if criterion.upper is not None and criterion.upper < AT_MOST_FAIR:
        return HealthFinding.NO_AGREEMENT
    return HealthFinding.NOTHING
