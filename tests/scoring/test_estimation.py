import numpy as np
import pytest

from scoring.estimation import (
    Design,
    Estimate,
    clopper_pearson,
    difference,
    domain_mean,
    domain_ratio,
    domain_share,
    domain_total,
    p_value,
)
from scoring.ratings import Flags, Floats
from tests.open_tables import open_table

SCORES = np.array([60.0, 80, 70, 80, 90])
TWO_STRATA = Design(stratum=np.array([0, 0, 1, 1, 1]), population=np.array([10, 30]))


def everywhere(design: Design) -> Flags:
    return np.ones(design.stratum.size, dtype=bool)


def mean_of(design: Design, value: Floats, domain: Flags | None = None) -> Estimate:
    found = domain_mean(design, value, everywhere(design) if domain is None else domain)
    assert found is not None
    return found


def test_mean_of_a_hand_worked_sample() -> None:
    # Stratum means 70 and 80 with shares 10/40 and 30/40: 0.25 * 70 + 0.75 * 80 = 77.5.
    # Stratum variances 200 and 100, so var = 0.25^2 (1 - 2/10) 200/2 + 0.75^2 (1 - 3/30) 100/3
    # = 5 + 16.875 = 21.875; 5 cases - 2 strata = 3 degrees, t = 3.18245.
    mean = mean_of(TWO_STRATA, SCORES)
    assert mean.value == pytest.approx(77.5)
    assert mean.standard_error == pytest.approx(np.sqrt(21.875))
    assert (mean.n, mean.degrees) == (5, 3)
    assert mean.lower == pytest.approx(77.5 - 3.182446 * np.sqrt(21.875), abs=1e-5)


def test_mean_of_a_hand_worked_domain() -> None:
    # Domain: 60 (weight 5) and 70, 80 (weight 10): (300 + 700 + 800) / 25 = 72.
    # z = 5 (60 - 72) / 25 = -2.4 and 0 in the first stratum, -0.8, 3.2, 0 in the second.
    # var = 0.8 * 2/1 * 2.88 + 0.9 * 3/2 * (10.88 - 3 * 0.64) = 4.608 + 12.096.
    mean = mean_of(TWO_STRATA, SCORES, np.array([True, False, True, True, False]))
    assert mean.value == pytest.approx(72)
    assert mean.standard_error == pytest.approx(np.sqrt(4.608 + 12.096))
    assert mean.degrees == 1


# The stratified sample of Californian schools (apistrat) that R's package survey documents:
# schools in the state, schools drawn, mean and standard deviation of api00, and how many of the
# drawn lie below 600; a two-valued stratum with the same mean and deviation stands for each.
APISTRAT = (
    (4421, 100, 674.43, 125.2494283137823, 31),
    (755, 50, 625.82, 109.30274190410368, 19),
    (1018, 50, 636.6, 117.57915267111403, 18),
)


def apistrat() -> tuple[Design, Floats, Flags]:
    stratum, value, below = [], [], []
    for h, (_, n, mean, deviation, low) in enumerate(APISTRAT):
        half = deviation * np.sqrt((n - 1) / n)
        stratum += [h] * n
        value += [mean - half, mean + half] * (n // 2)
        below += [True] * low + [False] * (n - low)
    population = np.array([row[0] for row in APISTRAT])
    return Design(np.array(stratum), population), np.array(value), np.array(below)


def test_mean_equals_the_published_one() -> None:
    design, value, _ = apistrat()
    mean = mean_of(design, value)
    assert mean.value == pytest.approx(662.287363159321, rel=1e-6)
    assert mean.standard_error == pytest.approx(9.408940802785, rel=1e-6)
    assert mean.degrees == 197
    assert (mean.lower, mean.upper) == pytest.approx((643.732188272, 680.842538047), rel=1e-6)


def test_domain_mean_equals_the_published_one() -> None:
    design, value, _ = apistrat()
    elementary = mean_of(design, value, design.stratum == 0)
    assert elementary.value == pytest.approx(674.43)
    assert elementary.standard_error == pytest.approx(12.382479793907, rel=1e-6)


def test_share_equals_the_published_one() -> None:
    # svyciprop(method = "beta"), the interval of Korn and Graubard.
    design, _, below = apistrat()
    share = domain_share(design, below, everywhere(design))
    assert share is not None
    assert share.value == pytest.approx(0.3267500812987, rel=1e-6)
    assert (share.lower, share.upper) == pytest.approx((0.2577140010927, 0.401802513904), rel=1e-6)


@pytest.mark.parametrize(("shift", "scale"), [(5.0, 1.0), (0.0, 0.5)])
def test_mean_moves_with_the_scores(shift: float, scale: float) -> None:
    before, after = mean_of(TWO_STRATA, SCORES), mean_of(TWO_STRATA, scale * SCORES + shift)
    assert before.upper is not None
    assert after.value == pytest.approx(scale * before.value + shift)
    assert after.upper == pytest.approx(scale * before.upper + shift)


def test_order_of_the_rows_does_not_matter() -> None:
    order = np.array([4, 2, 0, 3, 1])
    shuffled = Design(TWO_STRATA.stratum[order], TWO_STRATA.population)
    assert mean_of(shuffled, SCORES[order]).upper == pytest.approx(
        mean_of(TWO_STRATA, SCORES).upper
    )


def test_intervals_hold_the_truth_in_ninety_five_of_a_hundred_draws() -> None:
    # Three strata of 60, 200 and 900 cases, from which 12, 20 and 40 are drawn a thousand times.
    rng = np.random.default_rng(20)
    drawn, sizes = (12, 20, 40), np.array([60, 200, 900])
    strata = [rng.normal(m, 10, n) for m, n in zip((65, 75, 80), sizes, strict=True)]
    population = np.concatenate(strata)
    design = Design(np.repeat(np.arange(3), drawn), sizes)
    means, shares = [], []
    for _ in range(1000):
        value = np.concatenate(
            [rng.choice(s, n, replace=False) for s, n in zip(strata, drawn, strict=True)]
        )
        mean, share = mean_of(design, value), domain_share(design, value > 85, everywhere(design))
        assert share is not None
        assert mean.lower is not None
        assert mean.upper is not None
        means.append(mean.lower < population.mean() < mean.upper)
        shares.append(share.lower < (population > 85).mean() < share.upper)
    assert 0.93 <= np.mean(means) <= 0.97
    assert 0.93 <= np.mean(shares) <= 0.99  # exact binomial limits err on the wide side


def test_empty_domain_has_no_estimate() -> None:
    nowhere = np.zeros(5, dtype=bool)
    assert domain_mean(TWO_STRATA, SCORES, nowhere) is None
    assert domain_share(TWO_STRATA, SCORES > 70, nowhere) is None


def test_single_case_has_a_mean_but_no_interval() -> None:
    mean = mean_of(TWO_STRATA, SCORES, np.array([True, False, False, False, False]))
    assert (mean.value, mean.lower, mean.standard_error) == (60, None, None)


def test_equal_scores_are_luck_and_no_precision() -> None:
    mean = mean_of(TWO_STRATA, np.full(5, 70.0))
    assert (mean.value, mean.lower) == (70, None)


def test_census_has_no_sampling_error() -> None:
    all_drawn = Design(stratum=np.array([0, 0, 1]), population=np.array([2, 1]))
    mean = mean_of(all_drawn, np.array([60.0, 70, 80]))
    assert (mean.lower, mean.value, mean.upper) == (70, 70, 70)
    share = domain_share(all_drawn, np.array([True, False, False]), everywhere(all_drawn))
    assert share is not None
    assert (share.lower, share.value, share.upper) == pytest.approx((1 / 3, 1 / 3, 1 / 3))


@pytest.mark.parametrize(("successes", "bounds"), [(0, (0, 0.264648)), (12, (0.735352, 1))])
def test_share_at_the_edge_stays_within_bounds(successes: int, bounds: tuple[float, float]) -> None:
    # 0 of 12: the upper limit u solves (1 - u)^12 = 0.025, u = 1 - 0.025^(1/12) = 0.264648.
    design = Design(stratum=np.zeros(12, dtype=int), population=np.array([1200]))
    share = domain_share(design, np.arange(12) < successes, everywhere(design))
    assert share is not None
    assert (share.lower, share.upper) == pytest.approx(bounds, abs=1e-6)


def test_share_of_uniform_strata_is_not_certain() -> None:
    # 2 of 2 in one stratum, 0 of 2 in the other: no variance within strata, yet four cases only.
    design = Design(stratum=np.array([0, 0, 1, 1]), population=np.array([50, 50]))
    share = domain_share(design, np.array([True, True, False, False]), everywhere(design))
    assert share is not None
    assert share.lower < 0.1
    assert share.upper > 0.9


def test_more_cases_drawn_than_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="more cases drawn"):
        Design(stratum=np.zeros(3, dtype=int), population=np.array([2]))


def test_limits_of_no_trial_at_all_say_nothing() -> None:
    assert clopper_pearson(0, 0) == (0, 1)


def test_difference_of_a_hand_worked_pair() -> None:
    # Variances 4 and 1 with 8 and 5 degrees: Welch 25 / (16/8 + 1/5) = 11.36, taken as 11;
    # t_11 = 2.200985, so -3 -+ 2.200985 * sqrt(5).
    change = difference(
        Estimate(10, 70.0, 2.0, 8, None, None), Estimate(7, 73.0, 1.0, 5, None, None)
    )
    assert change is not None
    assert (change.value, change.degrees) == (-3, 11)
    assert change.lower == pytest.approx(-3 - 2.200985 * np.sqrt(5), abs=1e-5)
    assert p_value(change) == pytest.approx(0.2069, abs=1e-3)


def test_difference_without_a_standard_error_says_nothing() -> None:
    known, unknown = Estimate(9, 70.0, 1.0, 8, 68.0, 72.0), Estimate(1, 60.0, None, 0, None, None)
    assert difference(known, unknown) is None
    assert p_value(unknown) is None


def test_difference_of_two_censuses_is_certain() -> None:
    change = difference(Estimate(3, 71.0, 0.0, 2, 71, 71), Estimate(3, 70.0, 0.0, 2, 70, 70))
    assert change is not None
    assert (change.lower, change.upper) == (1, 1)
    assert p_value(change) == 0


def test_unequal_chances_weigh_within_a_stratum() -> None:
    # A minimum made the first case certain, the others had one chance in four: 1 + 4 + 4 = 9, and
    # the frame has 18 cases, so the weights are 2, 8 and 8.
    design = Design(np.zeros(3, dtype=int), np.array([18]), chance=np.array([1.0, 0.25, 0.25]))
    assert design.weight.tolist() == pytest.approx([2, 8, 8])
    found = domain_mean(design, np.array([60.0, 90.0, 80.0]), np.ones(3, dtype=bool))
    assert found is not None
    assert found.value == pytest.approx((2 * 60 + 8 * 90 + 8 * 80) / 18)


def test_equal_chances_weigh_as_none_given() -> None:
    chance = np.array([0.2, 0.2, 0.1, 0.1, 0.1])
    told = Design(TWO_STRATA.stratum, TWO_STRATA.population, chance)
    assert told.weight.tolist() == pytest.approx(TWO_STRATA.weight.tolist())


@pytest.mark.parametrize("chance", [0.0, 1.5])
def test_chance_outside_its_range_is_refused(chance: float) -> None:
    with pytest.raises(ValueError, match="chance"):
        Design(np.zeros(1, dtype=int), np.array([2]), chance=np.array([chance]))


def test_weighted_mean_recovers_the_frame_under_minimums_of_units() -> None:
    # Two units of 2 and 18 cases whose marks differ; one of each for the minimum and 3 more. The
    # plain mean of the sample leans to the small unit, the weighted one does not.
    from scoring.designs import PROPORTIONAL, plan_draw
    from scoring.designs import Design as Places
    from scoring.frames import frame_of
    from scoring.sampling import draw

    numbers = [f"{n:03d}" for n in range(20)]
    units = ["small" if n < 2 else "large" for n in range(20)]
    marks = {n: 50.0 if u == "small" else 90.0 for n, u in zip(numbers, units, strict=True)}
    frame = frame_of(numbers, ["a"] * 20, units)
    plan = plan_draw(frame, Places(PROPORTIONAL, 5, minimum=1))
    weighted, plain = [], []
    for run in range(400):
        drawn = draw(frame, plan, f"{run:020d}")
        value = np.array([marks[one.number] for one in drawn])
        chance = np.array([one.probability for one in drawn])
        design = Design(np.zeros(5, dtype=int), np.array([20]), chance)
        found = domain_mean(design, value, np.ones(5, dtype=bool))
        assert found is not None
        weighted.append(found.value)
        plain.append(value.mean())
    assert np.mean(weighted) == pytest.approx(86.0, abs=1.0)  # (2 * 50 + 18 * 90) / 20
    assert abs(np.mean(plain) - 86.0) > 2


def test_total_of_a_hand_worked_sample() -> None:
    # 10/2 (60 + 80) + 30/3 (70 + 80 + 90) = 700 + 2400 = 3100; the mean's variance times 40^2.
    total = domain_total(TWO_STRATA, SCORES, everywhere(TWO_STRATA))
    assert total is not None
    assert total.value == pytest.approx(3100)
    assert total.standard_error == pytest.approx(40 * np.sqrt(21.875))


def test_ratio_of_a_hand_worked_sample() -> None:
    # One stratum of 4, two drawn: y 2, 6 over x 1, 3 is 8 / 4 = 2 exactly in both: no error seen.
    # y 2, 8: 10 / 4 = 2.5, residuals -0.5 and 0.5, each with weight 2 over 8:
    # var = (1 - 2/4) 2/1 (2 * 0.125^2) = 0.03125.
    design, both = Design(np.array([0, 0]), np.array([4])), np.ones(2, bool)
    size = np.array([1.0, 3])
    exact = domain_ratio(design, np.array([2.0, 6]), size, both)
    found = domain_ratio(design, np.array([2.0, 8]), size, both)
    assert exact is not None
    assert (exact.value, exact.standard_error) == (2, None)
    assert found is not None
    assert found.value == pytest.approx(2.5)
    assert found.standard_error == pytest.approx(np.sqrt(0.03125))


def test_total_and_ratio_equal_the_published_ones() -> None:
    table = open_table("apistrat.csv")
    kinds, stratum = np.unique(table["stype"], return_inverse=True)
    frame = np.array(table["fpc"], float)
    population = np.array([frame[stratum == h][0] for h in range(kinds.size)], int)
    design = Design(stratum, population)
    enrolled, now, before = (np.array(table[name], float) for name in ("enroll", "api00", "api99"))
    total = domain_total(design, enrolled, everywhere(design))
    ratio = domain_ratio(design, now, before, everywhere(design))
    assert total is not None
    assert ratio is not None
    assert total.value == pytest.approx(3687177.53243828, rel=1e-6)
    assert total.standard_error == pytest.approx(114641.71610078, rel=1e-6)
    assert ratio.value == pytest.approx(1.052260546218, rel=1e-6)
    assert ratio.standard_error == pytest.approx(0.003643922230843, rel=1e-6)


def test_totals_of_domains_add_up_to_the_whole() -> None:
    part = np.array([True, False, True, True, False])
    totals = [domain_total(TWO_STRATA, SCORES, d) for d in (part, ~part, part | ~part)]
    values = [t.value for t in totals if t is not None]
    assert values[0] + values[1] == pytest.approx(values[2])


def test_totals_and_ratios_hold_the_truth_in_ninety_five_of_a_hundred_draws() -> None:
    rng = np.random.default_rng(5)
    sizes, drawn = np.array([120, 80]), np.array([30, 25])
    frame = np.repeat([0, 1], sizes)
    x = rng.gamma(4, 5, 200)
    y = x * rng.normal(1.1, 0.2, 200)
    held = np.zeros((400, 2), bool)
    for at in range(400):
        rows = np.concatenate(
            [rng.choice(np.flatnonzero(frame == h), drawn[h], False) for h in (0, 1)]
        )
        design = Design(frame[rows], sizes)
        whole = everywhere(design)
        found = (
            domain_total(design, y[rows], whole),
            domain_ratio(design, y[rows], x[rows], whole),
        )
        truth = (y.sum(), y.sum() / x.sum())
        held[at] = [_holds(f, t) for f, t in zip(found, truth, strict=True)]
    assert (abs(held.mean(axis=0) - 0.95) < 0.03).all()


def _holds(found: Estimate | None, truth: float) -> bool:
    return found is not None and bool((found.lower or 0) <= truth <= (found.upper or 0))


def test_total_of_a_census_is_certain_and_of_nothing_unknown() -> None:
    design = Design(np.array([0, 0]), np.array([2]))
    total = domain_total(design, np.array([3.0, 5]), np.ones(2, bool))
    assert total is not None
    assert (total.value, total.lower, total.upper) == (8, 8, 8)
    assert domain_total(design, np.array([3.0, 5]), np.zeros(2, bool)) is None
    assert domain_ratio(design, np.array([3.0, 5]), np.zeros(2), np.ones(2, bool)) is None
