"""Make one inert PDF of files in a limited child process."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.domain.limited_child import Limits, hand_over, limited
from review.enums import FileRefusal

GIB = 1024 * 1024 * 1024
LIMITS = Limits(seconds=180, cpu_seconds=120, memory=3 * GIB // 2, file_bytes=GIB)
COPY = "copy.pdf"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: its pages, or why it has none."""

    pages: int = 0
    refusal: FileRefusal | None = None


def assemble(folder: Path, names: Sequence[str]) -> list[Outcome]:
    """Make ``copy.pdf`` of the files 0, 1, 2… in a folder; ``names`` are theirs, for bookmarks.

    A file that breaks the reader is refused, and the others are read again without it.
    """
    found = dict.fromkeys(range(len(names)), Outcome(refusal=FileRefusal.TOO_COSTLY))
    wanted = list(found)
    while wanted:
        told, is_done = _told(folder, [(number, names[number]) for number in wanted])
        if is_done:
            return list((found | dict(zip(wanted, told, strict=True))).values())
        if len(told) == len(wanted):  # each can be read, but all together are too much
            break
        del wanted[len(told)]
    return [Outcome(refusal=FileRefusal.TOO_COSTLY)] * len(names)


def _told(folder: Path, files: list[tuple[int, str]]) -> tuple[list[Outcome], bool]:
    """What the child said of each file, and whether it came to its end."""
    with limited("dossier_program", LIMITS, str(folder)) as (stdin, answer):
        hand_over(json.dumps(files).encode(), stdin)
        said = answer.read()
    lines = [json.loads(line) for line in said.splitlines(keepends=True) if line.endswith(b"\n")]
    outcomes = [_outcome(line) for line in lines if "end" not in line]
    return outcomes, len(outcomes) < len(lines)


def _outcome(line: dict[str, Any]) -> Outcome:
    refused = line.get("refused")
    return Outcome(line.get("pages", 0), FileRefusal(refused) if refused else None)
