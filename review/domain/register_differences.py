"""In what a row of a register differs from the stored case of its number, field by field."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from review.domain.case_kinds import UnclearKindError, kind_of
from review.domain.register_facts import CaseFacts
from review.domain.register_rows import AS_READ, RECIPIENT, plain
from review.enums import CaseField
from review.privacy import decrypt_text, digest, mask_name

HIDDEN = "***"
Names = Collection[tuple[str, str | None]]
KIND = "kind"  # follows from other fields and is not read


class Difference(NamedTuple):
    """One field of one case; ``before`` and ``after`` are codes or text, personal ones hidden."""

    field: CaseField
    before: Any
    after: Any


def differences(
    facts: CaseFacts, stored: Any, names: Names, present: Collection[str]
) -> list[Difference]:
    """What would change, of the fields that the register has columns for; ``names`` are those of
    the case's handler, with the licence number that goes with each."""
    found = [*_read_fields(facts, stored, present), *_persons(facts, stored, present)]
    found += _holders(facts, stored, names)
    kind = _kind(facts, stored, present)
    if kind != stored.kind:
        found.append(Difference(CaseField.KIND, stored.kind, kind))
    return found


def changed_columns(found: list[Difference]) -> list[str]:
    """The columns of ``case`` that have to be written anew."""
    names = {column for each in found for column in COLUMNS_OF.get(each.field, (each.field,))}
    return sorted(names | {"content_digest"})


COLUMNS_OF: dict[str, tuple[str, ...]] = {
    CaseField.RECIPIENT: (RECIPIENT,),
    CaseField.ID_NUMBER: ("id_number_digest",),
    CaseField.PHONE: ("phone_digest",),
    CaseField.AGENCY_CODE: ("region_code", "agency_id"),
    CaseField.PROVIDER: ("provider_id", "handler_id"),
    CaseField.HANDLER: ("provider_id", "handler_id"),
}


def is_of_another_person(facts: CaseFacts, stored: Any) -> bool:
    """Whether a number stands for two cases: another recipient by number and by name.

    One of the two alone may be a correction; storing both would overwrite somebody's case.
    """
    found = []
    if facts.id_number and stored.id_number_digest:
        found.append(digest(facts.id_number) != stored.id_number_digest)
    if facts.recipient and stored.recipient_name:
        found.append(facts.recipient != decrypt_text(stored.recipient_name))
    return bool(found) and all(found)


def _read_fields(facts: CaseFacts, stored: Any, present: Collection[str]) -> Iterator[Difference]:
    for name in AS_READ:
        if name == KIND or name not in present:
            continue
        before, after = getattr(stored, name), getattr(facts, name)
        if (tuple(before) if isinstance(before, list) else before) != after:
            yield Difference(CaseField(name), plain(before), plain(after))


def _persons(facts: CaseFacts, stored: Any, present: Collection[str]) -> Iterator[Difference]:
    if "recipient" in present:
        before = decrypt_text(stored.recipient_name) if stored.recipient_name else ""
        if before != (facts.recipient or ""):
            masked = mask_name(before), mask_name(facts.recipient or "")
            yield Difference(CaseField.RECIPIENT, *masked)
    for name, before in (("id_number", stored.id_number_digest), ("phone", stored.phone_digest)):
        after = getattr(facts, name)
        if name in present and before != (digest(after) if after else None):
            yield Difference(CaseField(name), before and HIDDEN, after and HIDDEN)


def _holders(facts: CaseFacts, stored: Any, names: Names) -> Iterator[Difference]:
    """Who holds the case; a handler is the same by name, and by number where both have one."""
    if facts.agency_code != stored.region_code:
        yield Difference(CaseField.AGENCY_CODE, stored.region_code, facts.agency_code)
    if facts.provider != stored.provider:
        yield Difference(CaseField.PROVIDER, stored.provider, facts.provider)
    numbers = {licence for name, licence in names if name == facts.handler}
    if not numbers or (facts.licence_number and numbers.isdisjoint({facts.licence_number, None})):
        yield Difference(CaseField.HANDLER, stored.handler, facts.handler)


def _kind(facts: CaseFacts, stored: Any, present: Collection[str]) -> Any:
    """The kind, from what the register says and what is stored of the rest."""
    stage = facts.stage if "stage" in present else stored.stage
    instance = facts.instance if "instance" in present else stored.instance
    try:
        return kind_of(facts.case_type, facts.aid_method, stage, instance)
    except UnclearKindError:
        return facts.kind
