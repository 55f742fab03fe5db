"""What the limited child does that makes one inert PDF of files: ``dossier_child`` starts it.

It is given a folder: its input lists the files in it, by number and name; its output says of each
how many pages it had, or why it was refused, one line each; the PDF is left as ``copy.pdf``.
"""

import json
import sys
from pathlib import Path

import pikepdf

from review.domain.dossier_rebuild import append_file, finish
from review.errors import FileRefusedError


def main(place: str) -> None:
    folder = Path(place)
    with pikepdf.Pdf.new() as copy:
        for number, name in json.load(sys.stdin):
            try:
                _say({"pages": append_file(copy, folder / str(number), name)})
            except FileRefusedError as error:
                _say({"refused": error.refusal})
        if len(copy.pages):
            with (folder / "copy.pdf").open("wb") as target:
                finish(copy, target)
    _say({"end": True})


def _say(content: object) -> None:
    print(json.dumps(content), flush=True)
