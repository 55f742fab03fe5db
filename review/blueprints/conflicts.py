from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from review.blueprints.pages import page_number
from review.domain import conflict_entries as entries
from review.domain.conflict_evidence import blocks_of
from review.domain.conflicts import conflicts_in
from review.enums import RoundStatus
from review.errors import (
    AlreadyNotedError,
    DomainError,
    TooManyObjectionsError,
    UnknownProviderError,
    UnknownReviewerError,
    UnknownSubjectError,
    WrongStatusError,
)
from review.forms.conflicts import alias_form, objection_form, opponent_form, pin_form
from review.permissions import Permission, requires
from review.queries import conflict_entries as lists
from review.queries.assignment import member_ids
from review.queries.conflicts import reviewer_ids
from review.queries.rounds import region_choices, round_in_reach

bp = Blueprint("conflicts", __name__, url_prefix="/rounds/<int:round_id>/conflicts")

PAGE_ROWS = 50


@bp.get("")
@requires(Permission.ROUND_MANAGE)
def index(round_id: int):
    return _index(round_in_reach(round_id, g.actor))


@bp.get("/reviewers/<int:user_id>")
@requires(Permission.ROUND_MANAGE)
def of_reviewer(round_id: int, user_id: int):
    return _reviewer_page(round_in_reach(round_id, g.actor), user_id, pin_form())


@bp.post("/reviewers/<int:user_id>")
@requires(Permission.ROUND_MANAGE)
def pin(round_id: int, user_id: int):
    round_, form = round_in_reach(round_id, g.actor), pin_form()
    if not form.validate_on_submit():
        return _reviewer_page(round_, user_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        entries.pin(
            round_,
            user_id,
            about=form.about.data or "",
            is_conflict=form.is_conflict.data == "yes",
            note=form.note.data or "",
            by=g.actor,
        )
    except UnknownReviewerError:
        abort(404)
    except DomainError as error:
        return _reviewer_page(round_, user_id, form, _why_not(error)), HTTPStatus.CONFLICT
    flash(_("已记录，下次试算和改派时生效。"))
    return redirect(url_for(".of_reviewer", round_id=round_id, user_id=user_id))


@bp.post("/pins/<int:pin_id>/withdraw")
@requires(Permission.ROUND_MANAGE)
def unpin(round_id: int, pin_id: int):
    round_ = round_in_reach(round_id, g.actor)
    return _withdrawn(round_, lists.pin_in(round_, pin_id) or abort(404))


@bp.post("/objections")
@requires(Permission.ROUND_MANAGE)
def object_to(round_id: int):
    round_, form = round_in_reach(round_id, g.actor), objection_form(region_choices(g.actor))
    if not form.validate_on_submit():
        return _index(round_, objection=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        entries.object_to(
            round_,
            form.against.data or "",
            region_code=form.region_code.data,
            firm=form.firm.data or "",
            reason=form.reason.data or "",
            by=g.actor,
        )
    except DomainError as error:
        return _index(round_, _why_not(error), objection=form), HTTPStatus.CONFLICT
    return _noted(round_)


@bp.post("/objections/<int:objection_id>/withdraw")
@requires(Permission.ROUND_MANAGE)
def withdraw_objection(round_id: int, objection_id: int):
    round_ = round_in_reach(round_id, g.actor)
    return _withdrawn(round_, lists.objection_in(round_, objection_id) or abort(404))


@bp.post("/opponents")
@requires(Permission.ROUND_MANAGE)
def note_opponent(round_id: int):
    round_, form = round_in_reach(round_id, g.actor), opponent_form()
    if not form.validate_on_submit():
        return _index(round_, opponent=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        entries.note_opponent(round_, form.number.data or "", form.office.data or "", g.actor)
    except DomainError as error:
        return _index(round_, _why_not(error), opponent=form), HTTPStatus.CONFLICT
    return _noted(round_)


@bp.post("/aliases")
@requires(Permission.ROUND_MANAGE)
def name_also(round_id: int):
    round_, form = round_in_reach(round_id, g.actor), alias_form()
    if not form.validate_on_submit():
        return _index(round_, alias=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        entries.name_also(form.provider.data or "", form.alias.data or "", g.actor)
    except DomainError as error:
        return _index(round_, _why_not(error), alias=form), HTTPStatus.CONFLICT
    return _noted(round_)


def _noted(round_):
    flash(_("已记录，下次试算和改派时生效。"))
    return redirect(url_for(".index", round_id=round_.id))


def _withdrawn(round_, entry):
    try:
        entries.withdraw_entry(round_, entry, g.actor)
    except WrongStatusError as error:
        return _index(round_, _why_not(error)), HTTPStatus.CONFLICT
    flash(_("已撤回；原记录留在审计日志中。"))
    return redirect(url_for(".index", round_id=round_.id))


def _index(round_, error=None, **forms):
    people = sorted(member_ids(round_)) or reviewer_ids(round_)
    page = page_number()
    shown = people[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    found = conflicts_in(round_, shown)
    open_to = (~found.barred).sum(axis=0).tolist()
    counts = [(one, found.counts(n), open_to[n]) for n, one in enumerate(found.reviewers)]
    return render_template(
        "conflicts/index.html",
        round=round_,
        cases=found.cases.case_id.size,
        counts=counts,
        page=page,
        pages=max(1, -(-len(people) // PAGE_ROWS)),
        pins=lists.pin_list(round_),
        objections=lists.objection_list(round_),
        opponents=lists.opponent_list(round_),
        forms=_forms() | forms,
        may_object=round_.status in entries.UNOPENED,
        may_note=round_.status is not RoundStatus.PUBLISHED,
        error=error,
    )


def _forms():
    made = {"objection": objection_form(region_choices(g.actor)), "opponent": opponent_form()}
    return made | {"alias": alias_form()}


def _reviewer_page(round_, user_id, form, error=None):
    found = conflicts_in(round_, {user_id})
    if not found.reviewers:
        abort(404)
    page = page_number()
    blocks, size = blocks_of(found, 0, (page - 1) * PAGE_ROWS, PAGE_ROWS)
    return render_template(
        "conflicts/of_reviewer.html",
        round=round_,
        reviewer=found.reviewers[0],
        counts=found.counts(0),
        cases=found.cases.case_id.size,
        blocks=blocks,
        size=size,
        page=page,
        pages=max(1, -(-size // PAGE_ROWS)),
        form=form,
        may_note=round_.status is not RoundStatus.PUBLISHED,
        error=error,
    )


def _why_not(error):
    reasons = {
        UnknownSubjectError: _("没有记录：抽中的案件中没有这个编号，台账中也没有这个名称的机构。"),
        UnknownProviderError: _("没有记录：台账中没有这个名称的机构。请填写与台账一致的全称。"),
        AlreadyNotedError: _("没有记录：这一条已经登记过。"),
        TooManyObjectionsError: _(
            "没有记录：每个地区或机构在一次活动中最多请求两家机构回避，同一家只能提出一次。"
        ),
        WrongStatusError: _("没有记录：评分已经开始或活动已经结束，不能再提出。"),
    }
    return reasons[type(error)]
