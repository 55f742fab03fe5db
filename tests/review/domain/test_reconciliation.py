from datetime import date

from flask import Flask

from review.domain.exclusions import exclude_case
from review.domain.frames import freeze_frame
from review.domain.late_cases import frames_missed
from review.domain.reconciliation import account_of, by_month, compare, reconcile
from review.enums import CaseKind, CasePlace, Difference, ExclusionReason, Role
from review.extensions import db
from review.models.cases import Case
from review.permissions import Actor
from review.queries.reconciliation import Counted
from tests import world
from tests.statements import counted

YEAR = (date(2024, 1, 1), date(2024, 12, 31))


def test_growth_of_the_whole_region_is_no_difference() -> None:
    # Everything grew by a fifth, as all did.
    changes = compare({"a": Counted(120, 100), "b": Counted(1200, 1000)})
    assert [(c.deviation, c.difference) for c in changes] == [(0.0, Difference.USUAL)] * 2


def test_county_far_below_the_common_growth_is_fewer() -> None:
    # 1,060 now, 1,000 before: growth 1.06. County a: 100 before let expect 106; 60 came.
    # (60 - 106) / sqrt(106 * 2.06) = -46 / 14.777 = -3.113
    a, b = compare({"a": Counted(60, 100), "b": Counted(1000, 900)})
    assert round(a.deviation, 3) == -3.113
    assert a.difference is Difference.FEWER
    assert a.is_remarkable
    # b: (1000 - 954) / sqrt(954 * 2.06) = 1.038
    assert (round(b.deviation, 3), b.difference) == (1.038, Difference.USUAL)


def test_county_far_above_is_more() -> None:
    # Growth 1.14; 114 expected, 240 came: 126 / sqrt(114 * 2.14) = 8.067
    change = compare({"a": Counted(240, 100), "b": Counted(900, 900)})[0]
    assert (round(change.deviation, 3), change.difference) == (8.067, Difference.MORE)


def test_county_without_a_case_stands_out_only_if_some_were_expected() -> None:
    many = compare({"a": Counted(0, 6), "b": Counted(100, 100)})[0]
    few = compare({"a": Counted(0, 4), "b": Counted(100, 100)})[0]
    assert (many.difference, few.difference) == (Difference.NONE_NOW, Difference.USUAL)


def test_without_a_year_before_nothing_is_compared() -> None:
    assert compare({"a": Counted(50, 0)})[0].difference is Difference.USUAL
    assert compare({}) == []


def test_county_that_is_new_among_others_stands_out_by_its_number() -> None:
    # Nothing was expected; 9 cases are 3 standard deviations of their own chance, 8 are not.
    for cases, difference in ((9, Difference.MORE), (8, Difference.USUAL)):
        assert compare({"a": Counted(cases, 0), "b": Counted(9, 9)})[0].difference is difference


def test_days_of_last_year_stand_under_the_month_a_year_later() -> None:
    days = {
        date(2023, 12, 31): Counted(0, 2),
        date(2024, 12, 1): Counted(3, 0),
        date(2024, 12, 2): Counted(4, 0),
        date(2024, 2, 29): Counted(1, 0),
        date(2023, 6, 1): Counted(0, 0),
    }
    assert by_month(days) == {(2024, 12): Counted(7, 2), (2024, 2): Counted(1, 0)}


class Scene:
    """Cases of two counties in 2023 and 2024, and a draft round over the first half of 2024."""

    def __init__(self) -> None:
        world.regions()
        self.by, self.at, beside = (
            world.handler(),
            world.agency(),
            world.agency(world.COUNTY_BESIDE),
        )
        for n in (1, 2, 4):
            self.case(date(2024, 3, n), n)
        world.case(self.by, beside, closed_on=date(2024, 5, 1), kind=CaseKind.CRIMINAL_TRIAL)
        world.case(self.by, beside, closed_on=date(2023, 2, 28))
        world.case(self.by, world.agency(world.OTHER_COUNTY), closed_on=date(2024, 3, 1))
        self.member = world.person(Role.ORGANISER, world.CITY)
        self.actor = Actor(self.member.user_id, "", self.member.id, Role.ORGANISER, world.CITY)
        self.round = world.round_(self.member)
        db.session.commit()

    def case(self, closed_on: date, n: int) -> None:
        case = world.case(self.by, self.at, closed_on=closed_on)
        case.case_number = f"（2024）示援民字第{n:03d}号"
        db.session.flush()


def test_register_is_counted_by_county_month_and_kind(any_app: Flask) -> None:
    with any_app.app_context():
        here = Scene()
        here.case(date(2024, 7, 1), 3)
        report = reconcile(world.CITY, (date(2024, 1, 1), date(2024, 6, 30)))
        assert report.window_before == (date(2023, 1, 1), date(2023, 6, 30))
        assert (report.now, report.before) == (4, 1)
        assert {c.key: (c.now, c.before) for c in report.counties} == {
            world.COUNTY: (3, 0),
            world.COUNTY_BESIDE: (1, 1),
        }
        assert [(c.key, c.now, c.before) for c in report.months] == [
            ((2024, 2), 0, 1),
            ((2024, 3), 3, 0),
            ((2024, 5), 1, 0),
        ]
        assert {c.key: c.now for c in report.kinds} == {
            CaseKind.CIVIL_FIRST: 3,
            CaseKind.CRIMINAL_TRIAL: 1,
        }
        # 1, 2 and 4 were closed in the window; 3 was closed after it, so nothing is missing.
        assert report.gaps == []


def test_case_that_is_not_in_the_register_shows_as_a_gap(any_app: Flask) -> None:
    with any_app.app_context():
        Scene()
        (gap,) = reconcile(world.CITY, YEAR).gaps
        assert (gap.region_code, gap.gaps) == (world.COUNTY, ((3, 3),))


def test_window_that_ends_on_a_leap_day_is_compared_with_the_day_before_it(app: Flask) -> None:
    with app.app_context():
        Scene()
        report = reconcile(world.CITY, (date(2024, 2, 1), date(2024, 2, 29)))
        assert report.window_before == (date(2023, 2, 1), date(2023, 2, 28))
        assert (report.now, report.before) == (0, 1)


def test_cases_not_archived_are_counted_by_county(any_app: Flask) -> None:
    with any_app.app_context():
        here = Scene()
        world.case(here.by, here.at, closed_on=date(2024, 4, 1)).archived_on = None
        world.case(here.by, here.at, closed_on=date(2023, 4, 1)).archived_on = None
        db.session.commit()
        assert reconcile(world.CITY, YEAR).unarchived == {world.COUNTY: 1}


def test_frame_account_adds_up_before_and_after_the_freeze(any_app: Flask) -> None:
    with any_app.app_context():
        here = Scene()
        world.case(here.by, here.at, closed_on=date(2024, 4, 1)).archived_on = None
        world.case(here.by, here.at, kind=CaseKind.DUTY_LAWYER)
        exclude_case(
            here.round,
            "（2024）示援民字第002号",
            reason=ExclusionReason.DUPLICATE,
            note="重复登记",
            by=here.actor,
        )
        expected = {
            CasePlace.IN_FRAME: 3,
            CasePlace.EXCLUDED: 1,
            CasePlace.OTHER_KIND: 1,
            CasePlace.NOT_ARCHIVED: 1,
        }
        before = account_of(here.round, 0)
        assert (before.places, before.closed, before.frame) == (expected, 6, 3)
        freeze_frame(here.round, world.SEED_PLAN, here.actor)
        world.case(here.by, here.at, closed_on=date(2024, 6, 1))
        after = account_of(here.round, 0)
        assert after.places == expected | {CasePlace.AFTER_FREEZE: 1}
        assert (after.closed, after.frame, after.unexplained) == (7, 3, 0)
        assert after.left_out == [
            (CasePlace.EXCLUDED, 1),
            (CasePlace.OTHER_KIND, 1),
            (CasePlace.NOT_ARCHIVED, 1),
            (CasePlace.AFTER_FREEZE, 1),
        ]


def test_late_cases_are_part_of_the_account(app: Flask) -> None:
    with app.app_context():
        here = Scene()
        freeze_frame(here.round, world.SEED_PLAN, here.actor)
        world.case(here.by, here.at, closed_on=date(2024, 6, 1))  # too late for that frame
        here.case(date(2024, 8, 1), 9)
        second = world.round_(
            here.member, window_from=date(2024, 7, 1), window_to=date(2024, 12, 31)
        )
        for _ in range(2):
            late = sum(frame.cases for frame in frames_missed(second))
            account = account_of(second, late)
            assert (account.places, account.late) == ({CasePlace.IN_FRAME: 1}, 1)
            assert (account.frame, account.unexplained) == (2, 0)
            if second.frozen_at is None:
                freeze_frame(second, world.SEED_PLAN, here.actor)


def test_case_moved_out_of_the_window_after_the_freeze_is_unexplained(app: Flask) -> None:
    with app.app_context():
        here = Scene()
        freeze_frame(here.round, world.SEED_PLAN, here.actor)
        moved = db.session.query(Case).filter_by(case_number="（2024）示援民字第001号").one()
        moved.closed_on = date(2024, 12, 1)
        db.session.commit()
        assert account_of(here.round, 0).unexplained == 1


def test_statements_do_not_grow_with_the_register(app: Flask) -> None:
    used = []
    with app.app_context():
        here = Scene()
        for n in range(10, 30, 10):
            for m in range(n, n + 10):
                here.case(date(2024, 3, 1), m)
            db.session.commit()
            with counted(app) as statements:
                reconcile(world.CITY, YEAR)
            used.append(len(statements))
    assert used[0] == used[1] <= 5
