"""Which stored handler each row of a register means; new ones are inserted.

A row with a licence number means the handler of that number, name and office. Who carries the
number of a handler of another name or office becomes a handler of its own, with the number
``disputed``: whether the two are one person is for an organiser to say, never for an import. A row
without a number means the handler of that name and office.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from sqlalchemy import insert

from review.enums import HandlerType
from review.extensions import db
from review.models.handler import Handler
from review.queries.register import handlers_called, handlers_licensed, licences_held


class NamesHandler(Protocol):
    """What a row says of its handler."""

    @property
    def licence_number(self) -> str | None: ...
    @property
    def handler(self) -> str: ...
    @property
    def provider(self) -> str: ...
    @property
    def handler_type(self) -> HandlerType | str | None: ...


HandlerKey = tuple[str | None, str, str]
Found = dict[HandlerKey, int]
Asked = Mapping[HandlerKey, NamesHandler]


def handler_key(row: NamesHandler) -> HandlerKey:
    return row.licence_number, row.handler, row.provider


def handler_ids(
    rows: Sequence[NamesHandler], providers: Mapping[str, int]
) -> tuple[Found, list[int]]:
    """Each handler's id by key, and the ids of those that were inserted."""
    licensed = {handler_key(row): row for row in rows if row.licence_number}
    found = _licensed(licensed, providers)
    new = {key: row for key, row in licensed.items() if key not in found}
    _insert(new.values(), providers)
    inserted = _licensed(new, providers)
    unlicensed = {handler_key(row): row for row in rows if not row.licence_number}
    called = _called(unlicensed, providers)
    nameless = {key: row for key, row in unlicensed.items() if key not in called}
    _insert(nameless.values(), providers)
    added = _called(nameless, providers)
    return found | inserted | called | added, [*inserted.values(), *added.values()]


def _licensed(asked: Asked, providers: Mapping[str, int]) -> Found:
    stored = {
        (licence, name, provider_id): id_
        for licence, name, provider_id, id_ in handlers_licensed(
            {licence for licence, _name, _provider in asked if licence}
        )
    }
    places = {key: (key[0], key[1], providers[key[2]]) for key in asked}
    return {key: stored[place] for key, place in places.items() if place in stored}


def _called(asked: Asked, providers: Mapping[str, int]) -> Found:
    """Handlers matched by name and provider: the only one, or else the one without a licence.

    Two licensed handlers of one name in one office cannot be told apart, so neither is taken.
    """
    keys = {(row.handler, providers[row.provider]): key for key, row in asked.items()}
    everybody: defaultdict[HandlerKey, set[int]] = defaultdict(set)
    unlicensed: defaultdict[HandlerKey, set[int]] = defaultdict(set)
    for name, provider_id, licence, id_ in handlers_called(keys):
        key = keys[name, provider_id]
        everybody[key].add(id_)
        unlicensed[key] |= {id_} if licence is None else set()
    chosen = {key: unlicensed[key] or ids for key, ids in everybody.items()}
    return {key: min(ids) for key, ids in chosen.items() if unlicensed[key] or len(ids) == 1}


def _insert(rows: Iterable[NamesHandler], providers: Mapping[str, int]) -> None:
    rows = list(rows)
    held = licences_held({row.licence_number for row in rows if row.licence_number})
    new = []
    for row in rows:
        is_disputed = row.licence_number in held
        if row.licence_number:
            held.add(row.licence_number)
        new.append(
            {
                "name": row.handler,
                "licence_number": None if is_disputed else row.licence_number,
                "disputed_licence": row.licence_number if is_disputed else None,
                "provider_id": providers[row.provider],
                "handler_type": row.handler_type,
            }
        )
    if new:
        db.session.execute(insert(Handler), new)
