"""A drawn case that cannot be evaluated: the next ticket comes in; both stay on record."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, delete, insert

from review.domain.audit import record
from review.domain.frames import design_of, listing_of
from review.domain.rounds import lock_at
from review.domain.sampling import rubrics_by_kind, sampled_values
from review.enums import ReplacementReason, RoundStatus
from review.errors import NoCaseLeftError, NotDrawnError, WrongStatusError
from review.extensions import db
from review.models.frames import FrameVersion, Replacement
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.frames import framed_cases, replacements_of, standing_version
from review.queries.sampling import sampled_lines
from scoring.designs import plan_draw
from scoring.frames import read_listing
from scoring.sampling import Drawn, inner_ticket, replacement


def replace_case(
    round_: Round, sampled_id: int, *, reason: ReplacementReason, by: Actor
) -> Replacement:
    """Take a drawn case out before reviewers begin; the next of its stratum comes in. Commits.

    Raises WrongStatusError, NotDrawnError, NoCaseLeftError.
    """
    lock_at(round_, RoundStatus.DRAWN)
    version, lines = standing_version(round_), sampled_lines(round_)
    if version.seal is None:  # drawn before manifests were kept
        raise WrongStatusError
    if sampled_id not in lines:
        raise NotDrawnError
    leaving = lines.pop(sampled_id)
    left = [row.Replacement.left_number for row in replacements_of(version)]
    used = {*left, leaving.canonical_number, *(line.canonical_number for line in lines.values())}
    came = _following(version, leaving, used)
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
    db.session.execute(delete(SampledCase).where(SampledCase.id == sampled_id))
    values = sampled_values(round_, line, came, rubrics_by_kind(round_))
    db.session.execute(insert(SampledCase), [values])
    db.session.add(row)
    record(by, "case.replaced", row, reason=reason.value)
    db.session.commit()
    return row


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
