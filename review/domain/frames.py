"""The freeze: which cases, in which strata, under which design, with a seed from where.

All of it is fixed and published in one act, so that nobody who knows the seed has anything left
to choose. See docs/decisions/0028-the-freeze-fixes-everything.md.
"""

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert

from review.domain.audit import record
from review.domain.design_plan import Population, plan_of, population_of, spread_of
from review.domain.design_rules import Rules
from review.domain.design_strata import label_of
from review.domain.designs import design_row, rules_of
from review.domain.jobs import Report, enqueue
from review.domain.late_cases import latecomers
from review.domain.reconciliation import account_of
from review.domain.rounds import lock_at
from review.domain.seeds import SeedPlan, checked_plan
from review.enums import JobFailure, JobKind, RoundStatus
from review.errors import (
    AmbiguousFrameError,
    DesignRefusedError,
    EmptyFrameError,
    JobFailedError,
)
from review.extensions import db
from review.models.frames import FrameVersion, SeedParty
from review.models.jobs import Job
from review.models.rounds import Round
from review.models.sampling import FrameCase, Stratum
from review.permissions import Actor
from review.queries.designs import listed
from review.queries.exclusions import exclusions_of
from review.queries.frames import next_number
from review.queries.sampling import keep_dossiers
from scoring.designs import Design
from scoring.frames import Frame, canonical_number, frame_digest, frame_of
from scoring.plans import Plan


@dataclass(frozen=True, slots=True)
class Line:
    """A case on its way into the frame; ``unit`` is a name that says nothing about anybody."""

    case_id: int
    number: str
    stratum: str
    unit: str
    region: str


def ask_for_freeze(round_: Round, seed: SeedPlan, by: Actor) -> Job:
    """Put a freeze down as a job, once nothing speaks against it. Commits.

    Raises WrongStatusError, InvalidSeedError, EmptyFrameError, DesignRefusedError.
    """
    lock_at(round_, RoundStatus.DRAFT)
    checked_plan(seed)
    rules = rules_of(round_)
    plan_of(rules, population_of(round_, rules), spread_of(round_, rules))
    design_row(round_, by).seed = seed.to_json()
    job = enqueue(JobKind.FREEZE_FRAME, {"round_id": round_.id}, by)
    record(by, "round.freeze_asked", round_)
    db.session.commit()
    return job


def freeze_asked(payload: dict[str, Any], by: Actor, _report: Report) -> None:
    """Freeze as asked for; done already, nothing happens. Commits; raises JobFailedError."""
    round_ = db.session.get_one(Round, payload["round_id"])
    seed = design_row(round_, by).seed
    if round_.status is not RoundStatus.DRAFT or seed is None:
        return
    try:
        freeze_frame(round_, SeedPlan.from_json(seed), by)
    except AmbiguousFrameError:
        raise JobFailedError(JobFailure.TWIN_NUMBERS) from None
    except (EmptyFrameError, DesignRefusedError):
        raise JobFailedError(JobFailure.FRAME_CHANGED) from None


def freeze_frame(round_: Round, seed: SeedPlan, by: Actor) -> FrameVersion:
    """Fix the cases to draw from, their strata, the design and where the seed comes from. Commits.

    Raises WrongStatusError, InvalidSeedError, EmptyFrameError, AmbiguousFrameError,
    DesignRefusedError.
    """
    lock_at(round_, RoundStatus.DRAFT)
    checked_plan(seed)
    rules = rules_of(round_)
    lines = _lines(round_, rules)
    frame = _frame(lines, rules)
    design, plan = plan_of(rules, _population(lines), spread_of(round_, rules))
    missed = {case.id: earlier.id for case, earlier in latecomers(round_)}
    _insert_frame(round_, lines, plan, missed)
    round_.frame_size, round_.frame_digest = len(lines), frame_digest(frame.listing())
    round_.frozen_at, round_.status = datetime.now(UTC), RoundStatus.FROZEN
    version = _publish(round_, frame, _design_told(rules, design, plan), by)
    version.figures = _figures(round_, len(missed))
    _name_seed(version, seed)
    record(
        by,
        "round.frozen",
        round_,
        version=version.number,
        cases=len(lines),
        late=len(missed),
        digest=round_.frame_digest,
    )
    db.session.commit()
    return version


def listing_of(version: FrameVersion) -> bytes:
    """The published listing, byte for byte."""
    return zlib.decompress(version.listing)


def design_of(version: FrameVersion) -> Design:
    values = version.design["design"]
    pairs = {name: tuple(map(tuple, values[name])) for name in ("fixed", "deviations")}
    return Design(**(values | pairs))


def published_rules(version: FrameVersion) -> Rules:
    return Rules.from_json(version.design["rules"])


def _lines(round_: Round, rules: Rules) -> list[Line]:
    """Every case of the frame by number. Units are numbered in that order: no name, no row id."""
    rows = listed(round_, rules.dimensions, rules.unit, rules.targeting)
    if not rows:
        raise EmptyFrameError
    numbered = sorted((canonical_number(row.case_number), row) for row in rows)
    names: dict[int, str] = {}
    return [_line(number, row, rules, names) for number, row in numbered]


def _line(number: str, row: Row[Any], rules: Rules, names: dict[int, str]) -> Line:
    values, targeted = row[: len(rules.dimensions)], bool(row.targeted)
    unit = names.setdefault(row.unit, f"u{len(names) + 1:05d}") if rules.unit else ""
    label = label_of(values, rules.dimensions, targeted=targeted)
    return Line(row.id, number, label, unit, row.region)


def _frame(lines: Sequence[Line], rules: Rules) -> Frame:
    units = [line.unit for line in lines] if rules.unit else None
    try:
        return frame_of([line.number for line in lines], [line.stratum for line in lines], units)
    except ValueError:
        raise AmbiguousFrameError from None


def _population(lines: Sequence[Line]) -> Population:
    cells = Counter((line.stratum, line.unit) for line in lines)
    return Population(cells, Counter((line.region, line.stratum, line.unit) for line in lines))


def _insert_frame(
    round_: Round, lines: Sequence[Line], plan: Plan, missed: Mapping[int, int]
) -> None:
    """Strata and lines, written in bulk; ``missed`` names the frame that a late case missed."""
    strata = {
        one.label: Stratum(
            round_id=round_.id, label=one.label, population=one.population, sample_size=one.size
        )
        for one in plan.strata
    }
    db.session.add_all(strata.values())
    db.session.flush()
    rows = [
        {
            "round_id": round_.id,
            "case_id": line.case_id,
            "stratum_id": strata[line.stratum].id,
            "canonical_number": line.number,
            "missed_by_id": missed.get(line.case_id),
        }
        for line in lines
    ]
    db.session.execute(insert(FrameCase), rows)
    db.session.execute(keep_dossiers(round_))


def _design_told(rules: Rules, design: Design, plan: Plan) -> dict[str, Any]:
    strata = [[one.label, one.population, one.size] for one in plan.strata]
    return {"rules": rules.to_json(), "design": asdict(design), "strata": strata}


def _publish(round_: Round, frame: Frame, design: dict[str, Any], by: Actor) -> FrameVersion:
    return FrameVersion(
        round_id=round_.id,
        number=next_number(round_),
        cases=len(frame.numbers),
        digest=round_.frame_digest,
        listing=zlib.compress(frame.listing()),
        design=design,
        frozen_by_id=by.user_id,
        frozen_at=round_.frozen_at,
    )


def _name_seed(version: FrameVersion, seed: SeedPlan) -> None:
    version.seed_kind, version.seed_due_on = seed.kind, seed.due_on
    version.seed_source = seed.source.strip() or "、".join(seed.parties)
    db.session.add(version)
    db.session.add_all(
        SeedParty(round_id=version.round_id, version=version.number, name=name)
        for name in seed.parties
    )


def _figures(round_: Round, late: int) -> dict[str, Any]:
    """What the frame was reconciled with, and who kept which case out of it, and why."""
    db.session.flush()
    account = account_of(round_, late)
    kept_out = [
        {
            "number": row.case_number,
            "reason": row.reason.value,
            "note": row.note,
            "by": row.excluded_by,
            "at": row.excluded_at.isoformat(),
        }
        for row in exclusions_of(round_)
    ]
    places = {place.value: count for place, count in account.places.items()}
    return {"places": places, "late": late, "exclusions": kept_out}
