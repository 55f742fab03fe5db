"""What stands out in how a round was marked, as questions to reviewers and never as verdicts."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from review.domain.dossier_reading import OPENED
from review.enums import QuestionKind
from review.models.rounds import Round
from review.queries.questions import cases_with_copies, names_of, openings, submitted_markings
from scoring.monitor import narrow_reviewers, too_short

LEAST_SHORT = 3
"""One hasty marking can be a slip of the clock: a draft begun on another device."""

LEAST_WORDS, LEAST_COPIES = 15, 3
"""Shorter comments are set phrases; two of one wording can be two alike cases."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask a reviewer about. ``count`` of ``total`` markings are concerned, known by
    their ``aliases``; spreads are in points, ``words`` a comment found more than once."""

    kind: QuestionKind
    name: str
    count: int
    total: int
    aliases: tuple[str, ...] = ()
    spread: float | None = None
    others: float | None = None
    words: str = ""


def questions_of(round_: Round) -> list[Question]:
    """All that the monitors see in the markings handed in so far, by kind and name."""
    rows = submitted_markings(round_)
    names = names_of({row.reviewer_id for row in rows})
    found = [
        *_narrow(rows, names),
        *_hasty(rows, names),
        *_unopened(round_, rows, names),
        *_copied(rows, names),
    ]
    order = list(QuestionKind)
    return sorted(found, key=lambda one: (order.index(one.kind), one.name))


def _narrow(rows: Sequence[Any], names: dict[int, str]) -> Iterator[Question]:
    """Each marking beside the first one of somebody else on the same case."""
    by_case: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_case[row.case_id].append(row)
    pairs = [
        (row.reviewer_id, float(row.total), float(other.total))
        for row in rows
        for other in [next((o for o in by_case[row.case_id] if o is not row), None)]
        if other is not None
    ]
    reviewer, own, other = zip(*pairs, strict=True) if pairs else ((), (), ())
    seen = narrow_reviewers(np.array(reviewer, dtype=np.int64), np.array(own), np.array(other))
    for one in seen:
        kind, name = QuestionKind.SAFE_MIDDLE, names[one.reviewer]
        yield Question(kind, name, one.cases, one.cases, spread=one.spread, others=one.others)


def _hasty(rows: Sequence[Any], names: dict[int, str]) -> Iterator[Question]:
    minutes = np.array([(r.submitted_at - r.started_at).total_seconds() / 60 for r in rows])
    pages = np.array([row.dossier_pages or 1 for row in rows], dtype=np.int64)
    short = [row for row, is_short in zip(rows, too_short(minutes, pages), strict=True) if is_short]
    yield from _by_reviewer(QuestionKind.TOO_SHORT, rows, short, names, LEAST_SHORT)


def _unopened(round_: Round, rows: Sequence[Any], names: dict[int, str]) -> Iterator[Question]:
    there, opened = cases_with_copies(round_), openings(round_, OPENED)
    unread = [
        row for row in rows if row.case_id in there and (row.reviewer_id, row.case_id) not in opened
    ]
    yield from _by_reviewer(QuestionKind.UNOPENED, rows, unread, names, 1)


def _by_reviewer(
    kind: QuestionKind, rows: Sequence[Any], seen: Sequence[Any], names: dict[int, str], least: int
) -> Iterator[Question]:
    """A question to each reviewer of whom this was seen often enough."""
    totals = Counter(row.reviewer_id for row in rows)
    aliases: dict[int, list[str]] = defaultdict(list)
    for row in seen:
        aliases[row.reviewer_id].append(row.alias)
    for reviewer, found in aliases.items():
        if len(found) >= least:
            count, total = len(found), totals[reviewer]
            yield Question(kind, names[reviewer], count, total, tuple(sorted(found)))


def _copied(rows: Sequence[Any], names: dict[int, str]) -> Iterator[Question]:
    """The same words on several cases of one reviewer, or of two reviewers on one case."""
    own: dict[tuple[int, str], list[str]] = defaultdict(list)
    shared: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for row in rows:
        words = " ".join(row.comment.split())
        if len(words) >= LEAST_WORDS:
            own[row.reviewer_id, words].append(row.alias)
            shared[row.case_id, words].append(row)
    totals = Counter(row.reviewer_id for row in rows)
    for (reviewer, words), found in own.items():
        if len(found) >= LEAST_COPIES:
            aliases, total = tuple(sorted(found)), totals[reviewer]
            kind, name = QuestionKind.SAME_WORDS, names[reviewer]
            yield Question(kind, name, len(found), total, aliases, words=words)
    for (_, words), markings in shared.items():
        if len(markings) > 1:
            who = "、".join(sorted(names[row.reviewer_id] for row in markings))
            aliases = tuple(sorted(row.alias for row in markings))
            kind, count = QuestionKind.SHARED_WORDS, len(markings)
            yield Question(kind, who, count, count, aliases, words=words)
