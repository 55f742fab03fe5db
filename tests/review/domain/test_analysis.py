from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from review.domain.analysis import change_between, quarter_charts, refresh, refresh_all
from review.extensions import db
from review.models.analysis import HandlerFigure, QuarterFigure, RoundFigure
from review.models.cases import Agency, Case
from review.models.handler import Handler
from review.models.sampling import FrameCase, SampledCase, Stratum
from tests import world
from tests.review.published import SECOND_HALF, Bench
from tests.statements import counted

TABLES = (QuarterFigure, RoundFigure, HandlerFigure)


@pytest.fixture
def bench(app: Flask) -> Iterator[Bench]:
    with app.app_context():
        yield Bench()


def rows() -> list[tuple[Any, ...]]:
    """Every roll-up row by value, in a fixed order."""
    return sorted(
        (table.__tablename__, *(str(getattr(row, c.key)) for c in table.__table__.columns))
        for table in TABLES
        for row in db.session.query(table)
    )


def round_figure(round_id: int, region_code: str) -> RoundFigure:
    db.session.expire_all()
    return db.session.get_one(RoundFigure, (round_id, region_code))


def frame_case(like: SampledCase) -> None:
    """One more case of the stratum that was in the frame and not drawn."""
    drawn = db.session.get_one(Case, like.case_id)
    other = world.case(
        db.session.get_one(Handler, drawn.handler_id), db.session.get_one(Agency, drawn.agency_id)
    )
    stratum = db.session.get_one(Stratum, like.stratum_id)
    stratum.population += 1
    world.add(
        FrameCase(
            round_id=like.round_id,
            case_id=other.id,
            stratum_id=stratum.id,
            canonical_number=other.case_number,
        )
    )


def test_figures_of_a_hand_worked_round(bench: Bench) -> None:
    # Census of both counties: (70 + 80 + 90) / 3 = 80 and (60 + 92) / 2 = 76 give (240 + 152) / 5
    # = 78.4 for the city. Grades by hundred-4: 92 and 90 excellent, 80 good, 70 and 60 pass.
    marked = bench.cases(world.COUNTY, (70, 80, 90)) + bench.cases(world.COUNTY_BESIDE, (60, 92))
    done = bench.round(marked)
    city = round_figure(done.id, world.CITY)
    assert (city.cases, city.population) == (5, 5)
    assert city.mean == pytest.approx(78.4)
    assert (city.excellent, city.good, city.passed, city.failed) == (2, 1, 2, 0)
    assert city.good_share == pytest.approx(0.6)
    assert round_figure(done.id, world.COUNTY).mean == pytest.approx(80)
    assert round_figure(done.id, world.COUNTY_BESIDE).mean == pytest.approx(76)


def test_mean_weighs_by_what_each_case_stands_for(bench: Bench) -> None:
    # County: 1 of 1 drawn (70). County beside: 1 of 3 drawn (90) stands for three cases:
    # (1 * 70 + 3 * 90) / 4 = 85, not 80.
    marked = bench.cases(world.COUNTY, (70,)) + bench.cases(world.COUNTY_BESIDE, (90,))
    done = bench.round(marked, with_figures=False)
    for _ in range(2):
        frame_case(world.sampled_cases(done)[1])
    refresh(done)
    city = round_figure(done.id, world.CITY)
    assert city.mean == pytest.approx(85)
    assert (city.cases, city.population) == (2, 4)


def test_every_region_with_a_case_has_a_figure(bench: Bench) -> None:
    done = bench.round(bench.cases(world.COUNTY, (70, 80)))
    codes = {figure.region_code for figure in db.session.query(RoundFigure)}
    assert codes == {world.PROVINCE, world.CITY, world.COUNTY}
    assert round_figure(done.id, world.PROVINCE).cases == 2


def test_city_round_says_nothing_about_the_province(bench: Bench) -> None:
    bench.round(bench.cases(world.COUNTY, (70, 80)), region_code=world.CITY)
    rounds = {figure.region_code for figure in db.session.query(RoundFigure)}
    quarters = {figure.region_code for figure in db.session.query(QuarterFigure)}
    assert rounds == quarters == {world.CITY, world.COUNTY}


def test_quarters_pool_the_rounds_that_drew_from_the_whole_region(bench: Bench) -> None:
    # First quarter: the province drew 70 and the city drew 90 in the county: mean 80 for county
    # and city; the province's own figure rests on its own round alone: 70.
    bench.round(bench.cases(world.COUNTY, (70,)))
    bench.round(bench.cases(world.COUNTY, (90,)), region_code=world.CITY)
    refresh_all()
    mean = {f.region_code: f.mean for f in db.session.query(QuarterFigure)}
    assert mean == {world.PROVINCE: 70, world.CITY: 80, world.COUNTY: 80}


def test_quarter_follows_the_closing_date(bench: Bench) -> None:
    marked = bench.cases(world.COUNTY, (70,), date(2024, 3, 31))
    marked += bench.cases(world.COUNTY, (80,), date(2024, 4, 1))
    bench.round(marked)
    county = db.session.query(QuarterFigure).filter_by(region_code=world.COUNTY)
    assert {f.quarter: f.mean for f in county} == {"2024Q1": 70, "2024Q2": 80}


def test_round_in_progress_counts_nowhere(bench: Bench) -> None:
    planted = bench.round(bench.cases(world.COUNTY, (5,)), with_figures=False)
    planted.published_at = None
    done = bench.round(bench.cases(world.COUNTY, (70, 80)))
    assert round_figure(done.id, world.COUNTY).mean == pytest.approx(75)
    assert db.session.query(QuarterFigure).filter_by(region_code=world.COUNTY).one().cases == 2
    assert refresh_all() == 1
    assert db.session.query(RoundFigure).filter_by(round_id=planted.id).count() == 0


def test_rebuilding_changes_nothing(bench: Bench) -> None:
    first = bench.round(bench.cases(world.COUNTY, (70, 80, 75, 90)))
    marked = bench.cases(world.COUNTY, (60, 65, 82), date(2024, 9, 1))
    marked += bench.cases(world.OTHER_COUNTY, (88, 79, 91), date(2024, 9, 1))
    bench.round(marked, **SECOND_HALF)
    before = rows()
    assert {row[0] for row in before} == {table.__tablename__ for table in TABLES}
    refresh(first)
    assert rows() == before
    assert refresh_all() == 2
    assert rows() == before


def test_handler_is_judged_on_two_years(bench: Bench) -> None:
    bench.round(bench.cases(world.COUNTY, (70, 80)))
    later = bench.round(bench.cases(world.COUNTY, (75,), date(2024, 9, 1)), **SECOND_HALF)
    figure = db.session.query(HandlerFigure).filter_by(round_id=later.id).one()
    assert (figure.cases, figure.is_judged) == (3, True)


def test_round_before_the_look_back_is_left_out(bench: Bench) -> None:
    long_ago = {"window_from": date(2022, 1, 1), "window_to": date(2022, 6, 30)}
    bench.round(bench.cases(world.COUNTY, (70, 80), date(2022, 3, 1)), **long_ago)
    now = bench.round(bench.cases(world.COUNTY, (75, 80)))
    figure = db.session.query(HandlerFigure).filter_by(round_id=now.id).one()
    assert (figure.cases, figure.is_judged) == (2, False)


def test_handler_of_two_counties_belongs_to_their_city(bench: Bench) -> None:
    marked = bench.cases(world.COUNTY, (70, 80))
    bench.handler[world.COUNTY_BESIDE] = bench.handler[world.COUNTY]
    bench.round(marked + bench.cases(world.COUNTY_BESIDE, (75,)))
    assert db.session.query(HandlerFigure).one().region_code == world.CITY


def test_glaring_handler_is_flagged_below_the_line(bench: Bench) -> None:
    marked, handlers = [], [world.handler() for _ in range(30)]
    for index, handler in enumerate(handlers):
        bench.handler[world.COUNTY] = handler
        level = 20 if index == 0 else 80 + index % 5
        marked += bench.cases(world.COUNTY, (level - 2, level, level + 2))
    bench.round(marked)
    flagged = db.session.query(HandlerFigure).filter_by(is_flagged=True).all()
    assert [figure.handler_id for figure in flagged] == [handlers[0].id]
    for figure in db.session.query(HandlerFigure):
        assert figure.is_flagged == (figure.is_judged and figure.adjusted_mean < figure.line)


def test_refresh_takes_as_many_statements_for_many_cases(app: Flask, bench: Bench) -> None:
    few = bench.round(bench.cases(world.COUNTY, (70, 80)), with_figures=False)
    many = bench.round(
        bench.cases(world.OTHER_COUNTY, range(60, 90), date(2024, 9, 1)),
        with_figures=False,
        **SECOND_HALF,
    )
    sent = []
    for round_ in (few, many):
        with counted(app) as seen:
            refresh(round_)
        sent.append(len(seen))
    assert sent[0] == sent[1] <= 12


def figure(cases: int, mean: float, error: float) -> RoundFigure:
    return RoundFigure(
        cases=cases,
        mean=mean,
        standard_error=error,
        degrees=cases - 1,
        lower=mean - 2 * error,
        upper=mean + 2 * error,
    )


def test_change_is_named_only_beyond_chance() -> None:
    # Standard errors 1 and 1: a change of 1 is 0.7 of its error, one of 5 is 3.5 of it.
    small, large = (change_between(figure(50, m, 1), figure(50, 75, 1)) for m in (76, 80))
    assert small is not None
    assert large is not None
    assert (small[0].value, small[1]) == (1, False)
    assert (large[0].value, large[1]) == (5, True)


def test_change_from_four_cases_is_not_named() -> None:
    assert change_between(figure(50, 90, 1), figure(4, 60, 1)) is None


def test_quarter_of_four_cases_is_not_charted() -> None:
    quarters = [
        QuarterFigure(quarter=f"2024Q{q}", scheme_key="hundred-4", cases=cases, mean=70.0 + q)
        for q, cases in ((1, 40), (2, 4), (3, 5))
    ]
    [(scheme, chart)] = quarter_charts(quarters)
    assert scheme == "hundred-4"
    assert chart.period.tolist() == ["2024Q1", "2024Q3"]
