"""The program of every limited child process: it takes its limits on, then runs one module.

``limited_child`` starts it. Its arguments are the module of ``review.domain`` whose ``main`` to
run; the most bytes of memory, seconds of CPU and bytes of a written file; then those of ``main``.
A file that makes it use more, or breaks the reader, ends this process and nothing else.
"""

import importlib
import os
import resource
import sys
from types import ModuleType


def main(module: str, memory: str, cpu_seconds: str, file_bytes: str, *arguments: str) -> None:
    _limit(int(memory), int(cpu_seconds), int(file_bytes))
    _without_the_application()
    importlib.import_module(f"review.domain.{module}").main(*arguments)


def _limit(memory: int, cpu_seconds: int, file_bytes: int) -> None:
    for limit, most in {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_CORE: 0,
    }.items():
        resource.setrlimit(limit, (most, most))


def _without_the_application() -> None:
    """Let modules of ``review`` be imported without running ``review/__init__``: assembling the
    application takes seconds and a third of the memory that this process may use."""
    here = os.path.dirname(os.path.abspath(__file__))  # pathlib would load slowly
    application = os.path.dirname(here)
    sys.path.append(os.path.dirname(application))
    for name, folder in (("review", application), ("review.domain", here)):
        package = ModuleType(name)
        package.__path__ = [folder]
        sys.modules[name] = package


if __name__ == "__main__":
    main(*sys.argv[1:])
