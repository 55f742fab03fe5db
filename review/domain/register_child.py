"""Read an uploaded file in a process of its own, with limits: whatever it does to the reader, it
cannot take a worker with it. See docs/decisions/0016-registers-are-read-in-a-child.md."""

import json
import subprocess
import sys
import threading
from array import array
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from review import errors
from review.domain.register_sheets import INDEX, MOST_CELLS
from review.domain.register_table import Sheet
from review.errors import BrokeOffError, RegisterError

PROGRAM = Path(__file__).with_name("register_program.py")
MOST_SECONDS = 30


def read_sheets(data: bytes) -> list[Sheet]:
    """Every worksheet of a file; raises RegisterError."""
    with subprocess.Popen(  # noqa: S603  (our own program; the file goes in by the pipe)
        [sys.executable, "-I", str(PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},  # no key and no address of ours is in its reach
    ) as child:
        clock = threading.Timer(MOST_SECONDS, child.kill)
        clock.start()
        try:
            return list(_exchange(child, data))
        finally:
            clock.cancel()
            clock.join()
            child.kill()


def _exchange(child: "subprocess.Popen[bytes]", data: bytes) -> Iterator[Sheet]:
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child was started with pipes")
    for hand_over in (lambda: child.stdin.write(data), child.stdin.close):
        with suppress(BrokenPipeError):  # it has died; its answer will be found to break off
            hand_over()
    while "end" not in (said := _heard(child.stdout)):
        if "refused" in said:
            raise _refusal(said)
        yield _sheet(said, child.stdout)


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
