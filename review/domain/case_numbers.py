"""Gaps in the case numbers: which serials of an agency's series no registered case bears.

A number such as （2024）示援民字第10100001号 is a year in brackets, words, and a serial. Serials of
one year and wording form a series. Between the smallest and the largest serial that an agency uses
every number should be taken, by it or by another agency of the same series; what is not taken is
an open case, a void number, or a case kept out of the register.

Pure: numbers in, gaps out.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

from review.queries.reconciliation import Numbers

NUMBER = re.compile(r"^(.*[^\d\n])(\d+)([^\d\n]*)$", re.ASCII | re.MULTILINE)
YEAR = re.compile(r"[（(〔\[［【](\d{4})[）)〕\]］】]", re.ASCII)
LONGEST_GAP = 1000
"""A jump over more numbers than this is another block of numbers, or a slip of the pen; to call
all numbers between missing would bury the gaps that mean something."""
LEAST_SHARE = 0.5
"""With fewer of its numbers taken, a series serves elsewhere too, and gaps say nothing."""


class Series(NamedTuple):
    """What stands before and behind the serials of one year."""

    year: int
    before: str
    behind: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Numbers of one series from the first to the last that one agency uses, without a jump.

    ``gaps`` are the first and last serial of each run of numbers that nobody uses.
    """

    region_code: str
    series: Series
    first: int
    last: int
    taken: int
    gaps: tuple[tuple[int, int], ...]
    width: int

    @property
    def missing(self) -> int:
        return sum(last - first + 1 for first, last in self.gaps)

    @property
    def is_sparse(self) -> bool:
        return self.taken < LEAST_SHARE * (self.last - self.first + 1)

    def digits(self, serial: int) -> str:
        """A serial as it stands in a case number."""
        return f"{serial:0{self.width}d}"


def read_numbers(numbers: Iterable[str]) -> dict[Series, list[str]]:
    """The digits of the serials of each series; numbers of another form are left out."""
    serials: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for before, digits, behind in NUMBER.findall("\n".join(numbers)):
        serials[before, behind].append(digits)
    return {
        series: found for words, found in serials.items() if (series := _series(*words)) is not None
    }


def find_gaps(agencies: Iterable[Numbers], *, since: int) -> tuple[list[Stretch], int]:
    """The stretches of all series from the year ``since`` that an agency used inside the window,
    most missing numbers first, sparse ones last; and how many numbers inside have no known form."""
    taken: dict[Series, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    widths: dict[Series, int] = {}
    used: set[tuple[Series, str]] = set()
    unreadable = 0
    for agency in agencies:
        inside, outside = read_numbers(agency.inside), read_numbers(agency.outside)
        unreadable += len(agency.inside) - sum(map(len, inside.values()))
        used.update((series, agency.region_code) for series in inside if series.year >= since)
        for series, serials in chain(inside.items(), outside.items()):
            taken[series][agency.region_code].update(map(int, serials))
            widths[series] = len(serials[-1])
    found = [
        stretch
        for series, users in groupby(sorted(used), key=itemgetter(0))
        for stretch in _stretches(
            series, [code for _, code in users], taken[series], widths[series]
        )
    ]
    return sorted(found, key=_order), unreadable


def _series(before: str, behind: str) -> Series | None:
    year = YEAR.search(before)
    return Series(int(year[1]), before, behind) if year else None


def _order(stretch: Stretch) -> tuple[bool, int, str, Series, int]:
    return (
        stretch.is_sparse,
        -stretch.missing,
        stretch.region_code,
        stretch.series,
        stretch.first,
    )


def _stretches(
    series: Series, users: Iterable[str], taken: dict[str, set[int]], width: int
) -> Iterator[Stretch]:
    """The stretches of those agencies that used the series inside the window."""
    everybody = sorted(set().union(*taken.values()))
    gaps = [(a + 1, b - 1) for a, b in pairwise(everybody) if b - a > 1]
    for region_code in users:
        for first, last in _blocks(sorted(taken[region_code])):
            count = bisect_right(everybody, last) - bisect_left(everybody, first)
            # Both ends are taken, so a gap lies wholly inside or wholly outside.
            own = gaps[bisect_left(gaps, (first, 0)) : bisect_left(gaps, (last, 0))]
            yield Stretch(region_code, series, first, last, count, tuple(own), width)


def _blocks(serials: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each block of serials that no jump divides."""
    jumps = [(a, b) for a, b in pairwise(serials) if b - a - 1 > LONGEST_GAP]
    starts = [serials[0], *(b for _a, b in jumps)]
    ends = [*(a for a, _b in jumps), serials[-1]]
    return list(zip(starts, ends, strict=True))
