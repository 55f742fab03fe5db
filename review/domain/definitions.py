"""A bureau's own rubrics and schemes: drafted, saved, published for good or discarded, retired."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from review.domain.audit import record
from review.enums import CaseKind, DefinitionStatus, DefinitionSubject
from review.errors import (
    DefinitionNameError,
    DefinitionRefusedError,
    OutOfReachError,
    StaleError,
    WrongStatusError,
)
from review.extensions import db
from review.models.definitions import Definition, EarlierText
from review.permissions import Actor
from review.queries.definitions import copyable_text, versions_of
from review.queries.regions import contains
from rubrics import registry
from rubrics.checks import renamed, rubric_problems
from rubrics.faults import DefinitionError, Fault, Problem
from rubrics.grading import Scheme, scheme_problems
from rubrics.model import Rubric
from rubrics.reading import read_rubric, read_scheme
from rubrics.writing import rubric_text, scheme_text

KEPT_TEXTS = 50
"""Earlier texts of a draft: more saves than that come between no two savers."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
READ: dict[DefinitionSubject, Callable[[str], Rubric | Scheme]] = {
    DefinitionSubject.RUBRIC: read_rubric,
    DefinitionSubject.SCHEME: read_scheme,
}


def create_draft(
    subject: DefinitionSubject, source: str, *, name: str, region_code: str, by: Actor
) -> Definition:
    """Start the next version of a region's own definition from any text, such as a shipped one's
    or another bureau's file. Commits; raises OutOfReachError, DefinitionNameError,
    DefinitionRefusedError, StaleError when somebody else just started that version."""
    if not contains(by.region_code, region_code):
        raise OutOfReachError
    if not NAME.fullmatch(name):
        raise DefinitionNameError
    own_name = f"{region_code}-{name}"  # no two regions, and no shipped one, can share it
    version = len(versions_of(subject, own_name)) + 1
    definition = Definition(
        subject=subject,
        key=f"{own_name}/{version}",
        region_code=region_code,
        text=_as_own(_read(subject, source), own_name, version),
        saved_by_id=by.user_id,
        saved_at=datetime.now(UTC),
    )
    db.session.add(definition)
    try:
        record(by, "definition.drafted", definition, key=definition.key)
        db.session.commit()
    except IntegrityError as error:
        db.session.rollback()
        raise StaleError from error
    return definition


def save_draft(definition: Definition, text: str, *, edits: int, by: Actor) -> None:
    """Keep a draft, unfinished as it may be. Commits; raises StaleError when somebody saved since
    ``edits``, WrongStatusError, DefinitionRefusedError on a text that cannot be read."""
    draft = _locked_draft(definition, edits)
    key = _read(draft.subject, text).key
    if key != draft.key:
        raise DefinitionRefusedError((Problem(Fault.KEY, "key", key),))
    db.session.add(EarlierText(definition_id=draft.id, edits=draft.edits, text=draft.text))
    _forget(draft, before=draft.edits - KEPT_TEXTS)
    draft.text = text
    draft.edits += 1
    draft.saved_by_id, draft.saved_at = by.user_id, datetime.now(UTC)
    record(by, "definition.saved", draft, edits=draft.edits)
    db.session.commit()


def publish(definition: Definition, *, edits: int, by: Actor) -> None:
    """Fix a draft for good. Commits; raises StaleError, WrongStatusError,
    DefinitionRefusedError."""
    draft = _locked_draft(definition, edits)
    if problems := problems_of(draft.subject, draft.text):
        raise DefinitionRefusedError(tuple(problems))
    draft.digest = digest_of(draft.text)
    draft.status, draft.published_at = DefinitionStatus.PUBLISHED, datetime.now(UTC)
    _forget(draft, before=draft.edits)
    record(by, "definition.published", draft, key=draft.key, digest=draft.digest)
    db.session.commit()


def discard(definition: Definition, *, edits: int, by: Actor) -> None:
    """Give a draft up; it can still be copied. Commits; raises StaleError, WrongStatusError."""
    draft = _locked_draft(definition, edits)
    draft.status = DefinitionStatus.DISCARDED
    _forget(draft, before=draft.edits)
    record(by, "definition.discarded", draft, key=draft.key, digest=digest_of(draft.text))
    db.session.commit()


def retire(definition: Definition, *, by: Actor) -> None:
    """Offer a published definition to no new round. Commits; raises WrongStatusError."""
    published = _locked(definition)
    if published.status is not DefinitionStatus.PUBLISHED:
        raise WrongStatusError
    published.status, published.retired_at = DefinitionStatus.RETIRED, datetime.now(UTC)
    record(by, "definition.retired", published, key=published.key)
    db.session.commit()


def digest_of(text: str) -> str:
    """What publishing fixes: so a signed paper can be held against it."""
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=256)
def read_definition(subject: DefinitionSubject, text: str) -> Rubric | Scheme:
    """What a text holds, finished or not; raises DefinitionRefusedError."""
    return _read(subject, text)


def source_text(subject: DefinitionSubject, key: str, by: Actor) -> str:
    """The text of what may be copied: shipped, published above, or in the own tree, drafts too.
    Raises KeyError."""
    try:
        return _shipped_text(subject, key)
    except KeyError:
        text = copyable_text(by, subject, key)
        if text is None:
            raise
        return text


def comparable(definition: Definition) -> dict[str, Rubric | Scheme]:
    """By key, what a definition may be compared with: its other versions, the latest earlier one
    first, and the shipped ones for the same kinds of case."""
    name, _slash, version = definition.key.rpartition("/")
    rows = versions_of(definition.subject, name)
    own = {int(row.key.rpartition("/")[2]): row for row in rows if _is_beside(row, definition)}
    order = sorted(own, key=lambda number: (number > int(version), -number))
    found = {own[n].key: read_definition(definition.subject, own[n].text) for n in order}
    return found | _shipped_like(read_definition(definition.subject, definition.text))


def problems_of(subject: DefinitionSubject, text: str) -> list[Problem]:
    """All that keeps a text from being published, each with its place."""
    try:
        made = READ[subject](text)
    except DefinitionError as error:
        return list(error.problems)
    if isinstance(made, Scheme):
        return scheme_problems(made)
    earlier = [
        read_rubric(one.text)
        for one in versions_of(subject, made.name)
        if one.digest  # ever published
    ]
    unknown = (kind for kind in made.kinds if kind not in set(CaseKind))
    return [
        *rubric_problems(made),
        *(Problem(Fault.UNKNOWN_KIND, made.key, kind) for kind in unknown),
        *dict.fromkeys(p for before in earlier for p in renamed(made, before)),
    ]


def _is_beside(row: Definition, definition: Definition) -> bool:
    return row.id != definition.id and row.status is not DefinitionStatus.DISCARDED


def _shipped_like(made: Rubric | Scheme) -> dict[str, Rubric | Scheme]:
    if isinstance(made, Scheme):
        return {scheme.key: scheme for scheme in registry.all_schemes()}
    kinds = set(made.kinds)
    return {rubric.key: rubric for rubric in registry.all_rubrics() if kinds & set(rubric.kinds)}


def _shipped_text(subject: DefinitionSubject, key: str) -> str:
    if subject is DefinitionSubject.SCHEME:
        return scheme_text(registry.get_scheme(key))
    return rubric_text(registry.get_rubric(key))


def _as_own(made: Rubric | Scheme, name: str, version: int) -> str:
    key = f"{name}/{version}"
    if isinstance(made, Scheme):
        return scheme_text(replace(made, key=key))
    return rubric_text(replace(made, key=key, version=version, is_example=False))


def _read(subject: DefinitionSubject, text: str) -> Rubric | Scheme:
    try:
        return READ[subject](text)
    except DefinitionError as error:
        raise DefinitionRefusedError(error.problems) from error


def _locked_draft(definition: Definition, edits: int) -> Definition:
    draft = _locked(definition)
    if draft.status is not DefinitionStatus.DRAFT:
        raise WrongStatusError
    if draft.edits != edits:
        raise StaleError
    return draft


def _forget(draft: Definition, *, before: int) -> None:
    db.session.execute(
        delete(EarlierText).where(EarlierText.definition_id == draft.id, EarlierText.edits < before)
    )


def _locked(definition: Definition) -> Definition:
    """The definition as it stands now, held until the commit."""
    query = select(Definition).where(Definition.id == definition.id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
