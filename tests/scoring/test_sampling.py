"""The draw: worked by hand, published, invariant, recovered from simulation, degenerate."""

import hashlib
from collections import Counter

import numpy as np
import pytest
from scipy.stats import binom, chisquare

from scoring.allocation import allocate_equal, allocate_proportional
from scoring.designs import FIXED, Design, plan_draw
from scoring.frames import canonical_number, frame_digest, frame_listing, frame_of
from scoring.sampling import Drawn, ticket
from scoring.sampling import draw as draw_sample
from scoring.seeds import canonical_seed

SEED = "31415926535897932384"


def numbers(count: int, kind: str = "民") -> list[str]:
    return [f"（2024）示{kind}援字第{i:05d}号" for i in range(1, count + 1)]


def draw(
    strata: dict[str, list[str]], sizes: dict[str, int], seed: str
) -> dict[str, tuple[Drawn, ...]]:
    """The plain draw of ``sizes`` cases, by stratum."""
    labels = [label for label, members in strata.items() for _ in members]
    frame = frame_of([number for members in strata.values() for number in members], labels)
    plan = plan_draw(frame, Design(FIXED, fixed=tuple(sizes.items())))
    drawn = draw_sample(frame, plan, seed)
    return {label: tuple(one for one in drawn if one.stratum == label) for label in strata}


# Worked by hand.


def test_proportional_places_worked_by_hand() -> None:
    # Populations 6, 3, 1 and 5 places. One each first: 1 1 1. Then the priorities N / (2n + 1):
    # 6/3 = 2, 3/3 = 1, third stratum full -> first; 6/5 = 1.2 against 1 -> first again.
    assert allocate_proportional([6, 3, 1], 5) == (3, 1, 1)


def test_equal_places_worked_by_hand() -> None:
    # 10 places over 8, 2 and 5: the second is full at 2, the other 8 places go 4 and 4.
    assert allocate_equal([8, 2, 5], 10) == (4, 2, 4)
    # One place left over after 3 and 3: the larger stratum gets it.
    assert allocate_equal([5, 9], 7) == (3, 4)


def test_smallest_tickets_win_worked_by_hand() -> None:
    frame = numbers(5)
    ranked = sorted(frame, key=lambda n: hashlib.sha256(f"{SEED}:{n}".encode()).hexdigest())
    drawn = draw({"a": frame}, {"a": 2}, SEED)["a"]
    assert [one.number for one in drawn] == ranked[:2]
    assert [one.probability for one in drawn] == [2 / 5, 2 / 5]


# Published, and pinned.


def test_digest_of_the_published_message() -> None:
    # FIPS 180-4 example: SHA-256("abc").
    assert frame_digest(b"abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_proportional_places_of_the_published_example() -> None:
    # Sainte-Lague with 7 seats for 53,000, 24,000 and 23,000 votes: 3, 2, 2.
    assert allocate_proportional([53_000, 24_000, 23_000], 7) == (3, 2, 2)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("A1", "31316bc6b7dba53602bc8eee73e6aed34116c70147948b0906236c044e084741"),
        (
            "（2024）东川援字第00001号",
            "5eb3ac6ec20fcb934bbe5e7a34a53a0c4d3bebdea3047609d5574409f63a821f",
        ),
    ],
)
def test_ticket_pinned_to_the_shell(number: str, expected: str) -> None:
    # printf '31415926535897932384:A1' | sha256sum
    assert ticket(SEED, number) == expected


def test_listing_pinned_byte_for_byte() -> None:
    assert frame_listing(["b", " a ", "e\u0301"]) == "a\nb\n\u00e9\n".encode()


# Invariant.


def test_order_of_the_frame_does_not_matter() -> None:
    frame = numbers(40)
    shuffled = np.random.default_rng(1).permutation(frame).tolist()
    assert draw({"a": frame}, {"a": 7}, SEED) == draw({"a": shuffled}, {"a": 7}, SEED)
    assert frame_listing(frame) == frame_listing(shuffled)


@pytest.mark.parametrize("allocate", [allocate_proportional, allocate_equal])
def test_larger_sample_contains_the_smaller_one(allocate: object) -> None:
    assert callable(allocate)
    rng = np.random.default_rng(2)
    for _ in range(60):
        populations = rng.integers(0, 31, rng.integers(1, 10)).tolist()
        before = [0] * len(populations)
        for size in range(sum(populations) + 1):
            places = allocate(populations, size)
            assert sum(places) == size
            assert all(b <= p <= n for b, p, n in zip(before, places, populations, strict=True))
            before = list(places)


def test_every_stratum_has_a_place_wherever_the_size_allows() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        populations = rng.choice([0, 1, 2, 50, 700], 8).tolist()
        filled = sum(n > 0 for n in populations)
        size = int(rng.integers(filled, sum(populations) + 1))
        places = allocate_proportional(populations, size)
        assert all(p >= 1 for p, n in zip(places, populations, strict=True) if n)


def test_one_changed_sign_changes_the_digest() -> None:
    frame = numbers(100)
    changed = [*frame[:-1], frame[-1].replace("号", "號")]
    assert frame_digest(frame_listing(frame)) != frame_digest(frame_listing(changed))


# Recovered from simulation.


def test_inclusion_frequencies_match_the_stored_probabilities() -> None:
    strata, sizes, runs = {"a": numbers(10), "b": numbers(4, "刑")}, {"a": 3, "b": 2}, 3000
    taken: Counter[str] = Counter()
    for run in range(runs):
        for drawn in draw(strata, sizes, f"{run:020d}").values():
            taken.update(one.number for one in drawn)
    for label, probability in (("a", 3 / 10), ("b", 2 / 4)):
        # 14 cases, each outside these limits with probability 1e-4.
        low, high = binom.interval(1 - 1e-4, runs, probability)
        assert all(low <= taken[number] <= high for number in strata[label])


def test_tickets_are_uniform() -> None:
    first = Counter(ticket(SEED, number)[0] for number in numbers(8000))
    assert len(first) == 16
    assert chisquare(list(first.values())).pvalue > 1e-3


# Degenerate.


def test_census_takes_every_case_with_certainty() -> None:
    drawn = draw({"a": numbers(6)}, {"a": 6}, SEED)["a"]
    assert {one.number for one in drawn} == set(numbers(6))
    assert {one.probability for one in drawn} == {1.0}


def test_nothing_drawn_from_empty_strata() -> None:
    assert allocate_proportional([], 0) == ()
    assert allocate_proportional([0, 0], 0) == (0, 0)
    assert draw_sample(frame_of([], []), plan_draw(frame_of([], []), Design(FIXED)), SEED) == ()


def test_fewer_places_than_strata_go_to_the_largest() -> None:
    assert allocate_proportional([2, 9, 4], 2) == (0, 1, 1)


@pytest.mark.parametrize("allocate", [allocate_proportional, allocate_equal])
@pytest.mark.parametrize("size", [-1, 7])
def test_impossible_sizes_refused(allocate: object, size: int) -> None:
    assert callable(allocate)
    with pytest.raises(ValueError, match="places for a frame of 6"):
        allocate([4, 2], size)


def test_stratum_smaller_than_its_places_refused() -> None:
    with pytest.raises(ValueError, match="stratum a can have 1 to 3 places, not 4"):
        draw({"a": numbers(3)}, {"a": 4}, SEED)
    with pytest.raises(ValueError, match="no such stratum: b"):
        draw({"a": numbers(3)}, {"b": 1}, SEED)


def test_same_number_twice_refused() -> None:
    with pytest.raises(ValueError, match="twice: A1"):
        frame_listing(["A1", "B2", " A1"])


@pytest.mark.parametrize("number", ["", "  ", "A\nB", "A\u2028B"])
def test_number_that_is_not_one_line_refused(number: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        canonical_number(number)


def test_seed_is_read_as_people_write_it() -> None:
    assert canonical_seed("１２ 34-56,78\n90") == "1234567890"


@pytest.mark.parametrize("seed", ["", " ", "12a", "-", "1.5", "\u0663"])
def test_seed_of_other_signs_refused(seed: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        canonical_seed(seed)
