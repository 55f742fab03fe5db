"""A rectangle to be blackened, as it is typed or drawn: in hundredths of its page."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FloatField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from review.domain.redaction import Mark
from review.enums import MarkedContent
from review.forms.typed import TypedForm
from review.labels import choices

PLACE = NumberRange(0, 100, _l("请填写 0 至 100 之间的数。"))
GIVEN = InputRequired(_l("请填写数字。"))


class MarkForm(TypedForm):
    page = IntegerField(_l("页码"), [GIVEN])
    left = FloatField(_l("左"), [GIVEN, PLACE])
    top = FloatField(_l("上"), [GIVEN, PLACE])
    width = FloatField(_l("宽"), [GIVEN, PLACE])
    height = FloatField(_l("高"), [GIVEN, PLACE])
    what = SelectField(_l("内容"), choices=lambda: choices(MarkedContent))
    every_page = BooleanField(_l("每一页的同一位置都遮（信头、页脚）"))

    @property
    def mark(self) -> Mark:
        """What reaches over the edge of the page ends there."""
        x0, y0 = (self.left.data or 0) / 100, (self.top.data or 0) / 100
        x1, y1 = x0 + (self.width.data or 0) / 100, y0 + (self.height.data or 0) / 100
        return Mark(self.page.data or 0, x0, y0, min(1.0, x1), min(1.0, y1))
