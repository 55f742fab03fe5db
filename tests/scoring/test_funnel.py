from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtr

from scoring.funnel import (
    AIM_ELSE,
    AIM_EVIDENT,
    MATERIAL,
    MIN_CASES,
    Funnel,
    adjusted_scores,
    handler_funnel,
    judge_means,
)
from scoring.inference import FDR
from scoring.ratings import Ratings
from scoring.two_groups import FEWEST, chance_below
from tests.scoring.flag_rounds import (
    POOR,
    Markers,
    Noise,
    anybody,
    heavy_tailed,
    material_oracle,
    neighbours,
    normal,
    ratings,
    score_of,
    simulated,
    strict_oracle,
    unequal,
)


def funnel_of(table: Ratings) -> Funnel:
    found = handler_funnel(table)
    assert found is not None
    return found


def test_funnel_of_three_hand_worked_handlers() -> None:
    # Each handler's cases lie at -5, 0, +5 around 75, 85, 65: s^2 = 150 / 6 = 25, v = 25/3,
    # Q = 200 * 3/25 = 24, tau^2 = (24 - 2) / (0.36 - 0.12) = 91.667, spread sqrt(100) = 10.
    # Three judged, so the first hurdle is 0.02 / 3; Student's t with 2 degrees puts it at
    # (2p - 1) / sqrt(2p (1 - p)) = -8.57 for p = 0.999 * 0.02 / 3: the line is near -10.7.
    score = np.array([70, 75, 80, 80, 85, 90, 60, 65, 70.0])
    funnel = funnel_of(ratings(score, np.repeat([1, 2, 3], 3)))
    assert funnel.within_variance == pytest.approx(25)
    assert funnel.groups.variance == pytest.approx(22 / 0.24)
    assert funnel.value == pytest.approx([75, 85, 65])
    assert funnel.z == pytest.approx([0, 1, -1])
    p = 0.999 * AIM_ELSE / 3
    assert funnel.line == pytest.approx(75 + 10 * (2 * p - 1) / np.sqrt(2 * p * (1 - p)))
    assert not funnel.is_flagged.any()


def test_a_case_counts_once_however_often_it_is_marked() -> None:
    # Handler 1: case a marked 70 and 80 (mean 75), cases b and c 75 and 60: mean 70, not 71.25.
    score = np.array([70.0, 80, 75, 60])
    funnel = funnel_of(ratings(score, np.ones(4, dtype=int), case=np.array([0, 0, 1, 2])))
    assert funnel.value == pytest.approx([70])
    assert funnel.cases.tolist() == [3]


def test_adjustment_of_a_hand_worked_pair_of_reviewers() -> None:
    # Reviewer 1 gives 70 and 80 (mean 75), reviewer 2 gives 80 and 90 (mean 85); overall 80.
    table = ratings(np.array([70.0, 80, 80, 90]), np.arange(4), reviewer=np.array([1, 1, 2, 2]))
    assert adjusted_scores(table) == pytest.approx([75, 85, 75, 85])


def test_material_list_holds_more_of_the_poor_and_says_how_poor() -> None:
    round_ = simulated(seed=3)
    funnel = funnel_of(round_.ratings)
    assert funnel.groups.share == pytest.approx(POOR / 1000, abs=0.02)
    assert funnel.is_material.sum() > 2 * funnel.is_flagged.sum()
    assert (funnel.shortfall.expected[funnel.is_material] > MATERIAL).all()
    true = -round_.effect
    held = (funnel.shortfall.lower <= true) & (true <= funnel.shortfall.upper)
    assert 0.93 <= held.mean() <= 0.97


def test_severity_of_a_reviewer_changes_nothing() -> None:
    table = simulated(seed=1, handlers=100, poor=5).ratings
    harsher = replace(table, score=table.score - 7 * (table.reviewer == 3))
    before, after = funnel_of(table), funnel_of(harsher)
    assert after.z == pytest.approx(before.z, abs=1e-9)
    assert (after.is_flagged == before.is_flagged).all()


def test_order_of_the_marks_does_not_matter() -> None:
    table = simulated(seed=2, handlers=60, poor=3).ratings
    order = np.random.default_rng(0).permutation(table.score.size)
    shuffled = ratings(
        table.score[order], table.handler[order], table.case[order], table.reviewer[order]
    )
    assert funnel_of(shuffled).z == pytest.approx(funnel_of(table).z, abs=1e-9)


@settings(max_examples=1000, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    handlers=st.integers(1, 60).map(lambda n: n if n < 50 else FEWEST + n),
    poor=st.integers(0, 6),
    shortfall=st.sampled_from([0.0, 12.0, 30.0, 60.0]),
)
def test_flagged_are_exactly_those_below_the_line(
    seed: int, handlers: int, poor: int, shortfall: float
) -> None:
    rng = np.random.default_rng(seed)
    cases = rng.integers(1, 13, handlers)
    value = 75 + rng.normal(0, np.sqrt(16 + 44 / cases))
    value[:poor] -= shortfall
    is_eligible = rng.random(handlers) < 0.9
    funnel = judge_means(np.arange(handlers), cases, value, 44, is_eligible)
    assert (funnel.is_judged == (is_eligible & (cases >= MIN_CASES))).all()
    for flagged, line, list_ in (
        (funnel.is_flagged, funnel.line, by_the_step_up_rule(funnel)),
        (funnel.is_material, funnel.material_line, by_the_chance_of_too_little(funnel)),
    ):
        rows = zip(funnel.handler, funnel.value, line, funnel.is_judged, strict=True)
        below = {int(h) for h, value, edge, is_judged in rows if is_judged and value < edge}
        assert set(funnel.handler[flagged].tolist()) == below == list_


def by_the_step_up_rule(funnel: Funnel) -> set[int]:
    """Benjamini and Hochberg's rule on the judged z scores, worked step by step."""
    aim = AIM_EVIDENT if funnel.groups.share else AIM_ELSE
    judged = [
        (stdtr(max(funnel.handler.size - 1, 1), z), int(h))
        for z, h, is_judged in zip(funnel.z, funnel.handler, funnel.is_judged, strict=True)
        if is_judged
    ]
    judged.sort()
    last = max((k for k, (p, _) in enumerate(judged, 1) if p <= aim * k / len(judged)), default=0)
    return {h for _, h in judged[:last]}


def by_the_chance_of_too_little(funnel: Funnel) -> set[int]:
    """Taken one by one, the surest first, while the mean chance of a small shortfall allows."""
    sampling = funnel.within_variance / funnel.cases
    chance = chance_below(funnel.groups, funnel.value, sampling, MATERIAL)
    surest = sorted(np.flatnonzero(funnel.is_judged), key=lambda i: -chance[i])
    listed: list[int] = []
    wrong = 0.0
    for i in surest if funnel.groups.share else []:
        wrong += 1 - chance[i]
        if wrong / (len(listed) + 1) > FDR:
            break
        listed.append(int(funnel.handler[i]))
    return set(listed)


@pytest.mark.parametrize(
    ("markers", "noise"),
    [(anybody, normal), (anybody, heavy_tailed), (anybody, unequal), (neighbours, normal)],
)
def test_lists_keep_their_promise_beside_an_oracle(markers: Markers, noise: Noise) -> None:
    # 60 rounds only: a false share of 5 % is known to 2 points, the ratio of powers to 6 %. The
    # long simulations stand in docs/flag-simulations.md.
    scores = []
    for seed in range(60):
        round_ = simulated(seed, markers=markers, noise=noise)
        funnel = funnel_of(round_.ratings)
        lists = (funnel.is_flagged, funnel.is_material)
        oracles = (strict_oracle(round_), material_oracle(round_))
        scores.append([score_of(named, round_) for named in (*lists, *oracles)])
    mean = np.mean(scores, axis=0)
    _, false, found, immaterial, _ = mean.T
    assert false[0] <= 0.09
    assert immaterial[1] <= 0.08
    assert found[0] >= 0.85 * found[2]
    assert found[1] >= 0.85 * found[3]


@pytest.mark.parametrize("handlers", [8, 40, 1000])
def test_nobody_is_named_where_nobody_is_poor(handlers: int) -> None:
    rounds = [funnel_of(simulated(seed, handlers, poor=0).ratings) for seed in range(100)]
    assert np.mean([r.is_flagged.any() for r in rounds]) <= 0.09  # 5 %, and twice the noise
    assert np.mean([r.is_material.any() for r in rounds]) <= 0.12  # 7 %, and twice the noise


def test_detectable_shortfall_is_found_as_often_as_promised() -> None:
    # One handler with nine cases, so far below as the funnel says is found in 80 % of rounds.
    table = simulated(seed=4, handlers=1000, poor=0).ratings
    funnel = funnel_of(table)
    sampling = np.sqrt(funnel.within_variance / funnel.cases)
    draws = np.random.default_rng(1).normal(size=4000)
    at = int(np.flatnonzero(funnel.cases == 9)[0])
    value = funnel.centre - funnel.detectable[at] + sampling[at] * draws
    assert (value < funnel.line[at]).mean() == pytest.approx(0.8, abs=0.02)


def test_a_glaring_handler_is_named_and_alone() -> None:
    table = simulated(seed=6, handlers=200, poor=1, shortfall=70).ratings
    funnel = funnel_of(table)
    assert funnel.cases[0] >= MIN_CASES
    assert funnel.handler[funnel.is_flagged].tolist() == [0]


def test_handler_with_two_cases_is_never_named() -> None:
    table = simulated(seed=6, handlers=200, poor=0).ratings
    extra = ratings(np.array([5.0, 5.0]), np.array([999, 999]), case=np.array([-1, -2]))
    both = Ratings(
        *(
            np.concatenate([getattr(table, name), getattr(extra, name)])
            for name in Ratings.__slots__
        )
    )
    funnel = funnel_of(both)
    at = funnel.handler == 999
    assert (funnel.value < funnel.line)[at].all()
    assert not funnel.is_judged[at].any()
    assert not funnel.is_flagged[at].any()


def test_only_the_named_handlers_are_judged() -> None:
    table = simulated(seed=6, handlers=50, poor=0).ratings
    funnel = handler_funnel(table, judge=np.array([1, 2, 3]))
    assert funnel is not None
    assert set(funnel.handler[funnel.is_judged].tolist()) <= {1, 2, 3}


@pytest.mark.parametrize(
    ("score", "handler"),
    [
        ([], []),
        ([70.0], [1]),
        ([70.0, 80.0, 90.0], [1, 2, 3]),
        ([70.0, 70.0, 70.0, 70.0], [1, 1, 2, 2]),
    ],
    ids=["no mark", "one case", "one case each", "all marks equal"],
)
def test_nothing_is_said_without_spread_within_handlers(
    score: list[float], handler: list[int]
) -> None:
    table = ratings(np.array(score), np.array(handler, dtype=np.int64))
    assert handler_funnel(table) is None


def test_one_handler_alone_is_compared_with_nobody() -> None:
    funnel = funnel_of(ratings(np.array([50.0, 60, 70]), np.ones(3, dtype=int)))
    assert funnel.z == pytest.approx([0])
    assert not funnel.is_flagged.any()
