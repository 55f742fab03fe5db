"""Small scanned dossiers in every coding that scanners write, for tests of readers and viewers."""

import struct
from io import BytesIO
from pathlib import Path

from pikepdf import Dictionary, Name, Pdf, Stream
from PIL import Image, ImageDraw, ImageFont

from review.domain.page_image import append_image, append_picture, group4

FONT = Path(__file__).parents[1] / "review/static/fonts/NotoSansSC_400Regular.ttf"
A4 = (595.28, 841.89)
SIZE = (827, 1169)
"""A4 at 100 dots per inch."""
CODINGS = ("jbig2", "ccitt", "jpeg2000", "jpeg")
JBIG2_PAGE, JBIG2_REGION = 48, 38
USES_MMR = 1


def drawn_page(number: int, mode: str = "L") -> Image.Image:
    """A page with a heading, lines of text and its number; no two pages are alike."""
    page = Image.new("L", SIZE, 255)
    draw = ImageDraw.Draw(page)
    heading, body = (ImageFont.truetype(FONT, size) for size in (36, 22))
    draw.text((SIZE[0] / 2, 110), f"会见笔录（第{number}页）", 0, heading, anchor="mm")
    for line in range(20):
        words = f"第{number}页第{line + 1}行：受援人陈述事实经过。"
        draw.text((90, 200 + 42 * line), words, 0, body)
    return page.convert(mode)


def scan(coding: str, pages: int = 1) -> bytes:
    """A PDF of as many page images in one of ``CODINGS``, without text, title or bookmarks."""
    with Pdf.new() as pdf:
        for number in range(1, pages + 1):
            add_scan(pdf, coding, number)
        buffer = BytesIO()
        pdf.save(buffer)
    return buffer.getvalue()


def mixed_scan() -> bytes:
    """One page in each coding, in the order of ``CODINGS``."""
    with Pdf.new() as pdf:
        for number, coding in enumerate(CODINGS, start=1):
            add_scan(pdf, coding, number)
        buffer = BytesIO()
        pdf.save(buffer)
    return buffer.getvalue()


def add_scan(pdf: Pdf, coding: str, number: int) -> None:
    if coding == "jbig2":
        append_image(pdf, _image(pdf, jbig2(drawn_page(number, "1")), Name.JBIG2Decode, 1), A4)
    elif coding == "jpeg2000":
        append_image(pdf, _image(pdf, jpeg2000(drawn_page(number)), Name.JPXDecode, 8), A4)
    else:
        append_picture(pdf, drawn_page(number, "1" if coding == "ccitt" else "L"), A4)


def jbig2(picture: Image.Image) -> bytes:
    """One page as an immediate generic region in MMR coding, in the embedded organisation."""
    width, height = picture.size
    page = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    region = struct.pack(">IIIIBB", width, height, 0, 0, 0, USES_MMR) + group4(picture)
    return _segment(0, JBIG2_PAGE, page) + _segment(1, JBIG2_REGION, region)


def _segment(number: int, kind: int, data: bytes) -> bytes:
    """A segment of page 1 that refers to no other."""
    return struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data


def jpeg2000(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "JPEG2000", quality_mode="rates", quality_layers=[20], irreversible=True)
    return buffer.getvalue()


def _image(pdf: Pdf, data: bytes, coding: Name, bits: int) -> Stream:
    width, height = SIZE
    stream = Stream(pdf, data)
    stream.stream_dict = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=width,
        Height=height,
        ColorSpace=Name.DeviceGray,
        BitsPerComponent=bits,
        Filter=coding,
    )
    return stream
