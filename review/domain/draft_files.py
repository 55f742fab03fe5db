"""A draft that its reviewer saved as a file when the server did not answer, handed in later.

The file names its task in clear and holds the ratings sealed: it opens for that reviewer and that
task only, and nothing in it says what the case is about.
"""

import json
import re
from base64 import b64decode
from collections.abc import Container
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from review.domain.rubrics import get_rubric
from review.domain.shelters import shelter_key
from review.enums import DraftFileRefusal
from review.errors import DraftFileError
from review.models.assignment import Assignment
from review.models.reviewing import Review
from review.permissions import Actor
from review.privacy import opened_with

FORMAT = "legal-aid-review draft 1"
LARGEST = 200_000
_POINTS = re.compile(r"(\d{1,3}(\.\d{1,3})?)?")
_ANSWER = re.compile(r"[\w-]{0,40}", re.ASCII)

KINDS = {"points": str, "not_applicable": bool, "answer": str, "found": bool}
Rating = dict[str, Any]


def read_draft_file(
    content: bytes, assignment: Assignment, review: Review, by: Actor
) -> dict[str, Rating]:
    """The ratings of the file by criterion; raises DraftFileError."""
    sealed = _sealed(content, assignment)
    opened = _opened(sealed, shelter_key(by, assignment.public_id), assignment.public_id)
    if opened.get("rubric_key") != review.rubric_key:
        raise DraftFileError(DraftFileRefusal.OTHER_RUBRIC)
    known = get_rubric(review.rubric_key).answerable
    ratings = opened.get("ratings")
    if not isinstance(ratings, list) or not all(_is_line(each, known) for each in ratings):
        raise DraftFileError(DraftFileRefusal.UNREADABLE)
    return {each["code"]: each["rating"] for each in ratings}


def _sealed(content: bytes, assignment: Assignment) -> bytes:
    try:
        file = json.loads(content) if len(content) <= LARGEST else {}
        if file["format"] != FORMAT:
            raise DraftFileError(DraftFileRefusal.UNREADABLE)
        sealed = b64decode(file["sealed"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DraftFileError(DraftFileRefusal.UNREADABLE) from None
    if file.get("task") != assignment.public_id:
        raise DraftFileError(DraftFileRefusal.OTHER_TASK)
    return sealed


def _opened(sealed: bytes, key: bytes, task: str) -> dict[str, Any]:
    try:
        opened = json.loads(opened_with(AESGCM(key), sealed, task.encode()))
    except (InvalidTag, ValueError, RecursionError):
        raise DraftFileError(DraftFileRefusal.UNREADABLE) from None
    return opened if isinstance(opened, dict) else {}


def _is_line(each: Any, known: Container[str]) -> bool:
    """What a page of ours writes; a sheet is filled from nothing else."""
    code = each.get("code") if isinstance(each, dict) else None
    if not isinstance(code, str) or code not in known:
        return False
    rating = each.get("rating")
    if not isinstance(rating, dict) or set(rating) != set(KINDS):
        return False
    if not all(isinstance(rating[name], kind) for name, kind in KINDS.items()):
        return False
    return bool(_POINTS.fullmatch(rating["points"]) and _ANSWER.fullmatch(rating["answer"]))
