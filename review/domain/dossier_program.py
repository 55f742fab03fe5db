"""The program of the child process that makes one inert PDF of files: ``dossier_child`` runs it.

It is given a folder: its input lists the files in it, by number and name; its output says of each
how many pages it had, or why it was refused, one line each; the PDF is left as ``copy.pdf``. A
file that makes it use more than its limits, or breaks the reader, ends this process and no more.
"""

import importlib
import json
import resource
import sys
from pathlib import Path
from types import ModuleType

MOST_MEMORY = 1536 * 1024 * 1024
MOST_CPU_SECONDS = 120
MOST_FILE_BYTES = 1024 * 1024 * 1024


def main(folder: Path, files: list[tuple[int, str]]) -> None:
    _limit()
    _without_the_application()
    rebuild = importlib.import_module("review.domain.dossier_rebuild")
    errors = importlib.import_module("review.errors")
    with importlib.import_module("pikepdf").Pdf.new() as copy:
        for number, name in files:
            try:
                _say({"pages": rebuild.append_file(copy, folder / str(number), name)})
            except errors.FileRefusedError as error:
                _say({"refused": error.refusal})
        if len(copy.pages):
            with (folder / "copy.pdf").open("wb") as target:
                rebuild.finish(copy, target)
    _say({"end": True})


def _say(content: object) -> None:
    print(json.dumps(content), flush=True)


def _limit() -> None:
    for limit, most in {
        resource.RLIMIT_AS: MOST_MEMORY,
        resource.RLIMIT_CPU: MOST_CPU_SECONDS,
        resource.RLIMIT_FSIZE: MOST_FILE_BYTES,
        resource.RLIMIT_CORE: 0,
    }.items():
        resource.setrlimit(limit, (most, most))


def _without_the_application() -> None:
    """As in ``register_program``: modules of ``review`` without assembling the application."""
    here = Path(__file__).resolve().parent
    for name, folder in (("review", here.parent), ("review.domain", here)):
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.load(sys.stdin))
