"""Why a change of a score sheet is refused, in words and as a status."""

from http import HTTPStatus
from typing import Any

from flask_babel import lazy_gettext as _l

from review.errors import (
    AlreadySubmittedError,
    DomainError,
    JudgementMissingError,
    KeyReusedError,
    LateError,
    MarksRefusedError,
    NoSuchCriterionError,
    NothingAppliesError,
    OtherRubricError,
    StaleError,
    WrongStatusError,
)

REFUSALS: dict[type[DomainError], Any] = {
    AlreadySubmittedError: _l("此评分表已提交，不能再修改。"),
    WrongStatusError: _l("本次评估活动已不在评分阶段，未保存。如有疑问请联系评估组织者。"),
    LateError: _l("已过截止时间，未提交。草稿仍可保存；如需延期请联系评估组织者。"),
    NothingAppliesError: _l("不能所有指标都不适用。请至少对一项指标评分后再提交。"),
    JudgementMissingError: _l("请在综合评定中选一项后再提交。您填写的内容都还在。"),
    MarksRefusedError: _l("尚不能提交：请先处理下面列出的指标。您填写的内容都还在。"),
    NoSuchCriterionError: _l("评分表中没有这项指标，未保存。请刷新页面后再试。"),
    OtherRubricError: _l(
        "本页的评估标准已不是此评分表所用的版本，未保存。请刷新页面，按现在的标准重新核对后再保存。"
    ),
    KeyReusedError: _l("这次更改与先前用同一编号送达的不同，未保存。请刷新页面后再试。"),
    StaleError: _l(
        "此评分表刚在别处更改过，未保存。下面保留了您在此页填写的内容，"
        "不同之处列出了已保存的值；核对后请再次保存。"
    ),
}

FAULTY = (
    JudgementMissingError,
    KeyReusedError,
    MarksRefusedError,
    NoSuchCriterionError,
    NothingAppliesError,
)


def status_of(refusal: DomainError) -> HTTPStatus:
    faulty = isinstance(refusal, FAULTY)
    return HTTPStatus.UNPROCESSABLE_ENTITY if faulty else HTTPStatus.CONFLICT
