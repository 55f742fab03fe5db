"""The index of a dossier in words: what is where, and what is not there."""

from collections.abc import Iterable
from dataclasses import dataclass

from review.domain.dossier_documents import DOCUMENT_TYPES
from review.domain.dossier_index import Completeness, completeness
from review.enums import CaseKind
from review.models.dossiers import DossierDocument
from rubrics.model import EVIDENCE

DOCUMENTS = {code: EVIDENCE[code] for code in DOCUMENT_TYPES}


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of a dossier and its pages."""

    code: str
    title: str
    first_page: int
    last_page: int
    id: int
    confirmed: bool


@dataclass(frozen=True, slots=True)
class CompletenessInWords:
    """What the list for a kind of case has of a dossier; alternatives stand together."""

    present: list[str]
    missing: list[str]
    optional: list[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """A dossier as the desk shows it. While nothing is indexed, nothing is said to be missing."""

    is_full: bool
    lines: tuple[Entry, ...]
    complete: CompletenessInWords | None

    @property
    def missing(self) -> list[str]:
        return self.complete.missing if self.complete else []

    def places(self, code: str) -> list[Entry]:
        return [line for line in self.lines if line.code == code]

    def lacks(self, code: str) -> bool:
        """Whether a dossier may hold this document and this one's index does not name it."""
        return bool(self.lines) and code in DOCUMENTS and not self.places(code)


def reading(is_full: bool, documents: Iterable[DossierDocument], kind: CaseKind) -> Reading:
    there = list(documents)
    complete = in_words(completeness(kind, there)) if there else None
    return Reading(is_full, entries(there), complete)


def in_words(found: Completeness) -> CompletenessInWords:
    return CompletenessInWords(
        [DOCUMENTS[code] for code in found.present],
        ["/".join(DOCUMENTS[code] for code in codes) for codes in found.missing],
        [DOCUMENTS[code] for code in found.optional],
    )


def entries(documents: Iterable[DossierDocument]) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            d.document_type,
            DOCUMENTS[d.document_type],
            d.first_page,
            d.last_page,
            d.id,
            d.confirmed,
        )
        for d in documents
    )
