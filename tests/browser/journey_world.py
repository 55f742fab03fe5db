"""The city of the journey before it begins: regions, one administrator, reviewers, two past years.

The names and codes of the counties are those of the register that the journey imports.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from review.demo.dossier_facts import CaseFacts
from review.demo.dossiers import synthetic_dossier
from review.domain.analysis import refresh
from review.domain.redaction import redact
from review.enums import CaseKind, RegionLevel, Role
from review.extensions import db
from review.models.accounts import Membership, Region
from review.models.cases import Agency, Case
from review.models.handler import Handler, Provider
from review.models.results import Result
from review.models.rounds import Round
from review.models.sampling import Stratum
from review.privacy import decrypt_text
from tests import world
from tests.world import CITY, OTHER_CITY, OTHER_COUNTY, PROVINCE, add

COUNTIES = {
    "990101": "城关区",
    "990102": "南湖区",
    "990103": "河口县",
    "990104": "石桥县",
    "990105": "青岭县",
    "990106": "安平市",
    "990107": "云台区",
    "990108": "临江县",
}
REVIEWER_NAMES = ("沈砚秋", "陆怀瑾", "顾临川")
KINDS = (CaseKind.CIVIL_FIRST, CaseKind.CRIMINAL_TRIAL)
PAST = (
    ("2022年上半年质量评估", date(2022, 1, 1), date(2022, 6, 30), (90, 84)),
    ("2022年下半年质量评估", date(2022, 7, 1), date(2022, 12, 31), (86, 82)),
    ("2023年上半年质量评估", date(2023, 1, 1), date(2023, 6, 30), (88, 84)),
    ("2023年下半年质量评估", date(2023, 7, 1), date(2023, 12, 31), (80, 78)),
)


SPREAD = (Decimal(4), Decimal(-6), Decimal(1), Decimal(-2), Decimal("5.5"), Decimal(-3), Decimal(0))
"""What single cases lie above or below their round's mean: without it no interval has a width."""


TIMES = 5


@dataclass(frozen=True)
class People:
    """E-mail addresses; all have the password of ``tests.world``."""

    administrator: str
    chief: str
    reviewers: dict[int, str]


def build() -> People:
    """Fill the open session's database; the caller commits."""
    for code, name, level, parent in world.REGIONS:
        if not code.startswith(CITY[:4]) or code == CITY:
            add(Region(code=code, name=name, level=level, parent_code=parent))
    for code, name in COUNTIES.items():
        add(Region(code=code, name=name, level=RegionLevel.COUNTY, parent_code=CITY))
    administrator = _named(world.person(Role.ADMINISTRATOR, PROVINCE), "管理员")
    chief = _named(world.person(Role.CHIEF, CITY), "梁知远")
    reviewers = [_named(world.reviewer(OTHER_COUNTY), name) for name in REVIEWER_NAMES]
    _past_rounds(administrator, reviewers)
    return People(
        administrator.user.email, chief.user.email, {r.user_id: r.user.email for r in reviewers}
    )


def give_dossier(case: Case, by: Membership) -> None:
    """A dossier made of the case's facts, redacted and indexed; the caller commits."""
    handler = db.session.get_one(Handler, case.handler_id)
    provider = db.session.get_one(Provider, case.provider_id)
    facts = CaseFacts(
        case_number=case.case_number,
        kind=case.kind,
        cause=case.cause or "",
        place=db.session.get_one(Region, case.region_code).name,
        agency=db.session.get_one(Agency, case.agency_id).name,
        handler=handler.name,
        provider=provider.name,
        recipient=decrypt_text(case.recipient_name) if case.recipient_name else "",
        assigned_on=case.assigned_on or case.closed_on,
        closed_on=case.closed_on,
        outcome=case.outcome,
    )
    content, truth = synthetic_dossier(facts, seed=1)
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "full.pdf", Path(folder) / "redacted.pdf"
        source.write_bytes(content)
        redact(source, target, truth.names)
        dossier = world.dossier(case, by, full=content, redacted=target.read_bytes())
    dossier.pages = truth.pages
    for code, first, last in truth.documents:
        world.document(dossier, code, first_page=first, last_page=last)


def _named(member: Membership, name: str) -> Membership:
    member.user.name = name
    return member


def _past_rounds(by: Membership, reviewers: list[Membership]) -> None:
    """Two years of published rounds, so that the chief's trend has something to go on from."""
    agencies = [world.agency(code) for code in COUNTIES]
    handlers = [world.handler(f"东川第{n}律师事务所", OTHER_CITY) for n in range(1, 9)]
    for name, start, end, totals in PAST:
        cases = [
            world.case(
                handlers[n % len(handlers)],
                agencies[n % len(agencies)],
                closed_on=date(start.year, start.month + n % 6, 1 + n % 27),
                kind=KINDS[n % 2],
            )
            for n in range(32)
        ]
        window = {"window_from": start, "window_to": end, "marking_due_on": end}
        past = world.published_round(by, cases, reviewers, totals, name=name, **window)
        _make_sample(past)
        for number, result in enumerate(_results(past)):
            result.total += SPREAD[number % len(SPREAD)]
        refresh(past)


def _make_sample(past: Round) -> None:
    """One case in five was drawn: what was not drawn gives the intervals their width."""
    for stratum in db.session.scalars(db.select(Stratum).filter_by(round_id=past.id)):
        stratum.population *= TIMES
    for sampled in world.sampled_cases(past):
        sampled.inclusion_probability = 1 / TIMES


def _results(past: Round) -> list[Result]:
    return [world.result_of(db.session.get_one(Case, s.case_id)) for s in world.sampled_cases(past)]
