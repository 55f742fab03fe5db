"""A drawn case that cannot be evaluated: the next ticket comes in; both stay on record."""

from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, delete, insert

from review.domain.audit import record
from review.domain.frames import design_of, listing_of
from review.domain.jobs import Report, enqueue
from review.domain.rounds import lock_at
from review.domain.sampling import rubrics_by_kind, sampled_values
from review.enums import JobFailure, JobKind, ReplacementReason, RoundStatus
from review.errors import JobFailedError, NoCaseLeftError, NotDrawnError, WrongStatusError
from review.extensions import db
from review.models.frames import FrameVersion, Replacement
from review.models.jobs import Job
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.frames import framed_cases, replacements_of, standing_version
from review.queries.sampling import sampled_lines
from scoring.designs import plan_draw
from scoring.frames import read_listing
from scoring.sampling import Drawn, inner_ticket, replacement


def ask_for_replacement(
    round_: Round, case_id: int, *, reason: ReplacementReason, by: Actor
) -> Job:
    """Put a replacement down as a job, once nothing speaks against it. Commits; raises
    WrongStatusError, NotDrawnError."""
    version = _open_version(round_)
    _leaving(sampled_lines(round_), case_id)
    asked = {"round_id": round_.id, "version": version.number, "case_id": case_id}
    job = enqueue(JobKind.REPLACE_CASE, asked | {"reason": reason.value}, by)
    record(by, "case.replacement_asked", version, reason=reason.value)
    db.session.commit()
    return job


def replace_asked(payload: dict[str, Any], by: Actor, _report: Report) -> None:
    """Replace as asked for; done already, nothing happens. Commits; raises WrongStatusError,
    JobFailedError."""
    round_ = db.session.get_one(Round, payload["round_id"])
    if _open_version(round_).number != payload["version"]:
        raise WrongStatusError
    try:
        reason = ReplacementReason(payload["reason"])
        replace_case(round_, payload["case_id"], reason=reason, by=by)
    except NotDrawnError:
        db.session.rollback()
    except NoCaseLeftError:
        raise JobFailedError(JobFailure.NO_CASE_LEFT) from None


def replace_case(
    round_: Round, case_id: int, *, reason: ReplacementReason, by: Actor
) -> Replacement:
    """Take a drawn case out before reviewers begin; the next of its stratum comes in. Commits.

    Raises WrongStatusError, NotDrawnError, NoCaseLeftError.
    """
    version, lines = _open_version(round_), sampled_lines(round_)
    leaving = _leaving(lines, case_id)
    left = [row.Replacement.left_number for row in replacements_of(version)]
    came = _following(version, leaving, {*left, *(line.canonical_number for line in lines)})
    line = framed_cases(round_, [came.number])[came.number]
    row = Replacement(
        round_id=round_.id,
        version=version.number,
        left_case_id=leaving.case_id,
        left_number=leaving.canonical_number,
        came_case_id=line.case_id,
        came_number=came.number,
        stratum=came.stratum,
        ticket=came.ticket,
        for_minimum=came.for_minimum,
        reason=reason,
        replaced_by_id=by.user_id,
        replaced_at=datetime.now(UTC),
    )
    db.session.execute(delete(SampledCase).where(SampledCase.id == leaving.id))
    values = sampled_values(round_, line, came, rubrics_by_kind(round_))
    db.session.execute(insert(SampledCase), [values])
    db.session.add(row)
    record(by, "case.replaced", row, reason=reason.value)
    db.session.commit()
    return row


def _open_version(round_: Round) -> FrameVersion:
    """The drawn version, the round held; draws of before manifests were kept are left as they
    are."""
    lock_at(round_, RoundStatus.DRAWN)
    version = standing_version(round_)
    if version.seal is None:
        raise WrongStatusError
    return version


def _leaving(lines: Sequence[Row[Any]], case_id: int) -> Row[Any]:
    for line in lines:
        if line.case_id == case_id:
            return line
    raise NotDrawnError


def _following(version: FrameVersion, leaving: Row[Any], used: set[str]) -> Drawn:
    """The next of the same stratum, or for a minimum of the same unit, under the same seed."""
    frame, seed = read_listing(listing_of(version)), version.seed or ""
    plan = plan_draw(frame, design_of(version))
    number = leaving.canonical_number
    for_minimum = leaving.ticket == inner_ticket(seed, number)
    left = Drawn(number, leaving.label, leaving.ticket, Fraction(0), for_minimum)
    try:
        return replacement(frame, plan, seed, leaving=left, used=used)
    except ValueError:
        raise NoCaseLeftError from None
