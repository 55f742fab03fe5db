from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.blueprints import analysis
from review.domain.analysis import quarter_charts
from review.enums import Role
from review.extensions import db
from review.models.analysis import QuarterFigure
from review.models.cases import Agency
from tests import world
from tests.review.published import SECOND_HALF, Bench, marked_round
from tests.statements import counted

ClientAs = Callable[[int], FlaskClient]
CHARTS = ("trend", "grades", "regions", "handlers")


@dataclass(frozen=True)
class Province:
    """Two published rounds, a secret one in progress, and chiefs of three regions."""

    chief: int
    city_chief: int
    county_chief: int
    organiser: int
    handler_id: int
    far_handler_id: int
    far_name: str
    reviewer_names: tuple[str, ...]
    secret_name: str
    secret_round_id: int
    first_round_id: int


@pytest.fixture
def province(app: Flask) -> Province:
    with app.app_context():
        bench = Bench()
        near = bench.cases(world.COUNTY, (70, 80, 75, 90, 85, 61))
        beside = bench.cases(world.COUNTY_BESIDE, (55, 65, 75))
        far = bench.cases(world.OTHER_COUNTY, (92, 88, 79, 81, 95))
        first = bench.round(near + beside + far)
        autumn = date(2024, 9, 1)
        bench.round(
            bench.cases(world.COUNTY, (72, 78, 80, 88, 91), autumn)
            + bench.cases(world.OTHER_COUNTY, (90, 93), autumn),
            **SECOND_HALF,
        )
        secret = bench.round(
            bench.cases(world.COUNTY, (1, 2, 3, 4, 5), date(2025, 2, 1)),
            with_figures=True,
            name="未发布ZX",
            window_from=date(2025, 1, 1),
            window_to=date(2025, 6, 30),
        )
        secret.published_at = None
        chiefs = [
            world.person(Role.CHIEF, code) for code in (world.PROVINCE, world.CITY, world.COUNTY)
        ]
        made = Province(
            chief=chiefs[0].id,
            city_chief=chiefs[1].id,
            county_chief=chiefs[2].id,
            organiser=bench.organiser.id,
            handler_id=bench.handler[world.COUNTY].id,
            far_handler_id=bench.handler[world.OTHER_COUNTY].id,
            far_name=bench.handler[world.OTHER_COUNTY].name,
            reviewer_names=tuple(member.user.name for member in bench.reviewers),
            secret_name=secret.name,
            secret_round_id=secret.id,
            first_round_id=first.id,
        )
        db.session.commit()
    return made


def test_overview_opens_with_the_figures_in_words(province: Province, client_as: ClientAs) -> None:
    # 2024H2, province: 72, 78, 80, 88, 91, 90, 93: five of seven are good or better.
    page = client_as(province.chief).get("/analysis").text
    assert "2024年下半年质量评估：7 件结案案件全部评估，优良 5 件，优良率 71%，平均" in page
    assert "平均 84.6 分" in page


def test_overview_shows_few_cases_without_a_figure(province: Province, client_as: ClientAs) -> None:
    page = client_as(province.chief).get(f"/analysis?region={world.OTHER_CITY}").text
    assert "仅抽评 2 件，不足以判断质量水平" in page
    assert "n = 2：不足以比较" in page
    assert "91.5" not in page  # the mean of 90 and 93


def test_overview_lists_the_regions_below_with_links(
    province: Province, client_as: ClientAs
) -> None:
    page = client_as(province.chief).get("/analysis").text
    for code in (world.CITY, world.OTHER_CITY):
        assert f"/analysis?region={code}" in page
    assert f"/analysis?region={world.COUNTY}" not in page


def test_earlier_round_can_be_chosen(province: Province, client_as: ClientAs) -> None:
    page = client_as(province.chief).get(f"/analysis?round={province.first_round_id}").text
    assert "14 件结案案件全部评估" in page


def test_chief_of_a_county_sees_only_its_tree(province: Province, client_as: ClientAs) -> None:
    client = client_as(province.county_chief)
    page = client.get("/analysis").text
    assert "城关区" in page
    for outside in ("示范省", "东川市", "南湖区", "白水县", province.far_name):
        assert outside not in page


@pytest.mark.parametrize(
    "region", [world.PROVINCE, world.CITY, world.COUNTY_BESIDE, world.OTHER_COUNTY, "990199", "x"]
)
@pytest.mark.parametrize("page", ["", *(f"/{chart}.svg" for chart in CHARTS)])
def test_region_outside_the_tree_does_not_exist(
    province: Province, client_as: ClientAs, region: str, page: str
) -> None:
    assert (
        client_as(province.county_chief).get(f"/analysis{page}?region={region}").status_code == 404
    )


def test_round_in_progress_stays_secret(province: Province, client_as: ClientAs) -> None:
    client = client_as(province.county_chief)
    assert province.secret_name not in client.get("/analysis").text
    assert province.secret_name not in client.get(f"/analysis/handlers/{province.handler_id}").text
    for page in ("", "/grades.svg", "/regions.svg", "/handlers.svg"):
        answer = client.get(f"/analysis{page}?round={province.secret_round_id}")
        assert answer.status_code == 404


@pytest.mark.parametrize("page", ["", "/trend.svg", "/grades.svg", "/handlers/1"])
def test_pages_do_not_exist_for_other_roles(
    province: Province, client_as: ClientAs, page: str
) -> None:
    assert client_as(province.organiser).get(f"/analysis{page}").status_code == 404


def test_handler_page_lists_the_published_cases(province: Province, client_as: ClientAs) -> None:
    page = client_as(province.city_chief).get(f"/analysis/handlers/{province.handler_id}").text
    assert page.count("示援字第") == 11
    assert "共 11 件" in page


def test_handler_without_a_case_in_the_tree_does_not_exist(
    province: Province, client_as: ClientAs
) -> None:
    client = client_as(province.city_chief)
    assert client.get(f"/analysis/handlers/{province.far_handler_id}").status_code == 404
    assert client.get("/analysis/handlers/99999").status_code == 404


def test_no_reviewer_is_named(province: Province, client_as: ClientAs) -> None:
    client = client_as(province.chief)
    for page in ("", f"/handlers/{province.handler_id}"):
        text = client.get(f"/analysis{page}").text
        assert not [name for name in province.reviewer_names if name in text]


def test_overview_takes_eight_statements_however_many_cases(
    app: Flask, province: Province, client_as: ClientAs
) -> None:
    client = client_as(province.chief)
    sent = []
    for extra in (0, 40):
        with app.app_context():
            if extra:
                more_cases(extra)
        with counted(app) as seen:
            assert client.get("/analysis").status_code == 200
        sent.append(len(seen))
    assert sent[0] == sent[1] <= 8


def more_cases(count: int) -> None:
    """Another published round, later than the others, with ``count`` cases."""
    reviewers = [world.reviewer() for _ in range(3)]
    at = db.session.query(Agency).filter_by(code=world.COUNTY).one()
    autumn = date(2025, 9, 1)
    marked = [(world.case(world.handler(), at, closed_on=autumn), 80) for _ in range(count)]
    marked_round(
        world.person(Role.ORGANISER, world.PROVINCE),
        marked,
        reviewers,
        region_code=world.PROVINCE,
        window_from=date(2025, 7, 1),
        window_to=date(2025, 12, 31),
    )
    db.session.commit()


@pytest.mark.parametrize("chart", CHARTS)
def test_chart_is_kept_by_the_browser_until_the_figures_change(
    province: Province, client_as: ClientAs, chart: str
) -> None:
    client = client_as(province.chief)
    answer = client.get(f"/analysis/{chart}.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.data.startswith(b"<?xml")
    assert set(answer.headers["Cache-Control"].split(", ")) == {"no-cache", "private"}
    again = client.get(f"/analysis/{chart}.svg", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_quarter_of_too_few_cases_keeps_its_place(app: Flask) -> None:
    figures = [
        QuarterFigure(
            quarter=f"2024Q{q}", scheme_key="hundred-4", cases=n, mean=70.0, lower=60.0, upper=80.0
        )
        for q, n in ((1, 9), (2, 2), (3, 9), (4, 2))
    ]
    [(scheme, chart)] = quarter_charts(figures)
    with app.test_request_context():
        points = [p for _, p in analysis._quarter_points(figures, scheme, chart)]
    assert [(point.value, point.note) for point in points] == [
        (70, "n=9"),
        (None, "n=2"),
        (70, "n=9"),
    ]


def test_chart_is_kept_apart_by_region_and_reader(province: Province, client_as: ClientAs) -> None:
    client = client_as(province.chief)
    city = client.get(f"/analysis/grades.svg?region={world.CITY}")
    assert city.headers["ETag"] != client.get("/analysis/grades.svg").headers["ETag"]
    assert city.headers["Vary"] == "Cookie"


def test_overview_before_the_first_publication_says_what_comes(
    app: Flask, client_as: ClientAs
) -> None:
    with app.app_context():
        world.regions()
        chief = world.person(Role.CHIEF, world.COUNTY).id
        db.session.commit()
    client = client_as(chief)
    assert "城关区还没有已发布的评估结果" in client.get("/analysis").text
    for chart in CHARTS:
        assert client.get(f"/analysis/{chart}.svg").status_code == 404
