"""Rectangles proposed for redaction: where the text layer names those who must stay unknown."""

from collections.abc import Iterable, Iterator

import pypdfium2

from review.domain.page_text import Box, Letter, occurrences, plain, words
from review.domain.redaction import Mark, Source, opened
from review.errors import UnreadablePdfError

FIRM, SHORT_FIRM = "律师事务所", "律所"
NUMBER_END = "号"
"""Ends the number of a case, and is often left out."""
SECOND_SURNAMES = frozenset("阳官马葛侯甫迟孙文")
"""What 欧阳, 上官, 司马, 诸葛, 夏侯, 皇甫, 尉迟, 长孙 and 宇文 end with, if a name is long."""
LONGEST_PERSON, LONG_NAME = 4, 3
MARGIN = 0.15
"""Of a letter's height, on each side: pens and seals stray beyond the letters."""


def proposed_marks(source: Source, terms: Iterable[str]) -> list[Mark]:
    """A mark for each place that names one of ``terms`` in any usual writing, in page order."""
    sought = sorted({variant for term in terms for variant in writings(term)})
    with opened(source) as document:
        pages = enumerate(map(_letters, _pages(document)), start=1)
        return [mark for number, page in pages for mark in _marks(number, page, sought)]


def left_visible(source: Source, marks: Iterable[Mark], terms: Iterable[str]) -> list[Mark]:
    """Places that name somebody and that no mark covers: still to be read on a copy."""
    given = list(marks)
    return [mark for mark in proposed_marks(source, terms) if not _covered(mark, given)]


def writings(term: str) -> set[str]:
    """A name, firm or number as dossiers write it: in full, in short, and as 张律师 or 张某."""
    full = plain(term)
    if not full:
        return set()
    if full.endswith(FIRM) and len(full) > len(FIRM) + 1:
        short = full.removesuffix(FIRM)
        return {full, short, short + SHORT_FIRM}
    if full.endswith(NUMBER_END) and full[-2:-1].isdecimal():
        return {full, full.removesuffix(NUMBER_END)}
    if len(full) > LONGEST_PERSON or not full.isalpha() or full.isascii():
        return {full}
    surname = full[: 2 if len(full) >= LONG_NAME and full[1] in SECOND_SURNAMES else 1]
    return {full, f"{surname}律师", f"{surname}某"}


def _pages(document: pypdfium2.PdfDocument) -> Iterator[pypdfium2.PdfPage]:
    try:
        for page in document:
            yield page
            page.close()
    except pypdfium2.PdfiumError as error:
        raise UnreadablePdfError from error


def _letters(page: pypdfium2.PdfPage) -> list[Letter]:
    return [letter for word in words(page) for letter in word]


def _marks(number: int, letters: list[Letter], sought: list[str]) -> list[Mark]:
    places = occurrences(letters, sought)
    found = {_mark(number, box, place[0]) for place in places for box in _by_line(place)}
    largest = (mark for mark in found if not any(_contains(one, mark) for one in found - {mark}))
    return sorted(largest, key=lambda mark: (mark.y0, mark.x0))


def _by_line(letters: list[Letter]) -> Iterator[Box]:
    """One box for the letters of each line, level or upright; a name may run over a line's end."""
    box = letters[0].box
    for letter in letters[1:]:
        if _on_line(box, letter.box):
            box = _joined(box, letter.box)
        else:
            yield box
            box = letter.box
    yield box


def _on_line(box: Box, following: Box) -> bool:
    across, down = (following[0] + following[2]) / 2, (following[1] + following[3]) / 2
    return box[1] < down < box[3] or box[0] < across < box[2]


def _joined(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _mark(number: int, box: Box, letter: Letter) -> Mark:
    height, width = letter.box[3] - letter.box[1], letter.box[2] - letter.box[0]
    x0, y0 = max(0.0, box[0] - MARGIN * width), max(0.0, box[1] - MARGIN * height)
    x1, y1 = min(1.0, box[2] + MARGIN * width), min(1.0, box[3] + MARGIN * height)
    return Mark(number, x0, y0, x1, y1)


def _covered(mark: Mark, given: list[Mark]) -> bool:
    """Whether one given mark leaves at most the margin of the proposed one free."""
    height = (mark.y1 - mark.y0) * MARGIN / (1 + 2 * MARGIN)
    width = (mark.x1 - mark.x0) * MARGIN / (1 + 2 * MARGIN)
    core = Mark(mark.page, mark.x0 + width, mark.y0 + height, mark.x1 - width, mark.y1 - height)
    return any(_contains(one, core) for one in given)


def _contains(outer: Mark, inner: Mark) -> bool:
    across = outer.x0 <= inner.x0 and inner.x1 <= outer.x1
    return outer.page == inner.page and across and outer.y0 <= inner.y0 and inner.y1 <= outer.y1
