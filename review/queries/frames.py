from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import undefer

from review.extensions import db
from review.models.accounts import User
from review.models.cases import Case
from review.models.frames import FrameVersion, Replacement, SeedParty
from review.models.rounds import Round
from review.models.sampling import FrameCase

NUMBERS_PER_QUERY = 10_000
"""Stays below the number of parameters that a database takes in one statement."""


def current_version(round_: Round) -> FrameVersion | None:
    """The version that stands; None while the frame is not frozen, or is open again."""
    return db.session.scalars(_standing(round_)).one_or_none()


def standing_version(round_: Round) -> FrameVersion:
    """The version that stands as it is now, with its listing; the round is locked before."""
    query = _standing(round_).options(undefer(FrameVersion.listing))
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _standing(round_: Round) -> Select[tuple[FrameVersion]]:
    mine = FrameVersion.round_id == round_.id
    return select(FrameVersion).where(mine, FrameVersion.reopened_at.is_(None))


def versions_of(round_: Round) -> Sequence[FrameVersion]:
    """Every published version, latest first. Who asked for its end and who agreed is for the
    audit log; everybody else reads in which office they acted."""
    mine = FrameVersion.round_id == round_.id
    return db.session.scalars(
        select(FrameVersion).where(mine).order_by(FrameVersion.number.desc())
    ).all()


def version_in_full(round_: Round, number: int) -> FrameVersion:
    """One version with its listing and manifest, or 404."""
    query = select(FrameVersion).options(undefer(FrameVersion.listing))
    query = query.options(undefer(FrameVersion.manifest))
    mine = (FrameVersion.round_id == round_.id) & (FrameVersion.number == number)
    found: FrameVersion = db.one_or_404(query.where(mine))
    return found


def next_number(round_: Round) -> int:
    query = select(func.max(FrameVersion.number)).where(FrameVersion.round_id == round_.id)
    return (db.session.scalar(query) or 0) + 1


def is_used_seed(seed: str) -> bool:
    return bool(db.session.scalar(select(FrameVersion.round_id).where(FrameVersion.seed == seed)))


def parties_of(version: FrameVersion | None) -> Sequence[SeedParty]:
    """The parties to a mixed seed by name, as they are now; none for any other, or before the
    freeze."""
    if version is None:
        return ()
    mine = (SeedParty.round_id == version.round_id) & (SeedParty.version == version.number)
    query = select(SeedParty).where(mine).order_by(SeedParty.name)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def framed_cases(round_: Round, numbers: Sequence[str]) -> dict[str, Row[Any]]:
    """Case, stratum and kind of these lines of the frozen frame, by canonical number."""
    query = select(FrameCase.canonical_number, FrameCase.case_id, FrameCase.stratum_id, Case.kind)
    query = query.join(Case, Case.id == FrameCase.case_id).where(FrameCase.round_id == round_.id)
    return {
        row.canonical_number: row
        for at in range(0, len(numbers), NUMBERS_PER_QUERY)
        for row in db.session.execute(
            query.where(FrameCase.canonical_number.in_(numbers[at : at + NUMBERS_PER_QUERY]))
        )
    }


def replacements_of(version: FrameVersion) -> Sequence[Row[Any]]:
    """Who replaced whom, in order, with who did it."""
    mine = (Replacement.round_id == version.round_id) & (Replacement.version == version.number)
    query = select(Replacement, User.name).join(User, User.id == Replacement.replaced_by_id)
    return db.session.execute(query.where(mine).order_by(Replacement.id)).all()
