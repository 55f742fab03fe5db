"""The draw, from the published listing and the published design; only the seed is new.

The seed is taken first, once and for good, and the worker draws: who types another one after a
breakdown would have had two to choose from.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert

from review.domain.audit import record
from review.domain.frames import design_of, listing_of
from review.domain.jobs import Report, enqueue
from review.domain.rounds import lock_at
from review.domain.seeds import seed_of, take_seed
from review.enums import Allocation, JobKind, RoundStatus
from review.errors import NotFrozenError, WrongStatusError
from review.extensions import db
from review.models.frames import FrameVersion
from review.models.jobs import Job
from review.models.rounds import Round
from review.models.sampling import Draw, SampledCase
from review.permissions import Actor
from review.queries.frames import framed_cases, standing_version
from review.queries.rounds import lock_round
from review.queries.sampling import tickets_of
from scoring.designs import plan_draw
from scoring.frames import read_listing
from scoring.manifest import manifest_of
from scoring.sampling import Drawn, draw


def ask_for_draw(
    round_: Round, *, by: Actor, digits: str = "", values: Mapping[str, str] | None = None
) -> Job:
    """Take the seed, ``digits`` or the ``values`` of the parties to a mixed one, and put the draw
    down as a job. Commits; raises NotFrozenError, WrongStatusError, InvalidSeedError."""
    version = _seeded(round_, digits, values or {})
    record(by, "seed.given", version, seed=version.seed)
    return _job(version, by)


def draw_once_more(round_: Round, by: Actor) -> Job:
    """Put a draw down again whose worker broke off, under the seed that was taken. Commits;
    raises WrongStatusError."""
    lock_at(round_, RoundStatus.FROZEN)
    version = standing_version(round_)
    if version.seed is None:
        raise WrongStatusError
    return _job(version, by)


def draw_asked(payload: dict[str, Any], by: Actor, _report: Report) -> None:
    """Draw as asked for; done already, or the version ended, nothing happens. Commits."""
    round_ = db.session.get_one(Round, payload["round_id"])
    if lock_round(round_) is not RoundStatus.FROZEN:
        return
    version = standing_version(round_)
    if version.number == payload["version"]:
        _draw(round_, version, by)
    db.session.commit()


def draw_sample(
    round_: Round, *, by: Actor, digits: str = "", values: Mapping[str, str] | None = None
) -> None:
    """Take the seed and draw at once. Commits; raises as ``ask_for_draw``."""
    version = _seeded(round_, digits, values or {})
    _draw(round_, version, by)
    db.session.commit()


def drawn_listing(round_: Round) -> bytes:
    """Stratum, ticket and number of each drawn case, one line each, for checking by hand."""
    lines = [f"{row.label} {row.ticket} {row.canonical_number}\n" for row in tickets_of(round_)]
    return "".join(lines).encode()


def sampled_values(
    round_: Round, line: Row[Any], one: Drawn, rubrics: Mapping[Any, str]
) -> dict[str, Any]:
    """The row of a drawn case, whether the draw or a replacement brought it in."""
    return {
        "round_id": round_.id,
        "case_id": line.case_id,
        "stratum_id": line.stratum_id,
        "ticket": one.ticket,
        "inclusion_probability": one.probability,
        "rubric_key": rubrics[line.kind],
    }


def rubrics_by_kind(round_: Round) -> dict[Any, str]:
    return {rubric.kind: rubric.rubric_key for rubric in round_.rubrics}


def _seeded(round_: Round, digits: str, values: Mapping[str, str]) -> FrameVersion:
    if lock_round(round_) is RoundStatus.DRAFT:
        raise NotFrozenError
    lock_at(round_, RoundStatus.FROZEN)
    version = standing_version(round_)
    take_seed(version, digits, values)
    return version


def _job(version: FrameVersion, by: Actor) -> Job:
    payload = {"round_id": version.round_id, "version": version.number}
    job = enqueue(JobKind.DRAW_SAMPLE, payload, by)
    db.session.commit()
    return job


def _draw(round_: Round, version: FrameVersion, by: Actor) -> None:
    seed = seed_of(version)
    frame, design = read_listing(listing_of(version)), design_of(version)
    plan = plan_draw(frame, design)
    sample = draw(frame, plan, seed.value)
    _keep_evidence(version, manifest_of(frame, design, plan, seed, sample))
    _insert_sample(round_, sample)
    _insert_draw(round_, version, sample, by)
    round_.status = RoundStatus.DRAWN
    details = {"cases": len(sample), "seed": seed.value, "seal": version.seal}
    record(by, "round.drawn", round_, version=version.number, **details)


def _keep_evidence(version: FrameVersion, manifest: dict[str, Any]) -> None:
    version.seal = manifest["seal"]
    version.manifest = json.dumps(manifest, ensure_ascii=False, separators=(",", ":"))
    version.drawn_at = datetime.now(UTC)


def _insert_sample(round_: Round, sample: Sequence[Drawn]) -> None:
    numbers = [one.number for one in sample]
    lines, rubrics = framed_cases(round_, numbers), rubrics_by_kind(round_)
    rows = [sampled_values(round_, lines[one.number], one, rubrics) for one in sample]
    # In the order of the numbers: a row id says nothing of stratum or ticket.
    ordered = [row for _number, row in sorted(zip(numbers, rows, strict=True), key=_first)]
    db.session.execute(insert(SampledCase), ordered)


def _first(pair: tuple[str, Any]) -> str:
    return pair[0]


def _insert_draw(round_: Round, version: FrameVersion, sample: Sequence[Drawn], by: Actor) -> None:
    db.session.add(
        Draw(
            round_id=round_.id,
            seed=version.seed,
            seed_source=version.seed_source,
            allocation=Allocation(version.design["design"]["allocation"]),
            design=version.design["design"],
            sample_size=len(sample),
            drawn_by_id=by.user_id,
            drawn_at=version.drawn_at,
        )
    )
