from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, g, make_response, render_template, request
from flask_babel import gettext as _

from review import charts, labels
from review.blueprints.pages import page_number
from review.domain.analysis import COMPARABLE_FROM, FLAG_RULE, change_between, quarter_charts
from review.domain.figures import possible_ranks, signals_of
from review.enums import Grade
from review.permissions import Permission, requires
from review.queries import analysis as queries
from review.queries.analysis import CASES_SHOWN, Place

bp = Blueprint("analysis", __name__, url_prefix="/analysis")


@bp.get("")
@requires(Permission.ANALYSIS_READ)
def overview():
    here = _place()
    history = queries.round_figures(g.actor, here.region.code)
    if not history:
        return render_template("analysis/overview.html", place=here, latest=None)
    latest, current = _chosen(history)
    previous = _previous(history, current)
    quarters = queries.quarter_figures(g.actor, here.region.code)
    below = queries.figures_below(g.actor, here.region.code, current.id)
    judged = queries.judged_handlers(g.actor, here.region.code, current.id)
    return render_template(
        "analysis/overview.html",
        place=here,
        latest=latest,
        round=current,
        previous=previous,
        change=change_between(latest, previous[0]) if previous else None,
        history=history,
        quarters=quarters,
        signals=[s for _, chart in quarter_charts(quarters) if (s := signals_of(chart))],
        quarter_name=_quarter_name,
        below=below,
        ranks=possible_ranks(below),
        flagged=queries.flagged_handlers(g.actor, here.region.code, current.id),
        judged=judged,
        place_of=_funnel_places(judged),
        rule=FLAG_RULE,
        comparable_from=COMPARABLE_FROM,
        chart_of={"region": here.region.code, "round": current.id},
    )


@bp.get("/trend.svg")
@requires(Permission.ANALYSIS_READ)
def trend_chart():
    here = _place()
    figures = queries.quarter_figures(g.actor, here.region.code)
    found = quarter_charts(figures)
    if not found:
        abort(404)
    runs = [_run(figures, scheme, chart) for scheme, chart in found]
    is_trial = any(chart.is_trial for _scheme, chart in found)
    drawn = charts.TrendChart(
        runs=tuple(runs),
        axis=_("平均分"),
        centre_name=_("各季度均值"),
        limit_name=_("控制限（试用）") if is_trial else _("控制限"),
        break_name=_("办法或标准变更"),
        change_name=_("水平变化"),
    )
    return _svg(drawn, charts.trend_svg)


@bp.get("/grades.svg")
@requires(Permission.ANALYSIS_READ)
def grade_chart():
    latest, _round = _chosen(queries.round_figures(g.actor, _place().region.code))
    counts = (latest.excellent, latest.good, latest.passed, latest.failed)
    bars = tuple((labels.label(grade), n) for grade, n in zip(Grade, counts, strict=True))
    return _svg(charts.GradeChart(bars), charts.grades_svg)


@bp.get("/regions.svg")
@requires(Permission.ANALYSIS_READ)
def region_chart():
    here = _place()
    latest, current = _chosen(queries.round_figures(g.actor, here.region.code))
    below = queries.figures_below(g.actor, here.region.code, current.id)
    drawn = charts.IntervalChart(
        points=tuple(_region_point(region, below.get(region.code)) for region in here.below),
        reference=latest.mean,
        reference_name=_("%(region)s平均", region=here.region.name),
        axis=_("平均分"),
    )
    return _svg(drawn, charts.intervals_svg)


@bp.get("/handlers.svg")
@requires(Permission.ANALYSIS_READ)
def handler_chart():
    here = _place()
    _latest, current = _chosen(queries.round_figures(g.actor, here.region.code))
    figures = queries.funnel_figures(g.actor, here.region.code, current.id)
    if not figures:
        abort(404)
    return _svg(_funnel(figures), charts.funnel_svg)


def _funnel(figures: Any) -> charts.FunnelChart:
    return charts.FunnelChart(
        points=tuple(
            charts.FunnelPoint(
                *(f.cases, f.adjusted_mean, f.line, f.is_flagged), f.material_line, f.is_material
            )
            for f in figures
        ),
        expected=figures[0].expected,
        axis=_("调整后平均分"),
        cases_axis=_("近两年抽评案件数"),
        expected_name=_("全部承办人员的平均"),
        line_name=_("提示线"),
        point_name=_("承办人员"),
        flagged_name=_("低于提示线"),
        material_name=_("差距很可能超过 %(points)s 分", points=round(FLAG_RULE.material)),
        material_line_name=_("差距线"),
    )


def _funnel_places(judged: Any) -> Callable[[Any], tuple[float, float]] | None:
    """Says where in the funnel's picture a handler's point lies; None where there is no picture."""
    if not judged.spread:
        return None
    extent = charts.funnel_extent(*judged.spread)
    return lambda f: charts.funnel_place(extent, f.cases, f.adjusted_mean)


@bp.get("/handlers/<int:handler_id>")
@requires(Permission.ANALYSIS_READ)
def handler(handler_id: int):
    found = queries.handler_of(g.actor, handler_id)
    if found is None:
        abort(404)
    page = page_number()
    cases, total = queries.handler_cases(g.actor, handler_id, page)
    return render_template(
        "analysis/handler.html",
        handler=found[0],
        provider=found[1],
        figures=queries.handler_figures(g.actor, handler_id),
        cases=cases,
        total=total,
        page=page,
        pages=-(-total // CASES_SHOWN),
        rule=FLAG_RULE,
    )


def _place() -> Place:
    """The region in the address, the actor's own by default; another tree's does not exist."""
    found = queries.place(g.actor, request.args.get("region", g.actor.region_code))
    if found is None:
        abort(404)
    return found


def _chosen(history: Any) -> Any:
    """The figure of the round in the address, of the latest by default."""
    wanted = request.args.get("round", type=int)
    if "round" not in request.args and history:
        return history[0]
    return next((row for row in history if row[1].id == wanted), None) or abort(404)


def _previous(history: Any, current: Any) -> Any:
    """The round before this one that can be compared with it: same scope, same scheme."""
    earlier = [row for row in history if row[1].window_to < current.window_to]
    scope = (current.region_code, current.scheme_key)
    return next((row for row in earlier if (row[1].region_code, row[1].scheme_key) == scope), None)


def _run(figures: Any, scheme: str, chart: Any) -> charts.Run:
    points = _quarter_points(figures, scheme, chart)
    at = {quarter: place for place, (quarter, _point) in enumerate(points)}
    return charts.Run(
        points=tuple(point for _quarter, point in points),
        centre=chart.centre,
        lower=chart.lower,
        upper=chart.upper,
        changes=tuple(at[change.quarter] for change in signals_of(chart).changes),
    )


def _quarter_name(quarter: str) -> str:
    return str(_("%(year)s年%(quarter)s季度", year=quarter[:4], quarter=quarter[5]))


def _quarter_points(figures: Any, scheme: str, chart: Any) -> tuple[tuple[str, charts.Point], ...]:
    """All quarters from the first to the last of a chart; one with too few cases stays empty."""
    start, end = chart.period[0], chart.period[-1]
    return tuple(
        (figure.quarter, _quarter_point(figure))
        for figure in figures
        if figure.scheme_key == scheme and start <= figure.quarter <= end
    )


def _quarter_point(figure: Any) -> charts.Point:
    # The year above the quarter: twelve of them stand side by side.
    name = _("%(year)s年\n%(quarter)s季度", year=figure.quarter[:4], quarter=figure.quarter[5])
    note = f"n={figure.cases}"
    if figure.cases < COMPARABLE_FROM:
        return charts.Point(name, None, None, None, note)
    return charts.Point(name, figure.mean, figure.lower, figure.upper, note)


def _region_point(region: Any, figure: Any) -> charts.Point:
    if figure is None:
        return charts.Point(region.name, None, None, None, _("未抽到案件"))
    if figure.cases < COMPARABLE_FROM:
        note = _("n=%(n)s，不足以比较", n=figure.cases)
        return charts.Point(region.name, None, None, None, note)
    return charts.Point(region.name, figure.mean, figure.lower, figure.upper, f"n={figure.cases}")


def _svg(chart: Any, draw: Callable[[Any], bytes]) -> Response:
    """The chart, drawn only where the browser does not hold it already."""
    response = make_response()
    response.content_type = "image/svg+xml"
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.vary.add("Cookie")
    response.set_etag(charts.digest(chart))
    response.make_conditional(request)
    if response.status_code != 304:
        response.data = draw(chart)
    return response
