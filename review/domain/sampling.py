from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert

from review.domain.audit import record
from review.domain.late_cases import latecomers
from review.domain.rounds import lock_at
from review.enums import Allocation, CaseKind, RoundStatus
from review.errors import (
    AmbiguousFrameError,
    EmptyFrameError,
    InvalidSeedError,
    NotFrozenError,
    SampleSizeError,
)
from review.extensions import db
from review.models.rounds import Round
from review.models.sampling import Draw, FrameCase, SampledCase, Stratum
from review.permissions import Actor
from review.queries.rounds import county_names, lock_round
from review.queries.sampling import (
    frame_candidates,
    frame_cases,
    keep_dossiers,
    strata_of,
    tickets_of,
)
from scoring.designs import Design, DesignError, Plan, plan_draw
from scoring.frames import (
    LABEL_SEPARATOR,
    Frame,
    canonical_number,
    frame_digest,
    frame_listing,
    frame_of,
    stratum_of,
)
from scoring.sampling import ALGORITHM, Drawn, draw
from scoring.seeds import SEED_DIGITS, canonical_seed


def stratum_label(region_code: str, kind: CaseKind) -> str:
    return stratum_of((region_code, kind.value))


def stratum_parts(label: str) -> tuple[str, CaseKind]:
    """Region code and kind of case of a stratum."""
    region_code, kind = label.split(LABEL_SEPARATOR)
    return region_code, CaseKind(kind)


@dataclass(frozen=True, slots=True)
class StratumRow:
    """A stratum in words, with N, n and the inclusion probability n / N."""

    region: str
    kind: CaseKind
    population: int
    sample_size: int
    probability: float


def freeze_frame(round_: Round, by: Actor) -> None:
    """Fix the list of cases to draw from, its digest and its strata. Commits.

    Raises WrongStatusError, EmptyFrameError, AmbiguousFrameError.
    """
    lock_at(round_, RoundStatus.DRAFT)
    late = latecomers(round_)
    missed = {case.id: earlier.id for case, earlier in late}
    cases = [*frame_candidates(round_), *(case for case, _earlier in late)]
    if not cases:
        raise EmptyFrameError
    listing = _listing([case.case_number for case in cases])
    _insert_frame(round_, cases, missed)
    round_.frame_size = len(cases)
    round_.frame_digest = frame_digest(listing)
    round_.frozen_at = datetime.now(UTC)
    round_.status = RoundStatus.FROZEN
    record(by, "round.frozen", round_, cases=len(cases), late=len(late), digest=round_.frame_digest)
    db.session.commit()


def draw_sample(
    round_: Round,
    *,
    seed: str,
    seed_source: str,
    sample_size: int,
    allocation: Allocation,
    by: Actor,
) -> None:
    """Draw the sample from the frozen frame, once. Commits.

    Raises NotFrozenError, WrongStatusError, InvalidSeedError, SampleSizeError.
    """
    if lock_round(round_) is RoundStatus.DRAFT:
        raise NotFrozenError
    lock_at(round_, RoundStatus.FROZEN)
    digits = _checked_seed(seed)
    strata = strata_of(round_)
    frame, case_ids = _frame(round_, strata)
    plan = _planned(frame, strata, sample_size, allocation)
    _insert_sample(round_, strata, case_ids, draw(frame, plan, digits))
    design = {
        "algorithm": ALGORITHM,
        "strata": {s.label: [s.population, s.sample_size] for s in strata},
    }
    db.session.add(
        Draw(
            round_id=round_.id,
            seed=digits,
            seed_source=seed_source,
            allocation=allocation,
            design=design,
            sample_size=sample_size,
            drawn_by_id=by.user_id,
            drawn_at=datetime.now(UTC),
        )
    )
    round_.status = RoundStatus.DRAWN
    record(by, "round.drawn", round_, cases=sample_size, seed=digits, allocation=allocation.value)
    db.session.commit()


def stored_listing(round_: Round) -> bytes:
    """The frozen frame as the file whose SHA-256 the round shows."""
    return frame_listing(row.canonical_number for row in frame_cases(round_))


def drawn_listing(round_: Round) -> bytes:
    """Stratum, ticket and number of each drawn case, one line each, for checking by hand."""
    lines = [f"{row.label} {row.ticket} {row.canonical_number}\n" for row in tickets_of(round_)]
    return "".join(lines).encode()


def strata_table(round_: Round) -> list[StratumRow]:
    """The strata with their names, by region and kind."""
    names = county_names(round_.region_code)
    return [_stratum_row(stratum, names) for stratum in strata_of(round_)]


def _stratum_row(stratum: Stratum, names: Mapping[str, str]) -> StratumRow:
    region_code, kind = stratum_parts(stratum.label)
    share = stratum.sample_size / stratum.population
    return StratumRow(names[region_code], kind, stratum.population, stratum.sample_size, share)


def _listing(numbers: Sequence[str]) -> bytes:
    try:
        return frame_listing(numbers)
    except ValueError:
        raise AmbiguousFrameError from None


def _insert_frame(round_: Round, cases: Sequence[Row[Any]], missed: Mapping[int, int]) -> None:
    """One stratum per county and kind, one line per case, written in bulk.

    ``missed`` names the earlier round that a late case missed, by case.
    """
    members: dict[str, list[Row[Any]]] = {}
    for case in cases:
        members.setdefault(stratum_label(case.region_code, case.kind), []).append(case)
    strata = [
        Stratum(round_id=round_.id, label=label, population=len(members[label]))
        for label in sorted(members)
    ]
    db.session.add_all(strata)
    db.session.flush()
    lines = [
        {
            "round_id": round_.id,
            "case_id": case.id,
            "stratum_id": stratum.id,
            "canonical_number": canonical_number(case.case_number),
            "missed_by_id": missed.get(case.id),
        }
        for stratum in strata
        for case in members[stratum.label]
    ]
    db.session.execute(insert(FrameCase), lines)
    db.session.execute(keep_dossiers(round_))


def _checked_seed(seed: str) -> str:
    try:
        digits = canonical_seed(seed)
    except ValueError:
        raise InvalidSeedError(None) from None
    if len(digits) < SEED_DIGITS:
        raise InvalidSeedError(len(digits))
    return digits


def _frame(round_: Round, strata: Sequence[Stratum]) -> tuple[Frame, dict[str, int]]:
    """The frozen frame, and the case behind each of its numbers."""
    labels = {stratum.id: stratum.label for stratum in strata}
    lines = frame_cases(round_)
    frame = frame_of(
        [line.canonical_number for line in lines], [labels[line.stratum_id] for line in lines]
    )
    return frame, {line.canonical_number: line.case_id for line in lines}


def _planned(
    frame: Frame, strata: Sequence[Stratum], sample_size: int, allocation: Allocation
) -> Plan:
    try:
        plan = plan_draw(frame, Design(allocation.value, sample_size))
    except DesignError:
        # With nothing drawn from a stratum its cases could not stand for anything in an estimate.
        raise SampleSizeError(sample_size, len(strata), len(frame.numbers)) from None
    sizes = {planned.label: planned.size for planned in plan.strata}
    for stratum in strata:
        stratum.sample_size = sizes[stratum.label]
    return plan


def _insert_sample(
    round_: Round, strata: Sequence[Stratum], case_ids: Mapping[str, int], drawn: Sequence[Drawn]
) -> None:
    by_label = {stratum.label: stratum for stratum in strata}
    rubrics = {rubric.kind: rubric.rubric_key for rubric in round_.rubrics}
    rows = [
        _sampled(round_, by_label[one.stratum], case_ids[one.number], one, rubrics) for one in drawn
    ]
    db.session.execute(insert(SampledCase), rows)


def _sampled(
    round_: Round, stratum: Stratum, case_id: int, one: Drawn, rubrics: Mapping[CaseKind, str]
) -> dict[str, Any]:
    return {
        "round_id": round_.id,
        "case_id": case_id,
        "stratum_id": stratum.id,
        "ticket": one.ticket,
        "inclusion_probability": one.probability,
        "rubric_key": rubrics[stratum_parts(stratum.label)[1]],
    }
