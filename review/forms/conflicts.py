from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length

from review.domain.register_values import typed_name, typed_number
from review.forms.typed import TypedForm

LEAST_REASON, LONGEST_REASON, LONGEST_NAME = 5, 300, 100


def _name(text: str | None) -> str:
    return typed_name(text)[: LONGEST_NAME + 1]


def _number_or_name(text: str | None) -> str:
    """A case number has digits, the name of an office has none."""
    given = text or ""
    return typed_number(given) if any(sign.isdigit() for sign in given) else _name(given)


def _required(label: Any, missing: Any, clean: Any = _name) -> StringField:
    return StringField(label, [InputRequired(missing), Length(max=LONGEST_NAME)], filters=[clean])


def _reason(label: Any) -> StringField:
    return StringField(
        label,
        [Length(LEAST_REASON, LONGEST_REASON, _l("请用 5 至 300 个字说明。"))],
        filters=[lambda text: (text or "").strip()],
    )


class PinForm(TypedForm):
    """A conflict that no register shows, or none where a register seems to show one."""

    about = _required(
        _l("案件编号，或承办机构全称"), _l("请填写案件编号或机构全称。"), _number_or_name
    )
    is_conflict = RadioField(_l("认定"), default="yes")
    note = _reason(_l("依据"))


class ObjectionForm(TypedForm):
    """Who objects to the reviewers of which firm."""

    against = _required(_l("请求回避的机构（全称）"), _l("请填写机构全称。"))
    region_code = SelectField(_l("由哪个地区提出"))
    firm = StringField(_l("或由哪家机构提出（全称）"), [Length(max=LONGEST_NAME)], filters=[_name])
    reason = _reason(_l("理由"))


class OpponentForm(TypedForm):
    """Which office acted for the other side of a drawn case."""

    number = _required(_l("案件编号"), _l("请填写完整的案件编号。"), typed_number)
    office = _required(_l("对方代理机构"), _l("请填写机构名称。"))


class AliasForm(TypedForm):
    """Another name of an office of the register."""

    provider = _required(_l("承办机构（台账中的全称）"), _l("请填写机构全称。"))
    alias = _required(_l("简称或曾用名"), _l("请填写简称或曾用名。"))


def pin_form() -> PinForm:
    form = PinForm(prefix="pin")
    form.is_conflict.choices = [
        SelectChoice("yes", _("应当回避")),
        SelectChoice("no", _("无须回避（台账显示的关系有误）")),
    ]
    return form


def objection_form(regions: Iterable[Any]) -> ObjectionForm:
    form = ObjectionForm(prefix="objection")
    form.region_code.choices = [SelectChoice(row.code, row.name) for row in regions]
    return form


def opponent_form() -> OpponentForm:
    return OpponentForm(prefix="opponent")


def alias_form() -> AliasForm:
    return AliasForm(prefix="alias")
