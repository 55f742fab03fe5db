"""The printable minutes of one version: everything that was published, in the words of people."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from review.domain.design_rules import Rules
from review.domain.design_strata import StratumRow, stratum_words
from review.domain.frames import published_rules
from review.enums import CasePlace, ExclusionReason
from review.models.frames import FrameVersion
from review.models.rounds import Round


@dataclass(frozen=True, slots=True)
class SheetCase:
    """A drawn case: number, ticket, and its exact chance as numerator and denominator."""

    number: str
    ticket: str
    chance: tuple[int, int]
    for_minimum: bool


@dataclass(frozen=True, slots=True)
class Minutes:
    """``cases`` holds the drawn cases of each stratum in the order of ``strata``; none before the
    draw."""

    rules: Rules
    places: Sequence[tuple[CasePlace, int]]
    late: int
    exclusions: Sequence[dict[str, Any]]
    strata: Sequence[StratumRow]
    cases: Sequence[Sequence[SheetCase]]


def minutes_of(round_: Round, version: FrameVersion) -> Minutes:
    """From what was stored at the freeze and the draw; no table of today is asked."""
    rules = published_rules(version)
    told = version.design["strata"]
    words = stratum_words(round_, rules.dimensions, [label for label, _cases, _size in told])
    strata = [StratumRow(label, words.of(label), cases, size) for label, cases, size in told]
    figures = version.figures
    return Minutes(
        rules=rules,
        places=[(place, figures["places"].get(place, 0)) for place in CasePlace],
        late=figures["late"],
        exclusions=[
            row | {"reason": ExclusionReason(row["reason"])} for row in figures["exclusions"]
        ],
        strata=strata,
        cases=_drawn(version.manifest, [one.label for one in strata]),
    )


def _drawn(manifest: str | None, labels: Sequence[str]) -> list[list[SheetCase]]:
    found: dict[str, list[SheetCase]] = {label: [] for label in labels}
    for row in json.loads(manifest)["sample"] if manifest else []:
        case = SheetCase(row["case"], row["ticket"], tuple(row["chance"]), row["for_minimum"])
        found[row["stratum"]].append(case)
    return [found[label] for label in labels]
