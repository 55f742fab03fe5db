"""The program of the child process that works on a dossier's pages: ``pdf_child`` runs it.

Its arguments name the task and the files; its input holds marks and terms, which belong in no list
of processes; its output tells the progress, then the result, one line each. A page that makes it
use more than its limits, or breaks the reader, ends this process and nothing else.
"""

import importlib
import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

MOST_MEMORY = 1536 * 1024 * 1024
MOST_CPU_SECONDS = 600
"""A dossier of 2,000 pages takes about 200."""
MOST_FILE_BYTES = 1024 * 1024 * 1024


def main(task: str, source: Path, target: Path) -> None:
    _limit()
    _without_the_application()
    errors = importlib.import_module("review.errors")
    asked = json.load(sys.stdin)
    try:
        _say({"result": TASKS[task](source, target, asked)})
    except errors.MisplacedMarkError as error:
        _say({"misplaced": error.page})
    except errors.UnreadablePdfError:
        _say({"unreadable": True})


def _redact(source: Path, target: Path, asked: dict[str, Any]) -> list[int]:
    redaction = importlib.import_module("review.domain.redaction")
    proposals = importlib.import_module("review.domain.redaction_proposals")
    marks = [redaction.Mark(*mark) for mark in asked["marks"]]
    redaction.redact(source, target, marks, asked["terms"], _tell)
    return sorted({mark.page for mark in proposals.left_visible(source, marks, asked["terms"])})


def _propose_marks(source: Path, _: Path, asked: dict[str, Any]) -> list[dict[str, Any]]:
    proposals = importlib.import_module("review.domain.redaction_proposals")
    return [asdict(mark) for mark in proposals.proposed_marks(source, asked["terms"])]


def _propose_documents(source: Path, _: Path, asked: dict[str, Any]) -> list[dict[str, Any]]:
    index = importlib.import_module("review.domain.dossier_index")
    return [asdict(document) for document in index.propose_documents(source)]


TASKS = {
    "redact": _redact,
    "propose_marks": _propose_marks,
    "propose_documents": _propose_documents,
}


def _tell(done: int, pages: int) -> None:
    _say({"done": done, "pages": pages})


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
    sys.path.append(str(here.parents[1]))
    for name, folder in (("review", here.parent), ("review.domain", here)):
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
