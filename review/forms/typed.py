"""What people type: of free text only what can be seen is kept, whichever form it comes by.

Signs that turn the direction of writing, or that take no room, can make a reason read as another
one than it is; nobody types them on purpose.
"""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DecimalField, PasswordField, StringField

from review.domain.register_values import seen


class NumberField(DecimalField):
    """A decimal number with as many places as were typed, and no word for infinity or none."""

    def __init__(self, label: Any = None, validators: Any = None, **more: Any) -> None:
        super().__init__(label, validators, places=None, **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and not self.data.is_finite():
            self.data = None
            raise ValueError(_l("请填写一个数。"))


class OnlySeen:
    """Put before ``Form``, and before each form that is put together of others."""

    class Meta:
        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            field = super().bind_field(form, unbound_field, options)  # type: ignore[misc]
            if isinstance(field, StringField) and not isinstance(field, PasswordField):
                field.filters = [_seen, *field.filters]
            return field


class TypedForm(OnlySeen, FlaskForm):
    """A form of ours."""


def _seen(value: Any) -> Any:
    return seen(value) if isinstance(value, str) else value
