"""THE reviewed table: who may use which route, on which objects. Read it when a route is added.

A row is (endpoint, method) → Rule. ``roles`` are the roles whose people may use the route at all;
``kind`` names what its URL argument points at, ``visible`` says which of those a given actor may
reach. Whatever the table does not allow must be a 404 that equals the 404 of a missing object.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from review.enums import Role
from review.privacy import token_digest
from review.queries.regions import contains
from rubrics.registry import get_rubric
from rubrics.writing import rubric_text
from tests.trust.province import (
    ACTORS,
    HANDLERS,
    REVIEWERS,
    Province,
    Thing,
    register,
    token_of,
)
from tests.world import CIVIL_RUBRIC, COUNTY, CRIMINAL_RUBRIC, PASSWORD

ORGANISER, REVIEWER, CHIEF = Role.ORGANISER, Role.REVIEWER, Role.CHIEF
HANDLER, AUDITOR, ADMINISTRATOR = Role.HANDLER, Role.AUDITOR, Role.ADMINISTRATOR
SIGNED_IN = frozenset(Role)

GET, POST = "GET", "POST"


@dataclass(frozen=True)
class Actor:
    name: str
    role: Role | None
    region_code: str


ANONYMOUS = Actor("anonymous", None, "")
EVERYBODY = (
    ANONYMOUS,
    *(Actor(name, role, code) for name, (role, code) in ACTORS.items()),
    *(Actor(name, REVIEWER, "990102" if n == 0 else "990201") for n, name in enumerate(REVIEWERS)),
    *(Actor(name, HANDLER, code) for name, code in HANDLERS),
)

Visible = Callable[[Actor, Thing], bool]


def anything(_actor: Actor, _thing: Thing) -> bool:
    return True


def inside(actor: Actor, thing: Thing) -> bool:
    """The thing lies in the actor's region or below it."""
    return contains(actor.region_code, thing.region_code)


def own(actor: Actor, thing: Thing) -> bool:
    return actor.name in thing.owners


def published_about(actor: Actor, thing: Thing) -> bool:
    """A region of the actor's tree, or a published round over all of the actor's region."""
    if not thing.status:
        return inside(actor, thing)
    return contains(thing.region_code, actor.region_code) and thing.status == "published"


def copyable(actor: Actor, thing: Thing) -> bool:
    """Of the own tree whatever its state; shipped, or published above."""
    above = contains(thing.region_code, actor.region_code)
    return inside(actor, thing) or above and thing.status in {"shipped", "published"}


def may_give(actor: Actor, thing: Thing) -> bool:
    """An administrator gives every role, an organiser those that a round needs."""
    return actor.role is ADMINISTRATOR or thing.status in {REVIEWER, HANDLER}


def may_withdraw(actor: Actor, thing: Thing) -> bool:
    if actor.role is ADMINISTRATOR:
        return True
    return may_give(actor, thing) and inside(actor, thing)


def nothing(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {}


def credentials(here: Province, _actor: str) -> Mapping[str, Any]:
    return {"email": here.emails["handler"], "password": PASSWORD}


def role_of(_here: Province, actor: str) -> Mapping[str, Any]:
    held = next(each for each in EVERYBODY if each.name == actor)
    return {"role": f"{held.role}:{held.region_code}"}


def new_password(_here: Province, _actor: str) -> Mapping[str, Any]:
    chosen = "Another-good-one-2024"
    return {"name": "新人", "current": PASSWORD, "new": chosen, "again": chosen}


def own_session(here: Province, actor: str) -> Mapping[str, Any]:
    return {"session": token_digest(token_of(actor))[:22]}


def invited(_here: Province, actor: str) -> Mapping[str, Any]:
    held = next(each for each in EVERYBODY if each.name == actor)
    who = {"email": "new@example.org", "name": "新人", "licence_number": ""}
    return who | {"region_code": held.region_code}


def panel(here: Province, _actor: str) -> Mapping[str, Any]:
    return {"reviewer": [str(here.members[name].user_id) for name in REVIEWERS]}


def pinned(here: Province, _actor: str) -> Mapping[str, Any]:
    number = here.things["case_number"]["county-drawn"].key
    return {"pin-about": number, "pin-is_conflict": "yes", "pin-note": "曾公开批评承办人"}


def objection(here: Province, actor: str) -> Mapping[str, Any]:
    held = next(each for each in EVERYBODY if each.name == actor)
    against = here.things["provider"]["handler"].key
    given = {"against": against, "region_code": held.region_code, "reason": "正在诉讼中"}
    return {f"objection-{name}": value for name, value in given.items()}


def opponent(here: Province, _actor: str) -> Mapping[str, Any]:
    number = here.things["case_number"]["county-drawn"].key
    return {"opponent-number": number, "opponent-office": "对方律师事务所"}


def alias(here: Province, _actor: str) -> Mapping[str, Any]:
    return {"alias-provider": here.things["provider"]["handler"].key, "alias-alias": "简称"}


def tie(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"tie-kind": "relative", "tie-subject": "某某", "tie-office": ""}


def round_rules(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {
        "name": "评估",
        "region_code": COUNTY,
        "window_from": "2024-01-01",
        "window_to": "2024-06-30",
        "civil_first": "y",
        "rubric_civil_first": CIVIL_RUBRIC,
        "rubric_criminal_trial": CRIMINAL_RUBRIC,
        "scheme_key": "hundred-4",
        "marks_per_case": "2",
        "threshold": "10",
        "conflict_level": "county",
        "marking_due_on": "2099-12-31",
    }


def upload(here: Province, _actor: str) -> Mapping[str, Any]:
    return {"file": (BytesIO(register(here.copy(), COUNTY)), "register.xlsx")}


def dossier_file(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"files": (BytesIO(b"%PDF-1.7"), "a.pdf")}


def announcement(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"name": "a.pdf", "size": "10", "batch": "b" * 22}


def piece(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"piece": (BytesIO(b"%PDF-"), "blob")}


def change_of_files(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"action": "replace", "reason": "原扫描缺第三页"}


def case_number(here: Province, _actor: str) -> Mapping[str, Any]:
    return {"number": here.things["case_number"]["county-draft"].key}


def sheet(_here: Province, _actor: str) -> Mapping[str, Any]:
    given = {f"mark_{c.code}-points": str(c.points) for c in get_rubric(CIVIL_RUBRIC).criteria}
    return given | {"version": "1", "comment": "清楚", "action": "save"}


def one_mark(_here: Province, _actor: str) -> Mapping[str, Any]:
    first = get_rubric(CIVIL_RUBRIC).criteria[0]
    return {"criterion": first.code, "points": str(first.points), "reason": "", "version": "1"}


def draft_file(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"file": (BytesIO(b"{}"), "draft.json")}


def return_reason(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"reason": "扣分理由与所扣分数不符，请核对。"}


def decision(_here: Province, _actor: str) -> Mapping[str, Any]:
    members = {"name0": "甲", "name1": "乙", "name2": "丙"}
    return {"reason": "合议认为两份评分各有依据，取中间值。"} | members


def own_total(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"total": "71.5"}


def meanings(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"heading0": ""}


def exclusion(here: Province, _actor: str) -> Mapping[str, Any]:
    number = here.things["case_number"]["county-draft"].key
    return {"number": number, "reason": "confidential", "note": "涉密案件，不能外借"}


def seed_plan(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"kind": "dice", "source": "示例来源"}


def seed(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"seed": "12345678901234567890"}


def codes(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"party0": "a" * 64, "party1": "b" * 64}


def design(_here: Province, _actor: str) -> Mapping[str, Any]:
    rules = {"size_by": "share", "wanted": "10", "allocation": "proportional"}
    return rules | {"dimensions": ["region", "kind"]}


def complaint(here: Province, _actor: str) -> Mapping[str, Any]:
    number = here.things["case_number"]["county-draft"].key
    return {"numbers": number, "reason": "complaint"}


def replacement(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"reason": "dossier_missing"}


def reopening(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"reason": "名单漏了一个月的台账"}


def beginning(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"page": "1", "document": "1"}


def score_sheet(_here: Province, actor: str) -> Mapping[str, Any]:
    held = next(each for each in EVERYBODY if each.name == actor)
    text = rubric_text(get_rubric(CIVIL_RUBRIC))
    file = (BytesIO(text.encode()), "civil.toml")
    return {"name": "civil", "region_code": held.region_code, "file": file}


def own_draft(_here: Province, actor: str) -> Mapping[str, Any]:
    held = next(each for each in EVERYBODY if each.name == actor)
    source = {"source": f"rubric:{CIVIL_RUBRIC}", "name": "civil"}
    return source | {"region_code": held.region_code}


def outline(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"edits": "0", "row": "section-1", "section-1.title": "一", "head-0.title": "标准"}


def own_choice(_here: Province, _actor: str) -> Mapping[str, Any]:
    return {"edits": "0", "whole": "theirs"}


def rectangle(_here: Province, _actor: str) -> Mapping[str, Any]:
    place = {"left": "10", "top": "10", "width": "20", "height": "5"}
    return {"page": "1", "what": "name"} | place


@dataclass(frozen=True)
class Rule:
    """``public``: anybody. ``kind``: what the URL names. ``data``: a plausible body.

    ``queries``: parameter after the question mark → kind of thing that its value names; which of
    those an actor may reach is said by ``visible`` too. ``may_lack``: where there is nothing to
    show (a chart of too few cases) even those who may ask are told 404.
    ``leaves_trace``: the GET itself is an audit event. ``closed``: open in demo mode only, so
    that here it is closed to everybody.
    """

    roles: frozenset[Role] = SIGNED_IN
    kind: str = ""
    visible: Visible = anything
    data: Callable[[Province, str], Mapping[str, Any]] = nothing
    public: bool = False
    queries: Mapping[str, str] = field(default_factory=dict)
    may_lack: bool = False
    leaves_trace: bool = False
    closed: bool = False

    def allows(self, actor: Actor, thing: Thing | None) -> bool:
        if self.closed or not self.public and actor.role not in self.roles:
            return False
        return thing is None or self.visible(actor, thing)


def only(*roles: Role, **more: Any) -> Rule:
    return Rule(frozenset(roles), **more)


PUBLIC = Rule(public=True)
ACCOUNT = only(ADMINISTRATOR, kind="user", visible=inside)
INVITES = only(ORGANISER, ADMINISTRATOR)
MAY_INVITE = replace(INVITES, kind="role", visible=may_give)
ROUND_READ = only(ORGANISER, AUDITOR, kind="round", visible=inside)
ROUND_MANAGE = only(ORGANISER, kind="round", visible=inside)
VERSION = only(ORGANISER, AUDITOR, kind="version", visible=inside)
PLAN = only(ORGANISER, kind="plan", visible=inside)
PANELLIST = only(ORGANISER, kind="panellist", visible=inside)
IMPORT = only(ORGANISER, kind="import", visible=inside)
OWN_UPLOAD = only(ORGANISER, kind="upload", visible=own)
OWN_TASK = only(REVIEWER, kind="assignment", visible=own)
SUBMITTED = only(ORGANISER, kind="submitted", visible=inside)
PANEL_CASE = only(ORGANISER, kind="sampled", visible=inside)
DOSSIER = only(ORGANISER, kind="dossier", visible=inside)
OVERVIEW = only(CHIEF, queries={"region": "region", "round": "round"}, visible=published_about)
CHART = replace(OVERVIEW, may_lack=True)
DEFINITION = only(ORGANISER, kind="definition", visible=inside)
DEFINITION_FILE = only(ORGANISER, kind="definition_file", visible=copyable)
RUBRICS = Rule(SIGNED_IN - {AUDITOR, ADMINISTRATOR})

MATRIX: dict[tuple[str, str], Rule] = {
    ("static", GET): Rule(public=True, kind="static"),
    ("health.health", GET): PUBLIC,
    # accounts
    ("accounts.sign_in", GET): PUBLIC,
    ("accounts.sign_in", POST): replace(PUBLIC, data=credentials),
    ("accounts.sign_in_to_demo", POST): Rule(public=True, closed=True),
    ("accounts.sign_out", POST): Rule(),
    ("accounts.choose_role", POST): Rule(data=role_of),
    ("accounts.home", GET): Rule(),
    ("accounts.own", GET): Rule(),
    ("accounts.choose_language", POST): replace(
        PUBLIC, data=lambda _here, _actor: {"language": "en", "next": "/"}
    ),
    ("accounts.change_password", POST): Rule(data=new_password),
    ("accounts.end_session", POST): Rule(data=own_session),
    ("accounts.index", GET): only(ADMINISTRATOR),
    ("accounts.index", POST): only(ADMINISTRATOR, data=lambda _here, _actor: {"words": "zx"}),
    ("accounts.show", GET): ACCOUNT,
    ("accounts.suspend", POST): ACCOUNT,
    ("accounts.reinstate", POST): ACCOUNT,
    ("accounts.revoke_role", POST): ACCOUNT,
    ("invitations.reset_password", POST): ACCOUNT,
    ("invitations.index", GET): INVITES,
    ("invitations.create", GET): MAY_INVITE,
    ("invitations.create", POST): replace(MAY_INVITE, data=invited),
    ("invitations.withdraw", POST): replace(INVITES, kind="invitation", visible=may_withdraw),
    ("invitations.accept", GET): replace(PUBLIC, kind="invitation_token"),
    ("invitations.accept", POST): replace(PUBLIC, kind="invitation_token", data=new_password),
    ("audit.index", GET): only(AUDITOR),
    ("audit.checkpoint", GET): only(AUDITOR),
    ("notices.index", GET): Rule(),
    ("notices.read_all", POST): Rule(),
    ("jobs.show", GET): Rule(kind="job", visible=own),
    # cases
    ("cases.index", GET): only(ORGANISER),
    ("cases.show", GET): only(ORGANISER, kind="case", visible=inside),
    # dossiers
    ("dossiers.index", GET): only(ORGANISER, queries={"round": "round"}, visible=inside),
    ("dossiers.show", GET): DOSSIER,
    ("dossiers.use_files", POST): replace(DOSSIER, data=change_of_files),
    ("dossiers.discard_files", POST): DOSSIER,
    ("uploads.index", GET): only(ORGANISER),
    ("uploads.send", POST): only(ORGANISER, data=dossier_file),
    ("uploads.begin", POST): only(ORGANISER, data=announcement),
    ("uploads.state", GET): OWN_UPLOAD,
    ("uploads.part", POST): only(ORGANISER, kind="part", visible=own, data=piece),
    ("uploads.complete", POST): OWN_UPLOAD,
    ("uploads.withdraw", POST): OWN_UPLOAD,
    ("uploads.show", GET): OWN_UPLOAD,
    ("uploads.match", POST): only(ORGANISER, kind="unmatched", visible=own, data=case_number),
    ("dossiers.copy", GET): only(ORGANISER, kind="copy", visible=inside, leaves_trace=True),
    ("own_dossiers.copy", GET): only(REVIEWER, kind="own_dossier", visible=own, leaves_trace=True),
    # handlers that look like one person
    ("handlers.alike", GET): only(ORGANISER),
    ("handlers.merge", POST): only(ORGANISER, kind="alike", visible=inside),
    ("handlers.apart", POST): only(ORGANISER, kind="alike", visible=inside),
    ("imports.index", GET): only(ORGANISER),
    ("imports.index", POST): only(ORGANISER, data=upload),
    ("imports.show", GET): IMPORT,
    ("imports.read", POST): IMPORT,
    ("imports.confirm", POST): IMPORT,
    ("imports.undo", POST): IMPORT,
    ("imports.discard", POST): IMPORT,
    ("imports.rejects", GET): replace(IMPORT, leaves_trace=True),
    ("readings.headings", GET): IMPORT,
    ("readings.headings", POST): replace(IMPORT, data=meanings),
    ("readings.rewrites", GET): IMPORT,
    ("indexing.show", GET): DOSSIER,
    ("indexing.begin", POST): replace(DOSSIER, data=beginning),
    ("indexing.drop", POST): only(ORGANISER, kind="document", visible=inside),
    ("indexing.confirm", POST): DOSSIER,
    ("indexing.propose", POST): DOSSIER,
    ("redacting.show", GET): DOSSIER,
    ("redacting.mark", POST): replace(DOSSIER, data=rectangle),
    ("redacting.drop", POST): only(ORGANISER, kind="mark", visible=inside),
    ("redacting.accept", POST): only(ORGANISER, kind="mark", visible=inside),
    ("redacting.accept_all", POST): DOSSIER,
    ("redacting.propose", POST): DOSSIER,
    ("redacting.make", POST): DOSSIER,
    ("redacting.preview", GET): DOSSIER,
    # rubrics
    ("rubrics.index", GET): RUBRICS,
    ("rubrics.show", GET): replace(RUBRICS, kind="rubric"),
    # the rubrics and schemes of the bureaus
    ("definitions.index", GET): only(ORGANISER),
    ("definitions.show", GET): DEFINITION,
    ("definitions.create", GET): only(ORGANISER),
    ("definitions.create", POST): only(ORGANISER, data=own_draft),
    ("definitions.confirm", GET): DEFINITION,
    ("definitions.confirm", POST): replace(DEFINITION, data=lambda _here, _actor: {"edits": "0"}),
    ("definitions.withdraw", POST): DEFINITION,
    ("definitions.give_up", POST): replace(DEFINITION, data=lambda _here, _actor: {"edits": "0"}),
    ("definition_files.choose", GET): DEFINITION_FILE,
    ("definition_files.take", GET): DEFINITION_FILE,
    ("definition_files.bring", GET): only(ORGANISER),
    ("definition_files.bring", POST): only(ORGANISER, data=score_sheet),
    ("what_if.show", GET): DEFINITION,
    ("rubric_health.show", GET): only(ORGANISER, kind="rubric"),
    ("rubric_health.ask", POST): only(ORGANISER, kind="rubric"),
    ("what_if.ask", POST): DEFINITION,
    ("definitions.compare", GET): DEFINITION,
    ("definition_edits.show", GET): DEFINITION,
    ("definition_edits.edit", POST): replace(DEFINITION, data=outline),
    ("definition_edits.check", POST): replace(DEFINITION, data=outline),
    ("definition_edits.merge", POST): replace(DEFINITION, data=own_choice),
    # rounds, from their rules to their results
    ("rounds.index", GET): only(ORGANISER, AUDITOR),
    ("rounds.create", GET): only(ORGANISER),
    ("rounds.create", POST): only(ORGANISER, data=round_rules),
    ("rounds.show", GET): ROUND_READ,
    ("remarking.show", GET): ROUND_MANAGE,
    ("questions.index", GET): ROUND_MANAGE,
    ("sampling.frame", GET): ROUND_READ,
    ("sampling.freeze", POST): replace(ROUND_MANAGE, data=seed_plan),
    ("designs.show", GET): ROUND_READ,
    ("designs.save", POST): replace(ROUND_MANAGE, data=design),
    ("designs.preview", POST): replace(ROUND_MANAGE, data=design),
    ("designs.name", POST): replace(ROUND_MANAGE, data=complaint),
    ("designs.withdraw", POST): only(ORGANISER, kind="targeted", visible=inside),
    ("frames.listing", GET): VERSION,
    ("frames.manifest", GET): replace(VERSION, may_lack=True),
    ("frames.minutes", GET): VERSION,
    ("redraws.index", GET): ROUND_READ,
    ("redraws.ask", POST): replace(ROUND_MANAGE, data=reopening),
    ("redraws.agree", POST): only(AUDITOR, kind="round", visible=inside),
    ("redraws.decline", POST): only(AUDITOR, kind="round", visible=inside),
    ("exclusions.index", GET): ROUND_READ,
    ("exclusions.exclude", POST): replace(ROUND_MANAGE, data=exclusion),
    ("exclusions.readmit", POST): only(ORGANISER, kind="exclusion", visible=inside),
    ("reconciliation.index", GET): only(ORGANISER, AUDITOR),
    ("reconciliation.of_round", GET): ROUND_READ,
    ("sampling.draw", GET): ROUND_READ,
    ("sampling.draw_cases", POST): replace(ROUND_MANAGE, data=seed),
    ("sampling.draw_again", POST): ROUND_MANAGE,
    ("sampling.commit", POST): replace(ROUND_MANAGE, data=codes),
    ("sampling.tickets", GET): ROUND_READ,
    ("replacements.index", GET): ROUND_READ,
    ("replacements.replace", POST): only(
        ORGANISER, kind="drawn_case", visible=inside, data=replacement
    ),
    ("assignment.choose", GET): ROUND_MANAGE,
    ("assignment.propose", POST): replace(ROUND_MANAGE, data=panel),
    ("assignment.plan", GET): PLAN,
    ("assignment.revise", GET): PLAN,
    ("assignment.confirm", POST): PLAN,
    # conflicts of a round
    ("conflicts.index", GET): ROUND_MANAGE,
    ("conflicts.of_reviewer", GET): PANELLIST,
    ("conflicts.pin", POST): replace(PANELLIST, data=pinned),
    ("conflicts.unpin", POST): only(ORGANISER, kind="pin", visible=inside),
    ("conflicts.object_to", POST): replace(ROUND_MANAGE, data=objection),
    ("conflicts.withdraw_objection", POST): only(ORGANISER, kind="panel_objection", visible=inside),
    ("conflicts.note_opponent", POST): replace(ROUND_MANAGE, data=opponent),
    ("conflicts.name_also", POST): replace(ROUND_MANAGE, data=alias),
    ("results.publish", POST): ROUND_MANAGE,
    # scoring
    ("reviewing.index", GET): only(REVIEWER),
    ("reviewing.history", GET): only(REVIEWER),
    ("reviewing.score", GET): OWN_TASK,
    ("recusal.declare", POST): OWN_TASK,
    ("recusal.ask", GET): OWN_TASK,
    ("recusal.step_back", POST): replace(OWN_TASK, data=lambda _here, _actor: {"reason": "other"}),
    ("declarations.index", GET): only(REVIEWER),
    ("declarations.declare", POST): only(REVIEWER, data=tie),
    ("declarations.withdraw", POST): only(REVIEWER, kind="declaration", visible=own),
    ("declarations.fit", POST): only(REVIEWER, data=lambda _here, _actor: {"fit-most_cases": "9"}),
    ("reviewing.hand_in", POST): replace(OWN_TASK, data=sheet),
    ("drafts.file", GET): OWN_TASK,
    ("drafts.hand_in", POST): replace(OWN_TASK, data=draft_file),
    ("versions.index", GET): OWN_TASK,
    ("receipts.own", GET): replace(OWN_TASK, may_lack=True),
    ("receipts.file", GET): replace(OWN_TASK, may_lack=True),
    ("receipts.of_own_round", GET): OWN_TASK,
    ("receipts.index", GET): ROUND_READ,
    ("extensions.ask", POST): OWN_TASK,
    ("extensions.index", GET): ROUND_MANAGE,
    ("extensions.decide", POST): only(ORGANISER, kind="extension", visible=inside),
    ("reviews.index", GET): ROUND_MANAGE,
    ("reviews.show", GET): SUBMITTED,
    ("reviews.send_back", POST): replace(SUBMITTED, data=return_reason),
    ("drafts.save", POST): replace(OWN_TASK, data=one_mark),
    ("adjudication.index", GET): only(ORGANISER),
    ("adjudication.show", GET): replace(PANEL_CASE),
    ("adjudication.show", POST): replace(PANEL_CASE, data=decision),
    ("adjudication.give_own", POST): replace(PANEL_CASE, data=own_total),
    ("adjudication.record", GET): only(ORGANISER, kind="decided", visible=inside),
    # what handlers and chiefs read
    ("results.index", GET): only(HANDLER),
    ("results.show", GET): only(HANDLER, kind="result", visible=own),
    ("analysis.overview", GET): OVERVIEW,
    ("analysis.trend_chart", GET): replace(CHART, queries={"region": "region"}),
    ("analysis.grade_chart", GET): CHART,
    ("analysis.region_chart", GET): CHART,
    ("analysis.handler_chart", GET): CHART,
    ("analysis.handler", GET): only(CHIEF, kind="handler", visible=inside),
}
