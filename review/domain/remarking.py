"""Which cases a round marks again, and what comes of it."""

from dataclasses import dataclass

import numpy as np

from review.domain.combining import rule_of
from review.domain.rubrics import get_scheme
from review.enums import CallReason, Grade
from review.models.rounds import Round
from review.permissions import Actor
from review.queries.ratings import load_marks
from review.queries.remarking import calls_by_reason, case_numbers, latest_published, plain_passes
from rubrics.combining import EXCELLENT, MOST_MARKS, Rule
from rubrics.grading import FAIL
from scoring.missed_fails import MissedFails, missed_fails
from scoring.noise import Noise, marks_needed, measured_noise, suggested_threshold
from scoring.ratings import Floats, Ints

MOST_SHOWN = 50
"""Unsafe cases that a page names; how many there are is said beside."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Cases given a further mark for one reason: how many were called, have it, are settled with
    it, as fails; and how many had to do without, because nobody was left."""

    reason: CallReason
    called: int
    given: int
    settled: int
    fails: int
    unserved: int


@dataclass(frozen=True, slots=True)
class Unsafe:
    """A case whose marks cannot yet tell a pass from a fail; ``more`` is None on the limit."""

    case_number: str
    marks: int
    mean: float
    more: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """``unsafe`` of ``judged`` cases could be on the other side of ``limit``, the pass mark."""

    rule: Rule
    noise: Noise | None
    threshold: float | None
    calls: tuple[Calls, ...]
    missed: MissedFails | None
    limit: float
    judged: int
    unsafe: int
    nearest: tuple[Unsafe, ...]
    most_marks: int = MOST_MARKS


def noise_before(actor: Actor) -> tuple[Noise, float] | None:
    """How far apart markings lay in the last published round, and the threshold that suggests;
    None where there is too little to go by."""
    latest = latest_published(actor)
    noise = measured_noise(*load_marks(latest.id)) if latest else None
    if noise is None or not noise.is_measured:
        return None
    return noise, suggested_threshold(noise.sd)


def overview(round_: Round) -> Overview:
    """What further marks a round has called for, and how safe its passes and fails are."""
    score, case = load_marks(round_.id)
    noise, rule = measured_noise(score, case), rule_of(round_)
    is_measured = noise is not None and noise.is_measured
    calls = _calls(round_)
    limit = float(get_scheme(round_.scheme_key).bands[-2].lower)
    judged, unsafe = _unsafe(score, case, noise if is_measured else None, limit, rule.wanted)
    return Overview(
        rule=rule,
        noise=noise,
        threshold=suggested_threshold(noise.sd) if noise and is_measured else None,
        calls=calls,
        missed=_missed(round_, calls) if round_.remark_percent else None,
        limit=limit,
        judged=judged,
        unsafe=len(unsafe),
        nearest=_named(unsafe[:MOST_SHOWN]),
    )


def _calls(round_: Round) -> tuple[Calls, ...]:
    rows = {row.called_for: row for row in calls_by_reason(round_)}
    return tuple(
        Calls(reason, *map(int, list(rows[reason])[1:])) for reason in CallReason if reason in rows
    )


def _missed(round_: Round, calls: tuple[Calls, ...]) -> MissedFails:
    """Passes that lots chose and that are settled again stand for all plain passes."""
    plain = [grade for grade in Grade if grade not in (FAIL, EXCELLENT)]
    plain = [grade for grade in plain if grade not in round_.remarked_grades]
    lot = next((one for one in calls if one.reason is CallReason.LOT), None)
    untouched = plain_passes(round_, plain)
    if lot is None:
        return missed_fails(untouched, 0, 0)
    return missed_fails(untouched + lot.called, lot.settled, lot.fails)


def _unsafe(
    score: Floats, case: Ints, noise: Noise | None, limit: float, wanted: int
) -> tuple[int, list[tuple[int, int, float, int | None]]]:
    """How many cases have their first marks, and (case, marks, mean, more) of those whose mean
    lies too near the limit for so few marks, the nearest first."""
    if noise is None:
        return 0, []
    ids, row = np.unique(case, return_inverse=True)
    count = np.bincount(row)
    mean = np.bincount(row, score) / count
    ready = np.flatnonzero(count >= wanted)
    found = []
    for n in ready[np.argsort(np.abs(mean[ready] - limit), kind="stable")].tolist():
        needed = marks_needed(float(mean[n]) - limit, noise.sd)
        if needed is not None and needed <= count[n]:
            break  # all others lie further off
        more = None if needed is None else needed - int(count[n])
        found.append((int(ids[n]), int(count[n]), float(mean[n]), more))
    return ready.size, found


def _named(rows: list[tuple[int, int, float, int | None]]) -> tuple[Unsafe, ...]:
    numbers = case_numbers([case for case, *_ in rows])
    return tuple(Unsafe(numbers[case], marks, mean, more) for case, marks, mean, more in rows)
