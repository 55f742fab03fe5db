from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length

from review.forms.typed import TypedForm

LEAST_REASON, LONGEST_REASON = 5, 500


class ReopeningForm(TypedForm):
    """Why a published version should end."""

    reason = TextAreaField(
        _l("理由（公开）"),
        [Length(LEAST_REASON, LONGEST_REASON, _l("请用 5 至 500 个字说明。"))],
        filters=[lambda text: (text or "").strip()],
        render_kw={"rows": 3},
    )
