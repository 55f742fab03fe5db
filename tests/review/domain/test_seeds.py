from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from review.domain.frames import freeze_frame
from review.domain.sampling import draw_sample
from review.domain.seeds import SeedPlan, commit_parties
from review.enums import RoundStatus, SeedFlaw, SeedKind
from review.errors import InvalidSeedError
from review.extensions import db
from review.models.frames import FrameVersion, SeedParty
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.queries.frames import parties_of
from scoring.seeds import commitment, mixed_seed
from tests import world
from tests.review.domain.draw_scene import actor, city_cases, draft

VALUES = {"司法厅": "3" * 30, "律协": "141592653589793238462643383279"}
COMMITMENTS = {name: commitment(name, value) for name, value in VALUES.items()}


def waiting() -> tuple[Round, FrameVersion, Actor]:
    """A round frozen for a seed that two parties will mix, and its organiser."""
    world.regions()
    city_cases()
    by = actor()
    round_ = draft(by)
    plan = SeedPlan(SeedKind.PARTIES, "", None, tuple(VALUES))
    return round_, freeze_frame(round_, plan, by), by


def test_seed_is_mixed_from_the_values_that_were_committed_to(any_app: Flask) -> None:
    with any_app.app_context():
        round_, version, by = waiting()
        spaced = {name: f" {code[:32].upper()} {code[32:]}" for name, code in COMMITMENTS.items()}
        commit_parties(round_, version, spaced, by)
        assert {p.name: p.commitment for p in parties_of(version)} == COMMITMENTS
        draw_sample(round_, values=VALUES, by=by)
        assert version.seed == mixed_seed(VALUES, COMMITMENTS)
        assert {p.name: p.value for p in parties_of(version)} == VALUES


@pytest.mark.parametrize(
    ("change", "flaw", "party"),
    [
        ({"律协": "2" * 30}, SeedFlaw.BROKEN_COMMITMENT, "律协"),
        ({"律协": "2" * 29}, SeedFlaw.SHORT_VALUE, "律协"),
        ({"司法厅": "三"}, SeedFlaw.NOT_DIGITS, "司法厅"),
    ],
)
def test_value_that_does_not_match_is_refused_and_nothing_is_kept(
    app: Flask, change: dict[str, str], flaw: SeedFlaw, party: str
) -> None:
    with app.app_context():
        round_, version, by = waiting()
        commit_parties(round_, version, COMMITMENTS, by)
        with pytest.raises(InvalidSeedError) as refused:
            draw_sample(round_, values=VALUES | change, by=by)
        assert (refused.value.flaw, refused.value.party) == (flaw, party)
        assert [p.value for p in parties_of(version)] == [None, None]
        assert db.session.query(SampledCase).count() == 0
        assert round_.status is RoundStatus.FROZEN


def test_no_value_is_taken_before_every_party_has_committed(app: Flask) -> None:
    with app.app_context():
        round_, version, by = waiting()
        with pytest.raises(InvalidSeedError) as refused:
            draw_sample(round_, values=VALUES, by=by)
        assert refused.value.flaw is SeedFlaw.NO_COMMITMENT
        with pytest.raises(InvalidSeedError) as refused:
            commit_parties(round_, version, {"律协": COMMITMENTS["律协"]}, by)
        assert (refused.value.flaw, refused.value.party) == (SeedFlaw.BAD_COMMITMENT, "司法厅")
        assert [p.commitment for p in parties_of(version)] == [None, None]


def test_commitments_are_never_changed(app: Flask) -> None:
    with app.app_context():
        round_, version, by = waiting()
        commit_parties(round_, version, COMMITMENTS, by)
        other = {name: commitment(name, "7" * 30) for name in VALUES}
        with pytest.raises(InvalidSeedError) as refused:
            commit_parties(round_, version, other, by)
        assert refused.value.flaw is SeedFlaw.COMMITTED
        assert {p.name: p.commitment for p in parties_of(version)} == COMMITMENTS


def test_second_of_two_sets_of_commitments_given_at_once_is_refused(postgres_app: Flask) -> None:
    with postgres_app.app_context():
        round_, version, by = waiting()
        assert [p.commitment for p in parties_of(version)] == [None, None]  # read with the page
        with db.engine.begin() as other:
            other.execute(update(SeedParty).values(commitment="a" * 64))
        with pytest.raises(InvalidSeedError) as refused:
            commit_parties(round_, version, COMMITMENTS, by)
        assert refused.value.flaw is SeedFlaw.COMMITTED


def test_lottery_result_is_taken_from_its_day_on(app: Flask) -> None:
    with app.app_context():
        world.regions()
        city_cases()
        by = actor()
        round_, day = draft(by), date.today() + timedelta(days=3)
        freeze_frame(round_, SeedPlan(SeedKind.LOTTERY, "双色球第2024077期", day), by)
        with pytest.raises(InvalidSeedError) as refused:
            draw_sample(round_, digits=world.SEED, by=by)
        assert refused.value.flaw is SeedFlaw.NOT_DUE
        # Noon in Greenwich is evening in Beijing, the same day.
        with time_machine.travel(f"{day.isoformat()} 12:00 +0000"):
            draw_sample(round_, digits=world.SEED, by=by)
        assert round_.status is RoundStatus.DRAWN
