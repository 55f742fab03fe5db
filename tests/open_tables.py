"""Published tables that lie beside a checkout but are not part of it: read where present."""

import csv
import gzip
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "open"


def open_table(name: str) -> dict[str, list[str]]:
    """The columns of a CSV file by heading; skips the test where the file is not there."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{name} is not beside this checkout")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {heading: [row[heading] for row in rows] for heading in rows[0]}
