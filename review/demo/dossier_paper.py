"""Paper for synthetic dossiers: headings, forms, signatures and seals, laid out on A4 pages."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from io import BytesIO
from math import cos, pi, sin
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

FONT_FILE = Path(__file__).parents[1] / "static/fonts/NotoSansSC_400Regular.ttf"
FONT = "DossierSans"
INK, SEAL_RED = colors.Color(0.09, 0.1, 0.32), colors.Color(0.8, 0.06, 0.1, 0.9)
MARGIN, WIDTH = 64.0, A4[0] - 2 * 64.0
CJK = {"fontName": FONT, "wordWrap": "CJK"}
TITLE = ParagraphStyle("title", fontSize=20, leading=30, alignment=TA_CENTER, spaceAfter=10, **CJK)
UNDER = ParagraphStyle("under", fontSize=11, leading=16, alignment=TA_CENTER, spaceAfter=8, **CJK)
BODY = ParagraphStyle("body", fontSize=12, leading=21, firstLineIndent=24, **CJK)
PLAIN = ParagraphStyle("plain", fontSize=12, leading=21, **CJK)
RIGHT = ParagraphStyle("right", fontSize=12, leading=22, alignment=TA_RIGHT, **CJK)
CELL = ParagraphStyle("cell", fontSize=10.5, leading=15, **CJK)
GRID = [
    ("GRID", (0, 0), (-1, -1), 0.9, colors.black),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("TOPPADDING", (0, 0), (-1, -1), 5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
]
SEAL_RADIUS = 56.0
NO_DAY = "\u00a0" * 8 + "年" + "\u00a0" * 4 + "月" + "\u00a0" * 4 + "日"
"""A date nobody filled in; usual spaces would be folded into one."""
Story = list[Flowable]


class Begin(Flowable):
    """Takes no room; tells on which page a document begins."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        super().__init__()
        self.tell = tell

    def draw(self) -> None:
        self.tell(self.canv.getPageNumber())


class Signature(Flowable):
    """A label, a name as if by hand (or nothing), a date, and a seal or a fingerprint over it."""

    def __init__(self, label: str, name: str, day: str, *, seal: str = "", thumb: bool = False):
        super().__init__()
        self.label, self.name, self.day = label, name, day
        self.seal, self.thumb = seal, thumb
        self.width, self.height = WIDTH, 96.0 if seal else 52.0

    def draw(self) -> None:
        chance = Random(f"{self.label}{self.name}{self.day}")  # noqa: S311  (looks only)
        canvas, left = self.canv, WIDTH * 0.42
        canvas.setFont(FONT, 12)
        canvas.drawString(left, self.height - 22, self.label)
        at = left + 12 * len(self.label) + 6
        _by_hand(canvas, self.name, at, self.height - 25, chance)
        canvas.drawString(left, self.height - 46, self.day or NO_DAY)
        if self.thumb and self.name:
            _fingerprint(canvas, at + 22 * len(self.name), self.height - 24, chance)
        if self.seal:
            _seal(canvas, self.seal, left + 96, self.height - 42, chance)


class Photograph(Flowable):
    """A dull picture of nothing in particular, as photographs in copied dossiers are."""

    def __init__(self, caption: str) -> None:
        super().__init__()
        self.caption = caption
        self.width, self.height = WIDTH, 290.0

    def draw(self) -> None:
        chance, canvas = Random(self.caption), self.canv  # noqa: S311  (looks only)
        for _ in range(70):
            shade = chance.uniform(0.25, 0.85)
            canvas.setFillColor(colors.Color(shade, shade, shade * 0.97))
            across, up = chance.uniform(0, 330), chance.uniform(0, 200)
            canvas.rect(40 + across, 40 + up, 390 - across, 240 - up, stroke=0, fill=1)
        canvas.setFillColor(colors.black)
        canvas.setFont(FONT, 11)
        canvas.drawCentredString(WIDTH / 2, 16, self.caption)


def heading(text: str, under: str = "") -> Story:
    return [_text(text, TITLE), *([_text(under, UNDER)] if under else [])]


def body(*texts: str) -> Story:
    return [_text(text, BODY) for text in texts]


def plain(*texts: str) -> Story:
    return [_text(text, PLAIN) for text in texts]


def right(*texts: str) -> Story:
    return [Spacer(1, 14), *(_text(text, RIGHT) for text in texts)]


def grid(rows: Iterable[Sequence[str]], widths: Sequence[float]) -> Story:
    """A ruled table; widths are shares."""
    cells = [[_text(cell, CELL) for cell in row] for row in rows]
    spread = [WIDTH * width / sum(widths) for width in widths]
    return [Table(cells, spread, style=GRID, repeatRows=1), Spacer(1, 10)]


def talk(pairs: Iterable[Sequence[str]]) -> Story:
    """Question and answer, as records put them."""
    return [line for q, a in pairs for line in (*plain(f"问：{q}"), *plain(f"答：{a}"))]


def signature(
    label: str, name: str, day: str = "", *, seal: str = "", thumb: bool = False
) -> Story:
    return [Spacer(1, 12), Signature(label, name, day, seal=seal, thumb=thumb)]


def new_page() -> Flowable:
    return PageBreak()


def printed(documents: Iterable[Story], blanks: set[int]) -> tuple[bytes, list[int]]:
    """The documents as one PDF, each on a new page, and the page each begins on.

    ``blanks`` are documents (from 0) that an empty reverse side follows.
    """
    starts: list[int] = []
    story: Story = []
    for number, document in enumerate(documents):
        story += [Begin(starts.append), *document, PageBreak()]
        story += [Spacer(1, 1), PageBreak()] if number in blanks else []
    buffer = BytesIO()
    _template(buffer).build(story)
    return buffer.getvalue(), starts


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    _load_typeface()
    return Paragraph(escape(text), style)


@cache
def _load_typeface() -> None:
    pdfmetrics.registerFont(TTFont(FONT, str(FONT_FILE)))
    pdfmetrics.registerFontFamily(FONT, FONT, FONT, FONT, FONT)


def _template(buffer: BytesIO) -> BaseDocTemplate:
    template = BaseDocTemplate(buffer, pagesize=A4, invariant=1)
    frame = Frame(MARGIN, 60, WIDTH, A4[1] - 130, 0, 0, 0, 0)
    template.addPageTemplates(PageTemplate(frames=[frame], onPage=_page_number))
    return template


def _page_number(canvas: Canvas, template: BaseDocTemplate) -> None:
    """The archivist's stamp in the corner."""
    canvas.setFont(FONT, 13)
    canvas.drawString(A4[0] - 62, A4[1] - 38, f"{template.page}")


def _by_hand(canvas: Canvas, name: str, x: float, y: float, chance: Random) -> None:
    for place, sign in enumerate(name):
        canvas.saveState()
        canvas.setFillColor(INK)
        canvas.translate(x + 20 * place, y + chance.uniform(-3, 3))
        canvas.rotate(chance.uniform(-9, 7))
        canvas.skew(0, chance.uniform(6, 16))
        canvas.setFont(FONT, chance.uniform(17, 21))
        canvas.drawString(0, 0, sign)
        canvas.restoreState()


def _fingerprint(canvas: Canvas, x: float, y: float, chance: Random) -> None:
    canvas.saveState()
    canvas.setStrokeColor(SEAL_RED)
    canvas.translate(x, y)
    canvas.rotate(chance.uniform(-30, 30))
    for ring in range(1, 6):
        canvas.setLineWidth(chance.uniform(0.7, 1.4))
        canvas.ellipse(-2.0 * ring, -2.6 * ring, 2.0 * ring, 2.6 * ring)
    canvas.restoreState()


def _seal(canvas: Canvas, text: str, x: float, y: float, chance: Random) -> None:
    """A round seal: a ring, a star, and the office's name around it."""
    canvas.saveState()
    canvas.translate(x + chance.uniform(-14, 14), y + chance.uniform(-6, 6))
    canvas.rotate(chance.uniform(-12, 12))
    canvas.setStrokeColor(SEAL_RED)
    canvas.setFillColor(SEAL_RED)
    canvas.setLineWidth(2.4)
    canvas.circle(0, 0, SEAL_RADIUS)
    star = canvas.beginPath()
    for point in range(5):
        angle = pi / 2 + point * 4 * pi / 5
        place = (16 * cos(angle), 16 * sin(angle))
        star.moveTo(*place) if point == 0 else star.lineTo(*place)
    star.close()
    canvas.drawPath(star, stroke=0, fill=1)
    step = min(24.0, 250.0 / len(text))
    canvas.rotate(step * (len(text) - 1) / 2)
    canvas.setFont(FONT, 12)
    for sign in text:
        canvas.drawCentredString(0, SEAL_RADIUS - 16, sign)
        canvas.rotate(-step)
    canvas.restoreState()
