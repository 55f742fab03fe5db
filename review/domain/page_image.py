"""Pictures as pages of a PDF: line art as CCITT group 4, grey and colour as JPEG."""

from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image, ImageChops, TiffImagePlugin

JPEG_QUALITY = 60
"""Small print stays sharp at 150 dpi, at about a third of the bytes of the usual 85."""
COLOURS = {"1": Name.DeviceGray, "L": Name.DeviceGray, "RGB": Name.DeviceRGB}
Size = tuple[float, float]


def save_compact(pdf: Pdf, target: Path | BinaryIO) -> None:
    """Save with the descriptions of all pages together at the beginning: the viewer looks at every
    one before it shows the first. A linearized file scatters them among the pictures."""
    pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def append_picture(pdf: Pdf, picture: Image.Image, size: Size, quality: int = JPEG_QUALITY) -> None:
    """A page of ``size`` points that holds nothing but the picture, of mode 1, L or RGB."""
    stream = Stream(pdf, encoded(picture, quality))
    stream.update(_description(picture))
    append_image(pdf, stream, size)


def append_image(pdf: Pdf, image: Stream, size: Size) -> None:
    """A page of ``size`` points filled by an image object."""
    width, height = size
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, round(width, 2), round(height, 2)]),
        Resources=Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(image))),
        Contents=pdf.make_stream(f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Im0 Do Q".encode()),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def encoded(picture: Image.Image, quality: int = JPEG_QUALITY) -> bytes:
    return group4(picture) if picture.mode == "1" else _jpeg(picture, quality)


def group4(picture: Image.Image) -> bytes:
    """The bare code of a bilevel picture in one strip, its 0 pixels coded as black."""
    buffer = BytesIO()
    strip = (picture.width + 7) // 8 * picture.height
    ImageChops.invert(picture).save(buffer, "TIFF", compression="group4", strip_size=strip)
    buffer.seek(0)
    with TiffImagePlugin.TiffImageFile(buffer) as tiff:
        (offset,) = tiff.tag_v2[TiffImagePlugin.STRIPOFFSETS]
        (count,) = tiff.tag_v2[TiffImagePlugin.STRIPBYTECOUNTS]
    return buffer.getvalue()[offset : offset + count]


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _description(picture: Image.Image) -> dict[str, object]:
    bilevel = picture.mode == "1"
    described: dict[str, object] = {
        "/Type": Name.XObject,
        "/Subtype": Name.Image,
        "/Width": picture.width,
        "/Height": picture.height,
        "/ColorSpace": COLOURS[picture.mode],
        "/BitsPerComponent": 1 if bilevel else 8,
        "/Filter": Name.CCITTFaxDecode if bilevel else Name.DCTDecode,
    }
    if bilevel:
        described["/DecodeParms"] = Dictionary(
            K=-1, Columns=picture.width, Rows=picture.height, BlackIs1=False
        )
    return described
