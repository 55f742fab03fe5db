"""Reading a file in a process of its own: every format, and nothing that can hurt the caller."""

import os
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from review.domain import limited_child, register_child
from review.domain.register_child import read_sheets
from review.errors import BrokeOffError
from tests.register_files import delimited, old_workbook, open_document, workbook

SHEET: list[list[Any]] = [
    ["案件编号", "𠮷田䶮", None, 3.5],
    [],
    [None, "a,b;c", date(2024, 5, 6), 1400],
]
CELLS: list[list[Any]] = [
    ["案件编号", "𠮷田䶮", None, 3.5],
    [None, None, None, None],
    [None, "a,b;c", "2024-05-06", 1400.0],
]


@pytest.mark.parametrize("make", [workbook, old_workbook, open_document])
def test_workbook_of_each_format_is_read_alike(make: Callable[..., bytes]) -> None:
    first, second = read_sheets(make(SHEET, [["乙"]]))
    assert first.rows == CELLS
    assert (second.name, second.rows) == ("Sheet2", [["乙"]])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_of_each_encoding_and_delimiter_is_read_alike(encoding: str, delimiter: str) -> None:
    (sheet,) = read_sheets(delimited(SHEET, encoding=encoding, delimiter=delimiter))
    as_text = [[None if c is None else str(c) for c in row] for row in CELLS]
    as_text[2][3] = "1400"
    assert sheet.rows == as_text


def test_truth_values_and_numbers_stay_apart() -> None:
    (sheet,) = read_sheets(workbook([[True, 1, False, 0], [1.0, True]]))
    assert sheet.rows == [["True", 1.0, "False", 0.0], [1.0, "True", None, None]]


def test_child_knows_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_KEY", "k" * 43)
    started: list[dict[str, Any]] = []
    popen = subprocess.Popen

    def noted(*args: Any, **options: Any) -> Any:
        started.append(options)
        return popen(*args, **options)

    monkeypatch.setattr(subprocess, "Popen", noted)
    read_sheets(workbook([["x"]]))
    assert [options["env"] for options in started] == [{}]


PROGRAMS = {
    "dies at once": "raise SystemExit(1)",
    "is killed while it answers": (
        "import os; print('{\"name\"', flush=True); os.kill(os.getpid(), 9)"
    ),
    "takes too much memory": (
        "import resource, sys; sys.stdin.buffer.read();"
        "resource.setrlimit(resource.RLIMIT_AS, (2**27, 2**27)); bytes(2**28)"
    ),
    "never ends": "import time; time.sleep(60)",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_child_that_breaks_is_a_refusal(
    program: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "program.py"
    broken.write_text(program)
    monkeypatch.setattr(limited_child, "PROGRAM", broken)
    limits = replace(register_child.LIMITS["sheets"], seconds=1)
    monkeypatch.setitem(register_child.LIMITS, "sheets", limits)
    before = threading.active_count(), len(os.listdir("/proc/self/fd"))
    with pytest.raises(BrokeOffError):
        read_sheets(workbook([["x"]]))
    assert (threading.active_count(), len(os.listdir("/proc/self/fd"))) == before
