"""Two windows: the first half of 2024, frozen, and the second half, about to be."""

from datetime import date

from flask import Flask
from sqlalchemy import select

from review.domain.exclusions import exclude_case
from review.domain.frames import freeze_frame
from review.domain.late_cases import frames_missed
from review.enums import CaseKind, ExclusionReason, Role
from review.extensions import db
from review.models.cases import Case
from review.models.rounds import Round, RoundRubric
from review.models.sampling import FrameCase
from review.permissions import Actor
from tests import world
from tests.statements import counted

SPRING, AUTUMN = date(2024, 3, 1), date(2024, 9, 1)


class Scene:
    """A frozen first half with one case, and a second half with one case; both of the city."""

    def __init__(self, *, first: str = world.CITY, second: str = world.CITY) -> None:
        world.regions()
        self.by, self.at = world.handler(), world.agency()
        self.other = world.agency(world.OTHER_COUNTY)
        member = world.person(Role.ORGANISER, world.PROVINCE)
        self.actor = Actor(member.user_id, "", member.id, Role.ORGANISER, world.PROVINCE)
        self.in_time = world.case(self.by, self.at, closed_on=SPRING)
        self.autumn = world.case(self.by, self.at, closed_on=AUTUMN)
        self.first = world.round_(member, first, name="first half")
        freeze_frame(self.first, world.SEED_PLAN, self.actor)
        halves = {"window_from": date(2024, 7, 1), "window_to": date(2024, 12, 31)}
        self.second = world.round_(member, second, name="second half", **halves)

    def late(self, **changes: object) -> Case:
        """A case of the first half that was registered and archived after its freeze."""
        case = world.case(self.by, self.at, closed_on=SPRING)
        for name, value in changes.items():
            setattr(case, name, value)
        db.session.commit()
        return case

    def framed(self) -> set[int]:
        freeze_frame(self.second, world.SEED_PLAN, self.actor)
        query = select(FrameCase.case_id).where(FrameCase.round_id == self.second.id)
        return set(db.session.scalars(query))


def test_late_case_falls_into_the_next_frame_which_names_the_one_it_missed(any_app: Flask) -> None:
    with any_app.app_context():
        here = Scene()
        late = here.late()
        (before,) = frames_missed(here.second)
        assert (before.round.id, before.cases) == (here.first.id, 1)
        assert here.framed() == {here.autumn.id, late.id}
        assert here.second.frame_size == 2
        (after,) = frames_missed(here.second)
        assert (after.round.id, after.cases) == (here.first.id, 1)
        lines = db.session.query(FrameCase).filter_by(round_id=here.second.id)
        assert {line.case_id: line.missed_by_id for line in lines} == {
            here.autumn.id: None,
            late.id: here.first.id,
        }


def test_case_archived_after_the_freeze_falls_into_the_next_frame(app: Flask) -> None:
    with app.app_context():
        here = Scene()
        waiting = here.late(archived_on=None)
        assert frames_missed(here.second) == []  # not archived yet: no frame may hold it
        waiting.archived_on = date(2024, 8, 1)
        assert here.framed() == {here.autumn.id, waiting.id}


def test_case_of_the_earlier_frame_does_not_come_again(app: Flask) -> None:
    with app.app_context():
        assert Scene().framed() == {2}  # the case of autumn; that of spring was in time


def test_late_case_falls_into_one_frame_only(app: Flask) -> None:
    with app.app_context():
        here = Scene()
        here.late()
        here.framed()
        member = world.person(Role.ORGANISER, world.CITY)
        third = world.round_(member, window_from=date(2025, 1, 1), window_to=date(2025, 6, 30))
        assert frames_missed(third) == []


def test_case_that_no_earlier_frame_would_have_held_is_not_late(app: Flask) -> None:
    with app.app_context():
        here = Scene()
        here.late(closed_on=date(2023, 12, 31))  # a day before the first window
        here.late(kind=CaseKind.DUTY_LAWYER)  # a kind that was not chosen
        here.late(region_code=world.OTHER_COUNTY)  # another city
        assert here.framed() == {here.autumn.id}


def test_kind_that_only_the_earlier_round_chose_stays_out(app: Flask) -> None:
    with app.app_context():
        here = Scene()
        here.late()
        here.second.rubrics = [
            RoundRubric(kind=CaseKind.CRIMINAL_TRIAL, rubric_key=world.CRIMINAL_RUBRIC)
        ]
        db.session.commit()
        assert frames_missed(here.second) == []


def test_case_excluded_from_the_earlier_frame_is_not_late(app: Flask) -> None:
    with app.app_context():
        here = Scene()
        other = here.late()
        earlier = world.round_(world.person(Role.ORGANISER, world.CITY), name="again")
        exclude_case(
            earlier,
            other.case_number,
            reason=ExclusionReason.CONFIDENTIAL,
            note="涉密案件",
            by=here.actor,
        )
        assert len(frames_missed(here.second)) == 1  # that round is not frozen: nothing is decided
        freeze_frame(earlier, world.SEED_PLAN, here.actor)
        assert other.id not in here.framed()


def test_late_case_may_be_excluded_like_any_other(app: Flask) -> None:
    with app.app_context():
        here = Scene()
        late = here.late()
        exclude_case(
            here.second,
            late.case_number,
            reason=ExclusionReason.DUPLICATE,
            note="与另一件重复",
            by=here.actor,
        )
        assert frames_missed(here.second) == []
        assert here.framed() == {here.autumn.id}


def test_frames_of_other_levels_hold_each_others_late_cases(app: Flask) -> None:
    with app.app_context():
        here = Scene(first=world.PROVINCE, second=world.COUNTY)
        late, elsewhere = here.late(), here.late(region_code=world.COUNTY_BESIDE)
        assert late.id in (framed := here.framed())
        assert elsewhere.id not in framed  # it waits for a frame that reaches its county


def test_later_frame_is_no_reason_to_be_late(app: Flask) -> None:
    with app.app_context():
        here = Scene()
        freeze_frame(here.second, world.SEED_PLAN, here.actor)
        world.case(here.by, here.at, closed_on=AUTUMN)
        before: Round = world.round_(
            world.person(Role.ORGANISER, world.CITY),
            window_from=date(2023, 1, 1),
            window_to=date(2023, 12, 31),
        )
        assert frames_missed(before) == []


def test_statements_do_not_grow_with_late_cases_or_frames(app: Flask) -> None:
    used = []
    with app.app_context():
        here = Scene()
        for _ in range(2):
            for _ in range(5):
                here.late()
            round_ = world.round_(world.person(Role.ORGANISER, world.CITY), status="draft")
            round_.frozen_at, round_.window_from = here.first.frozen_at, date(2024, 2, 1)
            db.session.commit()
            here.second.rubrics  # noqa: B018  (loaded by every page beforehand)
            with counted(app) as statements:
                frames_missed(here.second)
            used.append(len(statements))
    assert used[0] == used[1]
