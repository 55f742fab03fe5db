from decimal import Decimal

import numpy as np
import pytest

from review.demo.chance import stream
from review.demo.marks import answers, applicability, case_weights, given, losses
from review.demo.rounds import RUBRICS
from rubrics.arithmetic import total_score
from rubrics.marking import sheet_problems
from rubrics.registry import get_rubric

POINTS = np.array([10.0, 30.0, 60.0])
ALL = np.ones((1, 3), dtype=bool)


def test_losses_in_proportion_to_weights() -> None:
    # 80 of 100 leaves 20 to lose: weights 1 : 1 : 2 give 5, 5, 10.
    assert losses(POINTS, ALL, np.array([80.0]), np.array([[1.0, 1.0, 2.0]])).tolist() == [
        [5, 5, 10]
    ]


def test_losses_never_exceed_a_criterion_and_overflow_to_the_others() -> None:
    # 40 to lose, all the weight on the first: it can lose 10 only, the rest 30 are shared.
    lost = losses(POINTS, ALL, np.array([60.0]), np.array([[98.0, 1.0, 1.0]]))
    assert lost.tolist() == [[10, 15, 15]]


def test_losses_on_what_applies_only() -> None:
    # Without the 60 points, 50 of 100 means 20 of 40.
    applies = np.array([[True, True, False]])
    lost = losses(POINTS, applies, np.array([50.0]), np.array([[1.0, 3.0, 9.0]]))
    assert lost.tolist() == [[5, 15, 0]]


@pytest.mark.parametrize("key", RUBRICS.values())
def test_marks_come_to_the_intended_total_and_pass_every_check(key: str) -> None:
    rubric = get_rubric(key)
    rng = stream(3, rubric.key)
    intended = rng.uniform(20, 100, 200)
    applies = applicability(rubric, rng, 200)
    points = np.array([float(c.points) for c in rubric.criteria])
    lost = losses(points, applies, intended, case_weights(rubric, rng, 200))
    for n, total in enumerate(intended):
        marks = given(rubric, lost[n], applies[n])
        assert abs(float(total_score(rubric, marks)) - total) < 1.0
        assert sheet_problems(rubric, answers(rubric, marks, rng)) == {}


def test_given_counts_in_halves_from_the_maximum() -> None:
    rubric = get_rubric("civil-first/1")
    lost = np.zeros(len(rubric.criteria))
    lost[0] = 1.5
    marks = given(rubric, lost, np.ones(len(lost), dtype=bool))
    first = rubric.criteria[0]
    assert marks[first.code] == first.points - Decimal("1.5")
    assert sum(m for m in marks.values() if m is not None) == Decimal("98.5")
