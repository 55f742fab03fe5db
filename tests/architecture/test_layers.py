"""The import contracts of pyproject.toml hold, and each is shown to catch what it forbids."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from review.config import ROOT

LINT = Path(sys.executable).with_name("lint-imports")
PACKAGES = ("review", "scoring", "rubrics")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  (our own tool on our own copy)
        [LINT, "--config", folder / "pyproject.toml", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The Python sources and the contracts, to plant a violation in."""
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("static", "migrations", "__pycache__", "translations")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_contracts_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


PLANTED = {
    "scoring is pure": ("scoring/ratings.py", "import sqlalchemy"),
    "rubrics is pure": ("rubrics/arithmetic.py", "import numpy"),
    "review is layered": ("review/models/cases.py", "from review.domain import audit"),
    "every module has a layer": ("review/leftovers.py", "import json"),
    "blueprints reach data": ("review/blueprints/rounds.py", "from review.models import rounds"),
    "scoring is called by domain": ("review/queries/rounds.py", "import scoring.ratings"),
    "rubrics are used by domain and forms": ("review/labels.py", "import rubrics.registry"),
    "SQL is written only": ("review/forms/rounds.py", "import sqlalchemy"),
    "the blind wall": ("review/domain/reviewing.py", "from review.models import handler"),
}


@pytest.mark.parametrize("contract", PLANTED)
def test_planted_violation_is_caught(copy: Path, contract: str) -> None:
    path, line = PLANTED[contract]
    with (copy / path).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}  # planted\n")
    result = lint(copy)
    assert result.returncode == 1
    broken = [text for text in result.stdout.splitlines() if text.endswith("BROKEN")]
    assert any(contract in text for text in broken), result.stdout


def test_handler_is_behind_the_wall_even_by_a_detour(copy: Path) -> None:
    detour = copy / "review" / "models" / "detour.py"
    detour.write_text("from review.models import handler\n", encoding="utf-8")
    with (copy / "review/queries/reviewing.py").open("a", encoding="utf-8") as file:
        file.write("\nfrom review.models import detour  # planted\n")
    result = lint(copy)
    assert "the blind wall: the reviewing path cannot reach the handler's identity BROKEN" in (
        result.stdout
    )
