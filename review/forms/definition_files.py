"""Which file of a definition to take away, and which to bring in; why one cannot be read."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    Form,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired

from review.domain.definitions import NAME
from review.domain.register_values import plain
from review.domain.rubrics import usable_schemes
from review.errors import (
    BrokeOffError,
    DefinitionNameError,
    DefinitionRefusedError,
    DomainError,
    LockedWorkbookError,
    StaleError,
    WorkbookTooLargeError,
)
from review.forms.definitions import problem_words
from review.forms.rounds import indented
from review.forms.typed import TypedForm

LARGEST_FILE = 1024 * 1024
"""Ten times a score sheet as an office program saves it."""
MEGABYTE = 1024 * 1024


class TakeForm(Form):  # a GET form carries no token
    """``scheme`` is printed below a rubric, so that one paper holds all there is to approve."""

    format = RadioField(
        _l("格式"),
        choices=[
            SelectChoice("docx", _l("Word 评分表：打印送审，也可以修改后再导入")),
            SelectChoice("xlsx", _l("Excel 评分表：打印送审，也可以修改后再导入")),
            SelectChoice("toml", _l("TOML 文本：原样保存，或交给其他地区使用")),
        ],
        default="docx",
    )
    scheme = RadioField(_l("附评定办法"), default="")


class ImportForm(TypedForm):
    file = FileField(_l("文件（.toml、.docx、.xlsx）"), [FileRequired(_l("请选择要导入的文件。"))])
    name = StringField(_l("短名"), [DataRequired(_l("请填写短名。"))], filters=[plain])
    region_code = SelectField(_l("行政区划"))
    content = b""

    def validate_file(self, field: Any) -> None:
        self.content = field.data.read(LARGEST_FILE + 1)
        if not self.content:
            raise ValidationError(_l("这个文件是空的。请确认选对了文件。"))
        if len(self.content) > LARGEST_FILE:
            raise ValidationError(
                _l(
                    "文件太大：标准或办法的文件不能超过 1 MB。请确认选对了文件，"
                    "或删除其中的图片后再导入。"
                )
            )

    def validate_name(self, field: Any) -> None:
        if not NAME.fullmatch(field.data):
            raise ValidationError(_l("只能用小写字母、数字和连字符，最多 40 个。"))


def take_form(arguments: Any, *, with_scheme: bool, bureau: str) -> TakeForm:
    """What was asked for in the address; anything unknown is no choice."""
    form = TakeForm(arguments)
    schemes = usable_schemes(bureau) if with_scheme else ()
    form.scheme.choices = [
        SelectChoice("", _("不附")),
        *(SelectChoice(scheme.key, scheme.title) for scheme in schemes),
    ]
    return form


def import_form(regions: Iterable[Any], bureau: str) -> ImportForm:
    form = ImportForm()
    form.region_code.choices = [SelectChoice(row.code, indented(row)) for row in regions]
    if not form.is_submitted():
        form.region_code.data = bureau
    return form


def refusal_words(error: DomainError) -> list[str]:
    """Why a file became no draft, each place on a line of its own."""
    if isinstance(error, DefinitionRefusedError):
        problems: Any = error.problems
        return [problem_words(problem) for problem in problems]
    return [str(WORDS.get(type(error), UNREADABLE))]


UNREADABLE = _l(
    "这个文件不是可以读取的 Word 或 Excel 文件（可能是其他格式或已损坏）。"
    "请用办公软件另存为 .docx 或 .xlsx 后再导入。"
)
WORDS: dict[type[DomainError], Any] = {
    LockedWorkbookError: _l("文件设有密码。请取消密码、另存后再导入。"),
    WorkbookTooLargeError: _l("文件解压后太大。请删除评分表以外的内容后再导入。"),
    BrokeOffError: _l(
        "读取这个文件超出了允许的时间或内存，或者文件已损坏。"
        "请删除评分表以外的内容，另存为 .docx 或 .xlsx 后再导入。"
    ),
    DefinitionNameError: _l("短名只能用小写字母、数字和连字符，最多 40 个。"),
    StaleError: _l("刚有人用这个短名建立了新版本。请返回列表核对，再决定是否另建一版。"),
}
