from review.enums import Grade
from review.labels import points
from rubrics.grading import Scheme
from rubrics.model import Rubric
from rubrics.registry import all_rubrics, all_schemes, get_rubric

ShownBands = tuple[tuple[Grade, str, str], ...]


def shown_rubrics() -> tuple[Rubric, ...]:
    """Every rubric that a round may use."""
    return all_rubrics()


def shown_schemes() -> tuple[tuple[Scheme, ShownBands], ...]:
    """Every scheme with its grades and their limits as text."""
    return tuple(
        (s, tuple((Grade(b.grade), points(b.lower), points(b.upper)) for b in s.bands))
        for s in all_schemes()
    )


def find_rubric(name: str, version: int) -> Rubric | None:
    """One version of a rubric, or None."""
    try:
        return get_rubric(f"{name}/{version}")
    except KeyError:
        return None
