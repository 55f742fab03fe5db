"""A city with cases and a draft round: what every test of the draw begins with."""

from decimal import Decimal

from review.domain.design_rules import Rules
from review.domain.designs import save_design
from review.domain.frames import freeze_frame
from review.domain.sampling import draw_sample
from review.enums import CaseKind, Role, SizeBy
from review.extensions import db
from review.models.accounts import Membership
from review.models.cases import Agency, Case
from review.models.frames import FrameVersion
from review.models.rounds import Round
from review.models.sampling import SampledCase
from review.permissions import Actor
from tests import world


def actor(region_code: str = world.CITY, role: Role = Role.ORGANISER) -> Actor:
    member = world.person(role, region_code)
    return Actor(member.user_id, role.value, member.id, role, region_code)


def draft(by: Actor) -> Round:
    member = db.session.get_one(Membership, by.membership_id)
    return world.round_(member)


def city_cases(county: int = 6, beside: int = 4) -> tuple[Agency, list[Case]]:
    """``county`` civil cases in one county, ``beside`` criminal ones in the next."""
    by, here, there = world.handler(), world.agency(), world.agency(world.COUNTY_BESIDE)
    cases = [world.case(by, here) for _ in range(county)]
    cases += [world.case(by, there, kind=CaseKind.CRIMINAL_TRIAL) for _ in range(beside)]
    return here, cases


def frozen(by: Actor, size: int = 5, **rules: object) -> tuple[Round, FrameVersion]:
    """A round of the city, frozen for ``size`` cases."""
    round_ = draft(by)
    given = {"size_by": SizeBy.NUMBER, "wanted": Decimal(size)} | rules
    save_design(round_, Rules(**given), by)  # type: ignore[arg-type]
    return round_, freeze_frame(round_, world.SEED_PLAN, by)


def drawn(by: Actor, size: int = 5, seed: str = world.SEED, **rules: object) -> Round:
    round_, _version = frozen(by, size, **rules)
    draw_sample(round_, digits=seed, by=by)
    return round_


def drawn_numbers(round_: Round) -> set[str]:
    rows = db.session.query(Case.case_number).join(SampledCase, SampledCase.case_id == Case.id)
    return {number for (number,) in rows.filter(SampledCase.round_id == round_.id)}
