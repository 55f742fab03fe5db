"""A process of its own for reading what somebody uploaded: whatever that does to the reader, it
cannot take a worker with it. See docs/decisions/0016-registers-are-read-in-a-child.md."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PROGRAM = Path(__file__).with_name("limited_program.py")


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` are those on the wall, after which the child is killed; the rest the system
    holds the child to."""

    seconds: float
    cpu_seconds: int
    memory: int
    file_bytes: int = 0


@contextmanager
def limited(module: str, limits: Limits, *arguments: str) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Run ``main`` of a module of ``review.domain`` in a child: its input, to be closed when all is
    written, and its output, which breaks off when it dies. It does not outlive the block."""
    bounds = map(str, (limits.memory, limits.cpu_seconds, limits.file_bytes))
    with subprocess.Popen(  # noqa: S603  (our own program; what is personal goes in by the pipe)
        [sys.executable, "-I", str(PROGRAM), module, *bounds, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},  # no key and no address of ours is in its reach
    ) as child:
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("the child was started with pipes")
        clock = threading.Timer(limits.seconds, child.kill)
        clock.start()
        try:
            yield child.stdin, child.stdout
        finally:
            clock.cancel()
            clock.join()
            child.kill()


def hand_over(content: bytes, stdin: IO[bytes]) -> None:
    """Write all of a child's input. If it has died, its answer will be found to break off."""
    for give in (lambda: stdin.write(content), stdin.close):
        with suppress(BrokenPipeError):
            give()
