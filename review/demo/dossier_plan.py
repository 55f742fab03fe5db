"""What goes into a synthetic dossier, in which order, and what is wrong with it."""

from dataclasses import dataclass

from numpy.random import Generator

from review.demo.dossier_facts import CaseFacts
from review.demo.dossier_forms import SPARSE, UNDATED, UNSIGNED, Flaws
from review.demo.dossier_pleadings import NO_PURPOSE, STOCK
from review.demo.dossier_records import AIMLESS
from review.domain.dossier_documents import DOCUMENT_TYPES, requirements

CAN_FAIL = {
    SPARSE: ("interview_record", "file_notes", "closing_report", "authorisation"),
    AIMLESS: ("meeting_record",),
    STOCK: ("representation_statement", "defence_statement"),
    NO_PURPOSE: ("evidence",),
    UNSIGNED: ("interview_record", "meeting_record", "authorisation", "service_receipt"),
    UNDATED: ("meeting_record", "interview_record", "application", "pleading", "defence_statement"),
}
FLAWED, MISPLACED, LACKING, BLANK_BACK = 0.25, 0.25, 0.5, 0.12
"""Chances: of each flaw a document can have, that two documents changed places, that one that
should be there is not, and of an empty reverse side after a document."""
OPTIONAL_THERE = 0.7
MUST_STAY = frozenset({"catalogue", "approval", "authorisation", "evidence", "judgment"})
"""Without these a dossier would not be taken for one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``codes`` in the order filed, after the catalogue; ``blanks`` count the catalogue as 0."""

    codes: list[str]
    flaws: dict[str, Flaws]
    lacking: list[str]
    misplaced: list[str]
    blanks: set[int]


def plan_of(case: CaseFacts, rng: Generator) -> Plan:
    codes, lacking = _present(case, rng)
    misplaced = _swap(codes, rng)
    flaws = {
        code: frozenset(
            flaw for flaw, where in CAN_FAIL.items() if code in where and rng.random() < FLAWED
        )
        for code in codes
    }
    blanks = {n for n in range(1, len(codes) + 1) if rng.random() < BLANK_BACK}
    return Plan(codes, flaws, lacking, misplaced, blanks)


def _present(case: CaseFacts, rng: Generator) -> tuple[list[str], list[str]]:
    """The documents that are there, in the usual order, and those that should be and are not."""
    required, optional = requirements(case.kind)
    needed = [codes[0] for codes in required]
    kept = {code for code in optional if code in MUST_STAY or rng.random() < OPTIONAL_THERE}
    could_lack = [code for code in needed if code not in MUST_STAY]
    lacking = [str(rng.choice(could_lack))] if rng.random() < LACKING else []
    there = {*needed, *kept} - {"catalogue", *lacking}
    return [code for code in DOCUMENT_TYPES if code in there], lacking


def _swap(codes: list[str], rng: Generator) -> list[str]:
    """Let two neighbours change places, sometimes; says which."""
    if rng.random() >= MISPLACED:
        return []
    at = int(rng.integers(1, len(codes) - 1))
    codes[at], codes[at + 1] = codes[at + 1], codes[at]
    return codes[at : at + 2]
