"""What ties each reviewer to handlers, offices and cases: from registers and declarations."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import combinations

from review.domain.name_variants import Offices, Places, person_key
from review.enums import DeclarationKind
from review.errors import DoubleAccountError
from review.labels import BEIJING
from review.models.conflicts import Declaration
from review.privacy import decrypt_text
from review.queries.conflicts import (
    NOBODY,
    Reviewer,
    declarations_among,
    grouped,
    handlers_named_like,
    markings_among,
    offices_by_name,
    offices_of_cases,
    regions_by_name,
)

LOOK_BACK = timedelta(days=3 * 365 + 1)
"""Who worked in one office less than three years ago still counts as of that office."""

Ids = frozenset[int]
NONE: Ids = frozenset()


@dataclass(slots=True)
class Ties:
    """Handlers who are the reviewer, offices now and before, relatives by name key with the
    offices they may be in, numbers of cases taken part in or opposed, and whose handlers' cases
    are barred because they mark this reviewer's.
    """

    handlers: Ids = NONE
    offices: Ids = NONE
    former_offices: Ids = NONE
    relatives: list[tuple[str, Ids | None]] = field(default_factory=list)
    own_cases: list[str] = field(default_factory=list)
    opposed_cases: list[str] = field(default_factory=list)
    markers: Ids = NONE


@dataclass(frozen=True, slots=True)
class TieMap:
    """The ties of each reviewer, by user id, the offices they were looked up in, and the names
    of regions by code."""

    of: dict[int, Ties]
    offices: Offices
    region_names: dict[str, str]


def ties_of(reviewers: Sequence[Reviewer], today: date) -> TieMap:
    """Everything that the registers and the reviewers say, in a fixed number of statements."""
    regions = regions_by_name()
    offices = Offices.of(Places.of(regions), offices_by_name())
    found = {one.user_id: Ties() for one in reviewers}
    _add_handlers(found, reviewers, offices, today)
    for declared in declarations_among(found):
        _add_declared(found[declared.user_id], declared, offices, today)
    _add_markers(found, today)
    return TieMap(found, offices, dict(regions))


def refuse_doubles(reviewers: Sequence[Reviewer], ties: TieMap) -> None:
    """Two accounts of one name, and of one office or one county, are taken for one person's;
    raises DoubleAccountError."""
    by_name: defaultdict[str, list[Reviewer]] = defaultdict(list)
    for one in reviewers:
        by_name[person_key(one.name)].append(one)
    for alike in by_name.values():
        for one, other in combinations(alike, 2):
            offices = ties.of[one.user_id].offices & ties.of[other.user_id].offices
            if offices or one.region_code == other.region_code:
                raise DoubleAccountError(one.name, other.name)


def _add_handlers(
    found: dict[int, Ties], reviewers: Sequence[Reviewer], offices: Offices, today: date
) -> None:
    licences = {one.licence_number for one in reviewers if one.licence_number}
    rows = handlers_named_like(found, licences)
    worked = grouped(offices_of_cases({row.id for row in rows}, today - LOOK_BACK))
    for user_id, handler_id, provider_id in rows:
        ties = found[user_id]
        ties.handlers |= {handler_id}
        ties.offices |= offices.twins(provider_id)
        ties.former_offices |= _twins(offices, worked.get(handler_id, ()))
    for one in reviewers:
        if one.provider_id != NOBODY:
            found[one.user_id].offices |= offices.twins(one.provider_id)


def _add_markers(found: dict[int, Ties], today: date) -> None:
    since = datetime.combine(today - LOOK_BACK, time.min, BEIJING)
    user_of = {handler: user for user, ties in found.items() for handler in ties.handlers}
    for marker, handler_id in markings_among(found, user_of, since):
        found[user_of[handler_id]].markers |= {marker}


def _twins(offices: Offices, provider_ids: Iterable[int]) -> Ids:
    return NONE.union(*(offices.twins(one) for one in provider_ids))


def _add_declared(ties: Ties, declared: Declaration, offices: Offices, today: date) -> None:
    subject = decrypt_text(declared.subject)
    if declared.kind is DeclarationKind.RELATIVE:
        office = decrypt_text(declared.office) if declared.office else ""
        ties.relatives.append((person_key(subject), offices.named(office) if office else None))
    elif declared.kind is DeclarationKind.CASE:
        ties.own_cases.append(subject)
    elif declared.kind is DeclarationKind.OPPOSING:
        ties.opposed_cases.append(subject)
    elif declared.until is None:
        ties.offices |= offices.named(subject)
    elif declared.until >= today - LOOK_BACK:
        ties.former_offices |= offices.named(subject)
