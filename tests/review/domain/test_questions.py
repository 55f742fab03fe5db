from datetime import timedelta
from decimal import Decimal

import numpy as np
from flask import Flask

from review.domain.audit import record
from review.domain.dossier_reading import OPENED
from review.domain.questions import Question, questions_of
from review.enums import QuestionKind, Role
from review.extensions import db
from review.models.assignment import Assignment
from review.models.cases import Case
from review.models.dossiers import DossierCopy
from review.models.reviewing import Review
from review.models.rounds import Round
from review.permissions import Actor
from tests import world

WORDS = "材料基本齐全，个别文书需要补正，建议加强会见。"


def scene(cases: int) -> Round:
    """A round whose cases have two markings each, an hour long, without a word of comment."""
    world.regions()
    organiser, at = world.person(Role.ORGANISER, world.CITY), world.agency()
    made = [world.case(world.handler(), at) for _ in range(cases)]
    round_ = world.assigned_round(organiser, made, [world.reviewer() for _ in range(3)])
    for sampled in world.sampled_cases(round_):
        for assignment in world.assignments(sampled)[:2]:
            review = world.submitted_review(assignment)
            review.comment = ""
            review.started_at -= timedelta(hours=1)
    return round_


def of_kind(round_: Round, kind: QuestionKind) -> list[Question]:
    db.session.flush()
    return [one for one in questions_of(round_) if one.kind is kind]


def test_careful_markings_raise_no_question(app: Flask) -> None:
    with app.app_context():
        assert questions_of(scene(6)) == []


def test_total_that_hardly_moves_is_asked_about(app: Flask) -> None:
    """Thirty cases in turn: each reviewer marks twenty, and one of them always gives 88."""
    with app.app_context():
        round_ = scene(30)
        rows = db.session.query(Review, Assignment.reviewer_id).join(Assignment).order_by(Review.id)
        chance = np.random.default_rng(1)
        for review, reviewer_id in rows:
            if reviewer_id != 2:
                review.total = Decimal(int(chance.integers(60, 99)))
        (found,) = of_kind(round_, QuestionKind.SAFE_MIDDLE)
        assert (found.count, found.spread) == (20, 0.0)
        assert found.others is not None
        assert found.others > 8


def test_markings_in_minutes_are_asked_about_from_the_third_on(app: Flask) -> None:
    with app.app_context():
        round_ = scene(9)
        hasty = db.session.query(Review).join(Assignment).order_by(Review.id)
        own = hasty.filter(Assignment.reviewer_id == 2).all()
        for review in own[:2]:
            review.started_at += timedelta(minutes=55)
        assert of_kind(round_, QuestionKind.TOO_SHORT) == []
        own[2].started_at += timedelta(minutes=55)
        (found,) = of_kind(round_, QuestionKind.TOO_SHORT)
        assert (found.count, found.total, len(found.aliases)) == (3, len(own), 3)


def test_dossiers_that_nobody_opened_are_asked_about(app: Flask) -> None:
    with app.app_context():
        round_ = scene(1)
        sampled = world.sampled_cases(round_)[0]
        organiser = world.person(Role.ORGANISER, world.CITY)
        case = db.session.get_one(Case, sampled.case_id)
        world.dossier(case, organiser, redacted=b"%PDF-1.7")
        first, second, _ = world.assignments(sampled)
        assert len(of_kind(round_, QuestionKind.UNOPENED)) == 2
        copy = db.session.query(DossierCopy).one()
        record(Actor(first.reviewer_id, "", 1, Role.REVIEWER, ""), OPENED, copy)
        (found,) = of_kind(round_, QuestionKind.UNOPENED)
        assert found.aliases == (second.alias,)


def test_words_copied_from_case_to_case_are_asked_about(app: Flask) -> None:
    with app.app_context():
        round_ = scene(9)
        reviews = db.session.query(Review).join(Assignment)
        own = reviews.filter(Assignment.reviewer_id == 2).order_by(Review.id).all()
        for review in own[:2]:
            review.comment = WORDS
        assert of_kind(round_, QuestionKind.SAME_WORDS) == []
        own[2].comment = f" {WORDS}\n"
        (found,) = of_kind(round_, QuestionKind.SAME_WORDS)
        assert (found.count, found.words) == (3, WORDS)
        for review in own[:3]:
            review.comment = "符合要求。"  # a set phrase
        assert of_kind(round_, QuestionKind.SAME_WORDS) == []


def test_words_shared_on_one_case_are_asked_about(app: Flask) -> None:
    with app.app_context():
        round_ = scene(2)
        for assignment in world.assignments(world.sampled_cases(round_)[0])[:2]:
            query = db.session.query(Review).filter_by(assignment_id=assignment.id)
            query.one().comment = WORDS
        (found,) = of_kind(round_, QuestionKind.SHARED_WORDS)
        assert (found.count, found.name.count("reviewer")) == (2, 2)
