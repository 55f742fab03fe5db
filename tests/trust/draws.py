"""Manifests to verify: pinned ones, random ones, and ones with a single field changed."""

import copy
import json
import random
from pathlib import Path
from typing import Any

from tests.scoring.frames_by_chance import made

VECTORS = Path(__file__).with_name("draw_vectors.jsonl")
REPLACEMENTS = Path(__file__).with_name("replacement_vectors.jsonl")
Case = tuple[dict[str, Any], str]
"""A manifest and the listing of its frame."""


def pinned() -> list[Case]:
    """The 100 vectors; never made anew, or a change of the draw could hide in them."""
    return _read(VECTORS)


def pinned_replacements() -> list[Case]:
    """40 draws with replacements; never made anew either."""
    return _read(REPLACEMENTS)


def fresh(count: int) -> list[Case]:
    cases = []
    for number in range(count):
        frame, manifest = made(number)
        cases.append((manifest, frame.listing().decode()))
    return cases


def last_seal(manifest: dict[str, Any]) -> str:
    """That of the latest replacement, or of the draw."""
    seal: str = (manifest.get("replacements") or [manifest])[-1]["seal"]
    return seal


def changed(count: int) -> list[Case]:
    """``count`` verified draws, each with one field of frame, design, seed or sample changed."""
    chance = random.Random(2024)  # noqa: S311  (a test needs no secret)
    originals = fresh(min(count, 200))
    cases = []
    for number in range(count):
        manifest, listing = copy.deepcopy(originals[number % len(originals)])
        if number % 5 == 0:
            cases.append((manifest, _other_line(listing, chance)))
        else:
            parts = ("design", "seed", "strata", "sample", "replacements")
            _change(manifest, chance.choice([part for part in parts if manifest.get(part)]), chance)
            cases.append((manifest, listing))
    return cases


def _read(vectors: Path) -> list[Case]:
    lines = vectors.read_text(encoding="utf-8").splitlines()
    return [(one["manifest"], one["listing"]) for one in map(json.loads, lines)]


def _other_line(listing: str, chance: random.Random) -> str:
    lines = listing.split("\n")[:-1]
    at = chance.randrange(len(lines))
    fields = lines[at].split("\t")
    fields[chance.randrange(3)] += chance.choice("0号 \t")
    return "\n".join([*lines[:at], "\t".join(fields), *lines[at + 1 :], ""])


def _change(manifest: dict[str, Any], part: str, chance: random.Random) -> None:
    """One leaf below ``part`` becomes something else."""
    holder: Any = manifest
    key: Any = part
    while isinstance(holder[key], dict | list) and holder[key]:
        holder = holder[key]
        key = (
            chance.choice(list(holder))
            if isinstance(holder, dict)
            else chance.randrange(len(holder))
        )
    holder[key] = _other(holder[key], chance)


def _other(value: Any, chance: random.Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.choice([-1, 1])
    if isinstance(value, str):
        at = chance.randrange(len(value) + 1)
        sign = chance.choice([s for s in "0123456789甲" if value[at : at + 1] != s])
        return value[:at] + sign + value[at + 1 :]
    return 3 if value is None else [["a", 1]]
