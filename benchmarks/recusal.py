"""A reviewer steps back in a round of 5,000 cases and 500 reviewers, through the real verb.

Everything counts: reading registers and declarations, the conflicts of all pairs, the successor,
moves that keep loads even, notices, the log, the commit. Each recusal is followed by a check that
the case has its markers again.

Prints one JSON object: case, value, floor, ratio; value: 95 % quantile of seconds, by the clock
and of CPU; floor: 2 seconds; goal for the ratio <= 1.
"""

import json
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402  (after the path is set)
from sqlalchemy import insert, select  # noqa: E402

from review import create_app  # noqa: E402
from review.domain.assignment import assign_reviewers  # noqa: E402
from review.domain.recusal import recuse  # noqa: E402
from review.enums import AssignmentStatus, RecusalReason, Role  # noqa: E402
from review.extensions import db  # noqa: E402
from review.models.accounts import Membership, ReviewerProfile, User  # noqa: E402
from review.models.assignment import Assignment  # noqa: E402
from review.models.cases import Agency, Case  # noqa: E402
from review.models.handler import Handler, Provider  # noqa: E402
from review.models.rounds import Round  # noqa: E402
from review.models.sampling import SampledCase, Stratum  # noqa: E402
from review.permissions import Actor  # noqa: E402
from tests import world  # noqa: E402
from tests.conftest import test_config  # noqa: E402

CASES, REVIEWERS, OFFICES, HANDLERS = 5_000, 500, 600, 1_500
RECUSALS = 60
LIMIT = 2.0
COUNTIES = (world.COUNTY, world.COUNTY_BESIDE, world.OTHER_COUNTY)


def fill(chance: random.Random) -> tuple[Round, Actor, list[int]]:
    """A province with offices, handlers and reviewers of three counties, and a drawn round."""
    world.regions()
    member = world.person(Role.ORGANISER, world.PROVINCE)
    place = [chance.choice(COUNTIES) for _ in range(OFFICES)]
    agencies = {code: world.agency(code).id for code in COUNTIES}
    names = [
        {"id": n + 1, "name": f"某{n}律师事务所", "region_code": place[n]} for n in range(OFFICES)
    ]
    db.session.execute(insert(Provider), names)
    handlers = [
        {"id": n + 1, "name": f"承办{n}", "licence_number": f"1{n:015}", "provider_id": at + 1}
        for n, at in enumerate(chance.choices(range(OFFICES), k=HANDLERS))
    ]
    db.session.execute(insert(Handler), handlers)
    people = reviewers(chance, place)
    drawn = world.drawn_round(member, [])
    draw(drawn, chance, handlers, place, agencies)
    actor = Actor(member.user_id, "o", member.id, Role.ORGANISER, world.PROVINCE)
    return drawn, actor, people


def reviewers(chance: random.Random, place: list[str]) -> list[int]:
    first = 10_000
    ids = list(range(first, first + REVIEWERS))
    users = [{"id": one, "email": f"r{one}@example.org", "name": f"专家{one}"} for one in ids]
    db.session.execute(insert(User), users)
    at = chance.choices(range(OFFICES), k=REVIEWERS)
    profiles, roles = [], []
    for one, office in zip(ids, at, strict=True):
        home = {"user_id": one, "region_code": place[office]}
        profiles.append(home | {"provider_id": office + 1, "licence_number": f"2{one:015}"})
        roles.append(home | {"role": Role.REVIEWER})
    db.session.execute(insert(ReviewerProfile), profiles)
    db.session.execute(insert(Membership), roles)
    return ids


def draw(
    drawn: Round,
    chance: random.Random,
    handlers: list[dict[str, object]],
    place: list[str],
    agencies: dict[str, int],
) -> None:
    stratum = world.add(Stratum(round_id=drawn.id, label="all", population=CASES))
    template = world.case(
        db.session.get_one(Handler, 1), db.session.get_one(Agency, agencies[world.COUNTY])
    )
    plain = {
        column.name: getattr(template, column.key)
        for column in Case.__table__.columns
        if column.name != "id"
    }
    cases, sampled = [], []
    for n in range(CASES):
        handler = chance.choice(handlers)
        code = place[int(str(handler["provider_id"])) - 1]
        own = {"id": 10 + n, "case_number": f"（2024）第{n}号", "handler_id": handler["id"]}
        at = {"provider_id": handler["provider_id"], "agency_id": agencies[code]}
        cases.append(plain | own | at | {"region_code": code})
        values = {"round_id": drawn.id, "case_id": 10 + n, "stratum_id": stratum.id}
        how = {"ticket": f"{n:064}", "inclusion_probability": 1.0, "rubric_key": world.CIVIL_RUBRIC}
        sampled.append(values | how)
    db.session.execute(insert(Case), cases)
    db.session.execute(insert(SampledCase), sampled)


def step_back(chance: random.Random) -> tuple[float, float]:
    """Seconds by the clock and of CPU that one recusal takes."""
    open_ids = db.session.scalars(
        select(Assignment.id).where(Assignment.status == AssignmentStatus.OPEN)
    ).all()
    one = db.session.get_one(Assignment, chance.choice(open_ids))
    by = Actor(one.reviewer_id, "r", 0, Role.REVIEWER, world.COUNTY)
    sampled = one.sampled_case_id
    db.session.commit()
    began, worked = time.perf_counter(), time.process_time()
    if not recuse(one, RecusalReason.OTHER, by):
        raise RuntimeError("nobody followed")
    took = time.perf_counter() - began, time.process_time() - worked
    live = world.assignments(db.session.get_one(SampledCase, sampled))
    if len({a.reviewer_id for a in live if a.status is not AssignmentStatus.RECUSED}) != 3:
        raise RuntimeError("the case lacks a marker")
    return took


def main() -> None:
    chance = random.Random(11)  # noqa: S311  (a repeatable instance, no secret)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(test_config(Path(folder)))
        with app.app_context():
            db.create_all()
            drawn, actor, people = fill(chance)
            print("assigning …", file=sys.stderr, flush=True)
            began = time.perf_counter()
            assign_reviewers(drawn, people, actor)
            print(f"{time.perf_counter() - began:.1f} s", file=sys.stderr, flush=True)
            took = [step_back(chance) for _ in range(RECUSALS)]
            db.session.remove()
    for name, column in (("clock", 0), ("cpu", 1)):
        value = float(np.quantile([row[column] for row in took], 0.95))
        line = {"case": f"recusal in a round, p95, {name}", "value": round(value, 3)}
        print(json.dumps(line | {"floor": LIMIT, "ratio": round(value / LIMIT, 3)}), flush=True)


if __name__ == "__main__":
    main()
