from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from review.domain.analysis import refresh
from review.domain.audit import record
from review.domain.rounds import lock_at
from review.domain.rubrics import get_rubric, get_scheme
from review.enums import CaseKind, Grade, RoundStatus, SampledCaseStatus, SettledBy
from review.errors import UnsettledError
from review.extensions import db
from review.labels import BEIJING
from review.models.reviewing import Mark, Review
from review.models.rounds import Round
from review.permissions import Actor
from review.privacy import decrypt_text, digest, mask_name
from review.queries.results import own_result, submitted_reviews
from review.queries.rounds import status_counts
from rubrics.arithmetic import deducted, mean
from rubrics.grading import Scheme
from rubrics.model import HANDLER, Criterion, Rubric, Veto


@dataclass(frozen=True, slots=True)
class CriterionFeedback:
    """One criterion with the marks of all markers, in the order of the feedback's markings."""

    title: str
    points: Decimal
    answers: str
    marks: tuple[Mark | None, ...]
    deducted: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class SectionFeedback:
    title: str
    criteria: tuple[CriterionFeedback, ...]


@dataclass(frozen=True, slots=True)
class Marking:
    """One marker's total and comment, and nothing else about the marker."""

    total: Decimal | None
    overall: str
    comment: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a handler is told of one case: the day of publication is its only time."""

    case_number: str
    kind: CaseKind
    cause: str | None
    recipient: str
    round_name: str
    published_on: date | None
    closed_on: date
    total: Decimal
    agency_total: Decimal | None
    is_judged: bool
    answers: dict[str, str]
    failed_by: tuple[str, ...]
    grade: Grade
    settled_by: SettledBy
    rubric_title: str
    is_example: bool
    markings: tuple[Marking, ...]
    sections: tuple[SectionFeedback, ...]
    bonuses: tuple[CriterionFeedback, ...]
    vetoes: tuple[CriterionFeedback, ...]


def publish_round(round_: Round, by: Actor) -> None:
    """Make every result of the round public at once. Commits; raises UnsettledError."""
    lock_at(round_, RoundStatus.MARKING)
    counts = status_counts(round_)
    if counts.keys() != {SampledCaseStatus.SETTLED}:
        raise UnsettledError({status.value: count for status, count in counts.items()})
    round_.status = RoundStatus.PUBLISHED
    round_.published_at = datetime.now(UTC)
    record(by, "round.published", round_, cases=counts[SampledCaseStatus.SETTLED])
    refresh(round_)
    db.session.commit()


def feedback(public_id: str, actor: Actor) -> Feedback | None:
    """A handler's own published result by criterion; None when there is none."""
    row = own_result(public_id, actor)
    if row is None:
        return None
    result, case, sampled, round_ = row
    reviews = in_blind_order(submitted_reviews(sampled), public_id)
    rubric, scheme = get_rubric(sampled.rubric_key), get_scheme(round_.scheme_key)
    return Feedback(
        case_number=case.case_number,
        kind=case.kind,
        cause=case.cause,
        recipient=mask_name(decrypt_text(case.recipient_name)) if case.recipient_name else "",
        round_name=round_.name,
        published_on=day_of(round_.published_at),
        closed_on=case.closed_on,
        total=result.total,
        agency_total=_agency_total(reviews),
        is_judged=scheme.is_judged,
        answers={option.code: option.title for option in scheme.options},
        failed_by=_reasons(rubric, result.failed_by),
        grade=result.grade,
        settled_by=result.settled_by,
        rubric_title=rubric.title,
        is_example=rubric.is_example,
        markings=tuple(_marking(review, scheme) for review in reviews),
        sections=_sections(rubric, reviews),
        bonuses=_given_only(rubric.bonuses, reviews),
        vetoes=_given_only(rubric.vetoes, reviews),
    )


def day_of(instant: datetime | None) -> date | None:
    """The day in China, so that no hour can be matched with anybody's working hours."""
    return instant.astimezone(BEIJING).date() if instant else None


def in_blind_order(reviews: Sequence[Review], public_id: str) -> list[Review]:
    """Order by a keyed digest of what is shown anyway: stable for one case, unlinkable between
    cases, and the same whoever gave the marks and whenever.
    """
    return sorted(reviews, key=lambda review: digest(f"{public_id}:{_content(review)}"))


def _content(review: Review) -> str:
    marks = sorted(
        (m.criterion_code, str(m.points), m.not_applicable, m.reason, m.answer, m.found)
        for m in review.marks
    )
    return repr((str(review.total), review.overall, review.comment, marks))


def _marking(review: Review, scheme: Scheme) -> Marking:
    judged = scheme.overall_of.get(review.overall)
    return Marking(review.total, judged.title if judged else "", review.comment)


def _agency_total(reviews: Sequence[Review]) -> Decimal | None:
    """The mean over the markings; shown beside the handler's total and grading nobody."""
    totals = [review.agency_total for review in reviews if review.agency_total is not None]
    return mean(totals) if totals else None


def _reasons(rubric: Rubric, codes: Sequence[str]) -> tuple[str, ...]:
    """What failed the case, in words."""
    titles = {section.code: section.title for section in rubric.sections}
    titles |= {veto.code: veto.title for veto in rubric.vetoes}
    return tuple(titles[code] for code in codes)


def _sections(rubric: Rubric, reviews: Sequence[Review]) -> tuple[SectionFeedback, ...]:
    given = _by_code(reviews)
    return tuple(
        SectionFeedback(section.title, tuple(_item(c, given) for c in section.criteria))
        for section in rubric.sections
    )


def _given_only(
    items: Sequence[Criterion | Veto], reviews: Sequence[Review]
) -> tuple[CriterionFeedback, ...]:
    """The bonus items or vetoes that some marking gave; of the others nothing needs to be said."""
    shown = [_item(item, _by_code(reviews)) for item in items]
    return tuple(one for one in shown if any(m and (m.points or m.found) for m in one.marks))


def _by_code(reviews: Sequence[Review]) -> list[dict[str, Mark]]:
    return [{mark.criterion_code: mark for mark in review.marks} for review in reviews]


def _item(item: Criterion | Veto, given: list[dict[str, Mark]]) -> CriterionFeedback:
    marks = tuple(marks.get(item.code) for marks in given)
    if isinstance(item, Veto):
        return CriterionFeedback(item.title, Decimal(0), HANDLER, marks, (None,) * len(marks))
    lost = tuple(deducted(item, mark.points) if mark else None for mark in marks)
    return CriterionFeedback(item.title, item.points, item.answers, marks, lost)
