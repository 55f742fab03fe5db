from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.enums import CaseKind
from review.extensions import db
from review.models.cases import Case
from tests import world
from tests.statements import counted
from tests.world import CITY, COUNTY, COUNTY_BESIDE, OTHER_CITY, OTHER_COUNTY, PROVINCE

ClientAs = Callable[[int], FlaskClient]
LIST_STATEMENTS = 8


def cases_in(
    app: Flask, region: str, count: int, kind: CaseKind = CaseKind.CIVIL_FIRST
) -> list[int]:
    """So many cases, closed on successive days, latest last."""
    with app.app_context():
        at, by = world.agency(region), world.handler(region_code=region)
        first = date(2024, 1, 1)
        ids = [
            world.case(by, at, closed_on=first + timedelta(days=n % 300), kind=kind).id
            for n in range(count)
        ]
        db.session.commit()
    return ids


@pytest.mark.parametrize("role", ["chief", "auditor"])
def test_cases_are_the_organisers_alone(
    app: Flask, members: dict[str, int], client_as: ClientAs, role: str
) -> None:
    (case_id,) = cases_in(app, COUNTY, 1)
    client = client_as(members[role])
    for address in ("/cases/", f"/cases/{case_id}", "/cases/imports", "/cases/imports/1"):
        assert client.get(address).status_code == 404


def test_list_shows_the_actors_tree_only(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    (here,), (beside,), (elsewhere,) = (
        cases_in(app, region, 1) for region in (COUNTY, COUNTY_BESIDE, OTHER_COUNTY)
    )
    seen = {
        region: {
            case_id
            for case_id in (here, beside, elsewhere)
            if f'href="/cases/{case_id}"'
            in client_as(members[region]).get("/cases/").get_data(as_text=True)
        }
        for region in (PROVINCE, CITY, COUNTY, OTHER_CITY)
    }
    assert seen == {
        PROVINCE: {here, beside, elsewhere},
        CITY: {here, beside},
        COUNTY: {here},
        OTHER_CITY: {elsewhere},
    }
    assert client_as(members[COUNTY]).get(f"/cases/{beside}").status_code == 404


def test_region_outside_the_tree_widens_nothing(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    (elsewhere,) = cases_in(app, OTHER_COUNTY, 1)
    page = client_as(members[CITY]).get(f"/cases/?region={OTHER_COUNTY}")
    assert f'href="/cases/{elsewhere}"' not in page.get_data(as_text=True)


def test_filters_narrow_the_list(app: Flask, members: dict[str, int], client_as: ClientAs) -> None:
    civil = cases_in(app, COUNTY, 3)
    (criminal,) = cases_in(app, COUNTY_BESIDE, 1, CaseKind.CRIMINAL_TRIAL)
    with app.app_context():
        number = db.session.get_one(Case, civil[0]).case_number
    client = client_as(members[CITY])

    def found(query: str) -> set[int]:
        text = client.get(f"/cases/?{query}").get_data(as_text=True)
        return {n for n in (*civil, criminal) if f'href="/cases/{n}"' in text}

    assert found("kind=criminal_trial") == {criminal}
    assert found(f"region={COUNTY_BESIDE}") == {criminal}
    assert found("closed_from=2024-01-02&closed_to=2024-01-02") == {civil[1]}
    assert found(f"number={number}") == {civil[0]}
    assert found(f"number={number.replace('（', '(').replace('）', ')')}") == {civil[0]}
    assert found("number=没有的编号") == set()
    assert found("kind=nonsense&after=nonsense&unknown=1") == {*civil, criminal}


def test_filter_that_cannot_be_read_is_said_so(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    answer = client_as(members[CITY]).get("/cases/?closed_from=soon")
    assert answer.status_code == 422
    assert "有筛选条件无法识别" in answer.get_data(as_text=True)


def test_pages_follow_each_other_without_gap_or_overlap(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    ids = cases_in(app, COUNTY, 120)
    client = client_as(members[CITY])
    seen: list[int] = []
    address: str | None = "/cases/"
    sizes = []
    while address:
        text = client.get(address).get_data(as_text=True)
        here = [
            int(part.split('"')[0])
            for part in text.split('<a href="/cases/')[1:]
            if part[0].isdigit()
        ]
        sizes.append(len(here))
        seen += here
        address = text.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in text else None
    assert sizes == [50, 50, 20]
    assert seen == ids[::-1]


def test_empty_list_says_what_to_do_next(members: dict[str, int], client_as: ClientAs) -> None:
    text = client_as(members[CITY]).get("/cases/").get_data(as_text=True)
    assert 'href="/cases/imports"' in text
    assert "先导入结案台账" in text


def test_lists_take_a_fixed_number_of_statements(
    app: Flask, members: dict[str, int], client_as: ClientAs
) -> None:
    client = client_as(members[CITY])
    taken: dict[str, list[int]] = {}
    for more in (1, 70):
        cases_in(app, (COUNTY, COUNTY_BESIDE)[more > 1], more)
        for address in ("/cases/",):
            with counted(
                app,
            ) as statements:
                assert client.get(address).status_code == 200
            taken.setdefault(address, []).append(len(statements))
    assert all(len(set(counts)) == 1 and counts[0] <= LIST_STATEMENTS for counts in taken.values())
