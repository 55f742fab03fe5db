"""Seeds that nobody chose: how they are planned before a freeze, and what is taken after it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any, Self

from review.domain.audit import record
from review.domain.rounds import lock_at
from review.enums import RoundStatus, SeedFlaw, SeedKind
from review.errors import InvalidSeedError
from review.extensions import db
from review.labels import today
from review.models.frames import FrameVersion
from review.models.rounds import Round
from review.permissions import Actor
from review.queries.frames import is_used_seed, parties_of
from scoring.manifest import Seed
from scoring.seeds import (
    SEED_DIGITS,
    VALUE_DIGITS,
    BrokenCommitmentError,
    canonical_seed,
    commitment,
    mixed_seed,
)

COMMITMENT_DIGITS = 64
LEAST_PARTIES = 2
SOME_VALUE = "0" * VALUE_DIGITS


@dataclass(frozen=True, slots=True)
class SeedPlan:
    """Where the seed will come from, named before the freeze; a lottery has its day, a mixed seed
    its parties."""

    kind: SeedKind
    source: str
    due_on: date | None = None
    parties: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"due_on": self.due_on and self.due_on.isoformat()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        day = values["due_on"]
        return cls(
            SeedKind(values["kind"]),
            values["source"],
            date.fromisoformat(day) if day else None,
            tuple(values["parties"]),
        )


def checked_plan(plan: SeedPlan) -> SeedPlan:
    """The plan, once it names what its kind needs. Raises InvalidSeedError."""
    if plan.kind is not SeedKind.PARTIES and not plan.source.strip():
        raise InvalidSeedError(SeedFlaw.NO_SOURCE)
    if plan.kind is SeedKind.LOTTERY and not (plan.due_on and plan.due_on > today()):
        raise InvalidSeedError(SeedFlaw.NO_LATER_DAY)
    if plan.kind is SeedKind.PARTIES:
        _check_parties(plan.parties)
    return plan


def commit_parties(
    round_: Round, version: FrameVersion, commitments: Mapping[str, str], by: Actor
) -> None:
    """Put down every party's commitment, once, before any value is shown. Commits.

    Raises WrongStatusError, InvalidSeedError.
    """
    lock_at(round_, RoundStatus.FROZEN)
    parties = parties_of(version)
    if any(party.commitment for party in parties):
        raise InvalidSeedError(SeedFlaw.COMMITTED)
    given = [_commitment(party.name, commitments) for party in parties]
    for party, text in zip(parties, given, strict=True):
        party.commitment, party.committed_at = text, datetime.now(UTC)
    record(by, "seed.committed", version, parties=len(parties))
    db.session.commit()


def take_seed(version: FrameVersion, digits: str, values: Mapping[str, str]) -> None:
    """Fix a version's seed from the digits of a dice roll or a lottery, or from the values of all
    parties, which are kept. No commit; raises InvalidSeedError."""
    if version.seed is not None:
        raise InvalidSeedError(SeedFlaw.GIVEN)
    is_mixed = version.seed_kind is SeedKind.PARTIES
    version.seed = _revealed(version, values) if is_mixed else _typed(version, digits)


def seed_of(version: FrameVersion) -> Seed:
    """The seed that was taken, with where it comes from."""
    parties = parties_of(version)
    return Seed(
        version.seed or "",
        version.seed_source,
        {party.name: party.value or "" for party in parties},
        {party.name: party.commitment or "" for party in parties},
    )


def _typed(version: FrameVersion, digits: str) -> str:
    if version.seed_due_on and today() < version.seed_due_on:
        raise InvalidSeedError(SeedFlaw.NOT_DUE)
    try:
        seed = canonical_seed(digits)
    except ValueError:
        raise InvalidSeedError(SeedFlaw.NOT_DIGITS) from None
    if len(seed) < SEED_DIGITS:
        raise InvalidSeedError(SeedFlaw.SHORT, digits=len(seed))
    if is_used_seed(seed):
        raise InvalidSeedError(SeedFlaw.USED)
    return seed


def _revealed(version: FrameVersion, values: Mapping[str, str]) -> str:
    parties = parties_of(version)
    commitments = {party.name: party.commitment for party in parties if party.commitment}
    if len(commitments) < len(parties):
        raise InvalidSeedError(SeedFlaw.NO_COMMITMENT)
    shown = {party.name: _value(party.name, values) for party in parties}
    try:
        seed = mixed_seed(shown, commitments)
    except BrokenCommitmentError as error:
        raise InvalidSeedError(SeedFlaw.BROKEN_COMMITMENT, party=error.party) from None
    for party in parties:
        party.value = shown[party.name]
    return seed


def _check_parties(names: Sequence[str]) -> None:
    if len(set(names)) < LEAST_PARTIES or len(set(names)) < len(names):
        raise InvalidSeedError(SeedFlaw.FEW_PARTIES)
    for name in names:
        try:
            commitment(name, SOME_VALUE)
        except ValueError:
            raise InvalidSeedError(SeedFlaw.PARTY_NAME, party=name) from None


def _commitment(party: str, given: Mapping[str, str]) -> str:
    text = "".join(given.get(party, "").split()).lower()
    if len(text) != COMMITMENT_DIGITS or not set(text) <= set("0123456789abcdef"):
        raise InvalidSeedError(SeedFlaw.BAD_COMMITMENT, party=party)
    return text


def _value(party: str, given: Mapping[str, str]) -> str:
    try:
        value = canonical_seed(given.get(party, ""))
    except ValueError:
        raise InvalidSeedError(SeedFlaw.NOT_DIGITS, party=party) from None
    if len(value) < VALUE_DIGITS:
        raise InvalidSeedError(SeedFlaw.SHORT_VALUE, digits=len(value), party=party)
    return value
