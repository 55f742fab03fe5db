"""承办机构 and 承办人员 of the demo province, beside those the registers bring."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from sqlalchemy import Row

from review.demo import names
from review.demo.chance import shares, stream
from review.demo.regions import DONGCHUAN, Place, agency_name
from review.enums import HandlerType, RegionLevel

FIRMS_OF_CITY = 21
GRASSROOTS_OF_CITY = 4
HANDLERS_OF_CITY = 141
SPREAD_OF_WORK = 1.0
"""Standard deviation of the logarithm of handlers' workloads: a few lawyers do most of it."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Every handler, one row each: who can be given cases, where, and how many."""

    handler_ids: NDArray[np.int64]
    licences: NDArray[np.str_]
    provider_ids: NDArray[np.int64]
    cities: NDArray[np.str_]
    counties: NDArray[np.str_]
    work: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.handler_ids)


Values = dict[str, object]


def provider_rows(
    places: tuple[Place, ...], seed: int, first_id: int, known: set[str]
) -> list[Values]:
    """Firms, agencies that act themselves, and grass-roots offices, but none already known."""
    found = [
        row
        for city in places
        if city.level is RegionLevel.CITY and not (city.code == DONGCHUAN and known)
        for row in _of_city(city, places, stream(seed, f"providers-{city.code}"))
    ]
    fresh = [row for row in found if row["name"] not in known]
    return [{"id": first_id + n, **row} for n, row in enumerate(fresh)]


def _of_city(city: Place, places: tuple[Place, ...], rng: Generator) -> Iterator[Values]:
    here = [place for place in places if place.parent_code == city.code]
    for name in names.firms(rng, city.name.removesuffix("市"), FIRMS_OF_CITY):
        yield {"name": name, "region_code": rng.choice([place.code for place in here])}
    for place in (city, *here):
        yield {"name": agency_name(place), "region_code": place.code}
    for place in rng.permutation(np.array(here, dtype=object))[:GRASSROOTS_OF_CITY]:
        yield {"name": f"{place.name}基层法律服务所", "region_code": place.code}


def handler_rows(providers: list[Values], seed: int, first_id: int) -> list[Values]:
    """The handlers of new providers; firms have several, others one to three."""
    rng = stream(seed, "handlers")
    by_city: dict[str, list[Values]] = {}
    for provider in providers:
        by_city.setdefault(str(provider["region_code"])[:4], []).append(provider)
    places = [p for group in by_city.values() for p in _places_of_work(group, rng)]
    people = names.people(rng, len(places))
    licences = rng.permutation(10**6)[: len(places)]
    return [
        {
            "id": first_id + n,
            "name": name,
            "licence_number": f"19930{number:06}{n % 10**5:05}",
            "provider_id": provider["id"],
            "handler_type": _type(str(provider["name"])),
        }
        for n, (provider, name, number) in enumerate(zip(places, people, licences, strict=True))
    ]


def _places_of_work(providers: list[Values], rng: Generator) -> list[Values]:
    """Each provider as often as it has handlers; firms are several times larger."""
    firm = np.array([_type(str(p["name"])) is HandlerType.LAWYER for p in providers])
    weights = np.where(firm, 4.0, 0.7) * rng.lognormal(0, 0.3, len(providers))
    extra = shares(weights, HANDLERS_OF_CITY - len(providers))
    return [p for p, more in zip(providers, extra, strict=True) for _ in range(1 + more)]


def _type(provider_name: str) -> HandlerType:
    if provider_name.endswith("法律援助中心"):
        return HandlerType.AGENCY_STAFF
    if provider_name.endswith("基层法律服务所"):
        return HandlerType.GRASSROOTS
    return HandlerType.LAWYER


def roster(rows: Sequence[Row[Any]], seed: int) -> Roster:
    """All handlers in a fixed order; a provider without a region is of the registers' city."""
    rng = stream(seed, "work")
    regions = [row.region_code or DONGCHUAN for row in rows]
    return Roster(
        handler_ids=np.array([row.id for row in rows]),
        licences=np.array([row.licence_number or "" for row in rows]),
        provider_ids=np.array([row.provider_id for row in rows]),
        cities=np.array([region[:4] + "00" for region in regions]),
        counties=np.array(regions),
        work=rng.lognormal(0, SPREAD_OF_WORK, len(rows)),
    )
