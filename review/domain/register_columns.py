"""The columns of a 结案台账: what they are called, what they hold, and which row is the heading."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from review.domain.register_codes import code_reader, read_categories
from review.domain.register_values import (
    Cell,
    Reader,
    compact,
    read_amount,
    read_case_number,
    read_day,
    read_id_number,
    read_licence,
    read_name,
    read_pages,
    read_paid_on,
    read_phone,
    read_region_code,
    read_text,
)
from review.domain.register_workbook import Sheet
from review.enums import (
    AidMethod,
    AidSource,
    CaseType,
    HandlerType,
    Instance,
    Outcome,
    RegisterChange,
    RejectReason,
    Stage,
)
from review.errors import MissingColumnsError, RepeatedColumnError

SEARCHED_ROWS = 60  # titles and notes above the heading row
FEWEST_HEADINGS = 4  # fewer known words in a row are no heading row
UNIT = re.compile(r"\(.*?\)|\*")


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``missing`` is the reason to refuse a row that leaves a needed cell empty."""

    field: str
    headings: tuple[str, ...]
    read: Reader
    change: RegisterChange = RegisterChange.NAME
    missing: RejectReason | None = None
    unreadable: RejectReason = RejectReason.UNREADABLE_CELL
    is_personal: bool = False


def _day(field: str, *headings: str, missing: RejectReason | None = None) -> Column:
    reader = read_paid_on if field == "subsidy_paid_on" else read_day
    unreadable = RejectReason.UNREADABLE_DATE
    return Column(field, headings, reader, RegisterChange.DATE, missing, unreadable)


COLUMNS = (
    Column(
        "case_number",
        ("案件编号", "法援编号", "案件号", "案号", "法律援助编号", "受理编号"),
        read_case_number,
        RegisterChange.CASE_NUMBER,
        RejectReason.MISSING_CASE_NUMBER,
    ),
    _day(
        "closed_on",
        *("结案日期", "结案时间", "办结日期", "办结时间"),
        missing=RejectReason.MISSING_CLOSED_DATE,
    ),
    Column(
        "case_type",
        ("案件类型", "案件类别", "案件性质"),
        code_reader(CaseType),
        RegisterChange.CODE,
        RejectReason.UNKNOWN_CASE_TYPE,
        RejectReason.UNKNOWN_CASE_TYPE,
    ),
    Column(
        "handler",
        ("承办人员", "承办律师", "承办人", "承办人员姓名", "承办人姓名", "律师姓名"),
        read_name,
        missing=RejectReason.MISSING_HANDLER,
    ),
    Column(
        "provider",
        ("承办机构", "承办单位", "律师事务所", "承办机构名称"),
        read_name,
        missing=RejectReason.MISSING_HANDLER,
    ),
    Column(
        "agency_code",
        ("机构代码", "受理机构代码", "行政区划代码", "区划代码"),
        read_region_code,
        missing=RejectReason.MISSING_AGENCY,
    ),
    Column("agency", ("受理机构", "法律援助机构", "受理单位", "援助机构"), read_name),
    Column(
        "aid_method",
        ("援助方式", "援助形式", "法律援助方式"),
        code_reader(AidMethod),
        RegisterChange.CODE,
        RejectReason.UNKNOWN_CODE,
    ),
    Column("source", ("来源", "案件来源"), code_reader(AidSource), RegisterChange.CODE),
    Column("stage", ("阶段", "办案阶段", "诉讼阶段"), code_reader(Stage), RegisterChange.CODE),
    Column("instance", ("审级", "审理级别"), code_reader(Instance), RegisterChange.CODE),
    Column("cause", ("案由", "案由罪名", "罪名"), read_text),
    Column("recipient", ("受援人", "受援人姓名"), read_name, is_personal=True),
    Column(
        "id_number",
        ("身份证号", "证件号码", "身份证号码", "受援人身份证号", "公民身份号码"),
        read_id_number,
        RegisterChange.ID_NUMBER_LEFT_OUT,
        is_personal=True,
    ),
    Column("phone", ("联系电话", "电话", "联系方式", "手机号"), read_phone, is_personal=True),
    Column(
        "recipient_categories",
        ("受援人类别", "受援人类型", "人群类别"),
        read_categories,
        RegisterChange.CATEGORY_LEFT_OUT,
    ),
    Column(
        "licence_number",
        ("执业证号", "律师执业证号", "执业证号码", "承办人员执业证号"),
        read_licence,
        RegisterChange.LICENCE_LEFT_OUT,
    ),
    Column(
        "handler_type",
        ("承办人员类型", "承办人类型", "承办人员类别"),
        code_reader(HandlerType),
        RegisterChange.CODE,
    ),
    _day("accepted_on", "受理日期", "受理时间"),
    _day("assigned_on", "指派日期", "指派时间"),
    _day("archived_on", "归档日期", "归档时间"),
    Column("outcome", ("结案方式", "办理结果"), code_reader(Outcome), RegisterChange.CODE),
    Column("adoption", ("意见采纳情况",), code_reader(Outcome), RegisterChange.CODE),
    Column("recovered_amount", ("挽回金额", "挽回损失"), read_amount, RegisterChange.AMOUNT),
    Column(
        "subsidy_amount",
        ("补贴金额", "办案补贴", "补贴", "补贴数额"),
        read_amount,
        RegisterChange.AMOUNT,
    ),
    _day("subsidy_paid_on", "补贴发放日期", "补贴发放时间", "发放日期"),
    Column("dossier_pages", ("卷宗页数", "页数", "案卷页数"), read_pages),
)
BY_HEADING = {heading: column for column in COLUMNS for heading in column.headings}
NEEDED = tuple(column for column in COLUMNS if column.missing)


@dataclass(frozen=True, slots=True)
class Table:
    """The register on one sheet: its headings as written, and the rows below with their numbers."""

    sheet: str
    heading_row: int
    headings: list[str]
    rows: list[tuple[int, list[Cell]]]


def heading_word(cell: Cell) -> str:
    """A heading without spaces, line breaks, units in brackets and marks for needed columns."""
    return UNIT.sub("", compact(cell)).rstrip(":")


def find_table(sheet: Sheet) -> Table | None:
    """The register on a sheet, or None when no row there looks like its heading.

    Raises MissingColumnsError or RepeatedColumnError when one does, but cannot be used.
    """
    known = [_known(row) for row in sheet.rows[:SEARCHED_ROWS]]
    if not known or max(known) < FEWEST_HEADINGS:
        return None
    index = known.index(max(known))
    headings = [str(cell or "").strip() for cell in sheet.rows[index]]
    _check_headings(sheet.name, index + 1, headings)
    rows = list(enumerate(sheet.rows[index + 1 :], start=index + 2))
    return Table(sheet.name, index + 1, headings, rows)


def columns_of(headings: Sequence[str]) -> list[tuple[int, Column]]:
    """Which known column stands at which place, in the order in which problems are named."""
    places = {}
    for place, heading in enumerate(headings):
        if column := BY_HEADING.get(heading_word(heading)):
            places[column.field] = (place, column)
    return [places[column.field] for column in COLUMNS if column.field in places]


def unused_headings(headings: Sequence[str]) -> list[str]:
    return [text for text in headings if text and heading_word(text) not in BY_HEADING]


def is_heading(row: list[Cell]) -> bool:
    return _known(row) >= FEWEST_HEADINGS


def _known(row: list[Cell]) -> int:
    return sum(isinstance(cell, str) and heading_word(cell) in BY_HEADING for cell in row)


def _check_headings(sheet: str, row: int, headings: list[str]) -> None:
    by_field: dict[str, list[str]] = {}
    for heading in headings:
        if column := BY_HEADING.get(heading_word(heading)):
            by_field.setdefault(column.field, []).append(heading)
    missing = tuple(c.headings[0] for c in NEEDED if c.field not in by_field)
    if missing:
        raise MissingColumnsError(sheet, row, missing)
    repeated = tuple(text for texts in by_field.values() if len(texts) > 1 for text in texts)
    if repeated:
        raise RepeatedColumnError(sheet, row, repeated)
