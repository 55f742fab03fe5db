from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    IntegerField,
    RadioField,
    SelectChoice,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length

from review.domain.register_values import plain
from review.enums import Allocation
from review.labels import choices


class DrawForm(FlaskForm):
    seed = StringField(_l("随机种子"), [DataRequired(), Length(max=500)])
    seed_source = StringField(_l("种子来源"), [DataRequired(), Length(max=200)], filters=[plain])
    sample_size = IntegerField(_l("样本量（件）"), [InputRequired()])
    allocation = RadioField(_l("层间分配"), default=Allocation.PROPORTIONAL.value)

    def values(self) -> dict[str, Any]:
        """What ``draw_sample`` needs, once the form is valid."""
        return {
            "seed": self.seed.data,
            "seed_source": self.seed_source.data,
            "sample_size": self.sample_size.data,
            "allocation": Allocation(self.allocation.data),
        }


def draw_form() -> DrawForm:
    form = DrawForm()
    form.allocation.choices = [SelectChoice(*choice) for choice in choices(Allocation)]
    return form
