from flask_babel import lazy_gettext as _l
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    SelectChoice,
    SelectField,
)

from review.enums import ReplacementReason
from review.forms.typed import TypedForm
from review.labels import choices


class ReplacementForm(TypedForm):
    """Why a drawn case leaves the sample."""

    reason = SelectField(_l("原因"))


def replacement_form() -> ReplacementForm:
    form = ReplacementForm()
    form.reason.choices = [SelectChoice(*choice) for choice in choices(ReplacementReason)]
    return form
