"""Whether what is stored still follows: every total from its marks, every digest from its text."""

from collections.abc import Iterator
from dataclasses import dataclass

from review.domain.definitions import digest_of
from review.domain.rubrics import get_rubric, get_scheme
from review.domain.sheets import given_marks
from review.models.reviewing import Review
from review.queries.recomputation import fixed_definitions, submitted_in_turn
from rubrics.arithmetic import outcome


@dataclass(frozen=True, slots=True)
class Recomputed:
    """How many were looked at, and the numbers and keys of those that do not follow."""

    reviews: int
    different: list[int]
    definitions: int
    altered: list[str]


def recompute() -> Recomputed:
    """Work out every submitted review and every published definition again; changes nothing."""
    checked = [(review.id, follows) for review, follows in _checked_reviews()]
    definitions = fixed_definitions()
    return Recomputed(
        reviews=len(checked),
        different=[number for number, follows in checked if not follows],
        definitions=len(definitions),
        altered=[one.key for one in definitions if digest_of(one.text) != one.digest],
    )


def _checked_reviews() -> Iterator[tuple[Review, bool]]:
    for review, scheme_key in submitted_in_turn():
        yield review, _follows(review, scheme_key)


def _follows(review: Review, scheme_key: str) -> bool:
    """A judged review's total is the place of its judgement; all else comes from the marks."""
    scheme = get_scheme(scheme_key)
    came_to = outcome(get_rubric(review.rubric_key), given_marks(review))
    total = scheme.overall_of[review.overall].total if scheme.is_judged else came_to.total
    stored = (review.total, review.agency_total, tuple(review.failed_by))
    return stored == (total, came_to.agency_total, came_to.failed_by)
