"""Writes a planned import in bulk. The calling verb commits."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, update

from review.domain.register import CaseFacts
from review.domain.register_plan import Plan, PlannedCase
from review.extensions import db
from review.models.cases import Agency, Case
from review.models.handler import Handler, Provider
from review.privacy import digest, encrypt_text
from review.queries.register import agency_ids, handlers_called, handlers_licensed, provider_ids

AS_READ = (
    *("case_number", "closed_on", "case_type", "aid_method", "kind", "source", "stage", "instance"),
    *("cause", "accepted_on", "assigned_on", "archived_on", "outcome", "recovered_amount"),
    *("subsidy_amount", "subsidy_paid_on", "dossier_pages"),
)


CASES = cast(Table, Case.__table__)  # one statement for all rows; the class makes one per shape


def store(plan: Plan, import_id: int) -> None:
    """Insert the new cases and rewrite the changed ones, with whom and what they name."""
    planned = plan.created + plan.updated
    facts = [case.facts for case in planned]
    agencies, providers = _agencies(facts), _providers(facts)
    handlers = _handlers(facts, providers)
    rows = [
        _row(case, agencies[f.agency_code], providers[f.provider], handlers[_handler_key(f)])
        for case, f in zip(planned, facts, strict=True)
    ]
    created, updated = rows[: len(plan.created)], rows[len(plan.created) :]
    if created:
        db.session.execute(insert(CASES), [row | {"import_id": import_id} for row in created])
    if updated:
        db.session.execute(
            update(CASES).where(CASES.c.id == bindparam("stored_id")),
            [r | {"stored_id": c.stored_id} for r, c in zip(updated, plan.updated, strict=True)],
        )


def _row(case: PlannedCase, agency_id: int, provider_id: int, handler_id: int) -> dict[str, Any]:
    facts = case.facts
    return {name: getattr(facts, name) for name in AS_READ} | {
        "region_code": facts.agency_code,
        "agency_id": agency_id,
        "provider_id": provider_id,
        "handler_id": handler_id,
        "recipient_name": encrypt_text(facts.recipient) if facts.recipient else None,
        "id_number_digest": digest(facts.id_number) if facts.id_number else None,
        "phone_digest": digest(facts.phone) if facts.phone else None,
        "recipient_categories": list(facts.recipient_categories),
        "content_digest": case.content_digest,
    }


def _agencies(facts: Iterable[CaseFacts]) -> dict[str, int]:
    names = {f.agency_code: f.agency or f.agency_code for f in facts}
    known = agency_ids(names)
    new = [
        {"code": code, "name": name, "region_code": code}
        for code, name in names.items()
        if code not in known
    ]
    if new:
        db.session.execute(insert(Agency), new)
    return known | agency_ids(row["code"] for row in new)


def _providers(facts: Iterable[CaseFacts]) -> dict[str, int]:
    cities: dict[str, Counter[str]] = defaultdict(Counter)
    for f in facts:
        cities[f.provider][f.agency_code[:4] + "00"] += 1
    known = provider_ids(cities)
    new = [
        {"name": name, "region_code": regions.most_common(1)[0][0]}
        for name, regions in cities.items()
        if name not in known
    ]
    if new:
        db.session.execute(insert(Provider), new)
    return known | provider_ids(row["name"] for row in new)


# A handler is known by a licence number, or by name and provider where the register has none.
HandlerKey = tuple[str | None, str, str]


def _handler_key(f: CaseFacts) -> HandlerKey:
    return (f.licence_number, "", "") if f.licence_number else (None, f.handler, f.provider)


def _handlers(facts: list[CaseFacts], providers: dict[str, int]) -> dict[HandlerKey, int]:
    """Each handler's id by key; inserts those that are new."""
    licensed = {f.licence_number: f for f in facts if f.licence_number}
    unlicensed = {_handler_key(f): f for f in facts if not f.licence_number}
    known = handlers_licensed(licensed)
    _insert_handlers((f for n, f in licensed.items() if n not in known), providers)
    known |= handlers_licensed(n for n in licensed if n not in known)
    ids: dict[HandlerKey, int] = {(number, "", ""): id_ for number, id_ in known.items()}
    found = _called(unlicensed.values(), providers)
    _insert_handlers((f for key, f in unlicensed.items() if key not in found), providers)
    missing = [f for key, f in unlicensed.items() if key not in found]
    return ids | found | _called(missing, providers)


def _called(facts: Iterable[CaseFacts], providers: dict[str, int]) -> dict[HandlerKey, int]:
    """Handlers matched by name and provider: the only one, or else the one without a licence.

    Two licensed handlers of one name in one office cannot be told apart, so neither is taken.
    """
    keys = {(f.handler, providers[f.provider]): _handler_key(f) for f in facts}
    candidates: dict[HandlerKey, list[tuple[str | None, int]]] = defaultdict(list)
    for name, provider_id, licence, id_ in handlers_called(keys):
        candidates[keys[name, provider_id]].append((licence, id_))
    chosen = {}
    for key, options in candidates.items():
        unlicensed = [id_ for licence, id_ in options if licence is None]
        if len(options) == 1 or unlicensed:
            chosen[key] = unlicensed[0] if unlicensed else options[0][1]
    return chosen


def _insert_handlers(facts: Iterable[CaseFacts], providers: dict[str, int]) -> None:
    new = [
        {
            "name": f.handler,
            "licence_number": f.licence_number,
            "provider_id": providers[f.provider],
            "handler_type": f.handler_type,
        }
        for f in facts
    ]
    if new:
        db.session.execute(insert(Handler), new)
