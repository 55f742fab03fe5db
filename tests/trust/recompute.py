"""Work a round's totals out again from its marks, by nothing of the platform's own code.

Stands alone on the standard library, in exact fractions, and reads the published definitions as
text: whoever has the marks can check every total with it. A marking is
{"marks": {code: points or None for 不适用}, "found": [codes of vetoes]}.
"""

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

Marking = dict[str, Any]


def definition(path: Path) -> dict[str, Any]:
    """A rubric or a scheme as it is written down; numbers keep their digits."""
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Fraction)


def part(rubric: dict[str, Any], answers: str) -> list[dict[str, Any]]:
    """The criteria that the handler or the agency answers for."""
    every = [item for section in rubric["sections"] for item in section["criteria"]]
    return [item for item in every if item.get("answers", "handler") == answers]


def share(items: list[dict[str, Any]], marks: dict[str, Any]) -> Fraction | None:
    """Points earned out of the points that apply, on 0–100."""
    applied = [item for item in items if marks[item["code"]] is not None]
    possible = sum((Fraction(item["points"]) for item in applied), Fraction(0))
    earned = sum((Fraction(marks[item["code"]]) for item in applied), Fraction(0))
    return 100 * earned / possible if applied else None


def total_of(rubric: dict[str, Any], marking: Marking) -> Fraction:
    """The handler's total with the bonus, as far as its cap and 100 allow."""
    marks = marking["marks"]
    bonus = sum(
        (Fraction(marks.get(b["code"]) or 0) for b in rubric.get("bonuses", [])), Fraction(0)
    )
    main = share(part(rubric, "handler"), marks)
    if main is None:
        raise ValueError("nothing applies")
    return min(Fraction(100), main + min(bonus, Fraction(rubric.get("bonus_cap", 0))))


def failed_by(rubric: dict[str, Any], marking: Marking) -> list[str]:
    """The vetoes found, then the sections below their minimum."""
    vetoes = [v["code"] for v in rubric.get("vetoes", []) if v["code"] in marking["found"]]
    return vetoes + [s["code"] for s in rubric["sections"] if _is_low(s, marking["marks"])]


def _is_low(section: dict[str, Any], marks: dict[str, Any]) -> bool:
    if "minimum" not in section:
        return False
    items = [i for i in section["criteria"] if i.get("answers", "handler") == "handler"]
    applied = [i for i in items if marks[i["code"]] is not None]
    full = sum(Fraction(i["points"]) for i in items)
    possible = sum(Fraction(i["points"]) for i in applied)
    earned = sum(Fraction(marks[i["code"]]) for i in applied)
    return bool(applied) and earned / possible < Fraction(section["minimum"]) / full


def grade_of(scheme: dict[str, Any], total: Fraction) -> str:
    bands = sorted(scheme["bands"], key=lambda band: -Fraction(band["lower"]))
    return str(next(band["grade"] for band in bands if total >= Fraction(band["lower"])))


def settle(totals: list[Fraction], fails: list[bool], threshold: Fraction) -> Fraction | None:
    """What marks come to that agree, by mean or by the two closest; None where they do not."""
    count, findings = len(totals), sum(fails)
    if count > 1 and (findings == 1 or 2 * findings == count):
        return None
    if max(totals) - min(totals) <= threshold:
        return sum(totals, Fraction(0)) / count
    if count < 3:
        return None
    pairs = [(a, b) for n, a in enumerate(totals) for b in totals[n + 1 :]]
    near = [pair for pair in pairs if abs(pair[0] - pair[1]) <= threshold]
    best = min(near, key=lambda pair: (abs(pair[0] - pair[1]), -sum(pair)), default=None)
    return None if best is None else (best[0] + best[1]) / 2
