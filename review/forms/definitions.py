"""What an organiser gives to start a rubric or a scheme, and what is wrong with one, in words."""

import re
from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired

from review.domain.definitions import NAME
from review.domain.register_values import plain
from review.enums import DefinitionSubject
from review.forms.rounds import indented
from review.forms.typed import TypedForm
from rubrics.faults import Fault, Problem
from rubrics.model import EVIDENCE

SOURCES = dict(EVIDENCE)
SUBJECTS = {subject.value: subject for subject in DefinitionSubject}


class DraftForm(TypedForm):
    """What to copy, for which region, under which name."""

    source = HiddenField()
    name = StringField(_l("短名"), [DataRequired(_l("请填写短名。"))], filters=[plain])
    region_code = SelectField(_l("行政区划"))

    @property
    def subject(self) -> DefinitionSubject:
        return SUBJECTS[(self.source.data or "").partition(":")[0]]

    @property
    def key(self) -> str:
        return (self.source.data or "").partition(":")[2]

    def validate_source(self, field: Any) -> None:
        if (field.data or "").partition(":")[0] not in SUBJECTS:
            raise ValidationError(_l("请从列表中选择要复制的标准或办法。"))

    def validate_name(self, field: Any) -> None:
        if not NAME.fullmatch(field.data):
            raise ValidationError(_l("只能用小写字母、数字和连字符，最多 40 个。"))


def draft_form(regions: Iterable[Any], bureau: str) -> DraftForm:
    """The form to copy what the address names, or what was posted."""
    form = DraftForm()
    form.region_code.choices = [SelectChoice(row.code, indented(row)) for row in regions]
    if not form.is_submitted():
        form.source.data = request.args.get("source", "")
        form.name.data = own_part(form.key)
        form.region_code.data = bureau
    return form


def own_part(key: str) -> str:
    """The name in a key, without version and region: 990000-civil/2 → civil."""
    name = key.partition("/")[0]
    region, dash, rest = name.partition("-")
    return rest if dash and region.isdigit() else name


FAULTS: dict[Fault, Any] = {
    Fault.TOO_LARGE: _l("文件过大"),
    Fault.NOT_UTF8: _l("不是 UTF-8 编码的文本，也不是 Word 或 Excel 文件"),
    Fault.SYNTAX: _l("不是合格的 TOML"),
    Fault.MISSING: _l("缺少此项"),
    Fault.UNKNOWN_FIELD: _l("没有这样的字段"),
    Fault.NOT_TEXT: _l("应为文字"),
    Fault.NOT_A_NUMBER: _l("应为数字"),
    Fault.NOT_A_WHOLE_NUMBER: _l("应为整数"),
    Fault.NOT_YES_OR_NO: _l("应为 true 或 false"),
    Fault.NOT_A_LIST: _l("应为列表"),
    Fault.NOT_A_TABLE: _l("应为一组字段"),
    Fault.KEY: _l("编码应为“名称/版本号”，且与版本一致"),
    Fault.NO_KIND: _l("没有写明适用的案件种类"),
    Fault.STEP: _l("给分的档距应大于 0"),
    Fault.CODE_TWICE: _l("代码重复"),
    Fault.CODE_SIGNS: _l("代码只能用小写字母、数字和下划线"),
    Fault.NO_CRITERIA: _l("一级指标下没有二级指标"),
    Fault.NO_WORDS: _l("缺少名称或说明"),
    Fault.TOO_LONG: _l("文字太长，页面和纸上都放不下"),
    Fault.NOT_POSITIVE: _l("分值应大于 0"),
    Fault.NOT_A_STEP: _l("分值不是档距的整数倍"),
    Fault.NOBODY_ANSWERS: _l("责任方应为机构或承办人员"),
    Fault.UNKNOWN_EVIDENCE: _l("没有这种材料"),
    Fault.NOT_100: _l("各项分值之和不是 100"),
    Fault.NOTHING_FOR_HANDLER: _l("没有由承办人员负责的指标"),
    Fault.LEVELS_AND_DEDUCTIONS: _l("分档和扣分项不能并用"),
    Fault.LEVELS: _l("各档应从满分递减到 0，并有说明"),
    Fault.DEDUCTION: _l("扣分应大于 0、不超过分值，并有说明"),
    Fault.MINIMUM: _l("最低分应大于 0、不超过该节中承办人员的分值"),
    Fault.BONUS_CAP: _l("加分上限应大于 0、不超过加分项之和"),
    Fault.RENAMED: _l("同一代码换了名称，请改用新代码"),
    Fault.UNKNOWN_GRADE: _l("没有这个等次"),
    Fault.GRADE_TWICE: _l("等次重复"),
    Fault.GRADE_ORDER: _l("等次应从高到低，最后为不合格"),
    Fault.NOT_WHOLE_RANGE: _l("各等次应从 0 到 100"),
    Fault.UNREACHABLE: _l("这个等次永远达不到"),
    Fault.GAP: _l("这段分数没有等次"),
    Fault.OVERLAP: _l("这段分数有两个等次"),
    Fault.SHARE: _l("占比应在 0 至 1 之间"),
    Fault.OVERALL: _l("综合评定与逐项评定应同时设置，综合评定从高到低"),
    Fault.OVERALL_RANGE: _l("综合评定的分值应在 0 至 100 之间"),
    Fault.NOT_A_SHEET: _l("文件中没有本平台导出的评分表（找不到表头）"),
    Fault.UNKNOWN_CATEGORY: _l("类别不认识，或位置不对"),
    Fault.UNKNOWN_KIND: _l("没有这种案件"),
    Fault.STEP_LINE: _l("应写“5 分：说明”或“扣 1 分：说明”"),
}


RANGES = {Fault.GAP, Fault.OVERLAP, Fault.UNREACHABLE, Fault.NOT_WHOLE_RANGE}
_PLACES = (
    (
        re.compile(r"line (?P<line>\d+), column (?P<column>\d+)"),
        _l("第 %(line)s 行第 %(column)s 列"),
    ),
    (re.compile(r"row (?P<row>\d+), (?P<heading>.+)"), _l("第 %(row)s 行“%(heading)s”")),
    (re.compile("definition"), _l("文件")),
)
"""Places within a file, in words; any other place is a code or a key of the definition."""


def problem_words(problem: Problem) -> str:
    """One problem with its place and what was found there."""
    return f"{_place_words(problem.place)}：{fault_words(problem)}"


def fault_words(problem: Problem) -> str:
    """One problem without its place: a type of document by its name, a range as people write it."""
    found = EVIDENCE.get(problem.found, problem.found)
    if problem.what in RANGES:
        found = found.replace("..", "–")
    return f"{FAULTS[problem.what]}（{found}）" if found else str(FAULTS[problem.what])


def _place_words(place: str) -> str:
    for pattern, words in _PLACES:
        if matched := pattern.fullmatch(place):
            return str(words) % matched.groupdict()
    return place
