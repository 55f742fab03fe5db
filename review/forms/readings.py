from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    SelectChoice,
    SelectField,
)

from review.domain.register_questions import Question, UnknownHeading
from review.forms.typed import TypedForm

LATER, UNUSED = "?", ""


def heading_form(questions: Sequence[Question], columns: Sequence[tuple[str, str]]) -> Any:
    """A form that asks, of each heading that nobody knows, which of the columns it is."""
    words = [(LATER, _l("以后再说")), (UNUSED, _l("不使用这一列")), *columns]
    choices = [SelectChoice(*word) for word in words]
    names = unknown_headings(questions)
    fields = {
        f"heading{n}": SelectField(each.heading, choices=choices, default=LATER)
        for n, each in enumerate(names)
    }
    return type("HeadingForm", (TypedForm,), fields)()


def unknown_headings(questions: Sequence[Question]) -> list[UnknownHeading]:
    """Each heading once, though several sheets may have it."""
    return list({each.heading: each for q in reversed(questions) for each in q.unknown}.values())


def given_meanings(form: Any, questions: Sequence[Question]) -> dict[str, str]:
    answers = {
        each.heading: form[f"heading{n}"].data for n, each in enumerate(unknown_headings(questions))
    }
    return {heading: field for heading, field in answers.items() if field != LATER}
