"""From a total to marks by criterion: losses spread over the criteria in half points.

Symbols: R reviews, C criteria, p_c points of a criterion, t_r intended total (0–100).
A review loses L_r = (1 − t_r/100) · Σ p_c over its applicable criteria. The losses are
min(p_c, λ_r · w_rc) with λ_r such that they add up to L_r, then rounded to half points so that
their running sum is never more than a quarter point off. The stored total is computed from the
marks afterwards, never taken from t_r.
"""

from decimal import Decimal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rubrics.model import Criterion, GivenMark, Rubric

FILLING_ROUNDS = 12
STEP = Decimal("0.5")
"""Half points, as both example rubrics allow."""
NOT_APPLICABLE = 0.12
LOWEST, HIGHEST = 5.0, 100.0
REASONS = {
    "engagement": ("委托手续办理不及时", "授权委托书权限填写不规范", "文书填写不规范"),
    "interview": ("谈话笔录简单", "谈话笔录未问明证据线索", "未记明诉讼风险提示"),
    "meeting": ("会见笔录无针对性", "会见笔录简单", "未记明认罪认罚的后果"),
    "file_reading": ("阅卷笔录不完整", "阅卷笔录未指出疑点"),
    "investigation": ("证据目录未写明证明目的", "未申请调取关键证据"),
    "opinion": ("法律意见格式化", "未针对争议焦点展开", "引用法条不准确"),
    "hearing": ("质证意见笼统", "庭审发问缺少重点", "辩论未回应对方主张"),
    "informing": ("告知义务履行不全面", "未记明告知上诉权利"),
    "reporting": ("未按期报告办案进展", "重要事项报告无记录"),
    "filing": ("卷宗材料不齐全", "结案报告过于简单", "归档逾期", "文书填写不规范"),
}
"""Typical defects by the code of a rubric's section."""
NOT_APPLICABLE_REASON = "本案无此环节"
GOOD_COMMENTS = ("", "", "办案规范，文书齐全。", "总体符合要求，个别文书需完善。")
POOR_COMMENTS = ("", "庭前准备不足，建议加强。", "文书质量有待提高。", "多项工作无书面记录。")
POOR_BELOW = 75
Floats = NDArray[np.float64]


def losses(
    points: Floats, applicable: NDArray[np.bool_], totals: Floats, weights: Floats
) -> Floats:
    """Lost points, shape (R, C), in halves; ``points`` (C,), ``totals`` (R,), others (R, C)."""
    most = points * applicable
    left = (1 - np.clip(totals, LOWEST, HIGHEST) / 100) * most.sum(axis=1)
    lost = np.zeros_like(weights)
    for _ in range(FILLING_ROUNDS):
        open_weights = weights * (lost < most)
        share = open_weights / np.maximum(open_weights.sum(axis=1, keepdims=True), 1e-12)
        lost = np.minimum(most, lost + share * (left - lost.sum(axis=1))[:, None])
    running = np.round(2 * np.cumsum(lost, axis=1)) / 2
    halves = np.diff(running, axis=1, prepend=0.0)
    return np.clip(halves, 0.0, most)


def case_weights(rubric: Rubric, rng: Generator, cases: int) -> Floats:
    """Where a case is weak, shape (cases, C): most losses fall on a few criteria."""
    points = np.array([float(c.points) for c in rubric.criteria])
    return points * rng.gamma(0.5, 1.0, (cases, len(points))) + 1e-6


def applicability(rubric: Rubric, rng: Generator, cases: int) -> NDArray[np.bool_]:
    """Which criteria apply, shape (cases, C): the reviewers of one case agree on it."""
    may_be_na = np.array([c.may_be_na for c in rubric.criteria])
    return ~(may_be_na & (rng.random((cases, len(may_be_na))) < NOT_APPLICABLE))


def given(rubric: Rubric, lost: Floats, applies: NDArray[np.bool_]) -> dict[str, Decimal | None]:
    """One review's points by criterion code; None where not applicable."""
    return {
        c.code: Decimal(c.points) - STEP * round(2 * loss) if applicable else None
        for c, loss, applicable in zip(rubric.criteria, lost.tolist(), applies, strict=True)
    }


def answers(
    rubric: Rubric, points: dict[str, Decimal | None], rng: Generator
) -> dict[str, GivenMark]:
    """One review's marks; each deduction and each 不适用 has its reason."""
    chances = iter(rng.random(len(points)).tolist())
    return {
        criterion.code: _answer(section.code, criterion, points[criterion.code], next(chances))
        for section in rubric.sections
        for criterion in section.criteria
    }


def _answer(
    section_code: str, criterion: Criterion, points: Decimal | None, chance: float
) -> GivenMark:
    if points is None:
        return GivenMark(not_applicable=True, reason=NOT_APPLICABLE_REASON)
    if points == criterion.points:
        return GivenMark(points)
    reasons = REASONS[section_code]
    return GivenMark(points, reason=reasons[int(chance * len(reasons))])


def comment(total: Decimal, chance: float) -> str:
    comments = POOR_COMMENTS if total < POOR_BELOW else GOOD_COMMENTS
    return comments[int(chance * len(comments))]
