"""等次: from an unrounded total to a grade, by half-open intervals that cover 0–100 once.

Two kinds of scheme. Under the first, items are marked in points and the total decides. Under a
judged scheme each item is answered by one of the scheme's ``options``, whose share of the item's
points gives what the indicators *suggest*; the reviewer judges one of the ``overalls``, and its
place on 0–100 is the review's total. So every scheme ends in one number, and marks are combined,
compared and charted in one way.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from rubrics.faults import Fault, Problem, too_long
from rubrics.model import FULL_TOTAL, Criterion, GivenMark

GRADES = ("excellent", "good", "pass", "fail")
FAIL = GRADES[-1]


@dataclass(frozen=True, slots=True)
class Band:
    """A grade's interval: ``lower`` belongs to it, ``upper`` to the next grade above."""

    grade: str
    lower: Decimal
    upper: Decimal


@dataclass(frozen=True, slots=True)
class Option:
    """How an item may be answered. Without a share it stands on neither side, like 不适用."""

    code: str
    title: str
    share: Decimal | None = None
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Overall:
    """An overall judgement and where it lies on 0–100."""

    code: str
    title: str
    total: Decimal


@dataclass(frozen=True)
class Scheme:
    """评定办法. ``bands`` from the best grade to the worst; the best one includes 100."""

    key: str
    title: str
    bands: tuple[Band, ...]
    options: tuple[Option, ...] = ()
    overalls: tuple[Overall, ...] = ()
    option_of: dict[str, Option] = field(init=False, repr=False, compare=False)
    overall_of: dict[str, Overall] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "option_of", {o.code: o for o in self.options})
        object.__setattr__(self, "overall_of", {o.code: o for o in self.overalls})

    @property
    def is_judged(self) -> bool:
        return bool(self.overalls)

    def grade_of(self, total: Decimal) -> str:
        """The grade of a total on 0–100; raises ValueError outside."""
        if not total.is_finite() or not 0 <= total <= FULL_TOTAL:
            raise ValueError(f"{total} is not within 0..{FULL_TOTAL}")
        return next(band.grade for band in self.bands if total >= band.lower)

    def suggested(self, total: Decimal) -> Overall:
        """The overall judgement nearest to a total; of two equally near ones the better."""
        return min(self.overalls, key=lambda overall: (abs(overall.total - total), -overall.total))

    def with_points(self, criterion: Criterion, mark: GivenMark) -> GivenMark:
        """A mark answered by an option, with the points that the option stands for."""
        option = self.option_of.get(mark.answer)
        if option is None:
            return mark
        points = None if option.share is None else option.share * criterion.points
        return GivenMark(points, mark.not_applicable, mark.reason, mark.answer)


def scheme_problems(scheme: Scheme) -> list[Problem]:
    """Every fault of a scheme; an empty list means that it may be used."""
    return [
        *_grade_problems(scheme),
        *_band_problems(scheme.key, scheme.bands),
        *_answer_problems(scheme),
        *_words_problems(scheme),
    ]


def _grade_problems(scheme: Scheme) -> Iterator[Problem]:
    grades = [band.grade for band in scheme.bands]
    if not scheme.title.strip():
        yield Problem(Fault.NO_WORDS, scheme.key)
    yield from too_long(scheme.key, scheme.title)
    for grade in grades:
        if grade not in GRADES:
            yield Problem(Fault.UNKNOWN_GRADE, scheme.key, grade)
    for grade, times in Counter(grades).items():
        if times > 1:
            yield Problem(Fault.GRADE_TWICE, scheme.key, grade)
    known = [GRADES.index(grade) for grade in grades if grade in GRADES]
    if known != sorted(known) or FAIL not in grades:
        yield Problem(Fault.GRADE_ORDER, scheme.key, ", ".join(grades))


def _band_problems(key: str, bands: tuple[Band, ...]) -> Iterator[Problem]:
    if not bands or bands[0].upper != FULL_TOTAL or bands[-1].lower != 0:
        reach = f"{bands[-1].lower}..{bands[0].upper}" if bands else ""
        yield Problem(Fault.NOT_WHOLE_RANGE, key, reach)
    for band in bands:
        if not (band.lower < band.upper or band.lower == band.upper == FULL_TOTAL):
            yield Problem(Fault.UNREACHABLE, f"{key} {band.grade}", f"{band.lower}..{band.upper}")
    for above, below in pairwise(bands):
        if below.upper < above.lower:
            yield Problem(Fault.GAP, key, f"{below.upper}..{above.lower}")
        if below.upper > above.lower:
            yield Problem(Fault.OVERLAP, key, f"{above.lower}..{below.upper}")


def _answer_problems(scheme: Scheme) -> Iterator[Problem]:
    totals = [overall.total for overall in scheme.overalls]
    if bool(totals) != any(o.share is not None for o in scheme.options) or any(
        above <= below for above, below in pairwise(totals)
    ):
        yield Problem(Fault.OVERALL, scheme.key, ", ".join(map(str, totals)))
    for overall in scheme.overalls:
        if not 0 <= overall.total <= FULL_TOTAL:
            yield Problem(Fault.OVERALL_RANGE, f"{scheme.key} {overall.code}", str(overall.total))
    for option in scheme.options:
        if option.share is not None and not 0 <= option.share <= 1:
            yield Problem(Fault.SHARE, f"{scheme.key} {option.code}", str(option.share))
    for codes in ((o.code for o in scheme.options), (o.code for o in scheme.overalls)):
        for code, times in Counter(codes).items():
            if times > 1:
                yield Problem(Fault.CODE_TWICE, code, str(times))
    in_range = all(0 <= total <= FULL_TOTAL for total in totals)
    if totals and in_range and not _reaches_every_grade(scheme):
        yield Problem(Fault.UNREACHABLE, scheme.key, ", ".join(map(str, totals)))


def _words_problems(scheme: Scheme) -> Iterator[Problem]:
    items: tuple[Option | Overall, ...] = (*scheme.options, *scheme.overalls)
    for item in items:
        if not item.code.strip():
            yield Problem(Fault.MISSING, f"{scheme.key} {item.title}", "code")
        if not item.title.strip():
            yield Problem(Fault.NO_WORDS, item.code)
        yield from too_long(item.code, item.title)


def _reaches_every_grade(scheme: Scheme) -> bool:
    return {scheme.grade_of(o.total) for o in scheme.overalls} == {b.grade for b in scheme.bands}
