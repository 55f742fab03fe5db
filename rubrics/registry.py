"""The rubrics in ``definitions/``, read once. A published definition is never edited."""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from rubrics.checks import rubric_problems
from rubrics.model import Criterion, Rubric, Section

DEFINITIONS = Path(__file__).parent / "definitions"


class RubricError(ValueError):
    """A definition that cannot be used; the message names each fault and its place."""


def get_rubric(key: str) -> Rubric:
    """The rubric of this key; raises KeyError."""
    return _by_key()[key]


def all_rubrics() -> tuple[Rubric, ...]:
    return tuple(_by_key().values())


def rubrics_for(kind: str) -> tuple[Rubric, ...]:
    """The rubrics that fit a kind of case."""
    return tuple(rubric for rubric in all_rubrics() if kind in rubric.kinds)


def parse_rubric(text: str) -> Rubric:
    """Read a TOML definition; raises RubricError naming what is wrong and where."""
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
        rubric = _rubric(raw)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ArithmeticError) as error:
        raise RubricError(f"not a rubric definition: {error}") from error
    if problems := rubric_problems(rubric):
        raise RubricError("; ".join(f"{p.place}: {p.what} ({p.found})" for p in problems))
    return rubric


@cache
def _by_key() -> dict[str, Rubric]:
    files = sorted(DEFINITIONS.glob("*.toml"))
    rubrics = [parse_rubric(path.read_text(encoding="utf-8")) for path in files]
    return {rubric.key: rubric for rubric in rubrics}


def _rubric(raw: dict[str, Any]) -> Rubric:
    return Rubric(
        key=raw["key"],
        title=raw["title"],
        version=raw["version"],
        is_example=raw["is_example"],
        kinds=tuple(raw["kinds"]),
        step=Decimal(raw["step"]),
        sections=tuple(_section(section) for section in raw["sections"]),
    )


def _section(raw: dict[str, Any]) -> Section:
    criteria = tuple(_criterion(criterion) for criterion in raw["criteria"])
    return Section(raw["code"], raw["title"], criteria)


def _criterion(raw: dict[str, Any]) -> Criterion:
    points, evidence = Decimal(raw["points"]), tuple(raw.get("evidence", ()))
    return Criterion(**(raw | {"points": points, "evidence": evidence}))
