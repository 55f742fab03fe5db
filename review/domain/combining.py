"""The rule by which a round's marks become results, and the lots it draws."""

from review.domain.rubrics import get_scheme
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.privacy import secret_number
from rubrics.combining import Rule

LOTS = 1_000_000
"""Lots are drawn as whole millionths, far finer than any share that somebody would type."""


def rule_of(round_: Round) -> Rule:
    """How the round's marks become results."""
    return Rule(
        wanted=round_.marks_per_case,
        threshold=round_.threshold,
        scheme=get_scheme(round_.scheme_key),
        border=round_.border,
        remarked=frozenset(round_.remarked_grades),
    )


def is_lot(sampled: SampledCase, round_: Round) -> bool:
    """Whether a case is marked again should it pass plainly: drawn once and for all, by a secret
    of the server, so that nobody can know it while marking."""
    lot = secret_number("remark", f"{round_.id}:{sampled.id}") % LOTS
    return lot * 100 < round_.remark_percent * LOTS
