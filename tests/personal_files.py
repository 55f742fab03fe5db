"""PDF files that hold a name wherever a PDF can hold one, and a search that finds it there."""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.scans import FONT

A5 = (420, 595)
TYPEFACE = "Typed"
HARMLESS = "本页没有姓名，只谈争议焦点。"


def personal_file(secret: str, *, turn: int = 0, cut: bool = False) -> bytes:
    """Page 1 names ``secret`` in type, page 2 in a scan with a text layer, page 3 nowhere.

    Notes, form fields, bookmarks, description, attachment, script and an earlier revision name it
    too. ``turn`` is each page's rotation; ``cut`` moves the pages' corners by a crop box.
    """
    with Pdf.open(BytesIO(_typed(secret))) as pdf:
        for page in pdf.pages:
            page.rotate(turn, relative=False)
            if cut:
                page.cropbox = Array([20, 30, A5[0] - 10, A5[1] - 20])
        _plant_on_page(pdf, secret)
        _plant_around(pdf, secret)
        buffer = BytesIO()
        pdf.save(buffer, compress_streams=False)
    return buffer.getvalue() + f"\n% {secret}\n".encode()


def register_typeface() -> None:
    if TYPEFACE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(TYPEFACE, str(FONT)))


def _typed(secret: str) -> bytes:
    register_typeface()
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A5)
    for draw in (_typed_page, _scanned_page, _harmless_page):
        canvas.setFont(TYPEFACE, 14)
        draw(canvas, secret)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _typed_page(canvas: Canvas, secret: str) -> None:
    canvas.drawString(60, 500, f"受援人：{secret}，现年四十岁。")
    canvas.drawString(60, 440, "以下为谈话内容，与身份无关。")


def _scanned_page(canvas: Canvas, secret: str) -> None:
    picture = Image.new("L", (A5[0] * 2, A5[1] * 2), 255)
    typeface = ImageFont.truetype(FONT, 28)
    ImageDraw.Draw(picture).text((120, 160), f"受援人：{secret}", 0, typeface)
    canvas.drawImage(ImageReader(picture), 0, 0, *A5)
    unseen = canvas.beginText(60, 500)
    unseen.setTextRenderMode(3)
    unseen.textOut(f"受援人：{secret}")
    canvas.drawText(unseen)


def _harmless_page(canvas: Canvas, _secret: str) -> None:
    canvas.drawString(60, 500, HARMLESS)


def _plant_on_page(pdf: Pdf, secret: str) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=Array([300, 500, 320, 520]),
                      Contents=String(secret), T=String(secret))  # fmt: skip
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("姓名"),
                       V=String(secret), Rect=Array([60, 300, 200, 320]))  # fmt: skip
    page = pdf.pages[2].obj
    page.Annots = Array([pdf.make_indirect(note), pdf.make_indirect(field)])
    page.PieceInfo = Dictionary(Editor=Dictionary(Private=String(secret)))
    page.Metadata = pdf.make_stream(f"<x>{secret}</x>".encode())
    pdf.Root.AcroForm = Dictionary(Fields=Array([page.Annots[1]]))


def _plant_around(pdf: Pdf, secret: str) -> None:
    pdf.docinfo.Author = String(secret)
    pdf.docinfo.Title = String(f"{secret}案卷")
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = [secret]
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(f"{secret}谈话笔录", 0))
    pdf.attachments["note.txt"] = pikepdf.AttachedFileSpec(pdf, secret.encode())
    pdf.Root.Names.JavaScript = Dictionary(
        Names=Array([String("who"), Dictionary(S=Name.JavaScript, JS=String(f"'{secret}'"))])
    )
    pdf.Root.Forgotten = pdf.make_stream(secret.encode("utf-16-be"))


def found_in(data: bytes, secret: str) -> set[str]:
    """Where a file still holds the secret: its bytes, objects, streams, text, or description."""
    places = {"bytes": _holds(data, secret), "text": secret in _text(data)}
    with Pdf.open(BytesIO(data)) as pdf:
        for held in pdf.objects:
            if isinstance(held, pikepdf.Stream):
                places["streams"] = places.get("streams", False) or _in_stream(held, secret)
            if isinstance(held, pikepdf.Object):
                written = held.unparse(resolved=True)
                places["objects"] = places.get("objects", False) or _holds(written, secret)
        places["description"] = bool(pdf.trailer.get("/Info")) or "/Metadata" in pdf.Root
    return {place for place, holds in places.items() if holds}


def _in_stream(stream: pikepdf.Stream, secret: str) -> bool:
    try:
        content = stream.read_bytes()
    except pikepdf.PdfError:  # a picture, whose code is not text
        content = stream.read_raw_bytes()
    return _holds(content, secret)


def _holds(content: bytes, secret: str) -> bool:
    return any(writing in content for writing in _writings(secret))


def _writings(secret: str) -> Iterator[bytes]:
    for coding in ("utf-8", "utf-16-be", "utf-16-le", "gb18030"):
        plain = secret.encode(coding)
        yield from (plain, plain.hex().encode(), plain.hex().upper().encode())


def _text(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)
