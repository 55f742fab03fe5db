"""Registers made up with all the mess that bureaus' own have: counts and values must be found
equal to what was put in, in every format."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from review.domain.register import read_register
from review.enums import AidMethod, CaseType
from tests.register_files import delimited, number, old_workbook, open_document, row, workbook

Lines = list[list[Any]]
EPOCH = date(1899, 12, 30)
WIDE = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")

# Heading in one row, and the same in two: group above, part below.
HEADINGS: dict[str, tuple[str, str]] = {
    "案件编号": ("案件编号", ""),
    "机构代码": ("机构代码", ""),
    "案件类型": ("案件", "类型"),
    "援助方式": ("援助方式", ""),
    "审级": ("审级", ""),
    "受援人": ("受援人", "姓名"),
    "受援人类别": ("", "类别"),
    "承办人员": ("承办人员", "姓名"),
    "执业证号": ("", "执业证号"),
    "承办机构": ("承办机构", ""),
    "指派日期": ("日期", "指派"),
    "结案日期": ("", "结案"),
    "归档日期": ("", "归档"),
    "补贴金额": ("办案补贴（元）", ""),
    "卷宗页数": ("卷宗页数", ""),
}
SYNONYMS = {
    "案件编号": "法援编号",
    "结案日期": "结案\n时间",
    "承办人员": "承办律师",
    "补贴金额": "补贴（元）*",
}
FORMATS: dict[str, Callable[[Lines], bytes]] = {
    "a.xlsx": workbook,
    "b.xlsm": workbook,
    "c.xls": old_workbook,
    "d.ods": open_document,
    "e.csv": delimited,
    "f.csv": lambda lines: delimited(lines, encoding="gb18030", delimiter=";"),
    "g.csv": lambda lines: delimited(lines, encoding="utf-16", delimiter="\t"),
    "h.csv": lambda lines: delimited(lines, encoding="utf-8", delimiter="\t"),
}

DAY_FORMS: Sequence[Callable[[date], Any]] = (
    lambda day: day,
    lambda day: (day - EPOCH).days,
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day:%Y/%m/%d} 00:00",
    lambda day: f" {day}".translate(WIDE),
)
AMOUNT_FORMS: Sequence[Callable[[int], Any]] = (
    lambda yuan: yuan,
    lambda yuan: f"{yuan}元",
    lambda yuan: f"{yuan:,}.00",
    lambda yuan: f"￥{yuan:,}".translate(WIDE),
    lambda yuan: f"{yuan / 10_000}万元",
)
TYPES = st.sampled_from(["民事", "民事案件", " 民 事", "民事类"])
NAMES = st.sampled_from(["任勇佳", "任 勇佳", "任\u3000勇 佳", "任勇佳 "])
KINDS = st.sampled_from(["妇女、农民", "农民；妇女", "妇女/农民", "妇女，农民", "农民,妇女"])
LICENCE = "1992005569896320"
LICENCES = st.sampled_from([(LICENCE, LICENCE), (int(LICENCE), None), ("1.99E+15", None)])
PAGES = st.sampled_from([62, "62", "62页", "６２"])


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A row as somebody typed it, and what it means."""
    closed = draw(st.dates(date(2024, 2, 1), date(2024, 12, 31)))
    assigned, archived = closed - timedelta(days=20), closed + timedelta(days=9)
    yuan = draw(st.integers(1, 99_999))
    licence, kept = draw(LICENCES)
    form = st.sampled_from(DAY_FORMS)
    cells = row(
        案件类型=draw(TYPES),
        承办人员=draw(NAMES),
        受援人类别=draw(KINDS),
        执业证号=licence,
        指派日期=draw(form)(assigned),
        结案日期=draw(form)(closed),
        归档日期=draw(form)(archived),
        补贴金额=draw(st.sampled_from(AMOUNT_FORMS))(yuan),
        卷宗页数=draw(PAGES),
    )
    means = {
        "case_type": CaseType.CIVIL,
        "aid_method": AidMethod.CIVIL_LITIGATION,
        "handler": "任勇佳",
        "recipient_categories": ("farmer", "woman"),
        "licence_number": kept,
        "assigned_on": assigned,
        "closed_on": closed,
        "archived_on": archived,
        "subsidy_amount": Decimal(yuan).quantize(Decimal("0.01")),
        "dossier_pages": 62,
    }
    return cells, means


def numbered(n: int, dice: random.Random) -> str:
    """The case number of row n, its brackets and digits as somebody happened to type them."""
    plain = number(n)
    return dice.choice(
        [
            plain,
            plain.replace("（", "(").replace("）", ")"),
            plain.replace("（", "〔").replace("）", "〕"),
            plain.translate(WIDE),
            f" {plain[:6]} {plain[6:]}",
        ]
    )


def headings(dice: random.Random, *, in_two_rows: bool) -> Lines:
    if in_two_rows:
        return [list(part) for part in zip(*HEADINGS.values(), strict=True)]
    return [[dice.choice([word, SYNONYMS.get(word, word)]) for word in HEADINGS]]


def laid_out(rows: list[dict[str, Any]], dice: random.Random, *, in_two_rows: bool) -> Lines:
    """A sheet with titles above, and blank rows, sums, notes and headings in between."""
    head = headings(dice, in_two_rows=in_two_rows)
    between: Lines = [[], ["小计", "", 3], ["", "本页合计：", *range(12)], ["备注：略"], *head]
    lines: Lines = [["东川市2024年度结案台账"], ["填报单位：市中心"]][: dice.randrange(3)]
    lines += head
    for each in rows:
        if dice.random() < 0.2:
            noise = dice.choice(between)
            lines += head if noise in head else [noise]
        lines.append([each[heading] for heading in HEADINGS])
    return [*lines, [], ["合 计", "", len(rows)], ["注：本表由各县汇总。"]]


@settings(max_examples=60)
@given(
    made=st.lists(cases(), min_size=1, max_size=12),
    name=st.sampled_from(list(FORMATS)),
    copies=st.integers(0, 3),
    nameless=st.integers(0, 3),
    in_two_rows=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_generated_register_is_read_as_it_was_made(
    *,
    made: list[tuple[dict[str, Any], dict[str, Any]]],
    name: str,
    copies: int,
    nameless: int,
    in_two_rows: bool,
    seed: int,
) -> None:
    dice = random.Random(seed)  # noqa: S311  (repeatable on purpose)
    copies = min(copies, len(made))
    rows = [cells | {"案件编号": numbered(n, dice)} for n, (cells, _means) in enumerate(made)]
    rows += [rows[n] | {"案件编号": numbered(n, dice)} for n in range(copies)]
    rows += [
        row(案件编号=number(1000 + n), 承办人员=dice.choice([None, " "])) for n in range(nameless)
    ]
    result = read_register(FORMATS[name](laid_out(rows, dice, in_two_rows=in_two_rows)), name)
    assert result.counts() == {
        "data_rows_read": len(made) + copies + nameless,
        "accepted_cases": len(made),
        "exact_duplicates_skipped": copies,
        "rejected_rows_by_reason": {"missing_handler": nameless} if nameless else {},
    }
    found = {
        facts.case_number: facts for facts in (each.facts for each in result.accepted) if facts
    }
    for n, (cells, means) in enumerate(made):
        if name.endswith(".csv") and cells["执业证号"] == int(LICENCE):
            means["licence_number"] = LICENCE  # as text it has kept all its digits
        assert {field: getattr(found[number(n)], field) for field in means} == means
