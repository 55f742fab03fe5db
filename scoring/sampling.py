"""Stratified draw that anybody can repeat from the frame, the design and one public seed.

Model
    A finite frame of N cases falls into H strata of N_h. From stratum h a simple random sample
    of n_h cases is drawn without replacement, so every case of h has the inclusion probability
    pi_h = n_h / N_h, exactly.

Symbols
    number   canonical case number: Unicode NFC, outer white space removed
    listing  all numbers in code-point order, one per line, UTF-8; its SHA-256 names the frame
    seed     decimal digits, at least ``SEED_DIGITS``, published after the frame was frozen
    ticket   SHA-256 over ``seed:number`` in UTF-8, written as 64 hexadecimal digits

Draw
    Within each stratum the n_h smallest tickets win. A ticket depends on nothing but seed and
    number, so the order of the frame does not matter, and neither does any library's generator.

Allocation
    Places are given one at a time to the stratum with the highest priority. Proportional: every
    stratum one place first (largest stratum first), then by N_h / (2 n_h + 1), the divisor method
    of Webster and Sainte-Lague. Equal: the stratum with the fewest places so far. No stratum gets
    more than N_h. Because places are only ever added, a larger sample contains the smaller one;
    the method of largest remainders would not promise that (Alabama paradox).

Sources
    Cochran, Sampling Techniques, 3rd ed. 1977, ch. 5; Balinski and Young, Fair Representation,
    2nd ed. 2001, app. A; Rivest, "Consistent sampling with replacement", 2018 (hash tickets).
"""

import hashlib
import heapq
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

SEED_DIGITS = 20
"""20 decimal digits are 66 bits: more draws than anybody could try out beforehand."""

SEED_SEPARATORS = " \t\r\n,-"
"""What people write between the digits of a dice roll or a lottery result; removed."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn case: its number, its ticket (64 hex digits), its inclusion probability."""

    number: str
    ticket: str
    probability: float


def canonical_number(number: str) -> str:
    """The one spelling of a case number that is listed and hashed.

    Raises
    ------
    ValueError
        The number is empty or holds a line break, so it could not be one line of a listing.
    """
    canonical = unicodedata.normalize("NFC", number).strip()
    if len(canonical.splitlines()) != 1:
        raise ValueError(f"a case number must be one line of text: {number!r}")
    return canonical


def canonical_seed(seed: str) -> str:
    """The digits of a typed seed: full-width digits made plain, ``SEED_SEPARATORS`` removed.

    Raises
    ------
    ValueError
        Something else than digits is left, or nothing. The length is the caller's rule.
    """
    plain = unicodedata.normalize("NFKC", seed)
    digits = plain.translate(dict.fromkeys(map(ord, SEED_SEPARATORS)))
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("a seed consists of decimal digits")
    return digits


def frame_listing(numbers: Iterable[str]) -> bytes:
    """The canonical listing: sorted numbers, one per line, each line ended, UTF-8.

    Raises
    ------
    ValueError
        Two numbers are the same once canonical; the message names the first such number.
    """
    lines = sorted(canonical_number(number) for number in numbers)
    for before, after in zip(lines, lines[1:], strict=False):
        if before == after:
            raise ValueError(f"the frame names a case twice: {after}")
    return "".join(f"{line}\n" for line in lines).encode()


def frame_digest(listing: bytes) -> str:
    """SHA-256 of a listing, 64 hexadecimal digits; ``sha256sum`` on the file gives the same."""
    return hashlib.sha256(listing).hexdigest()


def ticket(seed: str, number: str) -> str:
    """A case's lot under a seed, uniform over 2**256; both arguments in canonical form."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def allocate_proportional(populations: Sequence[int], sample_size: int) -> tuple[int, ...]:
    """Places per stratum in proportion to its size, one at least wherever the size allows.

    Parameters
    ----------
    populations
        N_h per stratum, in a fixed order; ties go to the larger stratum, then to the earlier.
    sample_size
        Sum of the places, 0 to sum(N_h).

    Returns
    -------
    n_h in the same order, 0 <= n_h <= N_h, adding up to ``sample_size``. A stratum has 0 only if
    it is empty or if there are fewer places than strata.

    Raises
    ------
    ValueError
        ``sample_size`` is negative or above sum(N_h), or a population is negative.
    """
    return _allocate(populations, sample_size, _webster)


def allocate_equal(populations: Sequence[int], sample_size: int) -> tuple[int, ...]:
    """The same number of places for every stratum, as far as its size allows.

    Arguments, answer and errors as in ``allocate_proportional``. Places that a small stratum
    cannot fill go to the others; the last places that do not divide go to the largest.
    """
    return _allocate(populations, sample_size, _fewest)


def draw(
    strata: Mapping[str, Sequence[str]], sizes: Mapping[str, int], seed: str
) -> dict[str, tuple[Drawn, ...]]:
    """The ``sizes[h]`` smallest tickets of each stratum h, smallest first.

    Parameters
    ----------
    strata
        Canonical numbers by stratum label, each number once, in any order.
    sizes
        Places by stratum label; a label left out has none.
    seed
        Canonical seed.

    Raises
    ------
    ValueError
        A stratum has fewer cases than places, or ``sizes`` names an unknown stratum.
    """
    if unknown := sizes.keys() - strata.keys():
        raise ValueError(f"no such stratum: {', '.join(sorted(unknown))}")
    return {
        label: _smallest(numbers, sizes.get(label, 0), seed, label)
        for label, numbers in strata.items()
    }


def _smallest(numbers: Sequence[str], size: int, seed: str, label: str) -> tuple[Drawn, ...]:
    if not 0 <= size <= len(numbers):
        raise ValueError(f"stratum {label} has {len(numbers)} cases, not {size}")
    lots = heapq.nsmallest(size, ((ticket(seed, number), number) for number in numbers))
    return tuple(Drawn(number, lot, size / len(numbers)) for lot, number in lots)


def _allocate(
    populations: Sequence[int], sample_size: int, priority: Callable[[int, int], float]
) -> tuple[int, ...]:
    if min(populations, default=0) < 0:
        raise ValueError("a stratum cannot have fewer than no cases")
    if not 0 <= sample_size <= sum(populations):
        raise ValueError(f"{sample_size} places for a frame of {sum(populations)}")
    places = [0] * len(populations)
    waiting = [(-priority(n, 0), -n, h) for h, n in enumerate(populations) if n]
    heapq.heapify(waiting)
    for _ in range(sample_size):
        _, minus_population, h = waiting[0]
        places[h] += 1
        population = -minus_population
        if places[h] == population:
            heapq.heappop(waiting)
        else:
            following = (-priority(population, places[h]), minus_population, h)
            heapq.heapreplace(waiting, following)
    return tuple(places)


def _webster(population: int, places: int) -> float:
    """Priority of the next place. Division rounds correctly, so equal fractions stay equal, and
    unequal ones differ as long as population times sample stays below 2**52.
    """
    return population / (2 * places + 1) if places else float("inf")


def _fewest(_population: int, places: int) -> float:
    return -float(places)
