"""Redaction and proposals in a limited child process.

The functions are those of ``redaction``, ``redaction_proposals`` and ``dossier_index`` and raise
the same errors; a child that meets its limits or dies is an UnreadablePdfError.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

from review.domain.dossier_index import FoundDocument
from review.domain.limited_child import Limits, hand_over, limited
from review.domain.redaction import Mark, Progress, unheard
from review.errors import MisplacedMarkError, UnreadablePdfError

GIB = 1024 * 1024 * 1024
# A dossier of 2,000 pages takes about 200 seconds of CPU.
LIMITS = Limits(seconds=900, cpu_seconds=600, memory=3 * GIB // 2, file_bytes=GIB)


def redact(
    source: Path,
    target: Path,
    marks: Iterable[Mark],
    terms: Iterable[str] = (),
    progress: Progress = unheard,
) -> list[int]:
    """Write the redacted copy; the pages where its text still names one of ``terms``. Raises
    UnreadablePdfError or MisplacedMarkError, and then leaves no copy."""
    asked = {"marks": [astuple(mark) for mark in marks], "terms": list(terms)}
    said: dict[str, Any] = {}
    try:
        for said in _run("redact", source, target, asked):
            if "done" in said:
                progress(said["done"], said["pages"])
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    readable: list[int] = said["result"]
    return readable


def proposed_marks(source: Path, terms: Iterable[str]) -> list[Mark]:
    return [Mark(**found) for found in _result("propose_marks", source, {"terms": list(terms)})]


def propose_documents(source: Path) -> list[FoundDocument]:
    return [FoundDocument(**found) for found in _result("propose_documents", source, {})]


def _result(task: str, source: Path, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What the child found; it has no progress to tell on the way."""
    *_, last = _run(task, source, source, asked)
    found: list[dict[str, Any]] = last["result"]
    return found


def _run(task: str, source: Path, target: Path, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What the child says, line by line; the last line holds its result."""
    with limited("pdf_program", LIMITS, task, str(source), str(target)) as (stdin, answer):
        hand_over(json.dumps(asked).encode(), stdin)
        said: dict[str, Any] = {}
        for line in answer:
            said = json.loads(line) if line.endswith(b"\n") else {}
            if "misplaced" in said:
                raise MisplacedMarkError(said["misplaced"])
            yield said
        if "result" not in said:
            raise UnreadablePdfError
