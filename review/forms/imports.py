"""What an import found, in words."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from review import errors
from review.domain.register_differences import Difference
from review.domain.register_staging import Change
from review.enums import (
    AidMethod,
    AidSource,
    CaseField,
    CaseKind,
    CaseType,
    Instance,
    Outcome,
    RecipientCategory,
    Stage,
)
from review.forms.cases import register_error_words
from review.labels import label

CODES: dict[CaseField, type[StrEnum]] = {
    CaseField.CASE_TYPE: CaseType,
    CaseField.AID_METHOD: AidMethod,
    CaseField.KIND: CaseKind,
    CaseField.SOURCE: AidSource,
    CaseField.STAGE: Stage,
    CaseField.INSTANCE: Instance,
    CaseField.OUTCOME: Outcome,
}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One field of one case, before and after; the first of a case spans all of its lines."""

    case_id: int
    case_number: str
    span: int
    field: str
    before: str
    after: str


def problem_words(problem: Mapping[str, Any], filename: str) -> str:
    """Why a file could not be read, and what to do about it."""
    place = dict(problem)
    kind: type[errors.RegisterError] = getattr(errors, place.pop("error"))
    error = kind(**place)
    error.file = filename
    return register_error_words(error)


def field_counts(counts: Mapping[str, Any]) -> list[tuple[CaseField, int]]:
    """How many cases change in each field, most first."""
    found = counts.get("changed_fields", {})
    return sorted(((CaseField(name), n) for name, n in found.items()), key=lambda pair: -pair[1])


def change_lines(changes: Iterable[Change]) -> list[ChangeLine]:
    return [
        ChangeLine(
            change.case_id,
            change.case_number,
            0 if place else len(change.differences),
            label(found.field),
            value_words(found, found.before),
            value_words(found, found.after),
        )
        for change in changes
        for place, found in enumerate(change.differences)
    ]


def value_words(difference: Difference, value: Any) -> str:
    if value in (None, "", "[]"):
        return str(_("（空）"))
    if difference.field is CaseField.RECIPIENT_CATEGORIES:
        return "、".join(label(RecipientCategory(code)) for code in json.loads(value))
    codes = CODES.get(difference.field)
    return str(label(codes(value)) if codes else value)
