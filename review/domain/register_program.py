"""What the limited child does that reads an uploaded register: ``register_child`` starts it.

It reads the file from its input and writes the sheets to its output.
"""

import gc
import json
import sys
from typing import Any

from review.domain.register_sheets import packed_sheets
from review.errors import RegisterError, WorkbookTooLargeError


def main() -> None:
    gc.disable()  # cells are no rubbish
    try:
        for sheet in packed_sheets(sys.stdin.buffer.read()):
            _say({"name": sheet.name, "width": sheet.width, "places": len(sheet.places)})
            _say(sheet.cells)
            sys.stdout.buffer.write(sheet.places)
    except RegisterError as error:
        _say({"refused": type(error).__name__, "place": error.place})
    except MemoryError:
        _say({"refused": WorkbookTooLargeError.__name__, "place": {}})
    else:
        _say({"end": True})


def _say(content: Any) -> None:
    sys.stdout.buffer.write(json.dumps(content, separators=(",", ":")).encode() + b"\n")
