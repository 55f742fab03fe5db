"""The manifest as anybody may take it away: as it was drawn, and every replacement since."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from review.models.frames import FrameVersion, Replacement
from scoring.manifest import Replaced, sealed_replacements


def manifest_now(version: FrameVersion, replaced: Sequence[Row[Any]]) -> str | None:
    """The published file; byte for byte what the draw wrote while nothing has been replaced."""
    if version.manifest is None or not replaced:
        return version.manifest
    manifest = json.loads(version.manifest)
    manifest["replacements"] = _rows(manifest["seal"], replaced)
    return json.dumps(manifest, ensure_ascii=False, separators=(",", ":"))


def last_seal(version: FrameVersion, replaced: Sequence[Row[Any]]) -> str:
    """The seal of the latest replacement, or else of the draw; empty before it."""
    if version.seal is None or not replaced:
        return version.seal or ""
    seal: str = _rows(version.seal, replaced)[-1]["seal"]
    return seal


def _rows(drawn: str, replaced: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    return sealed_replacements(drawn, [_told(row.Replacement) for row in replaced])


def _told(row: Replacement) -> Replaced:
    return Replaced(
        row.left_number,
        row.came_number,
        row.stratum,
        row.ticket,
        row.for_minimum,
        row.reason.value,
    )
