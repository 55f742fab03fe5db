"""Writes a staged import in bulk. The calling verb commits."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, column, insert, table, update

from review.domain.register_bulk import write_many
from review.domain.register_handlers import HandlerKey, handler_ids, handler_key
from review.domain.register_rows import STORED, CaseRow, stored_values
from review.domain.register_staging import Staged, StagedUpdate
from review.errors import StaleError
from review.extensions import db
from review.models.cases import Agency
from review.models.handler import Provider
from review.queries.register import (
    agency_ids,
    provider_ids,
    stored_states,
)

FOUND = ("agency_id", "provider_id", "handler_id", "import_id")  # known only under the lock
WRITTEN = (*STORED, *FOUND)
# Without types: the values are plain already, and nothing is converted under the write lock.
CASES = table("case", column("id"), *map(column, WRITTEN))

KEY = "key"  # of the row to be rewritten
Made = dict[str, list[int]]
"""The ids of what an import made beside cases, by table: they go when it is taken back."""


class Ready(NamedTuple):
    """What can be worked out of staged rows, created ones first, before the write lock is taken.

    ``agencies`` have their name by code, ``providers`` the city that most of their cases are in,
    ``handlers`` one row that names each; ``links`` are the three keys of each row.
    """

    values: list[tuple[Any, ...]]
    links: list[tuple[str, str, HandlerKey]]
    agencies: dict[str, str]
    providers: dict[str, str]
    handlers: dict[HandlerKey, CaseRow]


def made_ready(staged: Staged) -> Ready:
    rows = _rows(staged)
    links = [(row.region_code, row.provider, handler_key(row)) for row in rows]
    return Ready(
        stored_values(rows),
        links,
        {row.region_code: row.agency or row.region_code for row in rows},
        _cities(Counter((provider, code[:4] + "00") for code, provider, _handler in links)),
        {handler: row for (*_rest, handler), row in zip(links, rows, strict=True)},
    )


def store(staged: Staged, ready: Ready, import_id: int) -> Made:
    """Insert the new cases and rewrite the changed ones, with whom and what they name.

    Raises StaleError when a case is no more as it was when it was compared.
    """
    _check_unchanged(staged.updated)
    agencies, new_agencies = _agencies(ready.agencies)
    providers, new_providers = _providers(ready.providers)
    handlers, new_handlers = handler_ids(list(ready.handlers.values()), providers)
    rows = [
        (*value, agencies[agency], providers[provider], handlers[handler], import_id)
        for value, (agency, provider, handler) in zip(ready.values, ready.links, strict=True)
    ]
    count = len(staged.created)
    if count:
        write_many(insert(CASES), WRITTEN, rows[:count])
    _rewrite(staged.updated, rows[count:])
    return {"agency": new_agencies, "provider": new_providers, "handler": new_handlers}


def _rows(staged: Staged) -> list[CaseRow]:
    return [*staged.created, *(change.row for change in staged.updated)]


def _check_unchanged(updated: Sequence[StagedUpdate]) -> None:
    states = stored_states(change.case_id for change in updated)
    if any(states.get(change.case_id) != (change.seen, False) for change in updated):
        raise StaleError


def _rewrite(updated: Sequence[StagedUpdate], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write the changed columns only: cases that changed in the same ones go together."""
    alike = defaultdict(list)
    for change, row in zip(updated, rows, strict=True):
        value = dict(zip(WRITTEN, row, strict=True))
        columns = *change.columns, "import_id"
        alike[columns].append((*map(value.__getitem__, columns), change.case_id))
    for columns, changes in alike.items():
        write_many(rewriting(columns), (*columns, KEY), changes)


def rewriting(columns: Sequence[str]) -> Any:
    """The statement that writes these columns of the case whose id is ``KEY``."""
    here = CASES.c.id == bindparam(KEY)
    return update(CASES).where(here).values({name: bindparam(name) for name in columns})


def _cities(seen: Counter[tuple[str, str]]) -> dict[str, str]:
    """The city in which each provider was seen most."""
    return {provider: city for (provider, city), _n in reversed(seen.most_common())}


def _agencies(names: dict[str, str]) -> tuple[dict[str, int], list[int]]:
    """Each agency's id by code, and the ids of those that were inserted."""
    known = agency_ids(names)
    new = [
        {"code": code, "name": name, "region_code": code}
        for code, name in names.items()
        if code not in known
    ]
    if new:
        db.session.execute(insert(Agency), new)
    found = agency_ids(row["code"] for row in new)
    return known | found, list(found.values())


def _providers(cities: dict[str, str]) -> tuple[dict[str, int], list[int]]:
    """Each provider's id by name, and the ids of those that were inserted."""
    known = provider_ids(cities)
    new = [
        {"name": name, "region_code": city} for name, city in cities.items() if name not in known
    ]
    if new:
        db.session.execute(insert(Provider), new)
    found = provider_ids(row["name"] for row in new)
    return known | found, list(found.values())
