"""Writes a staged import in bulk. The calling verb commits."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, column, insert, table, update

from review.domain.register_bulk import write_many
from review.domain.register_handlers import handler_ids, handler_key
from review.domain.register_rows import CaseRow, stored_values
from review.domain.register_staging import Staged, StagedUpdate
from review.errors import StaleError
from review.extensions import db
from review.models.cases import Agency
from review.models.handler import Provider
from review.queries.register import (
    KEPT_COLUMNS,
    agency_ids,
    provider_ids,
    stored_states,
)

# Without types: the values are plain already, and nothing is converted under the write lock.
CASES = table("case", column("id"), *map(column, KEPT_COLUMNS))

Made = dict[str, list[int]]
"""The ids of what an import made beside cases, by table: they go when it is taken back."""


def ready_values(staged: Staged) -> list[dict[str, Any]]:
    """What can be worked out of the rows, created ones first, before the write lock is taken."""
    return [stored_values(row) for row in _rows(staged)]


def store(staged: Staged, values: list[dict[str, Any]], import_id: int) -> Made:
    """Insert the new cases and rewrite the changed ones, with whom and what they name.

    Raises StaleError when a case is no more as it was when it was compared.
    """
    _check_unchanged(staged.updated)
    rows, made = _rows(staged), Made()
    agencies, providers = _agencies(rows, made), _providers(rows, made)
    handlers, made["handler"] = handler_ids(rows, providers)
    for row, value in zip(rows, values, strict=True):
        value["agency_id"] = agencies[row.agency_code]
        value["provider_id"] = providers[row.provider]
        value["handler_id"] = handlers[handler_key(row)]
        value["import_id"] = import_id
    count = len(staged.created)
    if count:
        write_many(insert(CASES), values[:count])
    _rewrite(staged.updated, values[count:])
    return made


def _rows(staged: Staged) -> list[CaseRow]:
    return [*staged.created, *(change.row for change in staged.updated)]


def _check_unchanged(updated: Sequence[StagedUpdate]) -> None:
    states = stored_states(change.case_id for change in updated)
    if any(states.get(change.case_id) != (change.seen, False) for change in updated):
        raise StaleError


def _rewrite(updated: Sequence[StagedUpdate], values: Sequence[dict[str, Any]]) -> None:
    """Write the changed columns only: cases that changed in the same ones go together."""
    alike = defaultdict(list)
    for change, value in zip(updated, values, strict=True):
        alike[*change.columns, "import_id"].append(value | {"key": change.case_id})
    for columns, changes in alike.items():
        names = {"key", *columns}
        write_many(
            rewriting(columns), [{n: v for n, v in c.items() if n in names} for c in changes]
        )


def rewriting(columns: Sequence[str]) -> Any:
    """The statement that writes these columns of the case whose id is ``key``."""
    here = CASES.c.id == bindparam("key")
    return update(CASES).where(here).values({name: bindparam(name) for name in columns})


def _agencies(rows: Iterable[CaseRow], made: Made) -> dict[str, int]:
    names = {row.agency_code: row.agency or row.agency_code for row in rows}
    known = agency_ids(names)
    new = [
        {"code": code, "name": name, "region_code": code}
        for code, name in names.items()
        if code not in known
    ]
    if new:
        db.session.execute(insert(Agency), new)
    found = agency_ids(row["code"] for row in new)
    made["agency"] = list(found.values())
    return known | found


def _providers(rows: Iterable[CaseRow], made: Made) -> dict[str, int]:
    cities: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        cities[row.provider][row.agency_code[:4] + "00"] += 1
    known = provider_ids(cities)
    new = [
        {"name": name, "region_code": regions.most_common(1)[0][0]}
        for name, regions in cities.items()
        if name not in known
    ]
    if new:
        db.session.execute(insert(Provider), new)
    found = provider_ids(row["name"] for row in new)
    made["provider"] = list(found.values())
    return known | found
