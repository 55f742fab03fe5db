"""回执: the text of a submitted form, whose digest its reviewer keeps and the round publishes.

The digest is that of the file itself, so that any program that computes SHA-256 checks a receipt.
The salt keeps anybody from trying out forms until one has a published digest.
"""

import json
import secrets
from hashlib import sha256

from review.domain.review_changes import content_of
from review.domain.sheets import given_marks
from review.extensions import db
from review.models.reviewing import Receipt, Review

SALT_BYTES = 16
FORMAT = "legal-aid-review receipt 1"


def issue_receipt(review: Review, alias: str) -> None:
    """Keep the digest of what was just submitted. No commit."""
    salt = secrets.token_urlsafe(SALT_BYTES)
    digest = digest_of(receipt_text(review, alias, salt))
    db.session.add(Receipt(review_id=review.id, version=review.version, salt=salt, digest=digest))


def receipt_text(review: Review, alias: str, salt: str) -> str:
    """The form as submitted, in one fixed order and spelling: criteria by code, one in a line."""
    content = content_of(given_marks(review), review.comment, review.overall)
    head = {
        "format": FORMAT,
        "salt": salt,
        "case": alias,
        "rubric": review.rubric_key,
        "version": review.version,
        "total": format(review.total, "f") if review.total is not None else None,
        "failed_by": sorted(review.failed_by),
        "overall": content["overall"],
        "comment": content["comment"],
    }
    lines = [_line(name, value) for name, value in head.items()]
    lines += [_line(code, mark) for code, mark in sorted(content["marks"].items())]
    return "\n".join(lines) + "\n"


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def agrees(receipt: Receipt, review: Review, alias: str) -> bool:
    """Whether the form as it is stored now is the one that the receipt was given for."""
    digest = digest_of(receipt_text(review, alias, receipt.salt))
    return (receipt.version, receipt.digest) == (review.version, digest)


def _line(name: str, value: object) -> str:
    return f"{name}: {json.dumps(value, ensure_ascii=False, sort_keys=True)}"
