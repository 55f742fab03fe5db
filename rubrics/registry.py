"""The rubrics and schemes in ``definitions/`` and ``schemes/``, read once.

A published definition is never edited: a change is a new version in a new file.
"""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

from rubrics.checks import renamed, rubric_problems
from rubrics.faults import DefinitionError, Problem
from rubrics.grading import Scheme, scheme_problems
from rubrics.model import Rubric
from rubrics.reading import read_rubric, read_scheme

DEFINITIONS = Path(__file__).parent / "definitions"
SCHEMES = Path(__file__).parent / "schemes"


def get_rubric(key: str) -> Rubric:
    """The shipped rubric of this key; raises KeyError."""
    return _rubrics()[key]


def all_rubrics() -> tuple[Rubric, ...]:
    return tuple(_rubrics().values())


def get_scheme(key: str) -> Scheme:
    """The shipped scheme of this key; raises KeyError."""
    return _schemes()[key]


def all_schemes() -> tuple[Scheme, ...]:
    return tuple(_schemes().values())


def parse_rubric(text: str) -> Rubric:
    """A rubric that may be used; raises DefinitionError naming what is wrong and where."""
    rubric = read_rubric(text)
    if problems := rubric_problems(rubric):
        raise DefinitionError(problems)
    return rubric


def parse_scheme(text: str) -> Scheme:
    """A scheme that may be used; raises DefinitionError naming what is wrong and where."""
    scheme = read_scheme(text)
    if problems := scheme_problems(scheme):
        raise DefinitionError(problems)
    return scheme


def check_shipped() -> tuple[int, int, list[Problem]]:
    """How many rubrics and schemes are shipped, and all that is wrong with them."""
    rubrics, schemes = _texts(DEFINITIONS), _texts(SCHEMES)
    problems = [p for text in rubrics for p in _problems(parse_rubric, text)]
    problems += [p for text in schemes for p in _problems(parse_scheme, text)]
    if not problems:
        problems = [p for one, next_ in pairwise(_in_order()) for p in _renamed(one, next_)]
    return len(rubrics), len(schemes), problems


def _in_order() -> list[Rubric]:
    return sorted(all_rubrics(), key=lambda rubric: (rubric.name, rubric.version))


def _renamed(earlier: Rubric, later: Rubric) -> list[Problem]:
    return renamed(later, earlier) if later.name == earlier.name else []


def _problems(parse: Callable[[str], object], text: str) -> tuple[Problem, ...]:
    try:
        parse(text)
    except DefinitionError as error:
        return error.problems
    return ()


@cache
def _rubrics() -> dict[str, Rubric]:
    read = [parse_rubric(text) for text in _texts(DEFINITIONS)]
    return {rubric.key: rubric for rubric in read}


@cache
def _schemes() -> dict[str, Scheme]:
    read = [parse_scheme(text) for text in _texts(SCHEMES)]
    return {scheme.key: scheme for scheme in read}


def _texts(folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.toml"))]
