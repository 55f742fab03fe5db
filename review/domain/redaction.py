"""Redacted copies. Every page becomes a picture with the bars burnt in, so that nothing of the
source gets across but what can be seen. See docs/decisions/0022-redacted-copies-are-pictures.md.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
from PIL import Image, ImageDraw

from review.domain.page_image import append_picture, save_compact
from review.domain.page_picture import picture
from review.domain.page_text import Box, Word, occurrences, plain, words
from review.domain.text_layer import add_text, unicode_font
from review.errors import MisplacedMarkError, UnreadablePdfError

BLACK, INKED = 0, 24
"""A letter is seen if its box holds pixels that differ by more than ``INKED`` levels of grey."""
Source = Path | bytes
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Mark:
    """A rectangle over page ``page`` (from 1): shares of the page as shown, from its upper left."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def box(self) -> Box:
        return self.x0, self.y0, self.x1, self.y1


def unheard(done: int, pages: int) -> None:
    """Progress that nobody watches."""


def redact(
    source: Source,
    target: Path,
    marks: Iterable[Mark],
    terms: Iterable[str] = (),
    progress: Progress = unheard,
) -> None:
    """Write the redacted copy; raises UnreadablePdfError or MisplacedMarkError and writes nothing.

    A page without marks keeps its visible text for searching, unless that holds one of ``terms``.
    """
    forbidden = [plain(term) for term in terms]
    with opened(source) as document, pikepdf.Pdf.new() as copy:
        placed = _by_page(marks, len(document))
        font = unicode_font(copy)
        for number in range(1, len(document) + 1):
            shown, size, text = _shown(document, number, placed.get(number, []))
            append_picture(copy, shown, size)
            if text and not _names_any(text, forbidden):
                add_text(copy, copy.pages[-1], text, font)
            progress(number, len(document))
        save_compact(copy, target)


def opened(source: Source) -> pypdfium2.PdfDocument:
    """The document with its form fields drawn; raises UnreadablePdfError."""
    try:
        document = pypdfium2.PdfDocument(source)
        document.init_forms()
    except pypdfium2.PdfiumError as error:
        raise UnreadablePdfError from error
    return document


def _by_page(marks: Iterable[Mark], pages: int) -> dict[int, list[Mark]]:
    placed: dict[int, list[Mark]] = {}
    for mark in marks:
        inside = 0 <= mark.x0 < mark.x1 <= 1 and 0 <= mark.y0 < mark.y1 <= 1
        if not (inside and 1 <= mark.page <= pages):
            raise MisplacedMarkError(mark.page)
        placed.setdefault(mark.page, []).append(mark)
    return placed


def _shown(
    document: pypdfium2.PdfDocument, number: int, marks: list[Mark]
) -> tuple[Image.Image, tuple[float, float], list[Word]]:
    """The page's picture with its bars, its size in points, and what text may go with it."""
    try:
        page = document[number - 1]
        shown, size = picture(page), page.get_size()
        text = [] if marks else _seen(words(page), shown)
        page.close()
    except pypdfium2.PdfiumError as error:
        raise UnreadablePdfError from error
    return _with_bars(shown, marks), size, text


def _names_any(text: list[Word], forbidden: list[str]) -> bool:
    return any(occurrences((letter for word in text for letter in word), forbidden))


def _with_bars(shown: Image.Image, marks: list[Mark]) -> Image.Image:
    """Bars reach the next whole pixel outwards and one further: no edge of a letter is left."""
    draw = ImageDraw.Draw(shown)
    width, height = shown.size
    for x0, y0, x1, y1 in (mark.box for mark in marks):
        corner = math.floor(x0 * width) - 1, math.floor(y0 * height) - 1
        draw.rectangle((*corner, math.ceil(x1 * width), math.ceil(y1 * height)), BLACK)
    return shown


def _seen(text: list[Word], shown: Image.Image) -> list[Word]:
    """Only letters that the picture shows: text under an old bar, or white on white, stays out."""
    grey = np.asarray(shown.convert("L"))
    kept = (tuple(letter for letter in word if _is_inked(letter.box, grey)) for word in text)
    return [word for word in kept if word]


def _is_inked(box: Box, grey: np.ndarray) -> bool:
    height, width = grey.shape
    left, top = max(0, math.floor(box[0] * width)), max(0, math.floor(box[1] * height))
    under = grey[top : math.ceil(box[3] * height), left : math.ceil(box[2] * width)]
    return under.size > 0 and int(under.max()) - int(under.min()) > INKED
