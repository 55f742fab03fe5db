from http import HTTPStatus

from flask import Blueprint, g, redirect, render_template, url_for
from flask_babel import gettext as _

from review.blueprints.designs import design_error
from review.blueprints.pages import attached
from review.domain.design_forecast import forecast
from review.domain.design_rules import Rules
from review.domain.design_strata import strata_table
from review.domain.designs import rules_of
from review.domain.frames import ask_for_freeze, published_rules
from review.domain.late_cases import frames_missed
from review.domain.manifests import last_seal
from review.domain.sampling import ask_for_draw, draw_once_more, drawn_listing
from review.domain.seeds import commit_parties
from review.enums import RoundStatus, SeedKind
from review.errors import (
    DesignRefusedError,
    DomainError,
    EmptyFrameError,
    InvalidSeedError,
    WrongStatusError,
)
from review.forms.sampling import SeedForm, parties_form, seed_plan_form
from review.labels import label
from review.permissions import Permission, requires
from review.queries.exclusions import exclusions_of
from review.queries.frames import current_version, parties_of, replacements_of, versions_of
from review.queries.rounds import round_in_reach
from review.queries.sampling import candidate_counts, draw_of

bp = Blueprint("sampling", __name__, url_prefix="/rounds/<int:round_id>")

DIGEST_GROUP = 4


@bp.get("/frame")
@requires(Permission.ROUND_READ)
def frame(round_id: int):
    return _frame_page(round_in_reach(round_id, g.actor), seed_plan_form())


@bp.post("/frame")
@requires(Permission.ROUND_MANAGE)
def freeze(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    form = seed_plan_form()
    if not form.validate_on_submit():
        return _frame_page(round_, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        job = ask_for_freeze(round_, form.plan(), g.actor)
    except InvalidSeedError as error:
        return _frame_page(round_, form, seed_error(error)), HTTPStatus.UNPROCESSABLE_ENTITY
    except DomainError as error:
        return _frame_page(round_, form, _freeze_error(round_, error)), HTTPStatus.CONFLICT
    return redirect(url_for("jobs.show", public_id=job.public_id))


@bp.get("/draw")
@requires(Permission.ROUND_READ)
def draw(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    return _draw_page(round_, current_version(round_))


@bp.post("/draw")
@requires(Permission.ROUND_MANAGE)
def draw_cases(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    version = current_version(round_)
    form, names = _seed_form(parties_of(version))
    if not form.validate_on_submit():
        return _draw_page(round_, version, form), HTTPStatus.UNPROCESSABLE_ENTITY
    given = {"values": form.given(names)} if names else {"digits": form.seed.data}
    try:
        job = ask_for_draw(round_, **given, by=g.actor)
    except DomainError as error:
        return _refused(round_, version, form, error)
    return redirect(url_for("jobs.show", public_id=job.public_id))


@bp.post("/draw/again")
@requires(Permission.ROUND_MANAGE)
def draw_again(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    try:
        job = draw_once_more(round_, g.actor)
    except WrongStatusError:
        return redirect(url_for(".draw", round_id=round_id))
    return redirect(url_for("jobs.show", public_id=job.public_id))


@bp.post("/commitments")
@requires(Permission.ROUND_MANAGE)
def commit(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    version = current_version(round_)
    form, names = _seed_form(parties_of(version))
    if version is None or not names or not form.validate_on_submit():
        return _draw_page(round_, version, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        commit_parties(round_, version, form.given(names), g.actor)
    except DomainError as error:
        return _refused(round_, version, form, error)
    return redirect(url_for(".draw", round_id=round_id))


@bp.get("/draw.txt")
@requires(Permission.ROUND_READ)
def tickets(round_id: int):
    content = drawn_listing(round_in_reach(round_id, g.actor))
    return attached(content, f"draw-{round_id}.txt", "text/plain")


def seed_error(error):
    return label(error.flaw) % {"digits": error.digits, "party": error.party}


def grouped(digits):
    """Groups of four, large enough to be read out."""
    return [digits[i : i + DIGEST_GROUP] for i in range(0, len(digits), DIGEST_GROUP)]


def _seed_form(parties):
    """The form that the version's kind of seed needs, and the names of its parties."""
    names = [party.name for party in parties]
    return (parties_form(names) if names else SeedForm()), names


def _refused(round_, version, form, error):
    if isinstance(error, InvalidSeedError):
        answer = _draw_page(round_, version, form, seed_error(error))
        return answer, HTTPStatus.UNPROCESSABLE_ENTITY
    return _draw_page(round_, version, form, _draw_error(round_)), HTTPStatus.CONFLICT


def _frame_page(round_, form, error=None):
    is_draft = round_.status is RoundStatus.DRAFT
    counts = candidate_counts(round_) if is_draft else {}
    missed = frames_missed(round_)
    late = sum(frame.cases for frame in missed)
    version = current_version(round_)
    rules = published_rules(version) if version else rules_of(round_)
    outlook, design_fault = _outlook(round_, rules) if is_draft else (None, None)
    return render_template(
        "sampling/frame.html",
        round=round_,
        form=form,
        version=version,
        ended=versions_of(round_)[:1] if is_draft else [],
        rules=rules,
        forecast=outlook,
        design_fault=design_fault,
        counts=counts,
        missed=missed,
        late=late,
        expected=sum(counts.values()) + late,
        exclusions=exclusions_of(round_),
        strata=[] if is_draft else strata_table(round_, rules.dimensions),
        digest=grouped(round_.frame_digest or ""),
        error=error,
    )


def _outlook(round_, rules):
    try:
        return forecast(round_, rules), None
    except EmptyFrameError:
        return None, None
    except DesignRefusedError as error:
        return None, design_error(round_, rules, error)


def _draw_page(round_, version, form=None, error=None):
    parties = parties_of(version)
    rules = published_rules(version) if version else Rules()
    replaced = replacements_of(version) if version else []
    return render_template(
        "sampling/draw.html",
        round=round_,
        form=form or _seed_form(parties)[0],
        version=version,
        rules=rules,
        parties=parties,
        is_committed=all(party.commitment for party in parties),
        is_mixed=version is not None and version.seed_kind is SeedKind.PARTIES,
        draw=draw_of(round_),
        replacements=replaced,
        last_seal=last_seal(version, replaced) if version else "",
        strata=strata_table(round_, rules.dimensions),
        digest=grouped(round_.frame_digest or ""),
        seal=grouped((version and version.seal) or ""),
        error=error,
    )


def _freeze_error(round_, error):
    if isinstance(error, EmptyFrameError):
        return _(
            "没有冻结：结案日期在此期间、已归档且属于所选种类的案件为 0 件。"
            "请先导入台账，或另建一个期间不同的评估活动。"
        )
    if isinstance(error, DesignRefusedError):
        reason = design_error(round_, rules_of(round_), error)
        return _("没有冻结：%(reason)s请先修改抽样设计。", reason=reason)
    return _("抽样框已经冻结，不能再次冻结。")


def _draw_error(round_):
    if round_.status is RoundStatus.DRAFT:
        return _("没有抽样：抽样框尚未冻结。请先冻结抽样框，再录入冻结之后公开产生的种子。")
    return _("没有再次抽样：每个版本只抽样一次，结果如下。")
