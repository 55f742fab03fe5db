"""A small province to test in: 990000 ⊃ 990100 ⊃ 990101, 990102 and 990000 ⊃ 990200 ⊃ 990201.

Every function adds to the running session and flushes; the caller commits. All people have the
password ``PASSWORD``. Names are canaries: planted so that a leak can be searched for.
"""

import dataclasses
import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from argon2 import PasswordHasher

from review.domain.seeds import SeedPlan
from review.enums import (
    AidMethod,
    Allocation,
    AssignmentStatus,
    CaseKind,
    CaseType,
    CopyKind,
    DefinitionStatus,
    DefinitionSubject,
    DossierStatus,
    Grade,
    HandlerType,
    IndexSource,
    Instance,
    MarkedContent,
    MarkStatus,
    RegionLevel,
    Role,
    RoundStatus,
    SampledCaseStatus,
    SeedKind,
    SettledBy,
    Stage,
)
from review.extensions import db
from review.models.accounts import LoginSession, Membership, Region, ReviewerProfile, User
from review.models.assignment import Assignment, PanelMember
from review.models.cases import Agency, Case
from review.models.definitions import Definition
from review.models.dossiers import Dossier, DossierCopy, DossierDocument, RedactionMark, StoredFile
from review.models.handler import Handler, Provider
from review.models.results import Result
from review.models.reviewing import Mark, Review
from review.models.rounds import Round, RoundRubric
from review.models.sampling import Draw, FrameCase, SampledCase, Stratum
from review.permissions import Actor
from review.privacy import encrypt_text, token_digest
from review.storage import put
from rubrics.registry import get_rubric, get_scheme
from rubrics.writing import rubric_text, scheme_text

PASSWORD = "correct horse battery staple"  # noqa: S105
PROVINCE, CITY, COUNTY, COUNTY_BESIDE = "990000", "990100", "990101", "990102"
OTHER_CITY, OTHER_COUNTY = "990200", "990201"
REGIONS = (
    (PROVINCE, "示范省", RegionLevel.PROVINCE, None),
    (CITY, "东川市", RegionLevel.CITY, PROVINCE),
    (COUNTY, "城关区", RegionLevel.COUNTY, CITY),
    (COUNTY_BESIDE, "南湖区", RegionLevel.COUNTY, CITY),
    (OTHER_CITY, "西岭市", RegionLevel.CITY, PROVINCE),
    (OTHER_COUNTY, "白水县", RegionLevel.COUNTY, OTHER_CITY),
)
T = TypeVar("T")
SEED = "31415926535897932384"
SEED_PLAN = SeedPlan(SeedKind.DICE, "公证处掷骰，三楼会议室")
REASON, COMMENT = "扣分理由甲", "总体意见乙"
CIVIL_RUBRIC, CRIMINAL_RUBRIC = "civil-first/1", "criminal-trial/1"


@cache
def password_hash() -> str:
    return PasswordHasher(1, 8, 1).hash(PASSWORD)


def add(row: T) -> T:
    db.session.add(row)
    db.session.flush()
    return row


def regions() -> None:
    for code, name, level, parent in REGIONS:
        add(Region(code=code, name=name, level=level, parent_code=parent))


def person(role: Role, region_code: str = COUNTY, **membership: Any) -> Membership:
    """A person with one role; ``.user`` is the account."""
    name = f"{role.value}-{secrets.token_hex(4)}"
    user = User(email=f"{name}@example.org", name=name, password_hash=password_hash())
    return add(Membership(user=user, role=role, region_code=region_code, **membership))


def reviewer(region_code: str = OTHER_COUNTY, provider: Provider | None = None) -> Membership:
    member = person(Role.REVIEWER, region_code)
    add(
        ReviewerProfile(
            user_id=member.user_id,
            region_code=region_code,
            provider_id=provider.id if provider else None,
            licence_number=f"L{member.user_id}",
            practising_since=date(2010, 1, 1),
        )
    )
    return member


def agency(region_code: str = COUNTY) -> Agency:
    return add(Agency(code=region_code, name=f"{region_code}法律援助中心", region_code=region_code))


def handler(provider_name: str | None = None, region_code: str = COUNTY) -> Handler:
    tag = secrets.token_hex(3)
    provider = add(Provider(name=provider_name or f"律所ZX{tag}", region_code=region_code))
    return add(
        Handler(
            name=f"承办ZX{tag}",
            licence_number=f"1{int(tag, 16):015d}",
            provider_id=provider.id,
            handler_type=HandlerType.LAWYER,
        )
    )


def case(
    by: Handler,
    at: Agency,
    *,
    closed_on: date = date(2024, 3, 1),
    kind: CaseKind = CaseKind.CIVIL_FIRST,
) -> Case:
    tag = secrets.token_hex(4)
    criminal = kind is CaseKind.CRIMINAL_TRIAL
    return add(
        Case(
            case_number=f"（2024）示援字第{int(tag, 16):010d}号",
            region_code=at.region_code,
            agency_id=at.id,
            provider_id=by.provider_id,
            handler_id=by.id,
            kind=kind,
            case_type=CaseType.CRIMINAL if criminal else CaseType.CIVIL,
            aid_method=AidMethod.CRIMINAL_DEFENCE if criminal else AidMethod.CIVIL_LITIGATION,
            stage=Stage.TRIAL if criminal else None,
            instance=Instance.FIRST,
            cause="盗窃罪" if criminal else "离婚纠纷",
            recipient_name=encrypt_text(f"受援ZX{tag}"),
            recipient_categories=[],
            accepted_on=date(2023, 12, 1),
            assigned_on=date(2023, 12, 3),
            closed_on=closed_on,
            archived_on=closed_on,
            dossier_pages=60,
            content_digest=tag,
        )
    )


def dossier(of: Case, by: Membership, *, public_id: str | None = None, **copies: bytes) -> Dossier:
    """A dossier with copies by kind: ``full=…, redacted=…`` are the bytes of their files."""
    made = add(
        Dossier(
            public_id=public_id or secrets.token_urlsafe(16),
            case_id=of.id,
            pages=1,
            status=DossierStatus.REDACTED if "redacted" in copies else DossierStatus.UPLOADED,
            made_at=datetime.now(UTC),
        )
    )
    for kind, content in copies.items():
        stored = add(StoredFile(**dataclasses.asdict(put([content]))))
        add(
            DossierCopy(
                dossier_id=made.id,
                kind=CopyKind(kind),
                stored_id=stored.id,
                pages=1,
                made_at=datetime.now(UTC),
                made_by_id=by.user_id,
            )
        )
    return made


def document(of: Dossier, code: str = "application", **changes: Any) -> DossierDocument:
    """A confirmed entry of the index on the first page."""
    values = {"first_page": 1, "last_page": 1, "source": IndexSource.HAND, "confirmed": True}
    return add(DossierDocument(dossier_id=of.id, document_type=code, **(values | changes)))


def redaction_mark(of: Dossier, **changes: Any) -> RedactionMark:
    """A proposed rectangle over the upper left of the first page."""
    values = {"page": 1, "x0": 0.1, "y0": 0.1, "x1": 0.3, "y1": 0.2, "what": MarkedContent.NAME}
    values |= {"source": IndexSource.TEXT, "status": MarkStatus.PROPOSED}
    return add(RedactionMark(dossier_id=of.id, **(values | changes)))


def definition(
    by: Membership,
    name: str = "civil",
    subject: DefinitionSubject = DefinitionSubject.RUBRIC,
    **changes: Any,
) -> Definition:
    """The first version of a bureau's own copy of a shipped rubric or scheme, a draft."""
    key = f"{by.region_code}-{name}/1"
    if subject is DefinitionSubject.RUBRIC:
        own = dataclasses.replace(get_rubric(CIVIL_RUBRIC), key=key, version=1, is_example=False)
        text = rubric_text(own)
    else:
        text = scheme_text(dataclasses.replace(get_scheme("hundred-4"), key=key))
    values: dict[str, Any] = {
        "subject": subject,
        "key": key,
        "region_code": by.region_code,
        "text": text,
        "status": DefinitionStatus.DRAFT,
        "saved_by_id": by.user_id,
        "saved_at": datetime.now(UTC),
    }
    made = Definition(**(values | changes))
    if made.status in (DefinitionStatus.PUBLISHED, DefinitionStatus.RETIRED):
        made.digest = hashlib.sha256(text.encode()).hexdigest()
        made.published_at = made.saved_at
    return add(made)


def round_(by: Membership, region_code: str = CITY, **changes: Any) -> Round:
    """A draft round over 2024 in which civil and criminal trial cases are marked twice."""
    values: dict[str, Any] = {
        "name": "2024年上半年质量评估",
        "region_code": region_code,
        "window_from": date(2024, 1, 1),
        "window_to": date(2024, 6, 30),
        "scheme_key": "hundred-4",
        "marks_per_case": 2,
        "threshold": Decimal(10),
        "conflict_level": RegionLevel.COUNTY,
        "marking_due_on": date(2099, 12, 31),
        "status": RoundStatus.DRAFT,
        "created_by_id": by.user_id,
        "rubrics": [
            RoundRubric(kind=CaseKind.CIVIL_FIRST, rubric_key=CIVIL_RUBRIC),
            RoundRubric(kind=CaseKind.CRIMINAL_TRIAL, rubric_key=CRIMINAL_RUBRIC),
        ],
    }
    return add(Round(**(values | changes)))


def drawn_round(by: Membership, cases: Sequence[Case], **changes: Any) -> Round:
    """A round whose frame is ``cases`` and whose draw took every one of them."""
    frozen: dict[str, Any] = {
        "status": RoundStatus.DRAWN,
        "frame_size": len(cases),
        "frame_digest": "f" * 64,
        "frozen_at": datetime.now(UTC),
    }
    drawn = round_(by, **(frozen | changes))
    add(
        Draw(
            round_id=drawn.id,
            seed=SEED,
            seed_source="双色球第2024077期",
            allocation=Allocation.PROPORTIONAL,
            design={},
            sample_size=len(cases),
            drawn_by_id=by.user_id,
            drawn_at=datetime.now(UTC),
        )
    )
    for drawn_case in cases:
        _sampled(drawn, drawn_case)
    return drawn


def _sampled(drawn: Round, of: Case) -> SampledCase:
    label = f"{of.region_code}:{of.kind.value}"
    stratum = db.session.query(Stratum).filter_by(round_id=drawn.id, label=label).one_or_none()
    if stratum is None:
        stratum = add(Stratum(round_id=drawn.id, label=label, population=0, sample_size=0))
    stratum.population += 1
    stratum.sample_size += 1
    add(
        FrameCase(
            round_id=drawn.id,
            case_id=of.id,
            stratum_id=stratum.id,
            canonical_number=of.case_number,
        )
    )
    return add(
        SampledCase(
            round_id=drawn.id,
            case_id=of.id,
            stratum_id=stratum.id,
            ticket=secrets.token_hex(32),
            inclusion_probability=1.0,
            rubric_key=CRIMINAL_RUBRIC if of.kind is CaseKind.CRIMINAL_TRIAL else CIVIL_RUBRIC,
        )
    )


def sampled_cases(of: Round) -> list[SampledCase]:
    """The drawn cases of a round, in the order of drawing."""
    return db.session.query(SampledCase).filter_by(round_id=of.id).order_by(SampledCase.id).all()


def assignments(of: SampledCase) -> list[Assignment]:
    """Who marks a drawn case, in the order of their ordinals; a reserve is last."""
    found = db.session.query(Assignment).filter_by(sampled_case_id=of.id)
    return found.order_by(Assignment.ordinal).all()


def assigned_round(
    by: Membership, cases: Sequence[Case], reviewers: Sequence[Membership], **changes: Any
) -> Round:
    """A round in marking; reviewers take turns. Two marks per case come with a reserve third."""
    assigned = drawn_round(by, cases, **({"status": RoundStatus.MARKING} | changes))
    for member in reviewers:
        add(PanelMember(round_id=assigned.id, user_id=member.user_id))
    named = 3 if assigned.marks_per_case == 2 else assigned.marks_per_case
    for turn, sampled in enumerate(sampled_cases(assigned)):
        for ordinal in range(1, named + 1):
            marker = reviewers[(turn + ordinal - 1) % len(reviewers)]
            is_reserve = ordinal > assigned.marks_per_case
            assignment(sampled, marker, ordinal, is_reserve=is_reserve)
    return assigned


def assignment(
    of: SampledCase, to: Membership, ordinal: int = 1, *, is_reserve: bool = False
) -> Assignment:
    return add(
        Assignment(
            public_id=secrets.token_urlsafe(16),
            sampled_case_id=of.id,
            reviewer_id=to.user_id,
            alias=secrets.token_hex(4).upper(),
            ordinal=ordinal,
            due_on=date(2099, 12, 31),
            assigned_at=datetime.now(UTC),
            status=AssignmentStatus.RESERVE if is_reserve else AssignmentStatus.OPEN,
        )
    )


def submitted_review(of: Assignment, total: int | Decimal = 88) -> Review:
    """A submitted review: full points, less what ``total`` lacks of 100 on the first criteria."""
    sampled = db.session.get_one(SampledCase, of.sampled_case_id)
    rubric = get_rubric(sampled.rubric_key)
    missing, marks = Decimal(100) - total, []
    for criterion in rubric.criteria:
        lost = min(missing, Decimal(criterion.points))
        missing -= lost
        points = Decimal(criterion.points) - lost
        reason = REASON if lost else ""
        marks.append(Mark(criterion_code=criterion.code, points=points, reason=reason))
    of.status = AssignmentStatus.SUBMITTED
    now = datetime.now(UTC)
    return add(
        Review(
            assignment_id=of.id,
            rubric_key=sampled.rubric_key,
            comment=COMMENT,
            total=Decimal(total),
            started_at=now,
            saved_at=now,
            submitted_at=now,
            marks=marks,
        )
    )


def settled_case(of: SampledCase, totals: Sequence[int] = (88, 84)) -> Result:
    """A case whose first markers gave ``totals`` and whose result is their mean."""
    for marker, total in zip(assignments(of), totals, strict=False):
        submitted_review(marker, total)
    mean = Decimal(sum(totals)) / len(totals)
    of.status = SampledCaseStatus.SETTLED
    return add(
        Result(
            public_id=secrets.token_urlsafe(16),
            sampled_case_id=of.id,
            total=mean,
            grade=_grade(mean),
            settled_by=SettledBy.MEAN if len(totals) > 1 else SettledBy.SINGLE_MARK,
            settled_at=datetime.now(UTC),
        )
    )


def _grade(total: Decimal) -> Grade:
    """The scheme hundred-4, which ``round_`` uses."""
    if total >= 90:
        return Grade.EXCELLENT
    if total >= 80:
        return Grade.GOOD
    return Grade.PASS if total >= 60 else Grade.FAIL


def published_round(
    by: Membership,
    cases: Sequence[Case],
    reviewers: Sequence[Membership],
    totals: Sequence[int] = (88, 84),
    **changes: Any,
) -> Round:
    """A finished round: every case settled at the mean of ``totals``. No roll-ups are computed."""
    published = assigned_round(by, cases, reviewers, **changes)
    for sampled in sampled_cases(published):
        settled_case(sampled, totals)
    published.status = RoundStatus.PUBLISHED
    published.published_at = datetime.now(UTC)
    db.session.flush()
    return published


def result_of(of: Case) -> Result:
    """The one result of a case."""
    found = db.session.query(Result).join(SampledCase, SampledCase.id == Result.sampled_case_id)
    return found.filter(SampledCase.case_id == of.id).one()


def session_token(member: Membership) -> str:
    """A signed-in browser's token for this person in this role."""
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    add(
        LoginSession(
            token_digest=token_digest(token),
            user_id=member.user_id,
            membership_id=member.id,
            started_at=now,
            seen_at=now,
        )
    )
    return token


def one_task() -> tuple[Membership, Membership, Round, Assignment]:
    """A round of one case with one reviewer: its organiser, the reviewer, it and the task.
    Commits."""
    regions()
    organiser, member = person(Role.ORGANISER, CITY), reviewer()
    round_ = assigned_round(organiser, [case(handler(), agency())], [member], marks_per_case=1)
    (task,) = assignments(sampled_cases(round_)[0])
    db.session.commit()
    return organiser, member, round_, task


def actor(member: Membership) -> Actor:
    return Actor(member.user_id, "", member.id, member.role, member.region_code)
