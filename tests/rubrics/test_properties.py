"""What holds for every rubric and marking; ``GENERATED_RUBRICS`` says how many are made.

A few hundred in each run of the suite, ten thousand with ``make properties``.
"""

import os
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from rubrics.arithmetic import Outcome, outcome, part_total
from rubrics.checks import rubric_problems
from rubrics.marking import sheet_problems
from rubrics.model import AGENCY, HANDLER, Criterion, GivenMark, Rubric
from rubrics.reading import read_rubric
from rubrics.registry import get_scheme
from rubrics.writing import rubric_text
from tests.rubrics.strategies import HALF, Sheet, sheets

many = settings(
    max_examples=int(os.environ.get("GENERATED_RUBRICS", "200")),
    deadline=None,
)
Made = tuple[Rubric, Sheet]


def by_hand(rubric: Rubric, sheet: Sheet, answers: str) -> Fraction | None:
    """A part's total as an exact fraction, written differently from the code under test."""
    applied = [
        c for c in rubric.criteria if c.answers == answers and not sheet[c.code].not_applicable
    ]
    if not applied:
        return None
    earned = sum((Fraction(sheet[c.code].points or 0) for c in applied), Fraction(0))
    return 100 * earned / sum((Fraction(c.points) for c in applied), Fraction(0))


def one_more(criterion: Criterion, points: Decimal) -> Decimal:
    """The next higher points that the criterion allows; the same at its maximum."""
    if criterion.levels:
        return min(
            level.points
            for level in criterion.levels
            if level.points >= min(points + HALF, criterion.points)
        )
    return min(points + HALF, criterion.points)


@many
@given(sheets())
def test_generated_rubric_is_sound_reads_back_and_takes_its_sheet(made: Made) -> None:
    rubric, sheet = made
    assert rubric_problems(rubric) == []
    assert read_rubric(rubric_text(rubric)) == rubric
    assert sheet_problems(rubric, sheet) == {}


@many
@given(sheets(), st.randoms(use_true_random=True))
def test_order_does_not_matter(made: Made, random: Random) -> None:
    rubric, sheet = made
    items = list(sheet.items())
    random.shuffle(items)
    mixed = random.sample(rubric.sections, len(rubric.sections))
    found = outcome(replace(rubric, sections=tuple(mixed)), dict(items))
    expected = outcome(rubric, sheet)
    assert replace(found, failed_by=()) == replace(expected, failed_by=())
    assert set(found.failed_by) == set(expected.failed_by)


@many
@given(sheets())
def test_totals_are_the_exact_shares_of_each_part(made: Made) -> None:
    rubric, sheet = made
    found = outcome(rubric, sheet)
    handler, agency = (by_hand(rubric, sheet, part) for part in (HANDLER, AGENCY))
    assert handler is not None
    expected = min(Fraction(100), handler + Fraction(found.bonus))
    assert abs(Fraction(found.total) - expected) < Fraction(1, 10**24)
    assert (found.agency_total is None) == (agency is None)
    if agency is not None and found.agency_total is not None:
        assert abs(Fraction(found.agency_total) - agency) < Fraction(1, 10**24)


@many
@given(sheets(), st.randoms(use_true_random=True))
def test_one_more_point_never_lowers_anything(made: Made, random: Random) -> None:
    rubric, sheet = made
    criterion = random.choice(rubric.criteria)
    points = sheet[criterion.code].points
    if points is None:
        return
    more = sheet | {criterion.code: GivenMark(one_more(criterion, points), reason="有扣分")}
    before, after = outcome(rubric, sheet), outcome(rubric, more)
    assert after.total >= before.total
    assert (after.agency_total or 0) >= (before.agency_total or 0)
    assert set(after.failed_by) <= set(before.failed_by)
    untouched = "agency_total" if criterion.answers == HANDLER else "total"
    assert getattr(after, untouched) == getattr(before, untouched)


@many
@given(sheets(), st.randoms(use_true_random=True))
def test_not_applicable_never_lifts_the_total_above_the_others_share(
    made: Made, random: Random
) -> None:
    rubric, sheet = made
    optional = [c for c in rubric.part(HANDLER) if c.may_be_na]
    if not optional:
        return
    criterion = random.choice(optional)
    without = sheet | {criterion.code: GivenMark(not_applicable=True, reason="无此环节")}
    others = [c for c in rubric.part(HANDLER) if c is not criterion]
    share = part_total(others, {code: mark.points for code, mark in sheet.items()})
    found = outcome(rubric, without)
    assert share is not None
    assert found.total == min(Decimal(100), share + found.bonus)
    if sheet[criterion.code].points == criterion.points:
        assert found.total <= outcome(rubric, sheet).total


@many
@given(sheets())
def test_vetoes_bonus_and_minimum(made: Made) -> None:
    rubric, sheet = made
    found = outcome(rubric, sheet)
    clean = {c: replace(m, found=False) for c, m in sheet.items()}
    vetoes = {v.code for v in rubric.vetoes if sheet[v.code].found}
    assert set(found.failed_by) - set(outcome(rubric, clean).failed_by) == vetoes
    assert found.total == outcome(rubric, clean).total
    assert 0 <= found.bonus <= rubric.bonus_cap
    assert 0 <= found.total <= 100
    full = {c.code: GivenMark(c.points) for c in rubric.criteria}
    best = Outcome(Decimal(100), Decimal(100) if rubric.part(AGENCY) else None, Decimal(0), ())
    assert outcome(rubric, full) == best


@many
@given(
    sheets(), st.sampled_from(["indicator-grades", "five-point"]), st.randoms(use_true_random=True)
)
def test_better_answers_never_suggest_a_worse_judgement(
    made: Made, key: str, random: Random
) -> None:
    rubric, scheme = made[0], get_scheme(key)
    codes = [option.code for option in scheme.options if option.share is not None]  # best first
    chosen = {c.code: random.randrange(len(codes)) for c in rubric.criteria}
    better = {code: max(0, n - 1) for code, n in chosen.items()}

    def suggested(picked: dict[str, int]) -> Decimal:
        marks = {
            c.code: scheme.with_points(c, GivenMark(answer=codes[picked[c.code]]))
            for c in rubric.criteria
        }
        return scheme.suggested(outcome(rubric, marks).total).total

    assert suggested(better) >= suggested(chosen)
