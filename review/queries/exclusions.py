from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from review.extensions import db
from review.models.accounts import Region, User
from review.models.cases import Case
from review.models.exclusions import Exclusion
from review.models.rounds import Round


def exclusions_of(round_: Round) -> Sequence[Row[Any]]:
    """The cases excluded from a round's frame, latest first, with who did it and why."""
    query = select(
        Case.id,
        Case.case_number,
        Case.kind,
        Region.name.label("region"),
        Exclusion.reason,
        Exclusion.note,
        User.name.label("excluded_by"),
        Exclusion.excluded_at,
    )
    return db.session.execute(
        query.join(Exclusion, Exclusion.case_id == Case.id)
        .join(Region, Region.code == Case.region_code)
        .join(User, User.id == Exclusion.excluded_by_id)
        .where(Exclusion.round_id == round_.id)
        .order_by(Exclusion.excluded_at.desc(), Case.id)
    ).all()


def exclusion_of(round_: Round, case_id: int) -> Exclusion | None:
    return db.session.get(Exclusion, (round_.id, case_id))
