from http import HTTPStatus

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from review.domain.design_forecast import forecast, with_places
from review.domain.design_strata import stratum_words
from review.domain.designs import name_cases, rules_of, save_design, withdraw_case
from review.enums import Allocation, RoundStatus, TargetReason
from review.errors import (
    AlreadyTargetedError,
    DesignRefusedError,
    EmptyFrameError,
    NotACandidateError,
    WrongStatusError,
)
from review.forms.designs import design_form, named_cases_form
from review.permissions import Permission, requires
from review.queries.designs import named_case, named_cases
from review.queries.rounds import round_in_reach

bp = Blueprint("designs", __name__, url_prefix="/rounds/<int:round_id>/design")


@bp.get("")
@requires(Permission.ROUND_READ)
def show(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    rules = rules_of(round_)
    return _page(round_, design_form(rules), rules)


@bp.post("")
@requires(Permission.ROUND_MANAGE)
def save(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    form = design_form(rules_of(round_))
    if not form.validate_on_submit():
        return _page(round_, form, None), HTTPStatus.UNPROCESSABLE_ENTITY
    rules = form.rules()
    if "preview" in request.form:
        return _page(round_, form, rules)
    try:
        if rules.allocation is Allocation.FIXED:
            rules, _places = with_places(round_, rules)
        forecast(round_, rules)
        save_design(round_, rules, g.actor)
    except (DesignRefusedError, EmptyFrameError):
        return _page(round_, form, rules), HTTPStatus.UNPROCESSABLE_ENTITY
    except WrongStatusError:
        return _page(round_, form, rules, _frozen()), HTTPStatus.CONFLICT
    flash(_("设计已保存。冻结之前可以随时修改。"))
    return redirect(url_for("sampling.frame", round_id=round_id))


@bp.post("/forecast")
@requires(Permission.ROUND_MANAGE)
def preview(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    form = design_form(rules_of(round_))
    rules = form.rules() if form.validate_on_submit() else None
    return render_template("designs/_forecast.html", **_outlook(round_, rules, form))


@bp.post("/cases")
@requires(Permission.ROUND_MANAGE)
def name(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    form = named_cases_form()
    rules = rules_of(round_)
    if form.validate_on_submit():
        try:
            name_cases(round_, form.read(), reason=TargetReason(form.reason.data), by=g.actor)
        except NotACandidateError as error:
            words = _("没有列入：“%(number)s”不在本次评估的范围内，请核对编号。", number=error)
            form.numbers.errors = [words]
        except AlreadyTargetedError as error:
            form.numbers.errors = [_("没有列入：“%(number)s”已经在下表中。", number=error)]
        except WrongStatusError:
            return _page(round_, design_form(rules), rules, _frozen()), HTTPStatus.CONFLICT
        else:
            return redirect(url_for(".show", round_id=round_id))
    answer = _page(round_, design_form(rules), rules, named_form=form)
    return answer, HTTPStatus.UNPROCESSABLE_ENTITY


@bp.post("/cases/<int:case_id>/withdraw")
@requires(Permission.ROUND_MANAGE)
def withdraw(round_id: int, case_id: int):
    round_ = round_in_reach(round_id, g.actor)
    named = named_case(round_, case_id) or abort(404)
    try:
        withdraw_case(round_, named, g.actor)
    except WrongStatusError:
        rules = rules_of(round_)
        return _page(round_, design_form(rules), rules, _frozen()), HTTPStatus.CONFLICT
    return redirect(url_for(".show", round_id=round_id))


def design_error(round_, rules, error):
    """What does not fit, where, and what would do."""
    place = error.place
    if place.unit:
        return _(
            "每个至多 %(cap)s 件太少：有的单位或人员的案件分在多层，每层都要有机会抽到。"
            "上限至少须为 %(least)s；或者减少分层。",
            cap=place.given,
            least=place.least,
        )
    if place.stratum:
        words = stratum_words(round_, rules.dimensions, [place.stratum]).of(place.stratum)
        return _stratum_error("·".join(words), place)
    if place.least is None:
        return _("下限与上限不能这样组合。")
    return _(
        "抽 %(given)s 件不可行：按这样的分层和下限，至少要抽 %(least)s 件，至多能抽 %(most)s 件。",
        given=place.given,
        least=place.least,
        most=place.most,
    )


def _stratum_error(name, place):
    if place.least is None:
        return _("“%(stratum)s”没有指定件数，或已经没有案件。请重新填写各层件数。", stratum=name)
    return _(
        "“%(stratum)s”可以抽 %(least)s 至 %(most)s 件，不能抽 %(given)s 件。",
        stratum=name,
        least=place.least,
        most=place.most,
        given=place.given,
    )


def _page(round_, form, rules, error=None, named_form=None):
    return render_template(
        "designs/show.html",
        is_open=round_.status is RoundStatus.DRAFT,
        named_form=named_form or named_cases_form(),
        named=named_cases(round_),
        error=error,
        **_outlook(round_, rules, form),
    )


def _outlook(round_, rules, form):
    """The forecast of these rules, or in words why there is none."""
    told = {"round": round_, "form": form, "places": (), "forecast": None, "fault": None}
    try:
        if rules and rules.allocation is Allocation.FIXED:
            rules, told["places"] = with_places(round_, rules)
        told["forecast"] = forecast(round_, rules) if rules else None
    except EmptyFrameError:
        told["fault"] = _("范围内现在没有案件，无法测算。请先导入台账。")
    except DesignRefusedError as error:
        told["fault"] = design_error(round_, rules, error)
    return told


def _frozen():
    return _("没有改动：抽样框已经冻结，设计不能再变。")
