from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    DateField,
    Form,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from review.labels import AUDIT_ACTIONS, AUDIT_OBJECTS
from review.queries.audit import Wanted
from review.types import LARGEST_ID

LONGEST_NUMBER = len(str(LARGEST_ID))


class NumberField(IntegerField):
    """A whole number that a row can have; thousands of digits are no number to compute with."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and len(valuelist[0].strip()) > LONGEST_NUMBER:
            raise ValueError(_l("请填写编号，例如 12。"))
        super().process_formdata(valuelist)


class AuditForm(Form):
    """What to look for in the audit log; a wrong value finds everything and is said to be wrong."""

    action = SelectField(_l("操作"), validate_choice=False)
    actor_id = NumberField(_l("人员编号"), [Optional(), NumberRange(1, LARGEST_ID)])
    object_type = SelectField(_l("对象"), validate_choice=False)
    object_id = StringField(_l("对象编号"), [Length(max=40)])
    day_from = DateField(_l("日期，自"), [Optional()])
    day_to = DateField(_l("日期，至"), [Optional()])
    before = NumberField(validators=[Optional(), NumberRange(1, LARGEST_ID)])

    def wanted(self) -> Wanted:
        """What the form asks for, once it is valid."""
        return Wanted(**{name: value or None for name, value in self.data.items()})


def audit_form(arguments: Any) -> AuditForm:
    form = AuditForm(arguments)
    form.action.choices = _choices(AUDIT_ACTIONS, _l("全部操作"))
    form.object_type.choices = _choices(AUDIT_OBJECTS, _l("全部对象"))
    return form


def _choices(words: Mapping[str, object], everything: object) -> list[SelectChoice]:
    named = [SelectChoice(name, str(word)) for name, word in words.items()]
    return [SelectChoice("", str(everything)), *named]


class CheckpointForm(Form):
    """A checkpoint as somebody kept it: the number and the link of an event."""

    sequence = NumberField(_l("序号"), [InputRequired(), NumberRange(1, LARGEST_ID)])
    link = StringField(
        _l("链值"),
        [Regexp(r"[0-9a-f]{64}$", message=_l("链值是 64 个字符，只有数字和字母 a–f。"))],
        filters=[lambda text: "".join((text or "").split()).lower()],
    )
