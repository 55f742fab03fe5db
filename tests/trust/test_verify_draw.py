"""H1, H2: the stand-alone verifier agrees with the platform, and no changed field passes."""

import ast
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from scoring.manifest import Replaced, sealed_replacements
from tests.trust.draws import changed, fresh, last_seal, pinned, pinned_replacements

SCRIPT = Path("review/static/verify_draw.py")
FRAMES = int(os.environ.get("DRAW_FRAMES", "2000"))

FIELDS = [field.name for field in fields(Replaced)]

Verify = Callable[[Any, bytes], str]


@pytest.fixture(scope="module")
def verify() -> Verify:
    spec = importlib.util.spec_from_file_location("verify_draw", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Verify = module.verify
    return found


def test_pinned_draws_are_verified(verify: Verify) -> None:
    cases = pinned()
    assert len(cases) == 100
    assert len(pinned_replacements()) == 40
    for manifest, listing in cases + pinned_replacements():
        assert verify(manifest, listing.encode()) == last_seal(manifest)


def test_pinned_draws_are_drawn_again_by_the_platform() -> None:
    from scoring.designs import Design, plan_draw
    from scoring.frames import read_listing
    from scoring.manifest import Seed, manifest_of
    from scoring.sampling import draw

    for manifest, listing in pinned():
        told, given = manifest["seed"], manifest["design"]
        parties = {party["name"]: party for party in told["parties"]}
        seed = Seed(
            told["value"],
            told["source"],
            {name: party["value"] for name, party in parties.items()},
            {name: party["commitment"] for name, party in parties.items()},
        )
        fixed = tuple((label, size) for label, size in given["fixed"])
        spread = tuple((label, text) for label, text in given["deviations"])
        design = Design(**(given | {"fixed": fixed, "deviations": spread}))
        frame = read_listing(listing.encode())
        plan = plan_draw(frame, design)
        again = manifest_of(frame, design, plan, seed, draw(frame, plan, seed.value))
        assert again == manifest


def test_random_draws_are_verified(verify: Verify) -> None:
    for manifest, listing in fresh(FRAMES):
        assert verify(json.loads(json.dumps(manifest)), listing.encode()) == last_seal(manifest)


def test_each_of_a_thousand_changed_fields_is_detected(verify: Verify) -> None:
    for manifest, listing in changed(1000):
        with pytest.raises((ValueError, KeyError, TypeError, StopIteration)):
            verify(manifest, listing.encode())


@pytest.mark.parametrize("part", ["sample", "strata", "seed", "frame"])
def test_changed_draw_is_detected_even_under_a_new_seal(verify: Verify, part: str) -> None:
    from scoring.manifest import seal

    manifest, listing = pinned()[0]
    if part == "sample":
        manifest["sample"][0]["chance"][1] += 1
    elif part == "strata":
        manifest["strata"][0][4] += 1
    elif part == "seed":
        manifest["seed"] |= {"value": "1" * 20, "parties": []}
    else:
        manifest["frame"]["cases"] += 1
    body = {key: value for key, value in manifest.items() if key != "seal"}
    with pytest.raises(ValueError, match={"strata": "places", "seed": "sample"}.get(part, part)):
        verify(body | {"seal": seal(body)}, listing.encode())


def _same_stratum_twice(manifest: dict[str, Any]) -> bool:
    strata = [row["stratum"] for row in manifest["replacements"] if not row["for_minimum"]]
    return strata[:1] == strata[1:2] == [manifest["replacements"][0]["stratum"]]


@pytest.mark.parametrize("how", ["out of turn", "twice", "never drawn", "first one hidden"])
def test_false_replacement_is_detected_even_under_new_seals(verify: Verify, how: str) -> None:
    # Two that left the same stratum one after the other.
    manifest, listing = next(one for one in pinned_replacements() if _same_stratum_twice(one[0]))
    numbers = {line.split("\t")[0] for line in listing.split("\n")[:-1]}
    rows = [Replaced(**{name: row[name] for name in FIELDS}) for row in manifest["replacements"]]
    used = {one["case"] for one in manifest["sample"]} | {row.came for row in rows}
    false = {
        "out of turn": [replace(rows[0], came=min(numbers - used))],
        "twice": [rows[0], replace(rows[1], left=rows[0].left)],
        "never drawn": [replace(rows[0], left=rows[0].came)],
        "first one hidden": rows[1:],
    }[how]
    assert manifest["replacements"] == sealed_replacements(manifest["seal"], rows)
    manifest["replacements"] = sealed_replacements(manifest["seal"], false)
    with pytest.raises((ValueError, TypeError)):
        verify(manifest, listing.encode())


def test_last_seal_tells_that_the_latest_replacement_was_dropped(verify: Verify) -> None:
    manifest, listing = pinned_replacements()[0]
    whole = verify(manifest, listing.encode())
    manifest["replacements"].pop()
    assert verify(manifest, listing.encode()) != whole


def test_script_alone_says_verified_or_why_not(tmp_path: Path) -> None:
    manifest, listing = pinned()[3]
    (tmp_path / "frame.txt").write_bytes(listing.encode())
    for seed, code, words in ((manifest["seed"]["value"], 0, "VERIFIED: "), ("12", 1, "seed")):
        manifest["seed"]["value"] = seed
        (tmp_path / "m.json").write_text(json.dumps(manifest), encoding="utf-8")
        done = subprocess.run(  # noqa: S603  (our own script, by our own interpreter)
            [sys.executable, "-I", SCRIPT.resolve(), "m.json", "frame.txt"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code
        assert words in done.stdout + done.stderr


def test_script_is_short_and_needs_python_3_9_alone() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    tree = ast.parse(text, feature_version=(3, 9))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert names <= sys.stdlib_module_names
