"""Who can sign in to the demo province, and its 400 reviewers."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from argon2 import PasswordHasher
from numpy.random import Generator

from review.config import DEMO_PASSWORD
from review.demo import names
from review.demo.chance import stream
from review.demo.database import fill
from review.demo.handlers import Roster
from review.demo.regions import DONGCHUAN, PROVINCE, Place
from review.enums import RegionLevel, Role
from review.models.accounts import Membership, ReviewerProfile, User
from review.permissions import Actor

REVIEWERS = 400
REVIEWERS_ALSO_HANDLERS = 60
DEMO_DOMAIN, PANEL_DOMAIN = "demo.invalid", "panel.invalid"
DONGCHUAN_DISTRICT = "990101"
DEMO_REVIEWER_REGION = "990201"
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Person:
    """A demo account: the part of its address before the @, a name, and its roles."""

    local: str
    name: str
    roles: tuple[tuple[Role, str], ...]

    @property
    def email(self) -> str:
        return f"{self.local}@{DEMO_DOMAIN}"


PEOPLE = (
    Person("organiser", "何组织", ((Role.ORGANISER, PROVINCE),)),
    Person("organiser-city", "孟组织", ((Role.ORGANISER, DONGCHUAN),)),
    Person("reviewer", "许评估", ((Role.REVIEWER, DEMO_REVIEWER_REGION),)),
    Person("chief", "高局长", ((Role.CHIEF, PROVINCE),)),
    Person("chief-city", "梁局长", ((Role.CHIEF, DONGCHUAN),)),
    Person("chief-county", "田局长", ((Role.CHIEF, DONGCHUAN_DISTRICT),)),
    Person("auditor", "严审计", ((Role.AUDITOR, PROVINCE),)),
    Person("administrator", "管理员", ((Role.ADMINISTRATOR, PROVINCE),)),
    Person("two-roles", "沈双任", ((Role.ORGANISER, "990200"), (Role.CHIEF, "990200"))),
)
HANDLER = "handler"
"""The handler's account follows when it is known who has published results."""


@dataclass(slots=True)
class Accounts:
    """Rows of the account tables that wait to be stored, numbered on from those before."""

    last_user: int = 0
    last_membership: int = 0
    users: list[Row] = field(default_factory=list)
    memberships: list[Row] = field(default_factory=list)
    profiles: list[Row] = field(default_factory=list)
    secret: str = field(default_factory=lambda: HASHER.hash(DEMO_PASSWORD))

    def user(self, email: str, name: str) -> int:
        """Everybody has the demo's password, so that any reviewer's desk can be looked at."""
        self.last_user += 1
        self.users.append(
            {
                "id": self.last_user,
                "email": email,
                "name": name,
                "password_hash": self.secret,
                "is_active": True,
            }
        )
        return self.last_user

    def role(self, user_id: int, role: Role, region: str, handler_id: int | None = None) -> int:
        self.last_membership += 1
        self.memberships.append(
            {
                "id": self.last_membership,
                "user_id": user_id,
                "role": role,
                "region_code": region,
                "handler_id": handler_id,
            }
        )
        return self.last_membership

    def profile(
        self,
        user_id: int,
        region: str,
        since: date,
        provider_id: int | None = None,
        *,
        licence: str,
    ) -> None:
        self.profiles.append(
            {
                "user_id": user_id,
                "region_code": region,
                "practising_since": since,
                "provider_id": provider_id,
                "licence_number": licence,
            }
        )

    def store(self) -> int:
        """Store what waits, and say how many accounts that made."""
        made = fill(User, self.users)
        fill(Membership, self.memberships)
        fill(ReviewerProfile, self.profiles)
        self.users, self.memberships, self.profiles = [], [], []
        return made


def demo_people(accounts: Accounts) -> dict[str, Actor]:
    """The demo accounts, each as it acts in its first role."""
    actors = {}
    for person in PEOPLE:
        user_id = accounts.user(person.email, person.name)
        members = [accounts.role(user_id, role, region) for role, region in person.roles]
        role, region = person.roles[0]
        actors[person.local] = Actor(user_id, person.name, members[0], role, region)
    return actors


def demo_handler(accounts: Accounts, name: str, region: str, handler_id: int) -> None:
    user_id = accounts.user(f"{HANDLER}@{DEMO_DOMAIN}", name)
    accounts.role(user_id, Role.HANDLER, region, handler_id)


def reviewers(
    accounts: Accounts,
    demo_reviewer: int,
    places: tuple[Place, ...],
    roster: Roster,
    seed: int,
) -> list[int]:
    """400 reviewers of all cities with what the conflict rules need; some are handlers too."""
    rng = stream(seed, "reviewers")
    homes = rng.choice([p.code for p in places if p.level is RegionLevel.COUNTY], REVIEWERS)
    people = names.people(rng, REVIEWERS)
    licensed = np.flatnonzero(roster.licences != "")
    doubles = iter(sorted(rng.permutation(licensed)[:REVIEWERS_ALSO_HANDLERS].tolist()))
    accounts.profile(demo_reviewer, DEMO_REVIEWER_REGION, _since(rng), licence=f"1994{0:012}")
    user_ids = [demo_reviewer]
    for n in range(1, REVIEWERS):
        user_ids.append(accounts.user(f"reviewer{n:03}@{PANEL_DOMAIN}", people[n]))
        row = next(doubles, None)
        if row is None:
            _expert(accounts, user_ids[-1], str(homes[n]), roster, rng)
        else:
            _practising_expert(accounts, user_ids[-1], row, roster, rng)
    return user_ids


def _expert(accounts: Accounts, user_id: int, home: str, roster: Roster, rng: Generator) -> None:
    provider_id = _colleague(roster, home, rng)
    accounts.role(user_id, Role.REVIEWER, home)
    accounts.profile(user_id, home, _since(rng), provider_id, licence=f"1994{user_id:012}")


def _practising_expert(
    accounts: Accounts, user_id: int, row: int, roster: Roster, rng: Generator
) -> None:
    """A reviewer who does cases too, under the same licence."""
    home, provider_id = str(roster.counties[row]), int(roster.provider_ids[row])
    accounts.role(user_id, Role.REVIEWER, home)
    accounts.role(user_id, Role.HANDLER, home, int(roster.handler_ids[row]))
    accounts.profile(user_id, home, _since(rng), provider_id, licence=str(roster.licences[row]))


def _since(rng: Generator) -> date:
    """Experts have practised for at least five years."""
    return date(int(rng.integers(1990, 2018)), int(rng.integers(1, 13)), 1)


def _colleague(roster: Roster, county: str, rng: Generator) -> int | None:
    """A provider of the county, or none: some experts teach or have retired."""
    there = np.flatnonzero(roster.counties == county)
    if not len(there) or rng.random() < 0.15:
        return None
    return int(roster.provider_ids[rng.choice(there)])
