"""What a long build says while it runs: numbered steps, counts, seconds; bars on a terminal."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

T = TypeVar("T")


class Progress:
    """Prints one line per step as it ends; a step that loops shows a bar on a terminal."""

    def __init__(self, steps: int, *, silent: bool = False) -> None:
        self.steps = steps
        self.silent = silent
        self.number = 0
        self.began = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[list[str]]:
        """Time one step; what it appends to the list is printed as its counts."""
        self.number += 1
        counts: list[str] = []
        began = time.monotonic()
        yield counts
        seconds = time.monotonic() - began
        self.say(f"[{self.number:2}/{self.steps}] {title}: {', '.join(counts)} ({seconds:.1f} s)")

    def bar(self, items: Iterable[T], length: int) -> Iterator[T]:
        """The items, with a bar when somebody watches."""
        if self.silent or not sys.stderr.isatty():
            yield from items
            return
        label = f"[{self.number:2}/{self.steps}]"
        with click.progressbar(items, length=length, label=label, file=sys.stderr) as shown:
            yield from shown

    def say(self, text: str) -> None:
        if not self.silent:
            click.echo(text)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began
