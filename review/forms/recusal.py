from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    SelectChoice,
    SelectField,
)

from review.enums import RecusalReason
from review.forms.typed import TypedForm
from review.labels import label

OWN_REASONS = tuple(one for one in RecusalReason if one is not RecusalReason.BY_RULE)


class RecusalForm(TypedForm):
    """Each reason is a button of its own: one click steps back."""

    reason = SelectField()

    def chosen(self) -> RecusalReason:
        return RecusalReason(self.reason.data)


def recusal_form() -> RecusalForm:
    form = RecusalForm()
    form.reason.choices = [SelectChoice(one.value, label(one)) for one in OWN_REASONS]
    return form
