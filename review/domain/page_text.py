"""The text layer of a page: its letters and where they stand, however the page is turned or cut."""

import ctypes
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

Box = tuple[float, float, float, float]
"""Left, top, right, bottom as shares of the page as shown; its upper left corner is 0, 0."""
FINE = 1_000_000
"""Whole steps into which pdfium's integer coordinates divide a page."""
IGNORED = frozenset("()[]{}〔〕【】《》〈〉「」『』<>·.-—_")
"""Signs that differ from one writing of a name or number to the next."""


@dataclass(frozen=True, slots=True)
class Letter:
    sign: str
    box: Box


Word = tuple[Letter, ...]


def words(page: pypdfium2.PdfPage) -> list[Word]:
    """Letters up to the next space or line end, in reading order; what lies off the page is out."""
    text_page = page.get_textpage()
    try:
        found = [tuple(word) for word in _words(page, text_page)]
    finally:
        text_page.close()
    return [word for word in found if word]


def _words(page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage) -> Iterator[list[Letter]]:
    word: list[Letter] = []
    for index in range(text_page.count_chars()):
        sign = chr(pdfium.FPDFText_GetUnicode(text_page, index))
        if not sign.isprintable() or sign.isspace():
            yield word
            word = []
            continue
        box = _on_page(page, text_page.get_charbox(index))
        if _is_shown(box):
            word.append(Letter(sign, box))
    yield word


def _on_page(page: pypdfium2.PdfPage, bounds: Box) -> Box:
    left, bottom, right, top = bounds
    (x0, y0), (x1, y1) = _point(page, left, top), _point(page, right, bottom)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _point(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, FINE, FINE, 0, x, y, across, down)
    return across.value / FINE, down.value / FINE


def _is_shown(box: Box) -> bool:
    return box[0] < 1 and box[1] < 1 and box[2] > 0 and box[3] > 0


def plain(text: str) -> str:
    """Without spaces, brackets and width: what two writings of one name have in common."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if not sign.isspace() and sign not in IGNORED)


def occurrences(letters: Iterable[Letter], terms: Iterable[str]) -> Iterator[list[Letter]]:
    """The letters of each place where one of the plain ``terms`` is written, overlaps included."""
    pairs = [(sign, letter) for letter in letters for sign in plain(letter.sign)]
    text = "".join(sign for sign, _ in pairs)
    for term in filter(None, terms):
        start = text.find(term)
        while start >= 0:
            yield [letter for _, letter in pairs[start : start + len(term)]]
            start = text.find(term, start + 1)
