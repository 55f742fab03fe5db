from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length

from review.forms.typed import TypedForm

LONGEST_REASON = 1000


class ReturnForm(TypedForm):
    """Why a submitted review goes back to its reviewer."""

    reason = TextAreaField(_l("退回理由"), [Length(max=LONGEST_REASON)])
