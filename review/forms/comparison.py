"""Two versions of a rubric or a scheme side by side, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from review.enums import CaseKind, Grade
from review.labels import label, points
from rubrics.comparing import ORDER, Difference, differences, taken_apart
from rubrics.grading import Scheme
from rubrics.model import AGENCY, EVIDENCE, Deduction, Level, Rubric

KINDS: dict[str, Any] = {
    "whole": _l("整套"),
    "section": _l("一级指标"),
    "criterion": _l("二级指标"),
    "bonus": _l("加分项"),
    "veto": _l("一票否决"),
    "band": _l("等次"),
    "option": _l("逐项评定"),
    "overall": _l("综合评定"),
}
FIELDS: dict[str, Any] = {
    "title": _l("名称"),
    "kinds": _l("适用的案件种类"),
    "step": _l("给分档距"),
    "bonus_cap": _l("加分上限"),
    "minimum": _l("最低分"),
    "points": _l("分值"),
    "guidance": _l("说明"),
    "may_be_na": _l("可不适用"),
    "answers": _l("责任方"),
    "evidence": _l("看哪里"),
    "levels": _l("分档"),
    "deductions": _l("扣分项"),
    "section": _l("所属一级指标"),
    "lower": _l("自（含）"),
    "upper": _l("至（不含，满分除外）"),
    "share": _l("占该项分值（百分数）"),
    "needs_reason": _l("须写理由"),
    "total": _l("相当于（0–100 分）"),
    ORDER: _l("顺序"),
}
Titles = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Compared:
    """One place where two versions differ: where, what kind of change, and both sides in words.

    ``gain`` is by how much a number grew, with its sign; empty for anything else.
    """

    place: str
    where: str
    change: str
    before: str
    after: str
    gain: str


def compared(before: Rubric | Scheme, after: Rubric | Scheme) -> list[Compared]:
    """Every difference, in the order of the later version."""
    titles = {**_titles(before), **_titles(after)}
    return [_line(each, titles) for each in differences(before, after)]


def _titles(made: Rubric | Scheme) -> dict[tuple[str, str], str]:
    return {item: _title(item, each) for item, each in taken_apart(made).items()}


def _title(item: tuple[str, str], fields: Mapping[str, Any]) -> str:
    kind, code = item
    if kind == "band":
        return grade_words(code)
    return fields["title"] or str(_("（未命名）"))


def grade_words(code: str) -> str:
    """The word for a grade; a draft may name one that there is not."""
    return label(Grade(code)) if code in set(Grade) else code


def _line(difference: Difference, titles: Titles) -> Compared:
    kind, code, field = difference.kind, difference.code, difference.field
    where = str(KINDS[kind])
    if code:
        where += f"「{titles[kind, code]}」"
    if field:
        where += f" · {FIELDS[field]}"
    before, after = (_words(difference, value, titles) for value in _sides(difference))
    return Compared(difference.place, where, _change(difference), before, after, _gain(difference))


def _sides(difference: Difference) -> tuple[Any, Any]:
    """Both values; of two orders only the stretch in which they differ."""
    before, after = difference.before, difference.after
    if difference.field == ORDER:
        moved = [
            n for n, (one, other) in enumerate(zip(before, after, strict=True)) if one != other
        ]
        stretch = slice(moved[0], moved[-1] + 1)
        return before[stretch], after[stretch]
    return before, after


def _change(difference: Difference) -> str:
    if difference.field == ORDER:
        return str(_("顺序不同"))
    if difference.field:
        return str(_("内容不同"))
    return str(_("新增")) if difference.before is None else str(_("删除"))


def _gain(difference: Difference) -> str:
    if difference.gain is None:
        return ""
    gain = difference.gain * 100 if difference.field == "share" else difference.gain
    return f"{'+' if gain > 0 else '−'}{points(abs(gain))}"


def _words(difference: Difference, value: Any, titles: Titles) -> str:
    if value is None:
        return str(_("不设")) if difference.field else str(_("没有"))
    if difference.field == ORDER:
        return "\n".join(f"{n}. {titles[difference.kind, code]}" for n, code in enumerate(value, 1))
    if not difference.field:
        return _whole_item(value)
    return _value(difference.field, value, titles)


def _whole_item(fields: Mapping[str, Any]) -> str:
    number = fields.get("points") or fields.get("total")
    head = _("%(n)s 分", n=points(number)) if number is not None else ""
    lines = filter(None, (fields.get("title"), head, fields.get("guidance")))
    return "\n".join(lines) or str(_("（空白）"))


def _value(field: str, value: Any, titles: Titles) -> str:
    special: dict[str, Callable[[Any], str]] = {
        "kinds": lambda kinds: "、".join(map(_kind, kinds)),
        "evidence": lambda codes: "、".join(EVIDENCE.get(code, code) for code in codes),
        "section": lambda code: titles["section", code],
        "answers": lambda who: str(_("机构") if who == AGENCY else _("承办人员")),
        "share": lambda share: points(share * 100),
        "levels": _steps,
        "deductions": _steps,
    }
    if field in special:
        return special[field](value) or str(_("没有"))
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    return points(value) if isinstance(value, Decimal) else value or str(_("没有"))


def _kind(code: str) -> str:
    return label(CaseKind(code)) if code in set(CaseKind) else code


def _steps(steps: tuple[Level | Deduction, ...]) -> str:
    return "\n".join(
        f"{_('%(n)s 分', n=points(step.points))}：{step.description}" for step in steps
    )
