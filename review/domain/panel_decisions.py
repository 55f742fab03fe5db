"""What the rule cannot settle is decided by a panel: own mark first, then the markings compared,
then what was decided on each criterion, by which votes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from review.domain.adjudication import locked_case, settle
from review.domain.audit import record
from review.domain.rubrics import get_rubric, get_scheme
from review.domain.sheets import anything_applies
from review.enums import DecisionFlaw, RoundStatus, SampledCaseStatus, SettledBy
from review.errors import DecisionRefusedError, OwnMarkMissingError, WrongStatusError
from review.extensions import db
from review.models.adjudication import PanelRecord, PanelView
from review.models.results import Result
from review.models.reviewing import Mark, Review
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.privacy import decrypt_text, encrypt_text
from review.queries.adjudication import PanelCase, own_view
from rubrics.arithmetic import Outcome, outcome
from rubrics.grading import Overall, Scheme
from rubrics.marking import mark_problem
from rubrics.model import Criterion, GivenMark, Rubric, Section

LEAST_REASON, LEAST_MEMBERS = 10, 3
TENTH = Decimal("0.1")
LARGE, MIDDLING = Decimal("0.5"), Decimal("0.25")
"""Shares of a criterion's points from which a difference is shown as large, or as middling."""


@dataclass(frozen=True, slots=True)
class ComparedCriterion:
    """One criterion across the markings; ``spread`` is None where some found it not applicable.
    ``agreed`` is what all of them gave; ``size`` runs from 0, no difference, to 3."""

    criterion: Criterion
    marks: tuple[Mark | None, ...]
    spread: Decimal | None
    differs: bool
    agreed: Mark | None
    size: int


@dataclass(frozen=True, slots=True)
class ComparedSection:
    title: str
    rows: tuple[ComparedCriterion, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of a scheme that is judged, ``answers`` are the words of the items' answers and
    ``overalls`` the judgements. ``failing`` gives the words of what failed a marking."""

    rubric: Rubric
    scheme: Scheme
    failing: dict[str, str]
    answers: dict[str, str]
    overalls: tuple[Overall, ...]
    sections: tuple[ComparedSection, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A member's vote; ``dissent`` is the opinion of one who is not in favour."""

    name: str
    in_favour: bool = True
    dissent: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """``sheet`` holds a mark for each criterion and the vetoes that were found."""

    sheet: Mapping[str, GivenMark]
    reason: str
    members: tuple[Member, ...]
    overall: str = ""


def give_own_mark(sampled: SampledCase, total: Decimal, by: Actor) -> None:
    """Keep what somebody would give before seeing the markings, once. Commits; raises
    DecisionRefusedError, WrongStatusError."""
    if not total.is_finite() or not 0 <= total <= 100 or total % TENTH:
        raise DecisionRefusedError(DecisionFlaw.TOTAL)
    sampled, _ = _before_panel(sampled)
    if own_view(sampled.id, by.user_id) is None:
        now = datetime.now(UTC)
        own = PanelView(sampled_case_id=sampled.id, user_id=by.user_id, total=total, given_at=now)
        db.session.add(own)
        record(by, "panel.own_mark_given", sampled)
    db.session.commit()


def decide(sampled: SampledCase, decision: Decision, by: Actor) -> Result:
    """Record the panel's decision and settle the case. Commits; raises DecisionRefusedError,
    OwnMarkMissingError, WrongStatusError."""
    sampled, round_ = _before_panel(sampled)
    if own_view(sampled.id, by.user_id) is None:
        raise OwnMarkMissingError
    rubric, scheme = get_rubric(sampled.rubric_key), get_scheme(round_.scheme_key)
    decision = replace(decision, sheet=_with_points(rubric, scheme, decision.sheet))
    came_to = _outcome(rubric, scheme, decision)
    for flaw in _flaws(decision, scheme):
        raise DecisionRefusedError(flaw)
    judged = scheme.overall_of[decision.overall] if scheme.is_judged else None
    result = settle(
        sampled,
        round_.scheme_key,
        judged.total if judged else came_to.total,
        SettledBy.PANEL,
        failed_by=came_to.failed_by,
        reason=decision.reason,
        by=by,
    )
    db.session.add(_record(sampled, decision))
    db.session.commit()
    return result


def sheet_of(stored: PanelRecord) -> dict[str, GivenMark]:
    """The decided marks in the form that ``rubrics`` works with."""
    return {
        code: GivenMark(
            None if mark["points"] is None else Decimal(mark["points"]),
            mark["not_applicable"],
            "",
            mark["answer"],
            mark["found"],
        )
        for code, mark in stored.marks.items()
    }


def members_of(stored: PanelRecord) -> tuple[Member, ...]:
    return tuple(Member(**one) for one in json.loads(decrypt_text(stored.members)))


def compare(case: PanelCase) -> Comparison:
    """The submitted markings side by side, criterion by criterion."""
    rubric, scheme = get_rubric(case.sampled.rubric_key), get_scheme(case.scheme_key)
    sheets = [_by_code(review) for review in case.reviews]
    parts = [(section.title, section.criteria) for section in rubric.sections]
    if rubric.bonuses:
        parts.append(("", rubric.bonuses))
    failing: dict[str, str] = {item.code: item.title for item in rubric.vetoes}
    return Comparison(
        rubric=rubric,
        scheme=scheme,
        failing=failing | {section.code: section.title for section in _limited(rubric)},
        answers={option.code: option.title for option in scheme.options},
        overalls=scheme.overalls,
        sections=tuple(
            ComparedSection(title, tuple(_compared(criterion, sheets) for criterion in criteria))
            for title, criteria in parts
        ),
    )


def _limited(rubric: Rubric) -> list[Section]:
    return [section for section in rubric.sections if section.minimum is not None]


def _before_panel(sampled: SampledCase) -> tuple[SampledCase, Round]:
    """The case, locked, and its round, if the panel may still decide it."""
    sampled = locked_case(sampled.id)
    round_ = db.session.get_one(Round, sampled.round_id)
    if sampled.status is not SampledCaseStatus.PANEL or round_.status is not RoundStatus.MARKING:
        raise WrongStatusError
    return sampled, round_


def _with_points(
    rubric: Rubric, scheme: Scheme, sheet: Mapping[str, GivenMark]
) -> dict[str, GivenMark]:
    """The sheet with the points that its answers stand for."""
    known = rubric.by_code
    return {
        code: scheme.with_points(known[code], mark) if code in known else mark
        for code, mark in sheet.items()
    }


def _outcome(rubric: Rubric, scheme: Scheme, decision: Decision) -> Outcome:
    """What the decided marks come to; each must be one that a reviewer might have given."""
    wrong = tuple(_wrong_marks(rubric, scheme, decision.sheet))
    if wrong:
        raise DecisionRefusedError(DecisionFlaw.MARKS, wrong)
    if not anything_applies(rubric, decision.sheet):
        raise DecisionRefusedError(DecisionFlaw.NOTHING_APPLIES)
    return outcome(rubric, decision.sheet)


def _wrong_marks(rubric: Rubric, scheme: Scheme, sheet: Mapping[str, GivenMark]) -> Iterator[str]:
    yield from sheet.keys() - rubric.answerable.keys()
    for code, item in rubric.answerable.items():
        mark = sheet.get(code, GivenMark())
        is_missing = code in rubric.by_code and not mark.is_answered
        if is_missing or mark_problem(rubric, item, mark, scheme):
            yield code


def _flaws(decision: Decision, scheme: Scheme) -> Iterator[DecisionFlaw]:
    names = [member.name.strip() for member in decision.members]
    if scheme.is_judged and decision.overall not in scheme.overall_of:
        yield DecisionFlaw.OVERALL
    if len(decision.reason.strip()) < LEAST_REASON:
        yield DecisionFlaw.REASON
    if len(names) < LEAST_MEMBERS or len(set(names)) < len(names) or not all(names):
        yield DecisionFlaw.FEW_MEMBERS
    if 2 * sum(member.in_favour for member in decision.members) <= len(decision.members):
        yield DecisionFlaw.NO_MAJORITY
    if any(not one.in_favour and not one.dissent.strip() for one in decision.members):
        yield DecisionFlaw.SILENT_DISSENT


def _record(sampled: SampledCase, decision: Decision) -> PanelRecord:
    in_favour = sum(member.in_favour for member in decision.members)
    return PanelRecord(
        sampled_case_id=sampled.id,
        rubric_key=sampled.rubric_key,
        marks={code: _as_json(mark) for code, mark in decision.sheet.items()},
        overall=decision.overall,
        in_favour=in_favour,
        against=len(decision.members) - in_favour,
        members=encrypt_text(json.dumps([asdict(one) for one in decision.members])),
        decided_at=datetime.now(UTC),
    )


def _as_json(mark: GivenMark) -> dict[str, Any]:
    points = None if mark.points is None else format(mark.points, "f")
    return {
        "points": points,
        "not_applicable": mark.not_applicable,
        "answer": mark.answer,
        "found": mark.found,
    }


def _by_code(review: Review) -> dict[str, Mark]:
    return {mark.criterion_code: mark for mark in review.marks}


def _compared(criterion: Criterion, sheets: Sequence[Mapping[str, Mark]]) -> ComparedCriterion:
    marks = tuple(sheet.get(criterion.code) for sheet in sheets)
    given = [mark.points for mark in marks if mark and mark.points is not None]
    spread = max(given) - min(given) if given and len(given) == len(marks) else None
    same = {(m.points, m.not_applicable, m.answer) if m else None for m in marks}
    differs = len(same) > 1
    return ComparedCriterion(
        criterion,
        marks,
        spread,
        differs,
        agreed=None if differs or not marks else marks[0],
        size=_size(criterion, spread) if differs else 0,
    )


def _size(criterion: Criterion, spread: Decimal | None) -> int:
    """Whether a criterion applies at all is as large a difference as there is."""
    if spread is None or spread >= LARGE * criterion.points:
        return 3
    return 2 if spread >= MIDDLING * criterion.points else 1
