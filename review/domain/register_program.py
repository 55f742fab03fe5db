"""What the limited child does that reads a register or a score sheet: ``register_child`` starts it.

It reads the file from its input and writes the sheets to its output.
"""

import gc
import json
import sys
from typing import Any

from review.domain.register_sheets import packed_sheets
from review.domain.word_tables import packed_tables
from review.errors import RegisterError, WorkbookTooLargeError

READERS = {"sheets": packed_sheets, "tables": packed_tables}


def main(reader: str) -> None:
    gc.disable()  # cells are no rubbish
    try:
        for sheet in READERS[reader](sys.stdin.buffer.read()):
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
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.buffer.write(text.encode(errors="surrogatepass") + b"\n")
