"""A definition as a score sheet: plain rows for a word processor or a spreadsheet program.

The words are those of the paper and always Chinese, whatever the language of the screen: a sheet
that was written under one language is read under another. ``sheet_reading`` reads it back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from rubrics.grading import Scheme
from rubrics.model import AGENCY, EVIDENCE, HANDLER, Criterion, Rubric, Section

Cell = str | Decimal

RUBRIC, SCHEME = "评估标准", "评定办法"
KEY, VERSION, NATURE, KINDS = "编码", "版本", "性质", "适用案件种类"
STEP, BONUS_CAP, STATUS, DIGEST = "给分档距", "加分上限", "状态", "摘要"
FACTS = frozenset({RUBRIC, SCHEME, KEY, VERSION, NATURE, KINDS, STEP, BONUS_CAP, STATUS, DIGEST})
EXAMPLE, OWN = "示例（非官方标准）", "本地区制定"

CATEGORY, CODE, TITLE, POINTS, GUIDANCE = "类别", "代码", "名称", "分值", "说明"
STEPS, WHERE, ANSWERS, MAY_BE_NA = "分档或扣分", "看哪里", "责任方", "可不适用"
RUBRIC_HEADINGS = (
    *(CATEGORY, CODE, TITLE, POINTS, GUIDANCE),
    *(STEPS, WHERE, ANSWERS, MAY_BE_NA),
)
SECTION, CRITERION, BONUS, VETO, SUM = "一级指标", "二级指标", "加分项", "一票否决", "合计"

LOWER, UPPER, SHARE, NEEDS_REASON = "下限", "上限", "占比", "须写理由"
SCHEME_HEADINGS = (CATEGORY, CODE, TITLE, LOWER, UPPER, SHARE, POINTS, NEEDS_REASON)
BAND, OPTION, OVERALL, END = "等次", "逐项评定", "综合评定", "（完）"

ANSWERS_WORDS = {HANDLER: "承办人员", AGENCY: "受理机构"}
GRADE_WORDS = {"excellent": "优秀", "good": "良好", "pass": "合格", "fail": "不合格"}
YES, NO = "是", "否"
LIST_SIGN = "、"


@dataclass(frozen=True, slots=True)
class Sheet:
    """``facts`` stand above the table, label and value; the last row ends the table."""

    facts: tuple[tuple[str, Cell], ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def subject(self) -> str:
        return self.facts[0][0]

    @property
    def title(self) -> str:
        return str(self.facts[0][1])

    @property
    def key(self) -> str:
        return str(self.facts[1][1])

    @staticmethod
    def is_section(row: tuple[Cell, ...]) -> bool:
        return row[0] in (SECTION, SUM)


def rubric_sheet(rubric: Rubric, kinds: Mapping[str, str]) -> Sheet:
    """The score sheet of a rubric; ``kinds`` are the words for the kinds of case."""
    facts: list[tuple[str, Cell]] = [
        (RUBRIC, rubric.title),
        (KEY, rubric.key),
        (VERSION, Decimal(rubric.version)),
        (NATURE, EXAMPLE if rubric.is_example else OWN),
        (KINDS, LIST_SIGN.join(kinds.get(kind, kind) for kind in rubric.kinds)),
        (STEP, rubric.step),
    ]
    if rubric.bonuses:
        facts.append((BONUS_CAP, rubric.bonus_cap))
    return Sheet(tuple(facts), RUBRIC_HEADINGS, tuple(_rubric_rows(rubric)))


def scheme_sheet(scheme: Scheme) -> Sheet:
    """The sheet of a grading scheme: the cut-offs, then how items and the whole are judged."""
    facts = ((SCHEME, scheme.title), (KEY, scheme.key))
    return Sheet(facts, SCHEME_HEADINGS, tuple(_scheme_rows(scheme)))


def _rubric_rows(rubric: Rubric) -> Iterator[tuple[Cell, ...]]:
    for section in rubric.sections:
        minimum = "" if section.minimum is None else f"最低 {section.minimum:f} 分"
        yield (SECTION, section.code, section.title, section.points, "", minimum, "", "", "")
        for criterion in section.criteria:
            yield _criterion_row(CRITERION, criterion)
    for bonus in rubric.bonuses:
        yield _criterion_row(BONUS, bonus)
    for veto in rubric.vetoes:
        yield (VETO, veto.code, veto.title, "", veto.guidance, "", "", "", "")
    yield (SUM, "", "", _sum(rubric.sections), "", "", "", "", "")


def _criterion_row(category: str, criterion: Criterion) -> tuple[Cell, ...]:
    return (
        category,
        criterion.code,
        criterion.title,
        criterion.points,
        criterion.guidance,
        _steps(criterion),
        LIST_SIGN.join(EVIDENCE.get(code, code) for code in criterion.evidence),
        ANSWERS_WORDS.get(criterion.answers, criterion.answers),
        YES if criterion.may_be_na else NO,
    )


def _steps(criterion: Criterion) -> str:
    lines = [f"{level.points:f} 分：{level.description}" for level in criterion.levels]
    lines += [f"扣 {one.points:f} 分：{one.description}" for one in criterion.deductions]
    return "\n".join(lines)


def _sum(sections: tuple[Section, ...]) -> Decimal:
    return sum((section.points for section in sections), Decimal(0))


def _scheme_rows(scheme: Scheme) -> Iterator[tuple[Cell, ...]]:
    for band in scheme.bands:
        words = GRADE_WORDS.get(band.grade, band.grade)
        yield (BAND, band.grade, words, band.lower, band.upper, "", "", "")
    for option in scheme.options:
        share = "" if option.share is None else option.share
        needs_reason = YES if option.needs_reason else NO
        yield (OPTION, option.code, option.title, "", "", share, "", needs_reason)
    for overall in scheme.overalls:
        yield (OVERALL, overall.code, overall.title, "", "", "", overall.total, "")
    yield (END, *[""] * (len(SCHEME_HEADINGS) - 1))
