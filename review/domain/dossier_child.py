"""Make one inert PDF of files in a process of its own, with limits: whatever a file does to the
reader, it cannot take a worker with it. See docs/decisions/0016-registers-are-read-in-a-child.md.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.enums import FileRefusal

PROGRAM = Path(__file__).with_name("dossier_program.py")
MOST_SECONDS = 180
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
    with subprocess.Popen(  # noqa: S603  (our own program, and a folder that we made)
        [sys.executable, "-I", str(PROGRAM), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},  # no key and no address of ours is in its reach
    ) as child:
        try:
            said, _ = child.communicate(json.dumps(files).encode(), timeout=MOST_SECONDS)
        except subprocess.TimeoutExpired as late:
            child.kill()
            said = late.stdout or b""
    lines = [json.loads(line) for line in said.splitlines(keepends=True) if line.endswith(b"\n")]
    outcomes = [_outcome(line) for line in lines if "end" not in line]
    return outcomes, len(outcomes) < len(lines)


def _outcome(line: dict[str, Any]) -> Outcome:
    refused = line.get("refused")
    return Outcome(line.get("pages", 0), FileRefusal(refused) if refused else None)
