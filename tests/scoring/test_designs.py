"""Minimums, caps and supplements: worked by hand, invariant, recovered by 100,000 draws under
``make long`` (fewer in the suite), degenerate. The published model is two-phase sampling.
"""

import os
from collections import Counter
from fractions import Fraction

import pytest
from scipy.stats import binom

from scoring.designs import (
    CENSUS,
    EQUAL,
    FIXED,
    NEYMAN,
    PROPORTIONAL,
    Design,
    DesignError,
    plan_draw,
)
from scoring.frames import TARGETED, Frame, frame_of
from scoring.plans import Cell, probabilities
from scoring.sampling import draw, inner_ticket, replacement, ticket

RUNS = int(os.environ.get("DRAW_RUNS", "1500"))
SEED = "31415926535897932384"


def frame(counts: dict[tuple[str, str], int]) -> Frame:
    """So many cases of each (stratum, unit)."""
    keys = [key for key, count in counts.items() for _ in range(count)]
    numbers = [f"〔2024〕{at:03d}" for at in range(len(keys))]
    return frame_of(numbers, [key[0] for key in keys], [key[1] for key in keys])


HANDLERS = frame({("a", "u"): 6, ("a", "v"): 1, ("a", "w"): 3, ("b", "u"): 3, ("b", "x"): 4})

DESIGNS = {
    "proportional": Design(PROPORTIONAL, 6),
    "equal": Design(EQUAL, 6),
    "Neyman": Design(NEYMAN, 6, deviations=(("a", "2.5"), ("b", "9"))),
    "fixed": Design(FIXED, fixed=(("a", 2), ("b", 3))),
    "census": Design(CENSUS),
    "supplement": Design(PROPORTIONAL, 3, fixed=(("b", 4),)),
    "minimum": Design(PROPORTIONAL, 8, minimum=1),
    "minimum of two": Design(EQUAL, 10, minimum=2),
    "cap": Design(PROPORTIONAL, 6, cap=3),
    "minimum and cap": Design(PROPORTIONAL, 8, minimum=1, cap=4),
    "census of a cap": Design(CENSUS, cap=2),
}


# Worked by hand.


def test_shares_and_chances_worked_by_hand() -> None:
    plan = plan_draw(HANDLERS, Design(PROPORTIONAL, 8, minimum=1, cap=4))
    # u has 6 + 3 cases: its minimum goes to the larger cell. Its cap 4: one place for each cell,
    # then 6/3 = 2 against 3/3 = 1: a; then 6/5 = 1.2 against 1: a again. So 3 and 1.
    assert plan.cells["a", "u"] == Cell(6, 1, 3)
    assert plan.cells["b", "u"] == Cell(3, 0, 1)
    assert plan.cells["a", "v"] == Cell(1, 1, 1)
    a, b = plan.strata
    assert (a.population, a.minimum, a.room, a.least) == (10, 3, 7, 3)
    # u has no minimum in b, so b needs one place more than its minimum of 1.
    assert (b.population, b.minimum, b.room, b.least) == (7, 1, 5, 2)
    # Floors 3 and 2; then 10/7 = 1.43 against 7/5 = 1.4: a; then 10/9 = 1.11 against 1.4: b; then
    # 1.11 against 7/7 = 1: a.
    assert (a.size, b.size) == (5, 3)
    # (1 + 2 * 2/4) / 6 and (0 + 1 * 2/4) / 3.
    assert plan.chance("a", "u") == Fraction(1, 3)
    assert plan.chance("b", "u") == Fraction(1, 6)
    assert plan.chance("a", "v") == 1


def test_minimums_are_the_smallest_inner_tickets_worked_by_hand() -> None:
    plan = plan_draw(HANDLERS, Design(FIXED, fixed=(("a", 4), ("b", 3)), minimum=1))
    drawn = draw(HANDLERS, plan, SEED)
    rows = list(zip(HANDLERS.numbers, HANDLERS.strata, HANDLERS.units, strict=True))
    for unit in "uvw":
        own = [n for n, stratum, u in rows if stratum == "a" and u == unit]
        first = min(own, key=lambda n: inner_ticket(SEED, n))
        assert first in [one.number for one in drawn if one.for_minimum]
    firsts = {one.number for one in drawn if one.for_minimum}
    pool = sorted((ticket(SEED, n), n) for n, s, _u in rows if s == "a" and n not in firsts)
    assert [one.number for one in drawn if one.stratum == "a"][3:] == [pool[0][1]]


def test_supplement_has_its_own_known_chance() -> None:
    mixed = frame({("a", ""): 10, (TARGETED, ""): 5})
    plan = plan_draw(mixed, Design(PROPORTIONAL, 2, fixed=((TARGETED, 4),)))
    assert plan.chance("a", "") == Fraction(2, 10)
    assert plan.chance(TARGETED, "") == Fraction(4, 5)


# Invariant.


@pytest.mark.parametrize("name", DESIGNS)
def test_chances_add_up_to_the_places_and_none_is_zero(name: str) -> None:
    plan = plan_draw(HANDLERS, DESIGNS[name])
    rows = list(zip(HANDLERS.strata, HANDLERS.units, strict=True))
    for stratum in plan.strata:
        chances = [plan.chance(*row) for row in rows if row[0] == stratum.label]
        assert sum(chances) == stratum.size
        assert all(0 < chance <= 1 for chance in chances)


@pytest.mark.parametrize("name", DESIGNS)
def test_floats_are_the_exact_chances(name: str) -> None:
    plan = plan_draw(HANDLERS, DESIGNS[name])
    cells = set(zip(HANDLERS.strata, HANDLERS.units, strict=True))
    found = probabilities(plan, cells)
    assert found == pytest.approx({key: float(plan.chance(*key)) for key in cells})


@pytest.mark.parametrize(("minimum", "cap"), [(0, None), (1, None), (1, 4), (2, 4)])
def test_larger_sample_extends_the_smaller_one(minimum: int, cap: int | None) -> None:
    smaller: set[str] = set()
    for size in range(8, 12):
        plan = plan_draw(HANDLERS, Design(PROPORTIONAL, size, minimum=minimum, cap=cap))
        larger = {one.number for one in draw(HANDLERS, plan, SEED)}
        assert len(larger) == size
        assert smaller <= larger
        smaller = larger


def test_replacements_follow_the_tickets_and_keep_the_minimum() -> None:
    plan = plan_draw(HANDLERS, Design(FIXED, fixed=(("a", 4), ("b", 3)), minimum=1))
    drawn = draw(HANDLERS, plan, SEED)
    unit_of = dict(zip(HANDLERS.numbers, HANDLERS.units, strict=True))
    used = {one.number for one in drawn}
    larger = plan_draw(HANDLERS, Design(FIXED, fixed=(("a", 5), ("b", 3)), minimum=1))
    (following,) = {one.number for one in draw(HANDLERS, larger, SEED)} - used
    leaving = next(one for one in drawn if one.stratum == "a" and not one.for_minimum)
    assert replacement(HANDLERS, plan, SEED, leaving=leaving, used=used).number == following
    of_u = next(one for one in drawn if one.for_minimum and unit_of[one.number] == "u")
    came = replacement(HANDLERS, plan, SEED, leaving=of_u, used=used)
    assert unit_of[came.number] == "u"
    assert came.for_minimum
    # v has one case only: whoever follows it comes from the pool.
    of_v = next(one for one in drawn if unit_of[one.number] == "v")
    assert not replacement(HANDLERS, plan, SEED, leaving=of_v, used=used).for_minimum


# Recovered by simulation: real tickets, real draws.


@pytest.mark.parametrize("name", DESIGNS)
def test_frequencies_match_the_chances_and_quotas_hold_in_every_draw(name: str) -> None:
    design, plan = DESIGNS[name], plan_draw(HANDLERS, DESIGNS[name])
    unit_of = dict(zip(HANDLERS.numbers, HANDLERS.units, strict=True))
    size_of_unit, taken = Counter(HANDLERS.units), Counter[str]()
    for run in range(RUNS):
        drawn = draw(HANDLERS, plan, f"{run:020d}")
        taken.update(one.number for one in drawn)
        assert Counter(one.stratum for one in drawn) == {s.label: s.size for s in plan.strata}
        for unit, count in Counter(unit_of[one.number] for one in drawn).items():
            assert design.cap is None or count <= design.cap
            assert count >= min(design.minimum, size_of_unit[unit])
        if design.minimum:
            assert {unit_of[one.number] for one in drawn} == set(size_of_unit)
    for number, label, unit in zip(
        *(HANDLERS.numbers, HANDLERS.strata, HANDLERS.units), strict=True
    ):
        # 17 cases in 11 designs, each outside its limits with probability 1e-6.
        chance = float(plan.chance(label, unit))
        low, high = binom.interval(1 - 1e-6, RUNS, chance) if chance < 1 else (RUNS, RUNS)
        assert low <= taken[number] <= high


# Degenerate.


@pytest.mark.parametrize(
    ("design", "words"),
    [
        (Design("lottery", 3), "no such allocation"),
        (Design(PROPORTIONAL, 1), "2 to 17 places can be shared, not 1"),
        (Design(PROPORTIONAL, 18), "2 to 17 places can be shared, not 18"),
        (Design(CENSUS, 3), "no size to share"),
        (Design(FIXED, fixed=(("a", 2),)), "no places given for stratum b"),
        (Design(FIXED, fixed=(("a", 11), ("b", 1))), "stratum a can have 1 to 10 places, not 11"),
        (Design(FIXED, fixed=(("a", 0), ("b", 1))), "stratum a can have 1 to 10 places, not 0"),
        (Design(EQUAL, 3, fixed=(("c", 1),)), "no such stratum: c"),
        (Design(NEYMAN, 4, deviations=(("a", "1"),)), "no deviation given for stratum b"),
        (Design(EQUAL, 4, minimum=-1), "minimum per unit"),
        (Design(EQUAL, 4, minimum=3, cap=2), "minimum per unit"),
        (Design(EQUAL, 4, cap=1), "unit u needs 2 places for its strata, too many for a cap of 1"),
    ],
)
def test_impossible_designs_say_where(design: Design, words: str) -> None:
    with pytest.raises(DesignError, match=words):
        plan_draw(HANDLERS, design)


def test_refusals_carry_the_place_and_the_numbers() -> None:
    with pytest.raises(DesignError) as refused:
        plan_draw(HANDLERS, Design(FIXED, fixed=(("a", 11), ("b", 1))))
    found = refused.value
    assert (found.stratum, found.least, found.most, found.given) == ("a", 1, 10, 11)
    with pytest.raises(DesignError) as refused:
        plan_draw(HANDLERS, Design(EQUAL, 4, cap=1))
    assert (refused.value.unit, refused.value.least, refused.value.given) == ("u", 2, 1)


def test_cap_too_low_is_refused_for_the_unit_that_needs_the_most() -> None:
    # u has cases in two strata, v in three, w in two.
    units = ["u", "u", "v", "v", "v", "w", "w", "w"]
    strata = ["a", "b", "a", "b", "c", "a", "a", "b"]
    frame = frame_of([str(n) for n in range(8)], strata, units)
    with pytest.raises(DesignError) as refused:
        plan_draw(frame, Design(EQUAL, 5, cap=1))
    assert (refused.value.unit, refused.value.least) == ("v", 3)
    plan_draw(frame, Design(EQUAL, 5, cap=3))


def test_nobody_follows_a_census() -> None:
    plan = plan_draw(HANDLERS, Design(CENSUS))
    drawn = draw(HANDLERS, plan, SEED)
    with pytest.raises(ValueError, match="no case left"):
        replacement(HANDLERS, plan, SEED, leaving=drawn[0], used={one.number for one in drawn})
