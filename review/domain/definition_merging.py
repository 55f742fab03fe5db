"""Two people saved one draft: who changed what since both began, and one text made of both."""

from collections.abc import Collection

from review.domain.definitions import read_definition
from review.enums import DefinitionSubject
from review.models.definitions import Definition
from review.queries.definitions import text_at
from rubrics.comparing import merged, one_sided
from rubrics.grading import Scheme
from rubrics.writing import rubric_text, scheme_text


def merged_text(subject: DefinitionSubject, mine: str, theirs: str, taken: Collection[str]) -> str:
    """``mine``, but at the places ``taken`` as in ``theirs``; raises DefinitionRefusedError."""
    made = merged(read_definition(subject, mine), read_definition(subject, theirs), taken)
    return scheme_text(made) if isinstance(made, Scheme) else rubric_text(made)


def changed_by_one(definition: Definition, mine: str, began: int) -> dict[str, str]:
    """Of the places where ``mine`` differs from what is stored, those that only one side changed
    since the draft of ``began`` edits, and which side; none when that is kept no longer."""
    base = text_at(definition, began)
    if base is None:
        return {}
    texts = (base, mine, definition.text)
    return one_sided(*(read_definition(definition.subject, text) for text in texts))
