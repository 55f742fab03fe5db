"""Every version of a review: each change under its own key, and what it came to."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from review.enums import ReviewChangeKind
from review.errors import KeyReusedError
from review.extensions import db
from review.labels import points
from review.models.reviewing import Review, ReviewChange
from review.queries.review_changes import change_under
from rubrics.model import GivenMark

KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Sent:
    """What a page sends of a sheet, under a key; a text that is None is not part of it."""

    key: str
    kind: ReviewChangeKind
    marks: Mapping[str, GivenMark]
    comment: str | None
    overall: str | None

    @property
    def digest(self) -> str:
        content = content_of(self.marks, self.comment, self.overall)
        text = json.dumps([self.kind.value, content], ensure_ascii=False, sort_keys=True)
        return sha256(text.encode()).hexdigest()


def new_key() -> str:
    return secrets.token_urlsafe(KEY_BYTES)


def content_of(
    marks: Mapping[str, GivenMark], comment: str | None, overall: str | None
) -> dict[str, Any]:
    """Marks and texts as they are kept: plain values, points as people write them."""
    texts = {"comment": comment, "overall": overall}
    kept = {name: text for name, text in texts.items() if text is not None}
    return {"marks": {code: _plain(mark) for code, mark in marks.items()}} | kept


def kept_change(review: Review, sent: Sent) -> ReviewChange | None:
    """The change that came under this key before; raises KeyReusedError if it said another thing.

    The review must be locked, so that of two at once the second finds the first.
    """
    earlier = change_under(review, sent.key)
    if earlier and earlier.digest != sent.digest:
        raise KeyReusedError
    return earlier


def keep_change(
    review: Review, sent: Sent, changed: dict[str, Any], *, at: datetime, is_late: bool
) -> None:
    """Add the change that led to the review's present version. No commit."""
    db.session.add(
        ReviewChange(
            review_id=review.id,
            version=review.version,
            kind=sent.kind,
            key=sent.key,
            digest=sent.digest,
            content=changed,
            is_late=is_late,
            received_at=at,
        )
    )


def keep_return(review: Review, reason: str, *, at: datetime) -> None:
    """Add the change by which an organiser opened the review again. No commit."""
    sent = Sent(new_key(), ReviewChangeKind.RETURNED, {}, None, None)
    keep_change(review, sent, {"reason": reason}, at=at, is_late=False)


def _plain(mark: GivenMark) -> dict[str, Any]:
    given = None if mark.points is None else points(mark.points)
    return asdict(mark) | {"points": given}
