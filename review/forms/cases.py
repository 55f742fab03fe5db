from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, Form, StringField
from wtforms.validators import Length, Optional

from review.domain.register_columns import KNOWN_AS
from review.domain.register_values import typed_number
from review.enums import CaseKind
from review.errors import (
    BrokeOffError,
    EmptyWorkbookError,
    LockedWorkbookError,
    MissingColumnsError,
    NoHeadingError,
    NotAWorkbookError,
    RegisterError,
    RepeatedColumnError,
    UnreadableTextError,
    WebPageError,
    WorkbookTooLargeError,
)
from review.forms.typed import TypedForm


class RegisterForm(TypedForm):
    file = FileField(
        _l("结案台账（.xlsx、.xlsm、.xls、.ods、.csv）"),
        [FileRequired(_l("请选择要上传的台账文件。"))],
    )


class CaseFilter(Form):  # a GET form carries no token
    """Which cases a list shows; a field that cannot be read is left out and said so."""

    number = StringField(_l("案件编号"), [Optional(), Length(max=100)])
    region = StringField(_l("行政区划"), [Optional(), Length(max=6)])
    kind = StringField(_l("案件种类"), [Optional()])
    closed_from = DateField(_l("结案日期自"), [Optional()])
    closed_to = DateField(_l("至"), [Optional()])

    @property
    def chosen_kind(self) -> CaseKind | None:
        return CaseKind(self.kind.data) if self.kind.data in set(CaseKind) else None

    @property
    def canonical_number(self) -> str | None:
        """The case number as it is stored, however its brackets were typed."""
        return (typed_number(self.number.data) or None) if self.number.validate(self) else None

    def address(self) -> dict[str, Any]:
        """The filter as parameters of an address, for the next page."""
        values = {f.short_name: f.data for f in self if f.data}
        return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}


def register_error_words(error: RegisterError) -> str:
    """What is wrong with a register file, where, and what to do about it."""
    is_missing = isinstance(error, MissingColumnsError)
    words = str(WORDS[type(error)]) % {
        "sheet": error.sheet,
        "row": error.row,
        "columns": "、".join(map(_heading_words, error.headings) if is_missing else error.headings),
    }
    if not error.headings:
        words += _place_words(error)
    return _("文件“%(file)s”：%(words)s", file=error.file, words=words) if error.file else words


def _heading_words(heading: str) -> str:
    """A heading, with the others that are known for its column."""
    known = "、".join(KNOWN_AS.get(heading, ()))
    words = _("“%(heading)s”（也可写作 %(known)s）", heading=heading, known=known)
    return words if known else heading


def _place_words(error: RegisterError) -> str:
    parts = [
        _("工作表“%(sheet)s”", sheet=error.sheet) if error.sheet else "",
        _("第 %(row)s 行", row=error.row) if error.row else "",
        _("第 %(column)s 列", column=error.column) if error.column else "",
    ]
    place = "，".join(part for part in parts if part)
    return _("（位置：%(place)s）", place=place) if place else ""


WORDS: dict[type[RegisterError], Any] = {
    MissingColumnsError: _l(
        "工作表“%(sheet)s”第 %(row)s 行是表头，但缺少这些列：%(columns)s。"
        "请补齐或改用其中一个表头后重新上传；本次没有保存任何内容。"
    ),
    RepeatedColumnError: _l(
        "工作表“%(sheet)s”第 %(row)s 行有含义相同的列：%(columns)s。"
        "请只保留一列后重新上传；本次没有保存任何内容。"
    ),
    NotAWorkbookError: _l(
        "这个文件不是可以读取的表格（可能是其他格式或已损坏）。请在表格软件中另存为"
        "“Excel 工作簿（.xlsx）”后重新上传；也可以上传 .xlsm、.xls、.ods 或 .csv。"
    ),
    LockedWorkbookError: _l("工作簿设有密码，无法读取。请在表格软件中取消密码、另存后重新上传。"),
    WebPageError: _l(
        "这个文件的内容是网页（HTML 或 XML），只是名称像表格。"
        "请用表格软件打开，另存为“Excel 工作簿（.xlsx）”后重新上传。"
    ),
    UnreadableTextError: _l(
        "文本中有无法识别的字符：编码应为 UTF-8、UTF-16 或 GB18030，且不含控制字符。"
        "请在表格软件中另存为“CSV UTF-8”或 .xlsx 后重新上传。"
    ),
    WorkbookTooLargeError: _l(
        "表格太大：解压后不能超过 50 MB，每个工作表不能超过 20 万行、200 列或 800 万个单元格，"
        "一个单元格不能超过 32,767 个字。请删除表格以外的空白格式，或按县、按月拆分后分别上传。"
    ),
    BrokeOffError: _l(
        "读取这个文件超出了允许的时间或内存，或者文件已损坏。请删除表格以外的空白格式，另存为"
        "“Excel 工作簿（.xlsx）”，或按县、按月拆分后重新上传；本次没有保存任何内容。"
    ),
    EmptyWorkbookError: _l("文件里没有案件：每个工作表在表头下面都是空的。请确认选对了文件。"),
    NoHeadingError: _l(
        "没有找到表头。表头应在每个工作表的前 60 行内，占一行或两行，至少包含：案件编号、结案日期、"
        "案件类型、承办人员、承办机构、机构代码、援助方式。请检查后重新上传。"
    ),
}
