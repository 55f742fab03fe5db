"""What the limited child does that works on a dossier's pages: ``pdf_child`` starts it.

Its arguments name the task and the files; its input holds marks and terms, which belong in no list
of processes; its output tells the progress, then the result, one line each.
"""

import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from review.errors import MisplacedMarkError, UnreadablePdfError


def main(task: str, source: str, target: str) -> None:
    asked = json.load(sys.stdin)
    try:
        _say({"result": TASKS[task](Path(source), Path(target), asked)})
    except MisplacedMarkError as error:
        _say({"misplaced": error.page})
    except UnreadablePdfError:
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
