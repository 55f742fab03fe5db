from review.demo.regions import DONGCHUAN, DONGCHUAN_COUNTIES, POPULATION, agency_rows, province
from review.enums import RegionLevel
from review.queries.regions import contains, level_of


def test_province_has_17_cities_and_137_counties() -> None:
    places = province()
    levels = [place.level for place in places]
    assert levels.count(RegionLevel.PROVINCE) == 1
    assert levels.count(RegionLevel.CITY) == 17
    assert levels.count(RegionLevel.COUNTY) == 137
    assert len({place.code for place in places}) == len({place.name for place in places}) == 155


def test_every_place_lies_in_its_parent_and_people_add_up() -> None:
    places = province()
    for place in places:
        assert level_of(place.code) is place.level
        assert place.parent_code is None or contains(place.parent_code, place.code)
    for level in RegionLevel:
        assert sum(p.population for p in places if p.level is level) == POPULATION


def test_dongchuan_has_the_counties_of_its_registers() -> None:
    own = [p for p in province() if p.parent_code == DONGCHUAN]
    assert tuple(p.name for p in own) == DONGCHUAN_COUNTIES
    assert [p.code for p in own] == [f"99010{n}" for n in range(1, 9)]


def test_fictional_is_said_of_the_province_but_not_of_its_agency() -> None:
    places = province()
    assert "虚构" in places[0].name
    assert agency_rows(places)[0]["name"] == "示范省法律援助中心"
