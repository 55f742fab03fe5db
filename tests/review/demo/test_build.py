"""What a demo round holds must be what the verbs would have left, figure by figure."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from review import create_app
from review.demo import build as demo_build
from review.demo.accounts import DEMO_DOMAIN, PEOPLE
from review.demo.build import STEPS, TRUTH_FILE, build
from review.demo.progress import Progress
from review.demo.rounds import HALVES
from review.domain.frames import listing_of
from review.domain.recomputation import Recomputed, recompute
from review.domain.sheets import given_marks
from review.enums import (
    AssignmentStatus,
    CallReason,
    Role,
    RoundStatus,
    SampledCaseStatus,
    SettledBy,
)
from review.extensions import db
from review.models.accounts import Membership, Region, ReviewerProfile, User
from review.models.analysis import QuarterFigure, RoundFigure
from review.models.assignment import Assignment, PanelMember
from review.models.cases import Agency, Case
from review.models.results import Result
from review.models.reviewing import Mark, Review
from review.models.rounds import Round
from review.models.sampling import Draw, FrameCase, SampledCase, Stratum
from review.privacy import decrypt_text
from review.queries.frames import standing_version
from rubrics.arithmetic import total_score
from rubrics.combining import Rule, combine
from rubrics.marking import sheet_problems
from rubrics.registry import get_rubric, get_scheme
from scoring.frames import frame_digest, read_listing
from scoring.sampling import ticket
from tests.conftest import test_config as config_for
from tests.review.demo.conftest import SEED, SMALL, built


def closed_in(year: int) -> int:
    count = select(func.count()).select_from(Case)
    return db.session.scalar(count.where(func.extract("year", Case.closed_on) == year)) or 0


def test_province_has_every_region_and_shrinks_each_year_alike(province: Flask) -> None:
    with province.app_context():
        assert db.session.scalar(select(func.count()).select_from(Region)) == 1 + 17 + 137
        # 25,000 and 30,000 of 36,000, times 500: 347.2 and 416.7.
        assert [closed_in(year) for year in (2023, 2024, 2025)] == [347, 417, SMALL]


def test_six_rounds_are_published_and_one_is_in_each_other_state(province: Flask) -> None:
    with province.app_context():
        statuses = Counter(db.session.scalars(select(Round.status)))
    assert statuses == {
        RoundStatus.PUBLISHED: len(HALVES),
        RoundStatus.DRAFT: 1,
        RoundStatus.FROZEN: 1,
        RoundStatus.DRAWN: 1,
        RoundStatus.MARKING: 1,
    }


def test_every_frame_is_complete_and_has_its_digest(province: Flask) -> None:
    with province.app_context():
        for round_ in db.session.scalars(select(Round).where(Round.frozen_at.is_not(None))):
            numbers = db.session.scalars(
                select(FrameCase.canonical_number).where(FrameCase.round_id == round_.id)
            ).all()
            kinds = [rubric.kind for rubric in round_.rubrics]
            head = round_.region_code[: 4 if round_.region_code == "990100" else 2]
            expected = db.session.scalars(
                select(Case.case_number).where(
                    Case.closed_on.between(round_.window_from, round_.window_to),
                    Case.kind.in_(kinds),
                    Case.region_code.startswith(head),
                )
            ).all()
            assert sorted(numbers) == sorted(expected)
            assert round_.frame_size == len(numbers)
            version = standing_version(round_)
            listing = listing_of(version)
            assert round_.frame_digest == version.digest == frame_digest(listing)
            assert read_listing(listing).numbers == tuple(sorted(numbers))


def test_every_ticket_is_the_smallest_of_its_stratum(province: Flask) -> None:
    with province.app_context():
        for draw in db.session.scalars(select(Draw)):
            for stratum in db.session.scalars(
                select(Stratum).where(Stratum.round_id == draw.round_id)
            ):
                frame = db.session.scalars(
                    select(FrameCase.canonical_number).where(FrameCase.stratum_id == stratum.id)
                ).all()
                drawn = db.session.scalars(
                    select(SampledCase).where(SampledCase.stratum_id == stratum.id)
                ).all()
                lots = sorted(ticket(draw.seed, number) for number in frame)
                assert sorted(one.ticket for one in drawn) == lots[: stratum.sample_size]
                for one in drawn:
                    assert one.inclusion_probability == stratum.sample_size / len(frame)


def test_every_submitted_total_is_that_of_its_marks(province: Flask) -> None:
    with province.app_context():
        reviews = db.session.scalars(select(Review).where(Review.submitted_at.is_not(None))).all()
        assert len(reviews) > 100
        for review in reviews:
            rubric, marks = get_rubric(review.rubric_key), given_marks(review)
            assert sheet_problems(rubric, marks) == {}
            points = {code: mark.points for code, mark in marks.items()}
            assert review.total == total_score(rubric, points)
            assert review.submitted_at is not None
            assert review.started_at < review.submitted_at <= review.saved_at


def test_recomputing_finds_nothing_that_differs(province: Flask) -> None:
    with province.app_context():
        submitted = db.session.scalar(
            select(func.count(Review.id)).where(Review.submitted_at.is_not(None))
        )
        found = recompute()
        assert found == Recomputed(submitted or 0, [], 0, [])
        mark = db.session.scalars(
            select(Mark)
            .join(Review, Review.id == Mark.review_id)
            .where(Review.submitted_at.is_not(None), Mark.points > 0)
            .limit(1)
        ).one()
        number, mark.points = mark.review_id, Decimal(0)
        db.session.commit()
        assert recompute().different == [number]


def totals_of(sampled: SampledCase) -> list[Decimal]:
    query = (
        select(Review.total)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(Assignment.sampled_case_id == sampled.id, Review.total.is_not(None))
        .order_by(Assignment.ordinal)
    )
    return [total for total in db.session.scalars(query) if total is not None]


def test_every_result_follows_from_its_totals_by_the_rule(province: Flask) -> None:
    with province.app_context():
        rows = db.session.execute(
            select(Result, SampledCase, Round)
            .join(SampledCase, SampledCase.id == Result.sampled_case_id)
            .join(Round, Round.id == SampledCase.round_id)
        ).all()
        for result, sampled, round_ in rows:
            combined = combine(totals_of(sampled), Rule(round_.marks_per_case, round_.threshold))
            if result.settled_by is SettledBy.PANEL:
                assert combined.outcome == "panel"
                assert result.decided_by_id is not None
                assert len(result.reason) >= 10
            else:
                assert (combined.total, combined.settled_by) == (result.total, result.settled_by)
            assert get_scheme(round_.scheme_key).grade_of(result.total) == result.grade
            assert sampled.status is SampledCaseStatus.SETTLED


def test_a_third_mark_is_there_exactly_where_it_was_called(province: Flask) -> None:
    with province.app_context():
        rows = db.session.execute(
            select(Assignment, SampledCase, Round)
            .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
            .join(Round, Round.id == SampledCase.round_id)
            .where(Assignment.ordinal > Round.marks_per_case)
        ).all()
        assert rows
        for assignment, sampled, round_ in rows:
            first = totals_of(sampled)[: round_.marks_per_case]
            apart = len(first) == 2 and abs(first[0] - first[1]) > round_.threshold
            assert (sampled.called_for is CallReason.DIFFERENCE) == apart
            was_called = assignment.status is not AssignmentStatus.RESERVE
            assert was_called == (sampled.called_for is not None)


def test_every_finished_round_was_marked_by_its_panel_without_conflict(province: Flask) -> None:
    with province.app_context():
        rows = db.session.execute(
            select(Assignment, Case, ReviewerProfile, PanelMember)
            .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
            .join(Case, Case.id == SampledCase.case_id)
            .join(ReviewerProfile, ReviewerProfile.user_id == Assignment.reviewer_id)
            .outerjoin(
                PanelMember,
                (PanelMember.user_id == Assignment.reviewer_id)
                & (PanelMember.round_id == SampledCase.round_id),
            )
        ).all()
        for _, case, profile, member in rows:
            assert member is not None
            assert case.region_code != profile.region_code
            assert case.provider_id != profile.provider_id


def test_roll_ups_cover_every_finished_round(province: Flask) -> None:
    with province.app_context():
        figures = db.session.scalars(
            select(RoundFigure).where(RoundFigure.region_code == "990000")
        ).all()
        assert len(figures) == len(HALVES)
        for figure in figures:
            graded = figure.excellent + figure.good + figure.passed + figure.failed
            assert graded == figure.cases
        quarters = db.session.scalars(
            select(QuarterFigure.quarter).where(QuarterFigure.region_code == "990000")
        ).all()
        assert sorted(quarters) == [f"{y}Q{q}" for y in (2023, 2024, 2025) for q in (1, 2, 3, 4)]


def test_demo_people_hold_their_roles_and_the_handler_has_results(province: Flask) -> None:
    with province.app_context():
        held = db.session.execute(
            select(User.email, Membership.role, Membership.handler_id)
            .join(User, User.id == Membership.user_id)
            .where(User.email.endswith(f"@{DEMO_DOMAIN}"))
        ).all()
        assert {role for _, role, _ in held} == set(Role)
        assert {email for email, _, _ in held} > {person.email for person in PEOPLE}
        assert Counter(email for email, _, _ in held).most_common(1)[0][1] == 2
        handler_id = next(number for _, role, number in held if role is Role.HANDLER)
        published = db.session.scalar(
            select(func.count(Result.id))
            .join(SampledCase, SampledCase.id == Result.sampled_case_id)
            .join(Round, Round.id == SampledCase.round_id)
            .join(Case, Case.id == SampledCase.case_id)
            .where(Case.handler_id == handler_id, Round.published_at.is_not(None))
        )
        assert published


def test_demo_reviewer_has_open_draft_and_submitted_work(province: Flask) -> None:
    with province.app_context():
        own = Counter(
            db.session.scalars(
                select(Assignment.status)
                .join(User, User.id == Assignment.reviewer_id)
                .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
                .join(Round, Round.id == SampledCase.round_id)
                .where(User.email == f"reviewer@{DEMO_DOMAIN}", Round.status == RoundStatus.MARKING)
            )
        )
    assert own[AssignmentStatus.OPEN] >= 1
    assert own[AssignmentStatus.DRAFT] == 2
    assert own[AssignmentStatus.SUBMITTED] >= 3


def test_round_in_marking_has_work_for_the_panel(province: Flask) -> None:
    with province.app_context():
        waiting = db.session.scalar(
            select(func.count())
            .select_from(SampledCase)
            .where(SampledCase.status == SampledCaseStatus.PANEL)
        )
    assert waiting
    assert waiting >= 3


def test_recipients_are_stored_as_ciphertext_of_this_key(province: Flask) -> None:
    with province.app_context():
        stored = db.session.scalars(select(Case.recipient_name).limit(5)).all()
        for name in stored:
            assert name is not None
            assert len(decrypt_text(name)) in {2, 3}


def test_agencies_bear_the_code_of_their_region(province: Flask) -> None:
    with province.app_context():
        rows = db.session.execute(
            select(Case.region_code, Agency.code).join(Agency, Agency.id == Case.agency_id)
        ).all()
    assert all(region == code for region, code in rows)


def figures(app: Flask) -> list[tuple[str, str, Decimal, SettledBy]]:
    with app.app_context():
        rows = db.session.execute(
            select(Round.name, Case.case_number, Result.total, Result.settled_by)
            .join(SampledCase, SampledCase.id == Result.sampled_case_id)
            .join(Round, Round.id == SampledCase.round_id)
            .join(Case, Case.id == SampledCase.case_id)
            .where(Round.published_at.is_not(None))
        )
        return sorted(rows.tuples())


def test_same_seed_gives_the_same_figures(province: Flask, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    second = built(tmp_path / "second")
    app = create_app(config_for(second))
    assert figures(app) == figures(province)
    assert (second / TRUTH_FILE).read_bytes() == (tmp_path / TRUTH_FILE).read_bytes()


def test_truth_names_what_was_planted(small_province: Path) -> None:
    truth = json.loads((small_province / TRUTH_FILE).read_text(encoding="utf-8"))
    assert truth["seed"] == SEED
    assert len(truth["poor_handlers"]) == 30
    assert len(truth["severity"]) == 400
    assert len(truth["cities"]) == 17
    assert set(map(str, truth["poor_handlers"])) <= truth["handlers"].keys()


def test_interrupted_build_leaves_the_old_database_as_it_was(
    province: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo_build, "_finish", fail)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.db")}
    with province.app_context():
        with pytest.raises(KeyboardInterrupt):
            build(
                tmp_path / "platform.db", seed=8, size=SMALL, progress=Progress(STEPS, silent=True)
            )
        assert demo_build.is_built()
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.db")} == before
    assert not list(tmp_path.glob("*.building*"))
