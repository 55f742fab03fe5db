"""What can be wrong with a definition, and where."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

LONGEST_TITLE, LONGEST_TEXT = 200, 2000
"""In signs. A title stands on one line of a list; a text on the page beside its marks."""


class Fault(StrEnum):
    TOO_LARGE = "definition is too large"
    NOT_UTF8 = "not UTF-8 text"
    SYNTAX = "not TOML"
    MISSING = "is missing"
    UNKNOWN_FIELD = "unknown field"
    NOT_TEXT = "must be text"
    NOT_A_NUMBER = "must be a number"
    NOT_A_WHOLE_NUMBER = "must be a whole number"
    NOT_YES_OR_NO = "must be true or false"
    NOT_A_LIST = "must be a list"
    NOT_A_TABLE = "must be a table"
    KEY = "key is not name/version"
    NO_KIND = "fits no kind of case"
    STEP = "step is not positive"
    CODE_TWICE = "code is used twice"
    CODE_SIGNS = "code is not small letters, digits and _"
    NO_CRITERIA = "section without criteria"
    NO_WORDS = "title or guidance is missing"
    TOO_LONG = "text is too long"
    NOT_POSITIVE = "points are not positive"
    NOT_A_STEP = "points are no multiple of the step"
    NOBODY_ANSWERS = "nobody of this name answers"
    UNKNOWN_EVIDENCE = "unknown document type"
    NOT_100 = "points do not add up to 100"
    NOTHING_FOR_HANDLER = "no criterion for which the handler answers"
    LEVELS_AND_DEDUCTIONS = "levels and deductions exclude each other"
    LEVELS = "levels do not fall from the maximum to 0"
    DEDUCTION = "deduction is not within the points"
    MINIMUM = "minimum is not within the section's points for the handler"
    BONUS_CAP = "bonus cap is not within the bonus items' sum"
    RENAMED = "criterion was renamed under the same code"
    UNKNOWN_GRADE = "unknown grade"
    GRADE_TWICE = "a grade is named twice"
    GRADE_ORDER = "grades are not in order, best first and fail last"
    NOT_WHOLE_RANGE = "the grades must reach from 0 to 100"
    UNREACHABLE = "grade can never be reached"
    GAP = "no grade between"
    OVERLAP = "two grades between"
    SHARE = "share is not within 0..1"
    OVERALL = "overall judgements and the answers of items need each other, and fall in total"
    OVERALL_RANGE = "total is not within 0..100"
    NOT_A_SHEET = "no score sheet of this platform"
    UNKNOWN_CATEGORY = "unknown category"
    UNKNOWN_KIND = "unknown kind of case"
    STEP_LINE = "neither a level nor a deduction"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a definition: what it is, and the place and value where it was found."""

    what: Fault
    place: str
    found: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.what.value}" + (f" ({self.found})" if self.found else "")


class DefinitionError(ValueError):
    """A definition that cannot be used; ``problems`` names each fault and its place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


def too_long(place: str, title: str, *texts: str) -> Iterator[Problem]:
    """The first of an item's words that fit on no page."""
    for text, limit in ((title, LONGEST_TITLE), *((each, LONGEST_TEXT) for each in texts)):
        if len(text) > limit:
            yield Problem(Fault.TOO_LONG, place, f"{len(text)} > {limit}")
            return
