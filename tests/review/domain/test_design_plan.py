"""From rules to places: worked by hand, with past results, and where it cannot be done."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from review.domain.design_plan import (
    ASSUMED_DEVIATION,
    Population,
    Spread,
    half_widths_of,
    plan_of,
    population_of,
    region_below,
    spread_of,
)
from review.domain.design_rules import Rules
from review.domain.designs import name_cases, save_design
from review.domain.frames import freeze_frame, listing_of
from review.enums import (
    Allocation,
    Dimension,
    Role,
    SizeBy,
    TargetReason,
    UnitKind,
)
from review.errors import DesignRefusedError
from scoring.frames import TARGETED
from tests import world
from tests.review.domain.draw_scene import actor, city_cases, draft

FLAT = Spread((), {}, 10.0, 0)
Counts = Mapping[tuple[str, str], int]


def population(counts: Counts) -> Population:
    """Cases by (stratum, unit), the stratum being the region."""
    return Population(counts, {(label, label, unit): n for (label, unit), n in counts.items()})


def sizes(rules: Rules, counts: Counts, spread: Spread = FLAT) -> dict[str, int]:
    _design, plan = plan_of(rules, population(counts), spread)
    return {stratum.label: stratum.size for stratum in plan.strata}


REGIONS = {("a", ""): 80, ("b", ""): 20}
BY_REGION = (Dimension.REGION,)
MARKED_ONCE = {"marks_per_case": 1}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"a": 8, "b": 2}),  # a tenth, in proportion
        ({"wanted": Decimal("0.5")}, {"a": 1, "b": 1}),  # never fewer than one a stratum
        ({"size_by": SizeBy.NUMBER, "wanted": Decimal(11)}, {"a": 9, "b": 2}),
        ({"allocation": Allocation.EQUAL}, {"a": 5, "b": 5}),
        ({"allocation": Allocation.CENSUS}, {"a": 80, "b": 20}),
        ({"allocation": Allocation.FIXED, "fixed": (("a", 3), ("b", 20))}, {"a": 3, "b": 20}),
        # 5 fails among 100: 1 - C(95, 45) / C(100, 45) = .952, with 44 it is .947.
        ({"size_by": SizeBy.SEE_FAIL, "wanted": Decimal(95)}, {"a": 36, "b": 9}),
    ],
)
def test_places_follow_from_the_rules(changes: dict[str, Any], expected: dict[str, int]) -> None:
    assert sizes(Rules(**({"dimensions": BY_REGION} | changes)), REGIONS) == expected


def test_more_places_go_where_past_totals_differed_more() -> None:
    spread = Spread(BY_REGION, {"a": 2.0, "b": 20.0}, 10.0, 50)
    rules = Rules(dimensions=BY_REGION, allocation=Allocation.NEYMAN)
    # N S is 160 and 400; after one each, 160/sqrt(2) against 400/sqrt(2), …: 7 of 10 to b.
    assert sizes(rules, REGIONS, spread) == {"a": 3, "b": 7}


@pytest.mark.parametrize("size_by", [SizeBy.HALF_WIDTH, SizeBy.REGION_HALF_WIDTH])
def test_wanted_precision_is_met_by_the_smallest_sample(size_by: SizeBy) -> None:
    rules = Rules(dimensions=BY_REGION, size_by=size_by, wanted=Decimal(5))
    design, plan = plan_of(rules, population(REGIONS), FLAT)

    def width(size: int) -> float:
        fixed = Rules(dimensions=BY_REGION, size_by=SizeBy.NUMBER, wanted=Decimal(size))
        _design, smaller = plan_of(fixed, population(REGIONS), FLAT)
        found = half_widths_of(rules, smaller, population(REGIONS), FLAT)
        return found[""] if size_by is SizeBy.HALF_WIDTH else max(found.values())

    assert width(design.size) <= 5 < width(design.size - 1)
    assert sum(stratum.size for stratum in plan.strata) == design.size


def test_precision_that_needs_every_case_takes_every_case() -> None:
    rules = Rules(dimensions=BY_REGION, size_by=SizeBy.HALF_WIDTH, wanted=Decimal("0.001"))
    assert sizes(rules, REGIONS) == {"a": 80, "b": 20}


def test_targeted_cases_are_a_stratum_of_their_own() -> None:
    counts = REGIONS | {(TARGETED, ""): 6}
    some = Rules(dimensions=BY_REGION, targeting=(TargetReason.COMPLAINT,), targeted=4)
    assert sizes(some, counts) == {"a": 8, "b": 2, TARGETED: 4}
    every = Rules(dimensions=BY_REGION, targeting=(TargetReason.COMPLAINT,))
    assert sizes(every, counts) == {"a": 8, "b": 2, TARGETED: 6}
    with pytest.raises(DesignRefusedError) as refused:
        sizes(Rules(dimensions=BY_REGION, targeted=7), counts)
    place = refused.value.place
    assert (place.stratum, place.most, place.given) == (TARGETED, 6, 7)


def test_minimum_and_cap_hold_only_for_a_kind_of_unit() -> None:
    counts = {("a", "u"): 30, ("a", "v"): 1}
    rules = {"dimensions": BY_REGION, "minimum": 1, "cap": 2}
    # A tenth of 31 is 4; with a cap of 2 only 2 + 1 can be drawn.
    assert sizes(Rules(**rules), counts) == {"a": 4}  # type: ignore[arg-type]
    capped = Rules(unit=UnitKind.HANDLER, **rules)  # type: ignore[arg-type]
    assert sizes(capped, counts) == {"a": 3}


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        (Rules(size_by=SizeBy.NUMBER, wanted=Decimal(101)), (None, 2, 100, 101)),
        (Rules(size_by=SizeBy.NUMBER, wanted=Decimal(1)), (None, 2, 100, 1)),
        (Rules(allocation=Allocation.FIXED, fixed=(("a", 81), ("b", 1))), ("a", 1, 80, 81)),
        (Rules(allocation=Allocation.FIXED, fixed=(("a", 1), ("b", 0))), ("b", 1, 20, 0)),
        (Rules(allocation=Allocation.FIXED, fixed=(("a", 1),)), ("b", None, None, None)),
        # A stratum that has no case any more.
        (
            Rules(allocation=Allocation.FIXED, fixed=(("a", 1), ("b", 1), ("c", 1))),
            ("c", None, None, None),
        ),
    ],
)
def test_impossible_rules_say_where_and_what_would_do(rules: Rules, place: Any) -> None:
    with pytest.raises(DesignRefusedError) as refused:
        sizes(rules, REGIONS)
    found = refused.value.place
    assert (found.stratum, found.least, found.most, found.given) == place


@pytest.mark.parametrize(
    ("outer", "code", "below"),
    [
        ("990000", "990101", "990100"),
        ("990100", "990101", "990101"),
        ("990101", "990101", "990101"),
        ("990000", "990100", "990100"),
    ],
)
def test_region_below_is_one_level_down(outer: str, code: str, below: str) -> None:
    assert region_below(outer, code) == below


def test_past_totals_of_the_same_strata_give_the_spread(any_app: Flask) -> None:
    with any_app.app_context():
        world.regions()
        member, reviewers = world.person(Role.ORGANISER, world.CITY), [world.reviewer()]
        handler, at = world.handler(), world.agency()
        earlier = {"window_from": date(2023, 7, 1), "window_to": date(2023, 12, 31)}
        for total in (60, 70, 80, 90, 100):
            cases = [world.case(handler, at, closed_on=date(2023, 8, 1))]
            world.published_round(
                member, cases, reviewers, totals=(total,), marks_per_case=1, **earlier
            )
        round_ = draft(actor())
        spread = spread_of(round_, Rules())
        # Deviations from 80 are -20 -10 0 10 20: 1,000 / 4 = 250.
        assert spread.by_label == pytest.approx({"990101:civil_first": 250**0.5})
        assert spread.cases == 5
        assert spread.whole == pytest.approx(250**0.5)
        by_quarter = Rules(dimensions=(Dimension.KIND, Dimension.QUARTER))
        known = spread_of(round_, by_quarter)
        # What the past says of a kind holds for each of its quarters.
        assert known.of("civil_first:2024Q1", by_quarter.dimensions) == pytest.approx(250**0.5)
        other = draft(actor())
        other.scheme_key = "hundred-3"
        assert spread_of(other, Rules()).whole == ASSUMED_DEVIATION


def test_frame_to_come_counts_what_the_freeze_will_hold(any_app: Flask) -> None:
    with any_app.app_context():
        world.regions()
        city_cases(county=7, beside=5)
        by = actor()
        rules = Rules(unit=UnitKind.HANDLER, minimum=1)
        round_ = draft(by)
        before = population_of(round_, rules)
        assert sum(before.by_region.values()) == before.size == 12
        assert {region for region, _label, _unit in before.by_region} == {
            world.COUNTY,
            world.COUNTY_BESIDE,
        }
        version = freeze_frame(round_, world.SEED_PLAN, by)
        listed = {line.split("\t")[1] for line in listing_of(version).decode().splitlines()}
        assert {label for label, _unit in before.cells} == listed


@pytest.mark.parametrize("reason", list(TargetReason))
def test_each_reason_targets_its_own_cases(any_app: Flask, reason: TargetReason) -> None:
    with any_app.app_context():
        world.regions()
        by, at = actor(), world.agency()
        failed, fresh, known = (world.handler() for _ in range(3))
        past = [world.case(h, at, closed_on=date(2023, 3, 1)) for h in (failed, known)]
        member = world.person(Role.ORGANISER, world.CITY)
        earlier = {"window_from": date(2023, 1, 1), "window_to": date(2023, 6, 30)}
        world.published_round(member, past[:1], [world.reviewer()], (50,), **MARKED_ONCE, **earlier)
        now = {h.id: world.case(h, at) for h in (failed, fresh, known)}
        named = {TargetReason.COMPLAINT: failed, TargetReason.FLAGGED: known}
        round_ = draft(by)
        if reason in named:
            number = now[named[reason].id].case_number
            name_cases(round_, [number], reason=reason, by=by)
        save_design(round_, Rules(targeting=(reason,)), by)
        listing = listing_of(freeze_frame(round_, world.SEED_PLAN, by)).decode()
        rows = [line.split("\t") for line in listing.splitlines()]
        expected = named.get(reason, failed if reason is TargetReason.LAST_FAIL else fresh)
        targeted = [number for number, label, _unit in rows if label == TARGETED]
        assert targeted == [now[expected.id].case_number]
        assert len(rows) == 4  # one case came too late for the earlier frame


def test_cases_are_named_for_named_reasons_only(app: Flask) -> None:
    with app.app_context():
        world.regions()
        _, cases = city_cases()
        by = actor()
        with pytest.raises(ValueError, match="not named"):
            name_cases(draft(by), [cases[0].case_number], reason=TargetReason.FIRST_YEAR, by=by)
