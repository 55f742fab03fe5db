"""The columns of a 结案台账: what they are called and what they hold."""

from dataclasses import dataclass

from review.domain.register_codes import code_reader, read_categories
from review.domain.register_values import (
    Reader,
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
        ("案件编号", "法援编号", "案件号", "案号", "法律援助编号", "受理编号", "法律援助案件编号"),
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
    Column("cause", ("案由", "案由罪名", "罪名"), read_text, RegisterChange.TEXT),
    Column("recipient", ("受援人", "受援人姓名"), read_name, is_personal=True),
    Column(
        "id_number",
        (
            *("身份证号", "证件号码", "身份证号码", "公民身份号码", "身份证件号码"),
            *("受援人身份证号", "受援人证件号码", "受援人身份证号码"),
        ),
        read_id_number,
        RegisterChange.ID_NUMBER_LEFT_OUT,
        is_personal=True,
    ),
    Column(
        "phone",
        (
            *("联系电话", "电话", "联系方式", "手机号"),
            *("受援人联系电话", "受援人电话", "受援人联系方式"),
        ),
        read_phone,
        is_personal=True,
    ),
    Column(
        "recipient_categories",
        ("受援人类别", "受援人类型", "人群类别", "受援人人群类别"),
        read_categories,
        RegisterChange.CATEGORY_LEFT_OUT,
    ),
    Column(
        "licence_number",
        ("执业证号", "律师执业证号", "执业证号码", "承办人员执业证号", "承办人执业证号"),
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
    Column("dossier_pages", ("卷宗页数", "页数", "案卷页数"), read_pages, RegisterChange.TEXT),
)
BY_FIELD = {column.field: column for column in COLUMNS}
BY_HEADING = {heading: column for column in COLUMNS for heading in column.headings}
KNOWN_AS = {column.headings[0]: column.headings[1:] for column in COLUMNS}
"""Under which other headings each column is known."""
NEEDED = tuple(column for column in COLUMNS if column.missing)
