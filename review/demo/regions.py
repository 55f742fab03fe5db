"""The fictional province: 17 cities and 137 counties, the same for every seed."""

from dataclasses import dataclass

from review.demo.chance import shares, stream
from review.enums import RegionLevel
from review.models.accounts import Region

PROVINCE, PROVINCE_NAME = "990000", "示范省（虚构）"
DONGCHUAN = "990100"
DONGCHUAN_COUNTIES = (
    "城关区", "南湖区", "河口县", "石桥县", "青岭县", "安平市", "云台区", "临江县",
)  # fmt: skip
CITIES = (
    "东川市", "西岭市", "北屏市", "南泽市", "青枫市", "云溪市", "白湖市", "金岗市", "临泽市",
    "长陵市", "望川市", "丰原市", "石梁市", "松岭市", "明川市", "兴屏市", "雁山市",
)  # fmt: skip
COUNTIES_OF_CITY = (8, 9, 8, 7, 10, 8, 6, 9, 8, 11, 7, 8, 9, 6, 8, 7, 8)
COUNTY_FIRST = "安宁永平兴丰清明和泰长新金玉石白青云南北东西"
COUNTY_SECOND = "川河江湖山岭原阳陵泉溪门桥塘水峰"
POPULATION = 93_300_000
"""36,000 cases a year are 3.86 for every 10,000 people, as in the province's work plan."""
GEOGRAPHY_SEED = 990000


@dataclass(frozen=True, slots=True)
class Place:
    code: str
    name: str
    level: RegionLevel
    parent_code: str | None
    population: int

    @property
    def city(self) -> str:
        """The code of the city around; the province itself for the province."""
        return self.code[:4] + "00"


def province() -> tuple[Place, ...]:
    """Every region, parents first."""
    counties = _counties()
    cities = [_sum(_city_code(i), name, counties) for i, name in enumerate(CITIES)]
    top = Place(PROVINCE, PROVINCE_NAME, RegionLevel.PROVINCE, None, POPULATION)
    return (top, *cities, *counties)


def region_rows(places: tuple[Place, ...]) -> list[dict[str, object]]:
    columns = [column.key for column in Region.__table__.columns]
    return [{name: getattr(place, name) for name in columns} for place in places]


def agency_rows(places: tuple[Place, ...]) -> list[dict[str, object]]:
    """One 法律援助机构 for each region, under the region's code."""
    return [
        {"id": n, "code": place.code, "name": agency_name(place), "region_code": place.code}
        for n, place in enumerate(places, start=1)
    ]


def agency_name(place: Place) -> str:
    return f"{place.name.removesuffix('（虚构）')}法律援助中心"


def _city_code(index: int) -> str:
    return f"99{index + 1:02}00"


def _counties() -> list[Place]:
    rng = stream(GEOGRAPHY_SEED, "counties")
    cores = [a + b for a in COUNTY_FIRST for b in COUNTY_SECOND if a != b]
    taken = {name[:2] for name in (*CITIES, *DONGCHUAN_COUNTIES)}
    free = iter(core for core in rng.permutation(cores) if core not in taken)
    names = [
        [DONGCHUAN_COUNTIES[n] if city == 0 else f"{next(free)}{_suffix(n)}" for n in range(size)]
        for city, size in enumerate(COUNTIES_OF_CITY)
    ]
    people = iter(shares(rng.lognormal(0, 0.4, sum(COUNTIES_OF_CITY)), POPULATION))
    return [
        Place(f"99{city + 1:02}{n + 1:02}", name, RegionLevel.COUNTY, _city_code(city), int(size))
        for city, members in enumerate(names)
        for (n, name), size in zip(enumerate(members), people, strict=False)
    ]


def _suffix(position: int) -> str:
    """The first two of a city are its districts, the fifth a county-level city."""
    if position < 2:
        return "区"
    return "市" if position == 4 else "县"


def _sum(code: str, name: str, counties: list[Place]) -> Place:
    people = sum(county.population for county in counties if county.parent_code == code)
    return Place(code, name, RegionLevel.CITY, PROVINCE, people)
