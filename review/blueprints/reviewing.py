from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from review.blueprints.pages import page_number
from review.domain.reviewing import (
    Saved,
    given_marks,
    progress,
    save_marks,
    submit_review,
)
from review.enums import RoundStatus
from review.errors import (
    AlreadySubmittedError,
    DomainError,
    JudgementMissingError,
    LateError,
    MarksRefusedError,
    NoSuchCriterionError,
    NothingAppliesError,
    StaleError,
    WrongStatusError,
)
from review.forms.dossier_index import Reading, reading
from review.forms.reviewing import AutosaveForm, mark_problems_in_words, sheet_form
from review.forms.sheet_pages import saved_page, stored_marks, typed_page
from review.labels import BEIJING
from review.permissions import Permission, requires
from review.queries.own_dossiers import own_documents, own_dossier
from review.queries.reviewing import (
    PAGE_ROWS,
    Desk,
    own_assignment,
    own_desk,
    own_history,
    own_history_size,
    own_progress,
    own_tasks,
)

bp = Blueprint("reviewing", __name__, url_prefix="/reviewing")

REFUSALS: dict[type[DomainError], Any] = {
    AlreadySubmittedError: _l("此评分表已提交，不能再修改。"),
    WrongStatusError: _l("本次评估活动已不在评分阶段，未保存。如有疑问请联系评估组织者。"),
    LateError: _l("已过截止时间，未提交。草稿仍可保存；如需延期请联系评估组织者。"),
    NothingAppliesError: _l("不能所有指标都不适用。请至少对一项指标评分后再提交。"),
    JudgementMissingError: _l("请在综合评定中选一项后再提交。您填写的内容都还在。"),
    MarksRefusedError: _l("尚不能提交：请先处理下面列出的指标。您填写的内容都还在。"),
    NoSuchCriterionError: _l("评分表中没有这项指标，未保存。请刷新页面后再试。"),
    StaleError: _l(
        "此评分表刚在别处更改过，未保存。下面保留了您在此页填写的内容，"
        "不同之处列出了已保存的值；核对后请再次保存。"
    ),
}


@bp.get("/")
@requires(Permission.REVIEW_WRITE)
def index():
    rounds, page = own_progress(g.actor), page_number()
    assigned = sum(progress.assigned for progress in rounds)
    return render_template(
        "reviewing/index.html",
        rounds=rounds,
        tasks=own_tasks(g.actor, page),
        page=page,
        pages=_pages(assigned),
    )


@bp.get("/history")
@requires(Permission.REVIEW_WRITE)
def history():
    page = page_number()
    return render_template(
        "reviewing/history.html",
        tasks=own_history(g.actor, page),
        page=page,
        pages=_pages(own_history_size(g.actor)),
    )


@bp.get("/<public_id>")
@requires(Permission.REVIEW_WRITE)
def score(public_id):
    desk = _desk(public_id)
    review = desk.review
    if review is None:
        return render_template("reviewing/declaration.html", desk=desk)
    return _show(desk, review, saved_page(review, given_marks(review), desk.scheme_key))


@bp.post("/<public_id>")
@requires(Permission.REVIEW_WRITE)
def hand_in(public_id):
    desk = _desk(public_id)
    if desk.review is None:
        return redirect(url_for(".score", public_id=public_id))
    form = sheet_form(desk.rubric_key, desk.scheme_key)
    if not form.validate() or form.problems:
        return _show_typed(public_id, form, _("未保存：请改正标出的内容。"))
    try:
        return _save_or_submit(desk, form)
    except AlreadySubmittedError:
        return redirect(url_for(".score", public_id=public_id))
    except DomainError as refusal:
        refused = getattr(refusal, "problems", {})
        return _show_typed(public_id, form, REFUSALS[type(refusal)], refused, _status(refusal))


@bp.post("/<public_id>/marks")
@requires(Permission.REVIEW_WRITE)
def autosave(public_id):
    assignment = _assignment(public_id)
    form = AutosaveForm(request.form)
    if not form.validate():
        return jsonify(message=form.problem), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        saved = save_marks(
            assignment,
            form.marks,
            form.new_comment,
            overall=form.new_overall,
            version=form.version.data or 0,
            by=g.actor,
        )
    except DomainError as refusal:
        return _refused_autosave(public_id, refusal), _status(refusal)
    return jsonify(_saved(saved))


def _save_or_submit(desk: Desk, form):
    given = (desk.assignment, form.marks, form.new_comment)
    how = {"overall": form.new_overall, "version": form.version.data, "by": g.actor}
    if request.form.get("action") == "submit":
        submit_review(*given, **how)
        flash(_("%(alias)s 号案件的评分已提交。", alias=desk.assignment.alias))
        return redirect(url_for(".index"))
    save_marks(*given, **how)
    flash(_("草稿已保存。"))
    return redirect(url_for(".score", public_id=desk.assignment.public_id))


def _show(desk: Desk, review, sheet, message="", status=HTTPStatus.OK):
    closed = desk.is_submitted or desk.round_status is not RoundStatus.MARKING
    view = "reviewing/submitted.html" if closed else "reviewing/score.html"
    saved, reading = progress(review, desk.scheme_key), None if closed else _reading(desk)
    words = {"saved": saved, "reading": reading, "message": message}
    return render_template(view, desk=desk, sheet=sheet, **words), status


def _reading(desk: Desk) -> Reading | None:
    """The dossier beside the sheet, if there is a copy that this reviewer may read."""
    shown = own_dossier(g.actor, desk.assignment.public_id)
    if shown is None:
        return None
    documents = own_documents(g.actor, desk.assignment.public_id)
    return reading(shown.shows_full_dossiers, documents, desk.facts.kind)


def _show_typed(public_id, form, message, refused=(), status=HTTPStatus.UNPROCESSABLE_ENTITY):
    desk = _desk(public_id)  # afresh: another page may have saved since
    review = desk.review or abort(HTTPStatus.CONFLICT)
    sheet = typed_page(form, review, given_marks(review), dict(refused))
    return _show(desk, review, sheet, message, status)


def _saved(saved: Saved) -> dict[str, Any]:
    return {
        "version": saved.version,
        "saved_at": saved.saved_at.astimezone(BEIJING).strftime("%H:%M"),
        "left": saved.left,
        "sections": saved.sections,
        "suggested": saved.suggested,
    }


def _refused_autosave(public_id: str, refusal: DomainError):
    """Why a save was refused; a stale page also gets all that is stored, to compare with."""
    desk = _desk(public_id)
    if isinstance(refusal, MarksRefusedError):
        return jsonify(message=mark_problems_in_words(desk.rubric_key, refusal.problems))
    message = str(REFUSALS[type(refusal)])
    review = desk.review
    if review is None or not isinstance(refusal, StaleError):
        return jsonify(message=message, closed=True)
    stored = stored_marks(given_marks(review))
    now = _saved(progress(review, desk.scheme_key))
    return jsonify(
        message=message, marks=stored, comment=review.comment, overall=review.overall, **now
    )


def _status(refusal: DomainError) -> HTTPStatus:
    faulty = MarksRefusedError | NothingAppliesError | NoSuchCriterionError | JudgementMissingError
    return HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(refusal, faulty) else HTTPStatus.CONFLICT


def _assignment(public_id: str):
    return own_assignment(g.actor, public_id) or abort(404)


def _desk(public_id: str) -> Desk:
    return own_desk(g.actor, public_id) or abort(404)


def _pages(rows: int) -> int:
    return -(-rows // PAGE_ROWS)
