"""What the pages about a rubric or a scheme show of it."""

from review.domain.rubrics import get_scheme
from review.forms.rounds import USUAL_SCHEME
from review.forms.sheet_pages import SheetPage, blank_page
from rubrics.grading import Scheme
from rubrics.model import Rubric


def preview(made: Rubric | Scheme) -> SheetPage | None:
    """The sheet that a reviewer will get, marked in points; a scheme has none."""
    return blank_page(made, get_scheme(USUAL_SCHEME)) if isinstance(made, Rubric) else None
