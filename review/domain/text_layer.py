"""Searchable text under a page's picture, written anew: no font, object or text of the source."""

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from review.domain.page_text import Word

TO_UNICODE = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /Identity-Unicode def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange
endcmap CMapName currentdict /CMap defineresource pop end end"""
"""A code is the letter's own number in Unicode."""
FONT = "/F0"


def unicode_font(pdf: Pdf) -> pikepdf.Object:
    """A font without shapes: invisible text needs none, and its letters carry their meaning."""
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name.Unseen, Flags=4, ItalicAngle=0, StemV=80,
        FontBBox=Array([0, -200, 1000, 800]), Ascent=800, Descent=-200, CapHeight=800,
    )  # fmt: skip
    system = Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0)
    letters = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.Unseen, CIDSystemInfo=system,
        FontDescriptor=pdf.make_indirect(descriptor), DW=1000, CIDToGIDMap=Name.Identity,
    )  # fmt: skip
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Unseen, Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(letters)]), ToUnicode=pdf.make_stream(TO_UNICODE),
    )  # fmt: skip
    return pdf.make_indirect(font)


def add_text(pdf: Pdf, page: pikepdf.Page, words: list[Word], font: pikepdf.Object) -> None:
    """Write the words, unseen, where they stand on the picture."""
    left, bottom, right, top = map(float, page.mediabox)
    runs = "\n".join(_run(word, right - left, top - bottom) for word in words)
    page.contents_add(f"BT 3 Tr\n{runs}\nET".encode())
    page.obj.Resources.Font = Dictionary({FONT: font})


def _run(word: Word, width: float, height: float) -> str:
    """One word of equally wide letters, stretched over the word's box."""
    text = "".join(letter.sign for letter in word if len(letter.sign.encode("utf-16-be")) == 2)
    x0, x1 = min(one.box[0] for one in word) * width, max(one.box[2] for one in word) * width
    y0, y1 = min(one.box[1] for one in word), max(one.box[3] for one in word)
    size = max((y1 - y0) * height, 1)
    stretch = 100 * (x1 - x0) / (size * max(len(text), 1))
    place = f"1 0 0 1 {x0:.2f} {(1 - y1) * height:.2f} Tm"
    return f"{FONT} {size:.2f} Tf {stretch:.2f} Tz {place} <{text.encode('utf-16-be').hex()}> Tj"
