"""From the text of a definition to its objects; what is wrong is named by its place.

Reading checks form only: sizes, syntax, types, unknown and missing fields. What a sound rubric or
scheme must satisfy beyond that stands in ``checks`` and ``grading``, so that an unfinished draft
can be read.
"""

import re
import tomllib
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from rubrics.faults import DefinitionError, Fault, Problem
from rubrics.grading import Band, Option, Overall, Scheme
from rubrics.model import Criterion, Deduction, Level, Rubric, Section, Veto

LARGEST_BYTES = 256 * 1024
"""Ten times the longest shipped definition."""
MOST_DIGITS, MOST_DECIMALS = 4, 6
"""Before and behind the point; more than any points, share or cut-off needs."""
_AT = re.compile(r" \(at (?:(line \d+, column \d+)|end of document)\)")
_BANDS = re.compile(r"^\s*(?:\[\[\s*bands\s*\]\]|bands\s*=)", re.MULTILINE)
Made = TypeVar("Made")


class _Table:
    """A TOML table being read: each field is taken once, what is left over is unknown."""

    def __init__(self, raw: Any, place: str) -> None:
        if not isinstance(raw, dict):
            raise _refused(Fault.NOT_A_TABLE, place or "definition", raw)
        self.raw, self.place = dict(raw), place

    def at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def take(self, name: str, **default: Any) -> Any:
        if name in self.raw:
            return self.raw.pop(name)
        if "default" not in default:
            raise DefinitionError([Problem(Fault.MISSING, self.at(name))])
        return default["default"]

    def text(self, name: str, **default: Any) -> str:
        value = self.take(name, **default)
        if not isinstance(value, str):
            raise _refused(Fault.NOT_TEXT, self.at(name), value)
        return value

    def number(self, name: str, **default: Any) -> Decimal:
        value = self.take(name, **default)
        if not isinstance(value, int | Decimal) or isinstance(value, bool) or not is_short(value):
            raise _refused(Fault.NOT_A_NUMBER, self.at(name), value)
        return Decimal(value)

    def whole(self, name: str) -> int:
        value = self.take(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _refused(Fault.NOT_A_WHOLE_NUMBER, self.at(name), value)
        return value

    def yes_or_no(self, name: str, **default: Any) -> bool:
        value = self.take(name, **default)
        if not isinstance(value, bool):
            raise _refused(Fault.NOT_YES_OR_NO, self.at(name), value)
        return value

    def texts(self, name: str, **default: Any) -> tuple[str, ...]:
        values = self._list(name, **default)
        for index, value in enumerate(values):
            if not isinstance(value, str):
                raise _refused(Fault.NOT_TEXT, f"{self.at(name)}[{index + 1}]", value)
        return tuple(values)

    def each(self, name: str, make: Callable[["_Table"], Made], **default: Any) -> tuple[Made, ...]:
        """Each table of a list; its place is its number or, where it has one, its code."""
        made = []
        for index, raw in enumerate(self._list(name, **default)):
            code = raw.get("code") if isinstance(raw, dict) else None
            table = _Table(raw, f"{self.at(name)}[{code or index + 1}]")
            made.append(make(table))
            table.end()
        return tuple(made)

    def end(self) -> None:
        """Raises DefinitionError when a field is left that nobody reads."""
        if self.raw:
            raise DefinitionError(Problem(Fault.UNKNOWN_FIELD, self.at(n)) for n in self.raw)

    def _list(self, name: str, **default: Any) -> list[Any]:
        values = self.take(name, **default)
        if not isinstance(values, list):
            raise _refused(Fault.NOT_A_LIST, self.at(name), values)
        return values


def read_rubric(text: str) -> Rubric:
    """A rubric of sound form; raises DefinitionError. Use ``checks`` before relying on it."""
    return _read(text, _rubric)


def read_scheme(text: str) -> Scheme:
    """A scheme of sound form; raises DefinitionError. Use ``grading`` before relying on it."""
    return _read(text, _scheme)


def is_scheme(text: str) -> bool:
    """Whether a text is meant as a scheme: only they have cut-offs."""
    return bool(_BANDS.search(text))


def _read(text: str, make: Callable[[_Table], Made]) -> Made:
    size = len(text.encode())
    if size > LARGEST_BYTES:
        raise DefinitionError([Problem(Fault.TOO_LARGE, "definition", f"{size} > {LARGEST_BYTES}")])
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise DefinitionError([_syntax(str(error), text)]) from error
    table = _Table(raw, "")
    made = make(table)
    table.end()
    return made


def _rubric(raw: _Table) -> Rubric:
    return Rubric(
        key=raw.text("key"),
        title=raw.text("title"),
        version=raw.whole("version"),
        is_example=raw.yes_or_no("is_example"),
        kinds=raw.texts("kinds"),
        step=raw.number("step"),
        sections=raw.each("sections", _section),
        vetoes=raw.each("vetoes", _veto, default=[]),
        bonuses=raw.each("bonuses", _criterion, default=[]),
        bonus_cap=raw.number("bonus_cap", default=0),
    )


def _section(raw: _Table) -> Section:
    return Section(
        raw.text("code"),
        raw.text("title"),
        raw.each("criteria", _criterion),
        raw.number("minimum") if "minimum" in raw.raw else None,
    )


def _criterion(raw: _Table) -> Criterion:
    return Criterion(
        code=raw.text("code"),
        title=raw.text("title"),
        points=raw.number("points"),
        guidance=raw.text("guidance"),
        may_be_na=raw.yes_or_no("may_be_na", default=False),
        answers=raw.text("answers", default="handler"),
        evidence=raw.texts("evidence", default=[]),
        levels=raw.each("levels", _level, default=[]),
        deductions=raw.each("deductions", _deduction, default=[]),
    )


def _level(raw: _Table) -> Level:
    return Level(raw.number("points"), raw.text("description"))


def _deduction(raw: _Table) -> Deduction:
    return Deduction(raw.number("points"), raw.text("description"))


def _veto(raw: _Table) -> Veto:
    return Veto(raw.text("code"), raw.text("title"), raw.text("guidance"))


def _scheme(raw: _Table) -> Scheme:
    return Scheme(
        key=raw.text("key"),
        title=raw.text("title"),
        bands=raw.each("bands", _band),
        options=raw.each("options", _option, default=[]),
        overalls=raw.each("overalls", _overall, default=[]),
    )


def _band(raw: _Table) -> Band:
    return Band(raw.text("grade"), raw.number("lower"), raw.number("upper"))


def _option(raw: _Table) -> Option:
    return Option(
        code=raw.text("code"),
        title=raw.text("title"),
        share=raw.number("share") if "share" in raw.raw else None,
        needs_reason=raw.yes_or_no("needs_reason", default=False),
    )


def _overall(raw: _Table) -> Overall:
    return Overall(raw.text("code"), raw.text("title"), raw.number("total"))


def _syntax(message: str, text: str) -> Problem:
    """The parser may name line and column behind its message; they are the place."""
    found = _AT.search(message)
    if found is None:
        return Problem(Fault.SYNTAX, "definition", message)
    last = text.rpartition("\n")[2]
    end = f"line {text.count(chr(10)) + 1}, column {len(last) + 1}"
    return Problem(Fault.SYNTAX, found[1] or end, _AT.sub("", message))


def is_short(value: int | Decimal) -> bool:
    number = Decimal(value)
    exponent = number.as_tuple().exponent  # a letter where the number is not finite
    return (
        isinstance(exponent, int) and exponent >= -MOST_DECIMALS and number.adjusted() < MOST_DIGITS
    )


def _refused(what: Fault, place: str, value: Any) -> DefinitionError:
    return DefinitionError([Problem(what, place, str(value)[:40])])
