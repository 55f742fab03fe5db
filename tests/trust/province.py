"""A whole platform to attack: every kind of object at every relation, every name a canary.

Built from fixed values, so that two worlds that are built alike are alike to the byte. Names are
``ZX<kind><number>``: no such string belongs on a page unless the page may name that person.
"""

import hashlib
import json
import zlib
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from review.domain.analysis import refresh
from review.domain.cases import confirm_import, stage_import
from review.domain.design_rules import Rules
from review.enums import (
    AidMethod,
    Allocation,
    AssignmentStatus,
    CaseKind,
    CaseType,
    DeclarationKind,
    DefinitionStatus,
    DefinitionSubject,
    ExclusionReason,
    FileStatus,
    Grade,
    HandlerType,
    ImportStatus,
    Instance,
    JobKind,
    RegionLevel,
    Role,
    RoundStatus,
    SampledCaseStatus,
    SeedKind,
    SettledBy,
    TargetReason,
    UploadStatus,
)
from review.extensions import db
from review.models.accounts import (
    Invitation,
    LoginSession,
    Membership,
    ReviewerProfile,
    User,
)
from review.models.adjudication import PanelRecord
from review.models.assignment import Assignment, PanelMember, PanelPlan
from review.models.audit import AuditEvent
from review.models.cases import Agency, Case
from review.models.conflicts import Declaration, PanelObjection, Pin
from review.models.designs import TargetedCase
from review.models.dossiers import DossierFile, DossierUpload
from review.models.exclusions import Exclusion
from review.models.frames import FrameVersion, SeedParty
from review.models.handler import Handler, Provider
from review.models.jobs import Job
from review.models.results import Result
from review.models.reviewing import Extension, Mark, Receipt, Review
from review.models.rounds import Round, RoundRubric
from review.models.sampling import Draw, FrameCase, SampledCase, Stratum
from review.permissions import Actor
from review.privacy import digest, encrypt_text, token_digest
from rubrics.registry import get_rubric
from scoring.designs import Design
from tests import world
from tests.scans import scan
from tests.world import (
    CITY,
    CIVIL_RUBRIC,
    COUNTY,
    COUNTY_BESIDE,
    OTHER_CITY,
    OTHER_COUNTY,
    PROVINCE,
    add,
)

NOON = datetime(2024, 9, 2, 4, 0, tzinfo=UTC)
NEVER_STALE = datetime(2099, 1, 1, tzinfo=UTC)  # no request of a test refreshes seen_at
THRESHOLD = Decimal(10)
PLAIN_WISHES = {
    "years_needed": 0,
    "linking_cases": 0,
    "linking_marks": 0,
    "namesakes_checked": False,
    "remind_days": 7,
    "grace_days": 3,
}
EMPTY_OUTCOME = {
    "cases": 0,
    "added": 0,
    "moved": 0,
    "loads": [[0, "", 0, 0, 0, 0]],
    "small_pools": [],
    "small_pool_count": 0,
    "chance": 0.25,
    "components": 1,
    "linking": 0,
}
STATUS_ORDER = tuple(RoundStatus)
SCANNED = 1
"""Which of a round's drawn cases has a dossier: one is enough, and each has a dozen pages."""
EXCLUDERS = {
    COUNTY: ("organiser@county", "handler"),
    OTHER_COUNTY: ("organiser@other", "handler-other"),
}
"""Who keeps a case of whom out of the rounds of these counties that are not drawn yet."""

ACTORS = {
    "organiser@county": (Role.ORGANISER, COUNTY),
    "organiser@city": (Role.ORGANISER, CITY),
    "organiser@province": (Role.ORGANISER, PROVINCE),
    "organiser@beside": (Role.ORGANISER, COUNTY_BESIDE),
    "organiser@other": (Role.ORGANISER, OTHER_COUNTY),
    "chief@county": (Role.CHIEF, COUNTY),
    "chief@city": (Role.CHIEF, CITY),
    "chief@province": (Role.CHIEF, PROVINCE),
    "chief@other": (Role.CHIEF, OTHER_COUNTY),
    "auditor@county": (Role.AUDITOR, COUNTY),
    "auditor@city": (Role.AUDITOR, CITY),
    "auditor@province": (Role.AUDITOR, PROVINCE),
    "administrator": (Role.ADMINISTRATOR, PROVINCE),
}
REVIEWERS = ("reviewer", "reviewer-2", "reviewer-3", "reviewer-idle")
HANDLERS = (
    ("handler", COUNTY),
    ("handler-same-county", COUNTY),
    ("handler-beside", COUNTY_BESIDE),
    ("handler-other", OTHER_COUNTY),
)


@dataclass
class Thing:
    """One object that a URL may name: its id there, the region and the people it belongs to."""

    key: Any
    region_code: str = PROVINCE
    owners: frozenset[str] = frozenset()
    status: str = ""


@dataclass
class Province:
    """What was built: actors by name, and things by kind and name."""

    members: dict[str, Membership] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    handlers: dict[str, Handler] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)
    things: dict[str, dict[str, Thing]] = field(default_factory=dict)
    canaries: dict[str, Thing] = field(default_factory=dict)
    serial: int = 0

    def copy(self) -> "Province":
        """A record of its own: what is added to it is not added to this one."""
        things = {kind: dict(named) for kind, named in self.things.items()}
        return replace(self, things=things, canaries=dict(self.canaries))

    def next(self) -> int:
        self.serial += 1
        return self.serial

    def actor(self, name: str) -> Actor:
        member = self.members[name]
        return Actor(member.user_id, name, member.id, member.role, member.region_code)

    def thing(self, kind: str, name: str, key: Any, **known: Any) -> None:
        self.things.setdefault(kind, {})[name] = Thing(key, **known)

    def canary(self, kind: str, region_code: str = PROVINCE, *owners: str) -> str:
        text = f"ZX{kind}{self.next():04d}"
        self.canaries[text] = Thing(kind, region_code, frozenset(owners))
        return text


def build() -> Province:
    """Fill the open session's database; the caller commits."""
    here = Province()
    world.regions()
    for code, *_ in world.REGIONS:
        here.thing("region", code, code, region_code=code)
    for role in Role:
        here.thing("role", role.value, role.value, status=role.value)
    here.thing("static", "style", "css/app.css")
    here.thing("rubric", "civil", {"name": "civil-first", "version": 1})
    _people(here)
    _definitions(here)
    _rounds(here)
    _alike(here)
    _conflicts(here)
    _registers(here)
    _jobs(here)
    _uploads(here)
    _audit_events(here)
    return here


def token_of(actor: str) -> str:
    return f"token-of-{actor}".ljust(43, "-")


# People


def _people(here: Province) -> None:
    for code in (COUNTY, COUNTY_BESIDE, OTHER_COUNTY):
        here.agencies[code] = add(Agency(code=code, name=f"{code}援助中心", region_code=code))
    for name, code in HANDLERS:
        here.handlers[name] = handler = _handler(here, name, code)
        here.thing("handler", name, handler.id, region_code=code, owners=frozenset({name}))
    for name, (role, code) in ACTORS.items():
        _account(here, name, role, code)
    for number, name in enumerate(REVIEWERS):
        member = _account(here, name, Role.REVIEWER, OTHER_COUNTY if number else COUNTY_BESIDE)
        add(
            ReviewerProfile(
                user_id=member.user_id,
                region_code=member.region_code,
                licence_number=here.canary("RL", member.region_code, name),
                practising_since=date(2010, 1, 1),
            )
        )
    for name, code in HANDLERS:
        _account(here, name, Role.HANDLER, code, handler_id=here.handlers[name].id)
    _invitations(here)


def _handler(here: Province, name: str, code: str) -> Handler:
    provider = add(Provider(name=here.canary("PROVIDER", code, name), region_code=code))
    return add(
        Handler(
            name=here.canary("HANDLER", code, name),
            licence_number=here.canary("HL", code, name),
            provider_id=provider.id,
            handler_type=HandlerType.LAWYER,
        )
    )


def _account(here: Province, name: str, role: Role, code: str, **more: Any) -> Membership:
    user = User(
        email=f"{here.canary('MAIL', code, name)}@example.org".lower(),
        name=here.canary(f"U{role.value[:3].upper()}", code, name),
        password_hash=world.password_hash(),
    )
    member = add(Membership(user=user, role=role, region_code=code, **more))
    login = add(
        LoginSession(
            token_digest=token_digest(token_of(name)),
            user_id=member.user_id,
            membership_id=member.id,
            started_at=NEVER_STALE,
            seen_at=NEVER_STALE,
        )
    )
    here.members[name], here.emails[name] = member, user.email
    owned = {"region_code": code, "owners": frozenset({name})}
    here.thing("user", name, member.user_id, **owned)
    here.thing("membership", name, member.id, **owned)
    here.thing("login", name, login.id, **owned)
    return member


def _invitations(here: Province) -> None:
    waiting = (
        (Role.ORGANISER, COUNTY, "INVITED"),
        (Role.REVIEWER, COUNTY, "INVITEE"),
        (Role.REVIEWER, OTHER_COUNTY, "INVITEE"),
    )
    for role, code, kind in waiting:
        name = f"{role.value}-{code}"
        invitation = add(
            Invitation(
                token_digest=token_digest(invitation_token(name)),
                email=f"{here.canary(kind, code)}@example.org".lower(),
                name=here.canary(kind, code),
                role=role,
                region_code=code,
                invited_by_id=here.members["administrator"].user_id,
                expires_at=NEVER_STALE,
            )
        )
        here.thing("invitation", name, invitation.id, region_code=code, status=role.value)
        here.thing("invitation_token", name, invitation_token(name), status=role.value)


def invitation_token(name: str) -> str:
    return f"invitation-{name}".ljust(43, "-")


# Registers and cases


HEADINGS = (
    *("案件编号", "受理机构", "机构代码", "案件类型", "援助方式", "受援人", "身份证号"),
    *("联系电话", "承办机构", "承办人员", "执业证号", "结案日期", "处室"),
)


def register(here: Province, code: str) -> bytes:
    """A register with one good row and one without its closing day, full of canaries."""
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate((HEADINGS, _line(here, code), _refused(here, code))):
            sheet.write_row(row, 0, cells)
    return made.getvalue()


def _line(here: Province, code: str) -> tuple[str, ...]:
    names = [here.canary(kind, code) for kind in ("RECIPIENT", "IDNO", "PHONE")]
    by = [here.canary(kind, code) for kind in ("PROVIDER", "HANDLER")]
    number = f"（2024）示援字第{here.next():05d}号"
    place = (f"{code}援助中心", code)
    return (number, *place, "民事", "民事诉讼代理", *names, *by, "", "2024-05-06", "一处")


def _refused(here: Province, code: str) -> tuple[str, ...]:
    refused = tuple(here.canary("REFUSED", code) for _ in range(5))
    number = f"（2024）示援字第{here.next():05d}号"
    place = (f"{code}援助中心", code)
    return (number, *place, "民事", "民事诉讼代理", *refused, "", "", "一处")


def _registers(here: Province) -> None:
    """One register confirmed and one waiting, in two counties. The verbs commit."""
    for name in ("organiser@county", "organiser@other"):
        for status in ImportStatus.CONFIRMED, ImportStatus.PREVIEWED:
            actor = here.actor(name)
            staged = stage_import(register(here, actor.region_code), "register.xlsx", actor)
            if status is ImportStatus.CONFIRMED:
                confirm_import(staged, actor)
            key = f"{name}-{status.value}"
            known = {"region_code": actor.region_code, "status": status.value}
            here.thing("import", key, staged.id, **known)


def _uploads(here: Province) -> None:
    """Uploads of two counties: received, on its way, and one with a file of an unknown case."""
    for name in ("organiser@county", "organiser@other"):
        owners = frozenset({name})
        received = _upload(here, name, UploadStatus.RECEIVING, 10)
        part = {"public_id": _upload(here, name, UploadStatus.RECEIVING, 0).public_id, "start": 0}
        done = _upload(here, name, UploadStatus.DONE, 10)
        for upload in received, done:
            key, status = upload.public_id, upload.status.value
            here.thing("upload", f"{name}-{status}", key, owners=owners, status=status)
        here.thing("part", name, part, owners=owners)
        file = add(
            DossierFile(
                upload_id=done.id,
                ordinal=0,
                name=encrypt_text(here.canary("FILENAME", done.region_code, name)),
                status=FileStatus.UNMATCHED,
                uploaded_by_id=done.owner_id,
                uploaded_at=NOON,
            )
        )
        unmatched = {"public_id": done.public_id, "file_id": file.id}
        here.thing("unmatched", name, unmatched, owners=owners)


def _upload(here: Province, name: str, status: UploadStatus, received: int) -> DossierUpload:
    member = here.members[name]
    return add(
        DossierUpload(
            public_id=f"upload{here.next():016d}",
            region_code=member.region_code,
            owner_id=member.user_id,
            batch="b" * 22,
            name=encrypt_text(here.canary("FILENAME", member.region_code, name)),
            size=10,
            received=received,
            status=status,
            made_at=NOON,
        )
    )


def _jobs(here: Province) -> None:
    """Work in progress that no worker takes up."""
    for name in ("organiser@county", "organiser@other"):
        member = here.members[name]
        job = add(
            Job(
                public_id=f"job-of-{name}".ljust(22, "-")[:22],
                kind=JobKind.IMPORT_REGISTER,
                payload={"import_id": here.things["import"][f"{name}-previewed"].key},
                owner_id=member.id,
                created_at=NEVER_STALE,
            )
        )
        here.thing(
            "job", name, job.public_id, region_code=member.region_code, owners=frozenset({name})
        )


def new_case(here: Province, handler: str, code: str, closed_on: date, **changes: Any) -> Case:
    by = here.handlers[handler]
    number = here.next()
    values: dict[str, Any] = {
        "case_number": f"（2024）示援字第{number:05d}号",
        "region_code": code,
        "agency_id": here.agencies[code].id,
        "provider_id": by.provider_id,
        "handler_id": by.id,
        "kind": CaseKind.CIVIL_FIRST,
        "case_type": CaseType.CIVIL,
        "aid_method": AidMethod.CIVIL_LITIGATION,
        "instance": Instance.FIRST,
        "cause": "离婚纠纷",
        "recipient_name": encrypt_text(here.canary("RECIPIENT", code)),
        "id_number_digest": digest(f"990101199001{number:06d}"),
        "phone_digest": digest(f"139{number:08d}"),
        "recipient_categories": ["woman"],
        "accepted_on": closed_on - timedelta(days=90),
        "assigned_on": closed_on - timedelta(days=88),
        "closed_on": closed_on,
        "archived_on": closed_on,
        "dossier_pages": 60,
        "content_digest": f"{number:064d}",
    }
    case = add(Case(**(values | changes)))
    here.thing("case", f"{handler}-{number}", case.id, region_code=code)
    return case


def _alike(here: Province) -> None:
    """In each county two handlers of one name in one office, long before every round."""
    for code in (COUNTY, COUNTY_BESIDE, OTHER_COUNTY):
        name, first = here.canary("HANDLER", code), next(n for n, c in HANDLERS if c == code)
        both = [add(Handler(name=name, provider_id=here.handlers[first].provider_id)) for _ in "ab"]
        for handler in both:
            here.handlers["alike"] = handler
            new_case(here, "alike", code, date(2019, 5, 6))
        del here.handlers["alike"]
        key = {"kept_id": both[0].id, "other_id": both[1].id}
        here.thing("alike", code, key, region_code=code)


# Rubrics and schemes of the bureaus


def _definitions(here: Province) -> None:
    """Of three bureaus: drafts, published and retired rubrics, and a scheme."""
    own: dict[str, dict[str, Any]] = {"scheme": {"subject": DefinitionSubject.SCHEME}}
    own |= {status.value: {"status": status} for status in DefinitionStatus}
    for name, kept in (
        ("organiser@county", ("draft", "published")),
        ("organiser@city", ("retired", "scheme")),
        ("organiser@other", ("draft", "published")),
    ):
        by, code = here.members[name], here.members[name].region_code
        made = {what: world.definition(by, what, saved_at=NOON, **own[what]) for what in kept}
        for status, definition in made.items():
            place = {"region_code": code, "status": status}
            here.thing("definition", f"{status}-{code}", definition.id, **place)
            key = {"subject": definition.subject.value, "key": definition.key}
            here.thing("definition_file", f"{status}-{code}", key, **place)
    shipped = {"subject": "rubric", "key": CIVIL_RUBRIC}
    here.thing("definition_file", "shipped", shipped, region_code=PROVINCE, status="shipped")


def _conflicts(here: Province) -> None:
    """Ties of reviewers, and what organisers of two places noted for their rounds."""
    for name in REVIEWERS[:2]:
        member = here.members[name]
        subject = encrypt_text(here.canary("RELATIVE", member.region_code, name))
        declared = add(
            Declaration(
                user_id=member.user_id,
                kind=DeclarationKind.RELATIVE,
                subject=subject,
                declared_at=NOON,
            )
        )
        here.thing("declaration", name, declared.id, owners=frozenset({name}))
    for name, handler in here.handlers.items():
        provider = db.session.get_one(Provider, handler.provider_id)
        here.thing("provider", name, provider.name)
    for name, by, firm in (
        ("county-drawn", "organiser@county", "handler"),
        ("other-draft", "organiser@other", "handler-other"),
    ):
        _noted(here, name, by, here.handlers[firm].provider_id)


def _noted(here: Province, name: str, by: str, provider_id: int) -> None:
    round_id, region_code = here.things["round"][name].key, here.things["round"][name].region_code
    round_, known = {"round_id": round_id}, {"region_code": region_code, "status": "noted"}
    who = here.members[by].user_id
    pin = add(
        Pin(
            **round_,
            user_id=here.members["reviewer"].user_id,
            provider_id=provider_id,
            is_conflict=True,
            note=here.canary("NOTE", region_code),
            pinned_by_id=who,
            pinned_at=NOON,
        )
    )
    objection = add(
        PanelObjection(
            **round_,
            region_code=region_code,
            against_id=provider_id,
            reason=here.canary("NOTE", region_code),
            recorded_by_id=who,
            recorded_at=NOON,
        )
    )
    plan = add(
        PanelPlan(
            **round_,
            public_id=f"plan-of-{name}".ljust(22, "-"),
            choice={"reviewers": [], **PLAIN_WISHES},
            outcome=EMPTY_OUTCOME,
            digest="0" * 64,
            confirmed_at=NOON,
            made_by_id=who,
            made_at=NOON,
        )
    )
    user_id = here.members["reviewer"].user_id
    here.thing("pin", name, {**round_, "pin_id": pin.id}, **known)
    here.thing("panel_objection", name, {**round_, "objection_id": objection.id}, **known)
    here.thing("plan", name, {**round_, "public_id": plan.public_id}, **known)
    here.thing("panellist", name, {**round_, "user_id": user_id}, **known)


# Rounds


def _rounds(here: Province) -> None:
    city_mix = ("handler", "handler-same-county", "handler-beside") * 2
    county_mix = ("handler", "handler-same-county") * 3
    every_county = tuple(name for name, _code in HANDLERS) * 2
    plan = (
        ("city-earlier", CITY, RoundStatus.PUBLISHED, date(2023, 8, 1), city_mix),
        ("city-published", CITY, RoundStatus.PUBLISHED, date(2024, 2, 1), city_mix),
        ("city-marking", CITY, RoundStatus.MARKING, date(2024, 8, 1), city_mix),
        ("county-published", COUNTY, RoundStatus.PUBLISHED, date(2024, 3, 1), county_mix),
        ("county-marking", COUNTY, RoundStatus.MARKING, date(2024, 9, 1), county_mix),
        ("county-settled", COUNTY, RoundStatus.MARKING, date(2024, 5, 1), county_mix),
        ("county-draft", COUNTY, RoundStatus.DRAFT, date(2024, 10, 1), county_mix),
        ("county-frozen", COUNTY, RoundStatus.FROZEN, date(2024, 11, 1), county_mix),
        ("county-sealing", COUNTY, RoundStatus.FROZEN, date(2024, 7, 1), county_mix),
        ("county-drawn", COUNTY, RoundStatus.DRAWN, date(2024, 12, 1), county_mix),
        ("province-published", PROVINCE, RoundStatus.PUBLISHED, date(2024, 4, 1), every_county),
        (
            "other-published",
            OTHER_CITY,
            RoundStatus.PUBLISHED,
            date(2024, 2, 1),
            ("handler-other",) * 6,
        ),
        (
            "other-marking",
            OTHER_CITY,
            RoundStatus.MARKING,
            date(2024, 8, 1),
            ("handler-other",) * 6,
        ),
        ("other-draft", OTHER_COUNTY, RoundStatus.DRAFT, date(2024, 10, 1), ("handler-other",) * 2),
    )
    for name, region_code, status, closed_on, handlers in plan:
        _round(here, name, region_code, status=status, closed_on=closed_on, handlers=handlers)


def _round(
    here: Province,
    name: str,
    region_code: str,
    *,
    status: RoundStatus,
    closed_on: date,
    handlers: tuple[str, ...],
) -> None:
    reached = STATUS_ORDER.index(status)
    cases = [new_case(here, h, _county_of(h), closed_on) for h in handlers]
    round_ = add(
        Round(
            name=name,
            region_code=region_code,
            window_from=closed_on,
            window_to=closed_on + timedelta(days=20),
            scheme_key="hundred-4",
            marks_per_case=2,
            threshold=THRESHOLD,
            conflict_level=RegionLevel.COUNTY,
            marking_due_on=date(2099, 12, 31),
            status=status,
            created_by_id=here.members["organiser@province"].user_id,
            rubrics=[RoundRubric(kind=CaseKind.CIVIL_FIRST, rubric_key=CIVIL_RUBRIC)],
        )
    )
    if region_code in EXCLUDERS and reached <= STATUS_ORDER.index(RoundStatus.FROZEN):
        _exclude(here, name, round_)
        _target(here, name, round_, cases[1])
    here.thing("case_number", name, cases[0].case_number)
    stands = name.rsplit("-", maxsplit=1)[-1] if name.endswith(STANDING_APART) else status.value
    here.thing("round", name, round_.id, region_code=region_code, status=stands)
    if reached >= STATUS_ORDER.index(RoundStatus.FROZEN):
        strata = _freeze(round_, cases)
        _publish(here, round_, name, cases, strata, is_drawn=reached > 1)
    if reached >= STATUS_ORDER.index(RoundStatus.DRAWN):
        sampled = _draw(here, round_, cases[:5], strata)
    if reached >= STATUS_ORDER.index(RoundStatus.MARKING):
        _mark(here, round_, name, sampled, cases)
    if status is RoundStatus.PUBLISHED:
        round_.published_at = NOON
        refresh(round_)


def _exclude(here: Province, name: str, round_: Round) -> None:
    by, handler = EXCLUDERS[round_.region_code]
    case = new_case(here, handler, round_.region_code, round_.window_to)
    add(
        Exclusion(
            round_id=round_.id,
            case_id=case.id,
            reason=ExclusionReason.CONFIDENTIAL,
            note=here.canary("NOTE", round_.region_code),
            excluded_by_id=here.members[by].user_id,
            excluded_at=NOON,
        )
    )
    key = {"round_id": round_.id, "case_id": case.id}
    here.thing("exclusion", name, key, region_code=round_.region_code, status=round_.status.value)


STANDING_APART = ("-settled", "-sealing")
"""Rounds that differ from others of their status: all cases settled; waiting for two parties'
values, and for a second person to end the version."""


def _target(here: Province, name: str, round_: Round, case: Case) -> None:
    by, _handler = EXCLUDERS[round_.region_code]
    add(
        TargetedCase(
            round_id=round_.id,
            case_id=case.id,
            reason=TargetReason.COMPLAINT,
            named_by_id=here.members[by].user_id,
            named_at=NOON,
        )
    )
    key = {"round_id": round_.id, "case_id": case.id}
    here.thing("targeted", name, key, region_code=round_.region_code, status=round_.status.value)


def _publish(
    here: Province,
    round_: Round,
    name: str,
    cases: list[Case],
    strata: dict[str, Stratum],
    *,
    is_drawn: bool,
) -> None:
    """The version that the freeze published, with a manifest once there was a draw."""
    rows = sorted((c.case_number, strata[c.region_code].label) for c in cases)
    listing = "".join(f"{number}\t{label}\t\n" for number, label in rows).encode()
    design = Design("proportional", len(strata))
    told = [[one.label, one.population, one.sample_size] for one in strata.values()]
    add(
        FrameVersion(
            round_id=round_.id,
            number=1,
            cases=len(cases),
            digest=round_.frame_digest,
            listing=zlib.compress(listing),
            design={"rules": Rules().to_json(), "design": asdict(design), "strata": told},
            figures={"places": {}, "late": 0, "exclusions": []},
            frozen_by_id=here.members["organiser@city"].user_id,
            frozen_at=NOON,
            seed_kind=SeedKind.DICE,
            seed_source="示例来源",
            seed=f"{round_.id:020d}" if is_drawn else None,
            drawn_at=NOON if is_drawn else None,
            manifest='{"sample": []}' if is_drawn else None,
            seal="e" * 64 if is_drawn else None,
        )
    )
    if name.endswith("-sealing"):
        _seal(here, round_)
    key = {"round_id": round_.id, "number": 1}
    here.thing("version", name, key, region_code=round_.region_code, status=round_.status.value)


def _seal(here: Province, round_: Round) -> None:
    version = db.session.get_one(FrameVersion, (round_.id, 1))
    version.seed_kind = SeedKind.PARTIES
    version.reopening_reason, version.reopening_asked_at = "名单有误", NOON
    version.reopening_asked_by_id = here.members["organiser@county"].user_id
    for party in ("司法厅", "律协"):
        add(SeedParty(round_id=round_.id, version=1, name=party))


def _county_of(handler: str) -> str:
    return dict(HANDLERS)[handler]


def _freeze(round_: Round, cases: list[Case]) -> dict[str, Stratum]:
    round_.frame_size, round_.frozen_at = len(cases), NOON
    round_.frame_digest = f"{round_.id:064d}"
    counties = Counter(case.region_code for case in cases)
    strata = {
        code: add(Stratum(round_id=round_.id, label=f"{code}:civil_first", population=count))
        for code, count in sorted(counties.items())
    }
    for case in cases:
        add(
            FrameCase(
                round_id=round_.id,
                case_id=case.id,
                stratum_id=strata[case.region_code].id,
                canonical_number=case.case_number,
            )
        )
    return strata


def _draw(
    here: Province, round_: Round, cases: list[Case], strata: dict[str, Stratum]
) -> list[SampledCase]:
    for code, stratum in strata.items():
        stratum.sample_size = sum(case.region_code == code for case in cases)
    add(
        Draw(
            round_id=round_.id,
            seed="20240902202409022024",
            seed_source="示例来源",
            allocation=Allocation.PROPORTIONAL,
            design={},
            sample_size=len(cases),
            drawn_by_id=here.members["organiser@city"].user_id,
            drawn_at=NOON,
        )
    )
    sampled = [_drawn(round_, case, strata[case.region_code]) for case in cases]
    key = {"round_id": round_.id, "case_id": sampled[0].case_id}
    region_code, status = round_.region_code, round_.status.value
    here.thing("drawn_case", f"drawn-{round_.id}", key, region_code=region_code, status=status)
    return sampled


def _drawn(round_: Round, case: Case, stratum: Stratum) -> SampledCase:
    return add(
        SampledCase(
            round_id=round_.id,
            case_id=case.id,
            stratum_id=stratum.id,
            ticket=f"{case.id:064d}",
            inclusion_probability=stratum.sample_size / stratum.population,
            rubric_key=CIVIL_RUBRIC,
        )
    )


# How far each drawn case of a round in marking has come: the shares of points given by the first,
# second and third reviewer; None is an open task, a trailing "draft" a saved draft.
PROGRESS: tuple[tuple[SampledCaseStatus, tuple[Any, Any, Any]], ...] = (
    (SampledCaseStatus.MARKING, (None, None, None)),
    (SampledCaseStatus.MARKING, ("draft", "0.9", None)),
    (SampledCaseStatus.THIRD_MARK, ("0.9", "0.6", None)),
    (SampledCaseStatus.PANEL, ("0.95", "0.7", "0.4")),
    (SampledCaseStatus.SETTLED, ("0.8", "0.85", None)),
)
FINISHED = tuple(
    (SampledCaseStatus.SETTLED, shares)
    for shares in (
        ("0.9", "0.95", None),
        ("0.8", "0.85", None),
        ("0.7", "0.65", None),
        ("0.5", "0.55", None),
        ("0.9", "0.6", "0.62"),
    )
)


def _mark(
    here: Province, round_: Round, name: str, sampled: list[SampledCase], cases: list[Case]
) -> None:
    for reviewer in REVIEWERS:
        add(PanelMember(round_id=round_.id, user_id=here.members[reviewer].user_id))
    is_done = round_.status is RoundStatus.PUBLISHED or name.endswith("-settled")
    steps = FINISHED if is_done else PROGRESS
    for number, (drawn, (status, shares)) in enumerate(zip(sampled, steps, strict=True)):
        drawn.status = status
        if number == SCANNED:
            _dossier(here, cases[number])
        handler = _handler_name(here, cases[number])
        readers = frozenset({handler} if round_.status is RoundStatus.PUBLISHED else ())
        label, region_code = f"{name}-{number}", round_.region_code
        here.thing("sampled", label, drawn.id, region_code=region_code, status=status.value)
        about = Thing(label, cases[number].region_code, readers, round_.status.value)
        totals = [
            _assign(here, drawn, about, ordinal, share) for ordinal, share in enumerate(shares, 1)
        ]
        if status is SampledCaseStatus.SETTLED:
            _settle(here, drawn, totals, about)


SCAN = scan("ccitt")


def _dossier(here: Province, case: Case) -> None:
    """Two copies of a dossier; what they would show of names is a matter of their pages."""
    public_id = f"dossier{here.next():015d}"
    by = here.members["organiser@province"]
    dossier = world.dossier(case, by, public_id=public_id, full=SCAN, redacted=SCAN)
    code = case.region_code
    here.thing("dossier", public_id, public_id, region_code=code)
    here.thing("copy", public_id, {"public_id": public_id, "kind": "full"}, region_code=code)
    document, mark = world.document(dossier), world.redaction_mark(dossier)
    key = {"public_id": public_id, "document_id": document.id}
    here.thing("document", public_id, key, region_code=code)
    key = {"public_id": public_id, "mark_id": mark.id}
    here.thing("mark", public_id, key, region_code=code)


def _handler_name(here: Province, case: Case) -> str:
    return next(n for n, h in here.handlers.items() if h.id == case.handler_id)


def _assign(
    here: Province, drawn: SampledCase, about: Thing, ordinal: int, share: str | None
) -> Decimal | None:
    reviewer = REVIEWERS[ordinal - 1]
    number = here.next()
    status = _assignment_status(drawn, ordinal, share)
    task = add(
        Assignment(
            public_id=f"task{number:018d}",
            sampled_case_id=drawn.id,
            reviewer_id=here.members[reviewer].user_id,
            alias=f"A{number:06d}",
            ordinal=ordinal,
            due_on=date(2099, 12, 31),
            assigned_at=NOON,
            status=status,
        )
    )
    owners = frozenset() if status is AssignmentStatus.RESERVE else frozenset({reviewer})
    here.thing(
        "assignment", f"{about.key}-{ordinal}", task.public_id, owners=owners, status=status.value
    )
    is_scanned = str(about.key).endswith(f"-{SCANNED}")
    is_readable = is_scanned and share and about.status == RoundStatus.MARKING
    here.thing(
        "own_dossier",
        f"{about.key}-{ordinal}",
        task.public_id,
        owners=owners if is_readable else frozenset(),
        status=about.status,
    )
    _for_organisers(here, task, drawn.round_id, f"{about.key}-{ordinal}")
    readers = (reviewer, *about.owners)
    return _review(here, task, share, about.region_code, readers) if share else None


def _for_organisers(here: Province, task: Assignment, round_id: int, label: str) -> None:
    """What organisers of the round see of a task: its submitted review, or an extension."""
    round_ = db.session.get_one(Round, round_id)
    where = {"region_code": round_.region_code, "status": round_.status.value}
    if task.status is AssignmentStatus.SUBMITTED:
        here.thing("submitted", label, task.public_id, **where)
    elif task.status is AssignmentStatus.DRAFT:
        asked = add(Extension(assignment_id=task.id, asked_at=NOON))
        key = {"round_id": round_id, "extension_id": asked.id}
        here.thing("extension", label, key, **where)


def _assignment_status(drawn: SampledCase, ordinal: int, share: str | None) -> AssignmentStatus:
    if share == "draft":
        return AssignmentStatus.DRAFT
    if share:
        return AssignmentStatus.SUBMITTED
    called = drawn.status is SampledCaseStatus.THIRD_MARK
    return AssignmentStatus.RESERVE if ordinal == 3 and not called else AssignmentStatus.OPEN


def _review(
    here: Province, task: Assignment, share: str, region_code: str, readers: tuple[str, ...]
) -> Decimal | None:
    done = share != "draft"
    part = Decimal(share) if done else Decimal("0.5")
    criteria = get_rubric(CIVIL_RUBRIC).criteria
    total = Decimal(100) * part if done else None
    review = add(
        Review(
            assignment_id=task.id,
            rubric_key=CIVIL_RUBRIC,
            version=1,
            comment=here.canary("COMMENT", region_code, *readers),
            total=total,
            started_at=NOON,
            saved_at=NOON,
            submitted_at=NOON if done else None,
            marks=[
                Mark(
                    criterion_code=criterion.code,
                    points=Decimal(criterion.points) * part,
                    reason="" if part == 1 else here.canary("REASON", region_code, *readers),
                )
                for criterion in criteria
            ],
        )
    )
    if done:
        digest = hashlib.sha256(task.public_id.encode()).hexdigest()
        add(Receipt(review_id=review.id, version=1, salt="s" * 22, digest=digest))
    return total


def _settle(
    here: Province,
    drawn: SampledCase,
    totals: list[Decimal | None],
    about: Thing,
) -> None:
    given = sorted(t for t in totals if t is not None)
    pair = given[:2] if len(given) == 3 else given
    total = sum(pair, Decimal(0)) / len(pair)
    result = add(
        Result(
            public_id=f"result{drawn.id:016d}",
            sampled_case_id=drawn.id,
            total=total,
            grade=_grade(total),
            settled_by=SettledBy.CLOSEST_TWO if len(given) == 3 else SettledBy.MEAN,
            settled_at=NOON,
        )
    )
    here.thing("result", about.key, result.public_id, owners=about.owners)
    if len(given) == 3:
        _record_panel(here, drawn, about.key)


def _record_panel(here: Province, drawn: SampledCase, label: str) -> None:
    """The record of a panel whose members are named."""
    region_code = db.session.get_one(Round, drawn.round_id).region_code
    members = [{"name": here.canary("MEMBER", region_code)} for _ in range(3)]
    here.thing("decided", label, drawn.id, region_code=region_code)
    add(
        PanelRecord(
            sampled_case_id=drawn.id,
            rubric_key=drawn.rubric_key,
            marks={},
            in_favour=3,
            against=0,
            members=encrypt_text(json.dumps(members)),
            decided_at=NOON,
        )
    )


def _grade(total: Decimal) -> Grade:
    for least, grade in ((90, Grade.EXCELLENT), (80, Grade.GOOD), (60, Grade.PASS)):
        if total >= least:
            return grade
    return Grade.FAIL


def _audit_events(here: Province) -> None:
    """One event of each region's people, so that an auditor's list has a border to keep."""
    for name, member in here.members.items():
        add(
            AuditEvent(
                at=NOON,
                actor_id=member.user_id,
                role=member.role,
                region_code=member.region_code,
                action="session.started",
                object_type="user",
                object_id=f"{name}",
                details={},
            )
        )
