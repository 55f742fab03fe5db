"""What counts as past: the drawn cases of published rounds in reach, and their markings."""

from typing import Any

from sqlalchemy import Select

from review.enums import AssignmentStatus, RoundStatus
from review.models.assignment import Assignment
from review.models.reviewing import Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.regions import within


def published_cases(query: Select[Any], actor: Actor) -> Select[Any]:
    """Join the drawn case and its round; keep published rounds of the actor's tree."""
    return _of_published(query.select_from(SampledCase), actor)


def published_markings(query: Select[Any], actor: Actor) -> Select[Any]:
    """Join the review, its assignment, drawn case and round; keep what was submitted in published
    rounds of the actor's tree."""
    joined = (
        query.select_from(Review)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .where(Assignment.status == AssignmentStatus.SUBMITTED)
    )
    return _of_published(joined, actor)


def _of_published(query: Select[Any], actor: Actor) -> Select[Any]:
    return query.join(Round, Round.id == SampledCase.round_id).where(
        Round.status == RoundStatus.PUBLISHED, within(Round.region_code, actor.region_code)
    )
