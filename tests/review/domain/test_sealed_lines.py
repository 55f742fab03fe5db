import os
from io import BytesIO

import pytest
from flask import Flask

from review.domain import sealed_lines
from review.domain.sealed_lines import LENGTH_BYTES, read_sealed, write_sealed
from review.errors import DamagedFileError

# What cannot be packed, so that there are many parts.
LINES = [os.urandom(40).hex().encode() for _ in range(2000)]


@pytest.fixture
def sealed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setattr(sealed_lines, "PART", 10_000)
    file = BytesIO()
    with app.app_context():
        write_sealed(file, LINES)
    return file.getvalue()


def parts(content: bytes) -> list[bytes]:
    """The key and the parts, each with its length in front."""
    found = []
    while content:
        end = LENGTH_BYTES + int.from_bytes(content[:LENGTH_BYTES])
        found.append(content[:end])
        content = content[end:]
    return found


def read(app: Flask, content: bytes) -> list[bytes]:
    with app.app_context():
        return list(read_sealed(BytesIO(content)))


def test_lines_come_back(app: Flask, sealed: bytes) -> None:
    assert read(app, sealed) == LINES
    assert len(parts(sealed)) > 5
    assert LINES[0] not in sealed


@pytest.mark.parametrize("lines", [[], [b""], [b"", b"a", b""]])
def test_few_and_empty_lines_come_back(app: Flask, lines: list[bytes]) -> None:
    file = BytesIO()
    with app.app_context():
        write_sealed(file, lines)
    assert read(app, file.getvalue()) == lines


@pytest.mark.parametrize(
    "damage",
    [
        lambda found: found[:-1],
        lambda found: found[:1],
        lambda found: [*found[:2], *found[3:]],
        lambda found: [found[0], found[2], found[1], *found[3:]],
        lambda found: [*found, found[-1]],
        lambda found: found[1:],
        lambda found: [],
        lambda found: [*found[:-1], found[-1][:-1]],
        lambda found: [(2**31).to_bytes(4)],
    ],
    ids=["end", "all", "middle", "swapped", "twice", "no key", "nothing", "cut", "huge"],
)
def test_parts_left_out_moved_or_cut_are_seen(app: Flask, sealed: bytes, damage) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DamagedFileError):
        read(app, b"".join(damage(parts(sealed))))
