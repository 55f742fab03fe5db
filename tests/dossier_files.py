"""Typed dossiers with a text layer, for tests of indexes, redaction and the viewer."""

from collections.abc import Iterable
from functools import cache
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.scans import FONT

NAME = "NotoSansSC"


@cache
def _font() -> str:
    pdfmetrics.registerFont(TTFont(NAME, FONT))
    return NAME


def typed_pages(headings: Iterable[str], line: str = "") -> bytes:
    """One page for each heading, with the heading centred and a line of text below it."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for heading in headings:
        canvas.setFont(_font(), 20)
        canvas.drawCentredString(A4[0] / 2, A4[1] - 100, heading)
        canvas.setFont(_font(), 12)
        canvas.drawString(80, A4[1] - 400, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
