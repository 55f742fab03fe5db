"""Rubrics and schemes as files: taken away as text or as a score sheet, and brought back."""

from dataclasses import dataclass, replace

from flask_babel import force_locale

from review.domain.definitions import create_draft, digest_of, read_definition, source_text
from review.domain.register_child import read_sheets
from review.domain.rubrics import get_scheme
from review.enums import CaseKind, DefinitionStatus, DefinitionSubject
from review.errors import DefinitionRefusedError
from review.labels import label
from review.models.definitions import Definition
from review.permissions import Actor
from review.queries.definitions import status_of
from rubrics.faults import DefinitionError, Fault, Problem
from rubrics.grading import Scheme
from rubrics.model import Rubric
from rubrics.reading import is_scheme
from rubrics.sheet import DIGEST, STATUS, Sheet, rubric_sheet, scheme_sheet
from rubrics.sheet_reading import read_sheet
from rubrics.writing import rubric_text, scheme_text

__all__ = ["SIGNATURES", "Paper", "Sheet"]

PAPER_LANGUAGE = "zh"
SIGNATURES = ("起草：", "审核：", "批准：", "日期：")
SHIPPED = "随平台提供"
OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class Paper:
    """A score sheet, with the grading scheme that goes with it if one was chosen."""

    sheet: Sheet
    scheme: Sheet | None = None


def score_paper(subject: DefinitionSubject, key: str, by: Actor, scheme_key: str = "") -> Paper:
    """What is printed of a definition in reach, drafts too. Raises KeyError."""
    text = source_text(subject, key, by)
    made = read_definition(subject, text)
    status = status_of(subject, key)
    facts = ((STATUS, _status_words(status)), (DIGEST, digest_of(text)))
    sheet = _sheet(made)
    scheme = scheme_sheet(get_scheme(scheme_key)) if scheme_key else None
    return Paper(replace(sheet, facts=(*sheet.facts, *facts)), scheme)


def import_draft(data: bytes, *, name: str, region_code: str, by: Actor) -> Definition:
    """Start a draft from a file: TOML, or a score sheet that came back from an office program.
    Commits; raises RegisterError and what ``create_draft`` raises."""
    text = _sheet_text(data) if data.startswith(OFFICE) else _plain_text(data)
    subject = DefinitionSubject.SCHEME if is_scheme(text) else DefinitionSubject.RUBRIC
    return create_draft(subject, text, name=name, region_code=region_code, by=by)


def _plain_text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DefinitionRefusedError((Problem(Fault.NOT_UTF8, "definition"),)) from error


def _sheet_text(data: bytes) -> str:
    grids = [sheet.rows for sheet in read_sheets(data, of_documents=True)]
    try:
        made = read_sheet(grids, _kinds())
    except DefinitionError as error:
        raise DefinitionRefusedError(error.problems) from error
    return scheme_text(made) if isinstance(made, Scheme) else rubric_text(made)


def _sheet(made: Rubric | Scheme) -> Sheet:
    return scheme_sheet(made) if isinstance(made, Scheme) else rubric_sheet(made, _kinds())


def _status_words(status: DefinitionStatus | None) -> str:
    with force_locale(PAPER_LANGUAGE):
        return label(status) if status else SHIPPED


def _kinds() -> dict[str, str]:
    with force_locale(PAPER_LANGUAGE):
        return {kind.value: label(kind) for kind in CaseKind}
