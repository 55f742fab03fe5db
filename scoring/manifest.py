"""The manifest of a draw: all that a stranger needs beside the listing of the frame.

Form ``draw-manifest-1``, JSON without floating-point numbers:
    algorithm   ``scoring.sampling.ALGORITHM``
    frame       cases, SHA-256 of the listing, SHA-256 of the listing of the numbers alone
    design      the fields of ``scoring.designs.Design``; deviations as decimal texts
    seed        value; source in words; for a mixed seed the parties in code-point order of their
                names, each with name, value and commitment
    strata      label, cases, minimum, room and places of each stratum
    sample      case, stratum, ticket, chance as numerator and denominator, for_minimum
    seal        SHA-256 over the canonical JSON of all other fields (keys sorted, no white space,
                UTF-8), to be printed in the minutes

Cases replaced after the draw are added behind the seal, and the sample stays as it was drawn:
    replacements  left, came, stratum, ticket, for_minimum, reason (a code) in the order in which
                  it was done; after, the seal before; and a seal over the row without its own.
                  The last seal stands for all of it
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from scoring.designs import Design
from scoring.frames import Frame, frame_digest, frame_listing
from scoring.plans import Plan
from scoring.sampling import ALGORITHM, Drawn

FORM = "draw-manifest-1"


@dataclass(frozen=True, slots=True)
class Replaced:
    """One case for another; ``ticket`` and ``for_minimum`` are those of the case that came."""

    left: str
    came: str
    stratum: str
    ticket: str
    for_minimum: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Seed:
    """The digits and where they come from; ``values`` and ``commitments`` by party, if mixed."""

    value: str
    source: str
    values: Mapping[str, str]
    commitments: Mapping[str, str]


def manifest_of(
    frame: Frame, design: Design, plan: Plan, seed: Seed, sample: tuple[Drawn, ...]
) -> dict[str, Any]:
    """The manifest with its seal; ``json.dumps(…, ensure_ascii=False)`` makes the file."""
    body = {
        "form": FORM,
        "algorithm": ALGORITHM,
        "frame": {
            "cases": len(frame.numbers),
            "sha256": frame_digest(frame.listing()),
            "numbers_sha256": frame_digest(frame_listing(frame.numbers)),
        },
        "design": _design(design),
        "seed": _seed(seed),
        "strata": [[s.label, s.population, s.minimum, s.room, s.size] for s in plan.strata],
        "sample": [_row(one) for one in sample],
    }
    return body | {"seal": seal(body)}


def seal(body: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a manifest, or of a replacement, without its seal."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def sealed_replacements(drawn: str, replaced: Iterable[Replaced]) -> list[dict[str, Any]]:
    """The rows of a manifest for what was replaced, in order; ``drawn`` is the draw's seal."""
    rows: list[dict[str, Any]] = []
    for one in replaced:
        row = asdict(one) | {"after": rows[-1]["seal"] if rows else drawn}
        rows.append(row | {"seal": seal(row)})
    return rows


def _design(design: Design) -> dict[str, Any]:
    return asdict(design) | {
        "fixed": [list(pair) for pair in design.fixed],
        "deviations": [list(pair) for pair in design.deviations],
    }


def _seed(seed: Seed) -> dict[str, Any]:
    parties = [
        {"name": name, "value": seed.values[name], "commitment": seed.commitments[name]}
        for name in sorted(seed.values)
    ]
    return {"value": seed.value, "source": seed.source, "parties": parties}


def _row(one: Drawn) -> dict[str, Any]:
    return {
        "case": one.number,
        "stratum": one.stratum,
        "ticket": one.ticket,
        "chance": [one.chance.numerator, one.chance.denominator],
        "for_minimum": one.for_minimum,
    }
