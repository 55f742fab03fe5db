from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, StringField, ValidationError
from wtforms.validators import Length, Optional

from review.labels import today

LONGEST_WINDOW = timedelta(days=366)


class WindowForm(Form):  # a GET form carries no token
    """Of which region and closing window the register is checked; last year's unless said."""

    region = StringField(_l("行政区划"), [Optional(), Length(max=6)])
    closed_from = DateField(_l("结案日期自"), [Optional()])
    closed_to = DateField(_l("至"), [Optional()])

    def validate_closed_to(self, _field: DateField) -> None:
        start, end = self.window
        if end < start:
            raise ValidationError(_l("不能早于起始日期。"))
        if end - start > LONGEST_WINDOW:
            raise ValidationError(_l("期间最长一年，因为要与上年同期比较。"))

    @property
    def window(self) -> tuple[date, date]:
        start = self.closed_from.data or date(today().year - 1, 1, 1)
        return start, self.closed_to.data or date(start.year, 12, 31)
