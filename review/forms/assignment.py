from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectMultipleField
from wtforms.validators import DataRequired, NumberRange

from review.domain.planning import Wishes
from review.enums import ConflictReason
from review.forms.typed import TypedForm
from review.labels import label

USUAL_YEARS = 3
MOST_YEARS, MOST_LINKING, MOST_DAYS = 30, 50, 60
MOST_REASONS = 3
"""Reasons named beside a case that cannot be served: the most frequent ones."""


class PanelForm(TypedForm):
    """Who is chosen and how; the page writes the check boxes, the verb knows who may be chosen."""

    reviewer = SelectMultipleField(
        _l("评估专家"),
        [DataRequired(_l("请至少勾选一名评估专家。"))],
        coerce=int,
        validate_choice=False,
    )
    years_needed = IntegerField(
        _l("执业年限至少（年）"),
        [NumberRange(0, MOST_YEARS, _l("请填 0 至 30。"))],
        default=USUAL_YEARS,
    )
    linking_cases = IntegerField(
        _l("共同评估的案件（件）"),
        [NumberRange(0, MOST_LINKING, _l("请填 0 至 50。"))],
        default=0,
    )
    linking_marks = IntegerField(
        _l("每件另加评分（份）"),
        [NumberRange(0, MOST_LINKING, _l("请填 0 至 50。"))],
        default=0,
    )
    remind_days = IntegerField(
        _l("到期前几天提醒"), [NumberRange(0, MOST_DAYS, _l("请填 0 至 60。"))], default=7
    )
    grace_days = IntegerField(
        _l("过期几天后改派"), [NumberRange(0, MOST_DAYS, _l("请填 0 至 60。"))], default=3
    )
    namesakes_checked = BooleanField(_l("同名同单位的账号已核实为不同的人"))

    def reviewer_ids(self) -> list[int]:
        return self.reviewer.data or []

    def wishes(self) -> Wishes:
        return Wishes(
            years_needed=self.years_needed.data or 0,
            linking_cases=self.linking_cases.data or 0,
            linking_marks=self.linking_marks.data or 0,
            namesakes_checked=bool(self.namesakes_checked.data),
            remind_days=self.remind_days.data or 0,
            grace_days=self.grace_days.data or 0,
        )


def shortages(problem: dict[str, Any]) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Each case that cannot be served, how many could mark it, and what bars most of the rest."""
    return [
        (number, possible, _named(reasons))
        for number, possible, reasons in problem.get("cases", ())
    ]


def _named(reasons: dict[str, int]) -> list[tuple[str, int]]:
    often = sorted(reasons.items(), key=lambda pair: -pair[1])[:MOST_REASONS]
    return [(label(ConflictReason(reason)), count) for reason, count in often]
