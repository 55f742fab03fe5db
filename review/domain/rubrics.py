"""One registry for the shipped rubrics and schemes and for those of the bureaus.

Whatever was published never changes, so that what a text was read to is kept by the text.
"""

from functools import lru_cache

from review.enums import CaseKind, DefinitionSubject, Grade
from review.labels import points
from review.queries.definitions import pinned_text, published_texts
from rubrics import registry
from rubrics.faults import Problem
from rubrics.grading import Scheme
from rubrics.model import Rubric

ShownBands = tuple[tuple[Grade, str, str], ...]

_rubric = lru_cache(maxsize=256)(registry.parse_rubric)
_scheme = lru_cache(maxsize=64)(registry.parse_scheme)


def get_rubric(key: str) -> Rubric:
    """The rubric that a round or a review pins by this key; raises KeyError."""
    try:
        return registry.get_rubric(key)
    except KeyError:
        return _rubric(_pinned(DefinitionSubject.RUBRIC, key))


def get_scheme(key: str) -> Scheme:
    """The scheme that a round pins by this key; raises KeyError."""
    try:
        return registry.get_scheme(key)
    except KeyError:
        return _scheme(_pinned(DefinitionSubject.SCHEME, key))


def usable_rubrics(region_code: str | None = None) -> tuple[Rubric, ...]:
    """What a new round in a region may use; without a region, all that any round may."""
    own = published_texts(DefinitionSubject.RUBRIC, region_code)
    return (*registry.all_rubrics(), *map(_rubric, own))


def usable_schemes(region_code: str | None = None) -> tuple[Scheme, ...]:
    """What a new round in a region may use; without a region, all that any round may."""
    own = published_texts(DefinitionSubject.SCHEME, region_code)
    return (*registry.all_schemes(), *map(_scheme, own))


def fitting(rubrics: tuple[Rubric, ...], kind: CaseKind) -> tuple[Rubric, ...]:
    return tuple(rubric for rubric in rubrics if kind.value in rubric.kinds)


def shipped_rubrics() -> tuple[Rubric, ...]:
    return registry.all_rubrics()


def shown_schemes() -> tuple[tuple[Scheme, ShownBands], ...]:
    """Every scheme with its grades and their limits as text."""
    return tuple((scheme, shown_bands(scheme)) for scheme in usable_schemes())


def shipped_schemes() -> tuple[Scheme, ...]:
    return registry.all_schemes()


def shown_bands(scheme: Scheme) -> ShownBands:
    """The grades of a scheme and their limits as text."""
    return tuple((Grade(b.grade), points(b.lower), points(b.upper)) for b in scheme.bands)


def find_rubric(name: str, version: int) -> Rubric | None:
    """One version of a rubric, or None."""
    try:
        return get_rubric(f"{name}/{version}")
    except KeyError:
        return None


def check_shipped() -> tuple[int, int, list[Problem]]:
    """How many rubrics and schemes are shipped, and all that is wrong with them."""
    return registry.check_shipped()


def _pinned(subject: DefinitionSubject, key: str) -> str:
    text = pinned_text(subject, key)
    if text is None:
        raise KeyError(key)
    return text
