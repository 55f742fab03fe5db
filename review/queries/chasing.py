"""Unfinished assignments by how near their due date is."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, select

from review.enums import UNFINISHED, RoundStatus
from review.extensions import db
from review.models.assignment import Assignment
from review.models.rounds import Round
from review.models.sampling import SampledCase


def rounds_in_marking() -> Sequence[Round]:
    return db.session.scalars(
        select(Round).where(Round.status == RoundStatus.MARKING).order_by(Round.id)
    ).all()


def due_soon(round_: Round, day: date) -> Sequence[Assignment]:
    """Unfinished ones within the round's days of reminder, of which nobody was reminded yet."""
    until = day + timedelta(days=round_.remind_days)
    return db.session.scalars(
        _unfinished(round_, Assignment)
        .where(Assignment.due_on.between(day, until), Assignment.reminded_on.is_(None))
        .order_by(Assignment.id)
    ).all()


def lapsing_ids(round_: Round, day: date) -> Sequence[int]:
    """Unfinished ones whose grace is over."""
    last = day - timedelta(days=round_.grace_days)
    overdue = _unfinished(round_, Assignment.id).where(Assignment.due_on < last)
    return db.session.scalars(overdue.order_by(Assignment.id)).all()


def _unfinished(round_: Round, what: Any) -> Select[Any]:
    return (
        select(what)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .where(SampledCase.round_id == round_.id, Assignment.status.in_(UNFINISHED))
    )
