"""What the pages about a rubric or a scheme show of it."""

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeVar

from flask_babel import gettext as _

from review.domain.definitions import problems_of
from review.domain.rubrics import get_scheme
from review.enums import DefinitionSubject
from review.forms.comparison import FIELDS, KINDS, grade_words
from review.forms.outlines import HEAD, Outline, Row, coded, typed_outline
from review.forms.problem_places import Places, placed
from review.forms.rounds import USUAL_SCHEME
from review.forms.rubric_outline import rubric_of, rubric_outline
from review.forms.scheme_outline import scheme_of, scheme_outline
from review.forms.sheet_pages import SheetPage, blank_page
from review.labels import points
from rubrics.faults import DefinitionError
from rubrics.grading import Scheme
from rubrics.model import FULL_TOTAL, Criterion, Rubric, Veto
from rubrics.writing import rubric_text, scheme_text

Item = TypeVar("Item", Criterion, Veto)


@dataclass(frozen=True, slots=True)
class Editing:
    """The editor's page: the rows as they stand, what is wrong where, and what it adds up to.

    ``text`` is what would be saved; None where something that was typed cannot be kept so.
    """

    outline: Outline
    text: str | None
    problems: Places
    sums: dict[str, str]
    sheet: SheetPage | None

    @property
    def faults(self) -> int:
        return sum(map(len, self.problems.values()))


def preview(made: Rubric | Scheme) -> SheetPage | None:
    """The sheet that a reviewer will get, marked in points; a scheme has none."""
    return (
        blank_page(_told_apart(made), get_scheme(USUAL_SCHEME))
        if isinstance(made, Rubric)
        else None
    )


def _told_apart(rubric: Rubric) -> Rubric:
    """A draft may use a code twice; on the page each of its items stands for itself."""
    seen: Counter[str] = Counter()

    def own(item: Item) -> Item:
        seen[item.code] += 1
        times = seen[item.code]
        return item if times == 1 else replace(item, code=f"{item.code}-{times}")

    def each(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(own(item) for item in items)

    return replace(
        rubric,
        sections=tuple(replace(s, criteria=each(s.criteria)) for s in rubric.sections),
        bonuses=each(rubric.bonuses),
        vetoes=each(rubric.vetoes),
    )


def stored_editing(made: Rubric | Scheme) -> Editing:
    """The editor on what is stored."""
    is_scheme = isinstance(made, Scheme)
    outline = scheme_outline(made) if isinstance(made, Scheme) else rubric_outline(made)
    subject = DefinitionSubject.SCHEME if is_scheme else DefinitionSubject.RUBRIC
    return editing(subject, made.key, outline)


def problem_lines(made: Rubric | Scheme) -> list[str]:
    """What keeps a stored definition from being published, each with its place in words."""
    page = stored_editing(made)
    rows = {row.id: row for row in page.outline.rows}
    lines = []
    for place, problems in page.problems.items():
        row_id, _dot, field = place.partition(".")
        where = _row_words(rows[row_id]) if row_id in rows else KINDS["whole"]
        named = f"{where} · {FIELDS[field]}" if field in FIELDS else where
        lines += [f"{named}：{words}" for words in problems]
    return lines


def _row_words(row: Row) -> str:
    title = grade_words(row.text("code")) if row.kind == "band" else row.text("title")
    return f"{KINDS[row.kind]}「{title or _('（未命名）')}」"


def typed_editing(subject: DefinitionSubject, key: str, form: Any) -> Editing:
    """The editor on what was typed; a row without a code gets one."""
    return editing(subject, key, coded(typed_outline(form)))


def editing(subject: DefinitionSubject, key: str, outline: Outline) -> Editing:
    make = scheme_of if subject is DefinitionSubject.SCHEME else rubric_of
    try:
        made: Rubric | Scheme = make(outline, key)
    except DefinitionError as error:
        return Editing(outline, None, placed(error.problems, outline), {}, None)
    text = rubric_text(made) if isinstance(made, Rubric) else scheme_text(made)
    problems = placed(problems_of(subject, text), outline)
    return Editing(outline, text, problems, _sums(made, outline), preview(made))


def _sums(made: Rubric | Scheme, outline: Outline) -> dict[str, str]:
    """What each section and the whole add up to; of a scheme, what its steps mean for a round."""
    if isinstance(made, Scheme):
        return {HEAD: threshold_hint(made)}
    pairs = zip(outline.sections(), made.sections, strict=True)
    sums = {row.id: _("%(n)s 分", n=points(section.points)) for (row, _c), section in pairs}
    return {**sums, HEAD: _total_words(sum((s.points for s in made.sections), Decimal(0)))}


def _total_words(total: Decimal) -> str:
    if total == FULL_TOTAL:
        return str(_("合计 100 分"))
    if total < FULL_TOTAL:
        return str(_("合计 %(n)s 分，还差 %(d)s 分", n=points(total), d=points(FULL_TOTAL - total)))
    return str(_("合计 %(n)s 分，多出 %(d)s 分", n=points(total), d=points(total - FULL_TOTAL)))


def threshold_hint(scheme: Scheme) -> str:
    """What the threshold of a round does under this scheme, with the scheme's own numbers."""
    steps = [above.total - below.total for above, below in pairwise(scheme.overalls)]
    if not steps or not all(step > 0 for step in steps):
        return ""
    least, most = points(min(steps)), points(max(steps))
    if least == most:
        return str(
            _(
                "相邻两档相差 %(n)s 分。建立评估活动时，分差阈值填得小于 %(n)s，"
                "两位专家差一档就启动复评；填 %(n)s，差一档取均值，差两档以上复评。",
                n=least,
            )
        )
    return str(
        _(
            "相邻两档相差 %(a)s 至 %(b)s 分。建立评估活动时，分差阈值填得小于 %(a)s，"
            "两位专家差任何一档都启动复评；填 %(b)s 或更大，差一档都取均值。",
            a=least,
            b=most,
        )
    )
