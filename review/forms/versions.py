"""The versions of a review in words: what each change made of what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from review.domain.rubrics import get_rubric, get_scheme
from review.enums import ReviewChangeKind

NOTHING: dict[str, Any] = {
    "points": None,
    "not_applicable": False,
    "reason": "",
    "answer": "",
    "found": False,
}


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing before and after."""

    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    kind: ReviewChangeKind
    received_at: datetime
    is_late: bool
    reason: str
    changed: tuple[Changed, ...]


def told(rubric_key: str, scheme_key: str, changes: Iterable[Any]) -> list[Version]:
    """Every version, the latest first."""
    items = get_rubric(rubric_key).answerable
    answers = {option.code: option.title for option in get_scheme(scheme_key).options}
    overalls = {overall.code: overall.title for overall in get_scheme(scheme_key).overalls}
    marks: dict[str, dict[str, Any]] = {}
    texts = {"comment": "", "overall": ""}
    titles = {"comment": _("总体意见"), "overall": _("综合评定")}
    versions = []
    for change in changes:
        lines = []
        for code, mark in change.content.get("marks", {}).items():
            before = _words(marks.get(code, NOTHING), answers)
            lines.append(Changed(items[code].title, before, _words(mark, answers)))
            marks[code] = mark
        for name in texts.keys() & change.content.keys():
            text = overalls.get(change.content[name], change.content[name])
            lines.append(Changed(titles[name], texts[name], text))
            texts[name] = text
        reason = change.content.get("reason", "")
        what = (change.version, change.kind, change.received_at, change.is_late, reason)
        versions.append(Version(*what, tuple(lines)))
    return versions[::-1]


def _words(mark: Mapping[str, Any], answers: Mapping[str, str]) -> str:
    """A mark as people say it; empty for none."""
    given = mark["points"]
    if mark["not_applicable"]:
        said = _("不适用")
    elif mark["found"]:
        said = _("有此情形")
    elif mark["answer"]:
        said = answers.get(mark["answer"], mark["answer"])
    else:
        said = _("%(n)s 分", n=given) if given is not None else ""
    return "，".join(part for part in (said, mark["reason"]) if part)
