from flask import Blueprint, Response, g, redirect, render_template, url_for
from flask_babel import gettext as _

from review.domain.late_cases import frames_missed
from review.domain.sampling import (
    draw_sample,
    drawn_listing,
    freeze_frame,
    stored_listing,
    strata_table,
)
from review.enums import RoundStatus
from review.errors import (
    AmbiguousFrameError,
    DomainError,
    EmptyFrameError,
    InvalidSeedError,
    SampleSizeError,
)
from review.forms.sampling import draw_form
from review.permissions import Permission, requires
from review.queries.exclusions import exclusions_of
from review.queries.rounds import round_in_reach
from review.queries.sampling import candidate_counts, draw_of

bp = Blueprint("sampling", __name__, url_prefix="/rounds/<int:round_id>")

DIGEST_GROUP = 4


@bp.get("/frame")
@requires(Permission.ROUND_READ)
def frame(round_id: int):
    return _frame_page(round_in_reach(round_id, g.actor))


@bp.post("/frame")
@requires(Permission.ROUND_MANAGE)
def freeze(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    try:
        freeze_frame(round_, g.actor)
    except DomainError as error:
        return _frame_page(round_, _freeze_error(error)), 409
    return redirect(url_for(".frame", round_id=round_id))


@bp.get("/frame.txt")
@requires(Permission.ROUND_READ)
def listing(round_id: int):
    return _text(stored_listing(round_in_reach(round_id, g.actor)), f"frame-{round_id}.txt")


@bp.get("/draw")
@requires(Permission.ROUND_READ)
def draw(round_id: int):
    return _draw_page(round_in_reach(round_id, g.actor), draw_form())


@bp.post("/draw")
@requires(Permission.ROUND_MANAGE)
def draw_cases(round_id: int):
    round_ = round_in_reach(round_id, g.actor)
    form = draw_form()
    if not form.validate_on_submit():
        return _draw_page(round_, form), 422
    try:
        draw_sample(round_, **form.values(), by=g.actor)
    except InvalidSeedError as error:
        form.seed.errors = [_seed_error(error)]
    except SampleSizeError as error:
        form.sample_size.errors = [_size_error(error)]
    except DomainError:
        return _draw_page(round_, form, _draw_error(round_)), 409
    else:
        return redirect(url_for(".draw", round_id=round_id))
    return _draw_page(round_, form), 422


@bp.get("/draw.txt")
@requires(Permission.ROUND_READ)
def tickets(round_id: int):
    return _text(drawn_listing(round_in_reach(round_id, g.actor)), f"draw-{round_id}.txt")


def _frame_page(round_, error=None):
    is_draft = round_.status is RoundStatus.DRAFT
    counts = candidate_counts(round_) if is_draft else {}
    missed = frames_missed(round_)
    late = sum(frame.cases for frame in missed)
    return render_template(
        "sampling/frame.html",
        round=round_,
        counts=counts,
        missed=missed,
        late=late,
        expected=sum(counts.values()) + late,
        exclusions=exclusions_of(round_),
        strata=[] if is_draft else strata_table(round_),
        digest=_grouped(round_.frame_digest or ""),
        error=error,
    )


def _draw_page(round_, form, error=None):
    return render_template(
        "sampling/draw.html",
        round=round_,
        form=form,
        draw=draw_of(round_),
        strata=strata_table(round_),
        digest=_grouped(round_.frame_digest or ""),
        error=error,
    )


def _grouped(digits):
    """Groups of four, large enough to be read out."""
    return [digits[i : i + DIGEST_GROUP] for i in range(0, len(digits), DIGEST_GROUP)]


def _text(content, name):
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, mimetype="text/plain", headers=headers)


def _freeze_error(error):
    if isinstance(error, EmptyFrameError):
        return _(
            "没有冻结：结案日期在此期间、已归档且属于所选种类的案件为 0 件。"
            "请先导入台账，或另建一个期间不同的评估活动。"
        )
    if isinstance(error, AmbiguousFrameError):
        return _("没有冻结：有两件案件的编号去掉空格后相同。请在台账中改正后重新导入。")
    return _("抽样框已经冻结，不能再次冻结。")


def _seed_error(error):
    if error.digits is None:
        return _("种子只能由数字组成；数字之间可以有空格、逗号或连字符。")
    return _(
        "种子至少要有 20 位数字，现在只有 %(digits)s 位。请把公开摇出的数字全部录入。",
        digits=error.digits,
    )


def _size_error(error):
    if error.wanted < error.strata:
        return _(
            "样本量 %(wanted)s 件少于 %(strata)s 层：每层至少抽 1 件。"
            "请填 %(strata)s 至 %(frame)s 之间的数。",
            wanted=error.wanted,
            strata=error.strata,
            frame=error.frame,
        )
    return _(
        "样本量 %(wanted)s 件大于抽样框 %(frame)s 件。请填不超过 %(frame)s 的数。",
        wanted=error.wanted,
        frame=error.frame,
    )


def _draw_error(round_):
    if round_.status is RoundStatus.DRAFT:
        return _("没有抽样：抽样框尚未冻结。请先冻结抽样框，再录入冻结之后公开产生的种子。")
    return _("没有再次抽样：每次评估活动只抽样一次，结果如下。")
