"""Aliases, addresses and rows tell nothing about who marks what: 10,000 assignments."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest
from flask import Flask
from scipy.stats import rankdata, spearmanr
from sqlalchemy import insert

from review.domain.seats import NewSeat, fill_seats, hand_over
from review.enums import Role
from review.extensions import db
from review.models.accounts import User
from review.models.assignment import Assignment
from review.models.sampling import SampledCase
from tests import world

PEOPLE = CASES = 100


@pytest.fixture
def rows(app: Flask) -> Iterator[list[Assignment]]:
    """Every one of 100 reviewers on every one of 100 cases, asked for in order."""
    with app.app_context():
        world.regions()
        by, at, member = world.handler(), world.agency(), world.person(Role.ORGANISER)
        round_ = world.drawn_round(member, [world.case(by, at)])
        first = world.sampled_cases(round_)[0]
        values = {"round_id": round_.id, "stratum_id": first.stratum_id, "rubric_key": "r"}
        cases = [world.case(by, at).id for _ in range(CASES - 1)]
        how = {"ticket": "t", "inclusion_probability": 1.0}
        db.session.execute(insert(SampledCase), [values | how | {"case_id": one} for one in cases])
        people = [{"id": 1000 + n, "email": f"{n}@x", "name": f"{n}"} for n in range(PEOPLE)]
        db.session.execute(insert(User), people)
        seats = [
            NewSeat(sampled.id, int(str(person["id"])), 1)
            for person in people
            for sampled in world.sampled_cases(round_)
        ]
        fill_seats(seats, date(2099, 1, 1))
        yield db.session.query(Assignment).order_by(Assignment.id).all()


def test_nothing_of_a_row_is_tied_to_reviewer_or_case(rows: list[Assignment]) -> None:
    assert len(rows) == 10_000
    for shown in ("id", "alias", "public_id"):
        rank = rankdata([getattr(row, shown) for row in rows])
        for hidden in ("reviewer_id", "sampled_case_id"):
            rho = spearmanr(rank, [getattr(row, hidden) for row in rows]).statistic
            assert abs(rho) < 0.05, (shown, hidden)  # standard error 0.01
    assert len({row.assigned_at for row in rows}) == 1


@pytest.mark.parametrize("shown", ["id", "alias", "public_id"])
def test_neighbours_are_linked_no_better_than_by_chance(rows: list[Assignment], shown: str) -> None:
    # Whoever takes two neighbours for work of one person is right once in a hundred by chance.
    ordered = sorted(rows, key=lambda row: getattr(row, shown))
    who = np.array([row.reviewer_id for row in ordered])
    assert (who[1:] == who[:-1]).mean() <= 0.01 + 0.02
    letters = [row.alias[0] for row in ordered]
    guess = {letter: 1000 + n for n, letter in enumerate(sorted(set(letters)))}
    assert np.mean([guess[a] == w for a, w in zip(letters, who, strict=True)]) <= 0.01 + 0.02


def test_handing_over_leaves_no_trace_of_whoever_had_it(rows: list[Assignment]) -> None:
    one = rows[0]
    before = one.alias, one.public_id, one.assigned_at
    other = 1000 + PEOPLE
    db.session.execute(insert(User), [{"id": other, "email": "o@x", "name": "o"}])
    hand_over([(one, other)], date(2099, 2, 1))
    db.session.flush()
    assert one.reviewer_id == other
    after = one.alias, one.public_id, one.assigned_at
    assert all(new != old for new, old in zip(after, before, strict=True))
