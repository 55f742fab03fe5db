"""Redaction and proposals in a process of its own, with limits: whatever a page does to its reader,
it cannot take a worker with it. See docs/decisions/0016-registers-are-read-in-a-child.md.

The functions are those of ``redaction``, ``redaction_proposals`` and ``dossier_index`` and raise
the same errors; a child that meets its limits or dies is an UnreadablePdfError.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from typing import Any

from review.domain.dossier_index import FoundDocument
from review.domain.redaction import Mark, Progress, unheard
from review.errors import MisplacedMarkError, UnreadablePdfError

PROGRAM = Path(__file__).with_name("pdf_program.py")


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
    with subprocess.Popen(  # noqa: S603  (our own program, and files that we made)
        [sys.executable, "-I", str(PROGRAM), task, str(source), str(target)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},  # no key and no address of ours is in its reach
        text=True,
    ) as child:
        try:
            yield from _exchange(child, asked)
        finally:
            child.kill()


def _exchange(child: "subprocess.Popen[str]", asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child was started with pipes")
    with suppress(BrokenPipeError):  # it has died; its answer will be found to break off
        json.dump(asked, child.stdin)
        child.stdin.close()
    said: dict[str, Any] = {}
    for line in child.stdout:
        said = json.loads(line) if line.endswith("\n") else {}
        if "misplaced" in said:
            raise MisplacedMarkError(said["misplaced"])
        yield said
    if "result" not in said:
        raise UnreadablePdfError
