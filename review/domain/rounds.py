from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NotRequired, TypedDict

from review.domain.audit import record
from review.domain.rubrics import (
    fitting,
    get_rubric,
    get_scheme,
    usable_rubrics,
    usable_schemes,
)
from review.enums import CaseKind, RegionLevel, RoundStatus, SampledCaseStatus
from review.errors import InvalidRoundError, OutOfReachError, WrongStatusError
from review.extensions import db
from review.models.rounds import Round, RoundRubric
from review.permissions import Actor
from review.queries.regions import contains
from review.queries.rounds import lock_round
from rubrics.combining import EXCELLENT
from rubrics.grading import FAIL
from rubrics.model import Rubric

HIGHEST_TOTAL = Decimal(100)
WIDEST_BORDER = Decimal(5)
"""Wider ones would meet between the limits of the usual schemes and call for every case."""
REMARKABLE = (FAIL, EXCELLENT)
"""Grades that a round may always mark again."""
CONFLICT_LEVELS = (RegionLevel.COUNTY, RegionLevel.CITY)


class RoundValues(TypedDict):
    """The rules of a new round; ``rubrics`` names one rubric version for each chosen kind."""

    name: str
    region_code: str
    window_from: date
    window_to: date
    rubrics: dict[CaseKind, str]
    scheme_key: str
    marks_per_case: int
    threshold: Decimal
    conflict_level: RegionLevel
    marking_due_on: date
    shows_full_dossiers: NotRequired[bool]
    border: NotRequired[Decimal]
    remarked_grades: NotRequired[list[str]]
    remark_percent: NotRequired[Decimal]


class Step(StrEnum):
    """The stops of a round's track, in order; a round stands at the first that is not done."""

    SCOPE = "scope"
    FREEZE = "freeze"
    DRAW = "draw"
    ASSIGN = "assign"
    MARK = "mark"
    PUBLISH = "publish"


STANDS_AT = {
    RoundStatus.DRAFT: Step.FREEZE,
    RoundStatus.FROZEN: Step.DRAW,
    RoundStatus.DRAWN: Step.ASSIGN,
    RoundStatus.MARKING: Step.MARK,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The words for the scheme and the rubrics that a round names by key."""

    scheme: str
    rubrics: tuple[tuple[CaseKind, Rubric], ...]


def create_round(values: RoundValues, by: Actor) -> Round:
    """Set up a round as a draft. Commits; raises OutOfReachError, InvalidRoundError."""
    if not contains(by.region_code, values["region_code"]):
        raise OutOfReachError
    if wrong := _first_contradiction(values):
        raise InvalidRoundError(wrong)
    plain = {name: value for name, value in values.items() if name != "rubrics"}
    rubrics = [RoundRubric(kind=kind, rubric_key=key) for kind, key in values["rubrics"].items()]
    round_ = Round(**plain, rubrics=rubrics, created_by_id=by.user_id)
    db.session.add(round_)
    record(by, "round.created", round_, kinds=sorted(values["rubrics"]))
    db.session.commit()
    return round_


def lock_at(round_: Round, status: RoundStatus) -> None:
    """Hold the round's row for this transaction; raises WrongStatusError at any other status."""
    if lock_round(round_) is not status:
        raise WrongStatusError


def lock_round_in(round_: Round, statuses: Collection[RoundStatus]) -> None:
    """Hold the round's row for this transaction; raises WrongStatusError at any other status."""
    if lock_round(round_) not in statuses:
        raise WrongStatusError


def stands_at(round_: Round, counts: dict[SampledCaseStatus, int]) -> Step | None:
    """The stop whose work comes next; None once the round is published."""
    step = STANDS_AT.get(round_.status)
    if step is Step.MARK and not counts.keys() - {SampledCaseStatus.SETTLED}:
        return Step.PUBLISH
    return step


def rules_of(round_: Round) -> Rules:
    pinned = sorted(round_.rubrics, key=lambda rubric: rubric.kind)
    return Rules(
        scheme=get_scheme(round_.scheme_key).title,
        rubrics=tuple((one.kind, get_rubric(one.rubric_key)) for one in pinned),
    )


def _first_contradiction(values: RoundValues) -> str | None:
    checks = {
        "name": bool(values["name"].strip()),
        "window_to": values["window_from"] <= values["window_to"],
        "rubrics": bool(values["rubrics"]) and _all_fit(values),
        "scheme_key": values["scheme_key"] in _scheme_keys(values["region_code"]),
        "marks_per_case": values["marks_per_case"] in {1, 2, 3},
        "threshold": 0 <= values["threshold"] <= HIGHEST_TOTAL,
        "conflict_level": values["conflict_level"] in CONFLICT_LEVELS,
        "border": 0 <= values.get("border", 0) <= WIDEST_BORDER,
        "remarked_grades": set(REMARKABLE).issuperset(values.get("remarked_grades", ())),
        "remark_percent": 0 <= values.get("remark_percent", 0) <= 100,
    }
    return next((field for field, holds in checks.items() if not holds), None)


def _all_fit(values: RoundValues) -> bool:
    usable = usable_rubrics(values["region_code"])
    return all(
        key in {rubric.key for rubric in fitting(usable, kind)}
        for kind, key in values["rubrics"].items()
    )


def _scheme_keys(region_code: str) -> set[str]:
    return {scheme.key for scheme in usable_schemes(region_code)}
