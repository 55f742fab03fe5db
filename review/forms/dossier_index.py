"""The index of a dossier in words: what is where, and what is not there."""

from collections.abc import Iterable
from dataclasses import dataclass

from review.models.dossiers import DossierDocument
from rubrics.model import EVIDENCE, Rubric

OUTSIDE = frozenset({"court_observation", "authority_opinion", "callback"})
"""Evidence that no dossier holds: it is seen in court or asked for."""

DOCUMENTS = {code: title for code, title in EVIDENCE.items() if code not in OUTSIDE}


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of a dossier and its pages."""

    code: str
    title: str
    first_page: int
    last_page: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A dossier as the desk shows it. While nothing is indexed, nothing is said to be missing."""

    is_full: bool
    lines: tuple[Entry, ...]
    expected: frozenset[str]

    @property
    def missing(self) -> list[str]:
        return [title for code, title in DOCUMENTS.items() if self.lacks(code)]

    def places(self, code: str) -> list[Entry]:
        return [line for line in self.lines if line.code == code]

    def lacks(self, code: str) -> bool:
        return bool(self.lines) and code in self.expected and not self.places(code)


def reading(is_full: bool, documents: Iterable[DossierDocument], rubric: Rubric) -> Reading:
    """What the rubric looks for counts as expected."""
    wanted = {code for criterion in rubric.criteria for code in criterion.evidence}
    return Reading(is_full, entries(documents), frozenset(wanted - OUTSIDE))


def entries(documents: Iterable[DossierDocument]) -> tuple[Entry, ...]:
    return tuple(
        Entry(d.document_type, DOCUMENTS[d.document_type], d.first_page, d.last_page)
        for d in documents
    )
