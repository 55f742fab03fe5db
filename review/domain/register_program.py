"""The program of the child process that reads an uploaded register: ``register_child`` runs it.

It reads the file from its input and writes the sheets to its output. A file that makes it use
more than its limits, or breaks the reader, ends this process and nothing else.
"""

import importlib
import json
import os
import resource
import sys
from types import ModuleType
from typing import Any, BinaryIO

MOST_MEMORY = 512 * 1024 * 1024
MOST_CPU_SECONDS = 10


def main(data: BinaryIO, answer: BinaryIO) -> None:
    _limit()
    _without_the_application()
    sheets = importlib.import_module("review.domain.register_sheets")
    errors = importlib.import_module("review.errors")
    try:
        for sheet in sheets.packed_sheets(data.read()):
            _say(answer, {"name": sheet.name, "width": sheet.width, "places": len(sheet.places)})
            _say(answer, sheet.cells)
            answer.write(sheet.places)
    except errors.RegisterError as error:
        _say(answer, {"refused": type(error).__name__, "place": error.place})
    except MemoryError:
        _say(answer, {"refused": errors.WorkbookTooLargeError.__name__, "place": {}})
    else:
        _say(answer, {"end": True})


def _say(answer: BinaryIO, content: Any) -> None:
    answer.write(json.dumps(content, separators=(",", ":")).encode() + b"\n")


def _limit() -> None:
    for limit, most in {
        resource.RLIMIT_AS: MOST_MEMORY,
        resource.RLIMIT_CPU: MOST_CPU_SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }.items():
        resource.setrlimit(limit, (most, most))


def _without_the_application() -> None:
    """Let modules of ``review`` be imported without running ``review/__init__``: assembling the
    application takes seconds and a third of the memory that this process may use."""
    here = os.path.dirname(os.path.abspath(__file__))  # pathlib would load slowly
    for name, folder in (("review", os.path.dirname(here)), ("review.domain", here)):
        package = ModuleType(name)
        package.__path__ = [folder]
        sys.modules[name] = package


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
