"""Read an uploaded register in a limited child process."""

import json
from array import array
from collections.abc import Iterator
from typing import IO, Any

from review import errors
from review.domain.limited_child import Limits, hand_over, limited
from review.domain.register_sheets import INDEX, MOST_CELLS
from review.domain.register_table import Sheet
from review.errors import BrokeOffError, RegisterError

# The processor's time is the limit that files meet; the other is for a machine that is very busy.
# A register of 36,000 rows needs less than two seconds. A score sheet is read while its sender
# waits; one of two hundred criteria needs 0.2.
LIMITS = {
    "sheets": Limits(seconds=120, cpu_seconds=10, memory=512 * 1024 * 1024),
    "tables": Limits(seconds=30, cpu_seconds=2, memory=256 * 1024 * 1024),
}


def read_sheets(data: bytes, *, of_documents: bool = False) -> list[Sheet]:
    """Every worksheet of a file, or, where documents are welcome, every table of one; raises
    RegisterError."""
    reader = "tables" if of_documents else "sheets"
    with limited("register_program", LIMITS[reader], reader) as (stdin, answer):
        hand_over(data, stdin)
        return list(_sheets(answer))


def _sheets(answer: IO[bytes]) -> Iterator[Sheet]:
    while "end" not in (said := _heard(answer)):
        if "refused" in said:
            raise _refusal(said)
        yield _sheet(said, answer)


def _heard(answer: IO[bytes]) -> Any:
    """The next line; an answer that breaks off means that the child met its limits or broke."""
    line = answer.readline()
    try:
        return json.loads(line)
    except ValueError:
        raise BrokeOffError from None


def _sheet(said: dict[str, Any], answer: IO[bytes]) -> Sheet:
    cells, width = _heard(answer), said["width"]
    places = array(INDEX)
    size = said["places"] * places.itemsize
    if said["places"] > MOST_CELLS or len(content := answer.read(size)) < size:
        raise BrokeOffError
    places.frombytes(content)
    every = list(map(cells.__getitem__, places))
    rows = [every[start : start + width] for start in range(0, len(every), width or 1)]
    return Sheet(said["name"], rows)


def _refusal(said: dict[str, Any]) -> RegisterError:
    kind: type[RegisterError] = getattr(errors, said["refused"])
    return kind(**said["place"])
