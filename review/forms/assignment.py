from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.validators import DataRequired


class PanelForm(FlaskForm):
    """Who is chosen; the page writes the check boxes, the verb knows who may be chosen."""

    reviewer = SelectMultipleField(
        _l("评估专家"),
        [DataRequired(_l("请至少勾选一名评估专家。"))],
        coerce=int,
        validate_choice=False,
    )

    def reviewer_ids(self) -> list[int]:
        return self.reviewer.data or []
