from itertools import product

import numpy as np
import pytest

from scoring.mixed_model import (
    DisconnectedError,
    MixedFit,
    NothingToFitError,
    criterion_at,
    fit,
    reliability,
)
from scoring.ratings import Floats, Ints
from tests.open_tables import open_table


def crossed(seed: int, cases: int = 300, reviewers: int = 20) -> tuple[Floats, dict[str, Ints]]:
    """Cases of sd 6 within handlers of sd 4, two of the reviewers of sd 3 each, residual sd 2."""
    rng = np.random.default_rng(seed)
    handlers = cases // 3
    of_handler = rng.integers(0, handlers, cases)
    case = np.repeat(np.arange(cases), 2)
    first = rng.integers(0, reviewers, cases)
    second = (first + rng.integers(1, reviewers, cases)) % reviewers
    reviewer = np.column_stack([first, second]).ravel()
    score = 75 + rng.normal(0, 4, handlers)[of_handler][case] + rng.normal(0, 6, cases)[case]
    score += rng.normal(0, 3, reviewers)[reviewer] + rng.normal(0, 2, 2 * cases)
    return score, {"handler": of_handler[case], "case": case, "reviewer": reviewer}


def in_full(score: Floats, factors: dict[str, Ints], ratios: dict[str, float]) -> float:
    """The criterion by its definition, with the whole of H written out."""
    h = np.eye(score.size)
    for name, level in factors.items():
        h += ratios[name] * (level[:, None] == level)
    ones, inverse = np.ones(score.size), np.linalg.inv(h)
    information = ones @ inverse @ ones
    rest = score - (ones @ inverse @ score) / information
    degrees = score.size - 1
    squares = rest @ inverse @ rest
    logs = np.linalg.slogdet(h)[1] + np.log(information)
    return float(logs + degrees * (1 + np.log(2 * np.pi * squares / degrees)))


def test_balanced_one_way_fit_is_the_hand_worked_one() -> None:
    # Rows 1 2, 3 6, 5 7: MSB 10.5, MSW 7/3. REML of a balanced table is the analysis of variance:
    # s2 = 7/3, s2_case = (10.5 - 7/3) / 2 = 4.0833; predictions shrink by 1 - MSW / MSB = 7/9.
    found = fit(np.array([1.0, 2, 3, 6, 5, 7]), {"case": np.repeat([10, 20, 30], 2)})
    assert found.residual.value == pytest.approx(7 / 3, rel=1e-5)
    assert found.variances["case"].value == pytest.approx(49 / 12, rel=1e-5)
    assert found.fixed == pytest.approx([4])
    assert found.effects["case"].level.tolist() == [10, 20, 30]
    assert found.effects["case"].prediction == pytest.approx(7 / 9 * np.array([-2.5, 0.5, 2]))
    # Var(b | y) = s2_case (1 - 7/9), as 7/9 is the reliability of a row's mean.
    assert found.effects["case"].deviation == pytest.approx([np.sqrt(49 / 12 * 2 / 9)] * 3)


@pytest.mark.parametrize(
    "names", [("case",), ("case", "reviewer"), ("handler", "case", "reviewer")]
)
def test_criterion_equals_its_definition(names: tuple[str, ...]) -> None:
    score, every = crossed(2, cases=40, reviewers=6)
    factors = {name: every[name] for name in names}
    ratios = dict(zip(names, (0.7, 1.9, 0.4), strict=False))
    assert criterion_at(score, factors, ratios) == pytest.approx(in_full(score, factors, ratios))


def test_conditional_deviations_equal_their_definition() -> None:
    score, factors = crossed(3, cases=40, reviewers=6)
    found = fit(score, factors)
    s2 = found.residual.value
    g = {name: v.value / s2 for name, v in found.variances.items()}
    h = np.eye(score.size) + sum(g[n] * (f[:, None] == f) for n, f in factors.items())
    inverse = np.linalg.inv(h)
    for name, level in factors.items():
        z = (level[:, None] == found.effects[name].level).astype(float)
        variance = s2 * (g[name] - g[name] ** 2 * np.diagonal(z.T @ inverse @ z))
        expected = np.sqrt(np.maximum(variance, 0))
        assert found.effects[name].deviation == pytest.approx(expected, abs=1e-6)


def instructors() -> tuple[Floats, dict[str, Ints]]:
    table = open_table("insteval.csv.gz")
    names = ("s", "d", "dept")
    return np.array(table["y"], float), {name: np.array(table[name], int) for name in names}


def test_criterion_of_the_instructor_evaluations_equals_the_published_one() -> None:
    score, factors = instructors()
    for theta, published in (((1, 1, 1), 242106.686771), ((0.3, 0.45, 0.07), 237789.416891)):
        ratios = {name: t * t for name, t in zip(factors, theta, strict=True)}
        assert criterion_at(score, factors, ratios) == pytest.approx(published, abs=1e-4)


def test_fit_of_the_instructor_evaluations_equals_the_published_one() -> None:
    score, factors = instructors()
    found = fit(score, factors)
    assert found.criterion == pytest.approx(237774.8624169564, abs=1e-4)
    variances = [*(found.variances[n].value for n in factors), found.residual.value]
    published = [0.10657380982577, 0.26757489616923, 0.00671987727275, 1.38707079691814]
    assert variances == pytest.approx(published, rel=1e-4)
    assert found.fixed == pytest.approx([3.25187254833], abs=1e-4)
    assert np.sqrt(found.fixed_covariance) == pytest.approx(0.0288089571811, abs=1e-4)
    for name in factors:
        table = open_table(f"blup_A_REML_{name}.csv")
        order = np.argsort(np.array(table["level"], int))
        effects = found.effects[name]
        for ours, column in ((effects.prediction, "blup"), (effects.deviation, "condsd")):
            assert ours == pytest.approx(np.array(table[column], float)[order], abs=1e-4)


def test_fit_of_the_penicillin_assay_equals_the_published_one() -> None:
    table = open_table("penicillin.csv")
    levels = {n: np.unique(table[n], return_inverse=True)[1] for n in ("plate", "sample")}
    found = fit(np.array(table["diameter"], float), levels)
    assert found.criterion == pytest.approx(330.860588991086, abs=1e-4)
    assert found.variances["plate"].value == pytest.approx(0.7169081341167, rel=1e-4)
    assert found.variances["sample"].value == pytest.approx(3.730917463699, rel=1e-4)
    assert found.residual.value == pytest.approx(0.302415466463, rel=1e-4)
    published = [2.187057966, -1.010476149, 1.937899464, -0.096894973, -0.013842139, -3.003744169]
    assert found.effects["sample"].prediction == pytest.approx(published, abs=1e-4)
    assert found.effects["sample"].deviation == pytest.approx([0.2021707992549] * 6, abs=1e-4)


def test_fit_does_not_depend_on_order_or_on_names_of_levels() -> None:
    score, factors = crossed(5)
    shuffled = np.random.default_rng(6).permutation(score.size)
    renamed = {name: 1000 - level[shuffled] for name, level in reversed(factors.items())}
    one, other = fit(score, factors), fit(score[shuffled], renamed)
    assert other.criterion == pytest.approx(one.criterion)
    for name in factors:
        assert other.variances[name].value == pytest.approx(one.variances[name].value, rel=1e-4)
        turned = other.effects[name].prediction[::-1]
        assert turned == pytest.approx(one.effects[name].prediction, abs=1e-3)


def test_fit_moves_and_scales_with_the_marks() -> None:
    score, factors = crossed(7)
    one, other = fit(score, factors), fit(3 * score - 40, factors)
    assert other.fixed == pytest.approx(3 * one.fixed - 40)
    assert other.residual.value == pytest.approx(9 * one.residual.value, rel=1e-4)
    moved = other.effects["reviewer"].prediction
    assert moved == pytest.approx(3 * one.effects["reviewer"].prediction, abs=1e-3)


def test_planted_variances_and_severities_are_recovered() -> None:
    planted = {"handler": 16, "case": 36, "reviewer": 9}
    fits = [fit(*crossed(seed, cases=600)) for seed in range(100, 140)]
    for name, truth in planted.items():
        found = np.array([f.variances[name].value for f in fits])
        assert abs(found.mean() - truth) < 3 * found.std() / np.sqrt(len(fits))
        assert sum(_holds(f, name, truth) for f in fits) >= 34  # 95 % of 40 is 38, sd 1.4
    assert np.mean([f.residual.value for f in fits]) == pytest.approx(4, abs=0.15)


def _holds(found: MixedFit, name: str, truth: float) -> bool:
    variance = found.variances[name]
    return bool((variance.lower or 0) <= truth <= (variance.upper or np.inf))


def test_covariates_take_their_part_of_the_marks() -> None:
    score, factors = crossed(8, cases=600)
    hard = (factors["case"] % 2).astype(float)
    found = fit(score - 5 * hard, factors, hard[:, None])
    error = np.sqrt(found.fixed_covariance[1, 1])
    assert abs(found.fixed[1] + 5) < 3 * error < 3


def test_variance_of_zero_is_an_ordinary_result() -> None:
    # Every reviewer gives the same mean, so that nothing is left for severity.
    rng = np.random.default_rng(9)
    case, reviewer = map(np.array, zip(*product(range(40), range(4)), strict=True))
    score = 70 + rng.normal(0, 5, 40)[case] + rng.normal(0, 2, 160)
    score -= np.bincount(reviewer, weights=score)[reviewer] / 40
    found = fit(score, {"case": case, "reviewer": reviewer})
    assert found.variances["reviewer"].value == 0
    assert (found.variances["reviewer"].lower, found.variances["reviewer"].upper) == (None, None)
    assert not found.effects["reviewer"].prediction.any()
    assert not found.effects["reviewer"].deviation.any()
    alone = fit(score, {"case": case})
    assert found.variances["case"].value == pytest.approx(alone.variances["case"].value, rel=1e-4)
    assert found.effects["case"].deviation == pytest.approx(
        alone.effects["case"].deviation, rel=1e-4
    )


def test_variance_close_to_zero_may_be_zero_and_has_no_upper_end() -> None:
    # Reviewers' means spread by hardly more than their marks' noise alone would have it.
    rng = np.random.default_rng(9)
    case, reviewer = map(np.array, zip(*product(range(40), range(4)), strict=True))
    noise = rng.normal(0, 2, 160)
    noise -= np.bincount(reviewer, weights=noise)[reviewer] / 40
    score = 70 + rng.normal(0, 5, 40)[case] + noise + 0.3 * (reviewer - 1.5)
    found = fit(score, {"case": case, "reviewer": reviewer}).variances["reviewer"]
    assert 0 < found.value < 0.2
    assert (found.lower, found.upper) == (0, None)


def test_disconnected_design_is_refused_and_its_parts_named() -> None:
    case = np.repeat(np.arange(6), 2)
    reviewer = np.array([0, 1, 1, 0, 0, 1, 2, 3, 3, 2, 2, 3])  # cases 0-2 and 3-5 share nobody
    with pytest.raises(DisconnectedError) as refused:
        fit(np.arange(12.0), {"case": case, "reviewer": reviewer})
    assert len(set(refused.value.part[:6])) == len(set(refused.value.part[6:])) == 1
    assert refused.value.part[0] != refused.value.part[-1]
    assert "2 parts" in str(refused.value)


CASE = np.repeat(np.arange(5), 2)


@pytest.mark.parametrize(
    ("score", "factors", "words"),
    [
        (np.arange(10.0), {}, "no factor"),
        (np.arange(10.0), {"case": CASE, "reviewer": np.zeros(10, int)}, "reviewer: one level"),
        (np.full(10, 80.0), {"case": CASE}, "all marks are equal"),
        (np.arange(10.0), {"case": np.arange(10)}, "one mark per level"),
        (np.arange(10.0), {"case": CASE, "handler": CASE + 7}, "always change together"),
    ],
)
def test_marks_that_nothing_can_be_learnt_from_are_refused_in_words(
    score: Floats, factors: dict[str, Ints], words: str
) -> None:
    with pytest.raises(NothingToFitError, match=words):
        fit(score, factors)


def test_dependent_covariates_are_refused() -> None:
    score, factors = crossed(10, cases=30)
    with pytest.raises(NothingToFitError, match="depend"):
        fit(score, factors, np.ones((score.size, 1)))


def test_missing_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        fit(np.array([1, 2, np.nan, 4.0]), {"case": np.array([0, 0, 1, 1])})


def test_reliability_of_a_case_grows_with_its_marks() -> None:
    # s2: handler 16, case 36, reviewer 9, residual 4. One mark: 52 / 65; two: 52 / 58.5.
    found = fit(*crossed(12, cases=2000, reviewers=60))
    one = reliability(found, "case", {"reviewer": 1}, 1)
    two = reliability(found, "case", {"reviewer": 2}, 2)
    assert one == pytest.approx(52 / 65, abs=0.04)
    assert two == pytest.approx(52 / 58.5, abs=0.03)
