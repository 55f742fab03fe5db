"""Files of a dossier become one inert PDF: only what draws a page is taken over.

Runs in the child of ``dossier_child`` alone. What a page draws is listed, not what to take out:
a new kind of action stays behind without anybody having heard of it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Object, OutlineItem, Page, Pdf, Stream
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from review.domain.dossier_streams import check_streams
from review.domain.page_image import append_picture, save_compact
from review.enums import FileRefusal
from review.errors import FileRefusedError

MOST_PAGES = 3000
MOST_PIXELS = 100_000_000
"""A0 at 300 dots per inch holds 139 million; A3 at 600 holds 70."""
PICTURES = ("JPEG", "PNG", "TIFF")
A4_LENGTH = 842
QUALITY = 80
DRAWN = frozenset(
    {"/Type", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/Group"}
)
LEFT_OUT = frozenset(
    {"/Metadata", "/PieceInfo", "/LastModified", "/Ref", "/OPI", "/Alternates", "/AF", "/EF"}
    | {"/EmbeddedFiles", "/OpenAction", "/XFA", "/Annots", "/StructParent", "/StructParents"}
    | {"/Properties", "/OC", "/Measure", "/RichMediaContent", "/PTEX.FileName", "/PTEX.InfoDict"}
)
ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/URI", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData"}
    | {"/RichMediaExecute", "/Rendition", "/Movie", "/Sound", "/Named", "/GoTo3DView", "/Hide"}
    | {"/ResetForm", "/SetOCGState", "/Thread", "/Trans"}
)
LONGEST_TITLE, MOST_TITLES = 100, 2000
DEEPEST = 60


def append_file(copy: Pdf, path: Path, name: str) -> int:
    """Append all pages of a file, and its bookmarks or its name as one; how many pages.

    Raises FileRefusedError, and leaves the copy as it was.
    """
    before = len(copy.pages)
    try:
        with path.open("rb") as file:
            is_pdf = b"%PDF-" in file.read(1024)
            titles = _append_pdf(copy, path) if is_pdf else _append_pictures(copy, path)
    except BaseException:
        del copy.pages[before:]
        raise
    _mark(copy, before, titles or [(name, 0)])
    return len(copy.pages) - before


def finish(copy: Pdf, target: BinaryIO) -> None:
    """Write the copy, without a word about how it was made."""
    for thing in copy.objects:
        _defuse(thing)
    save_compact(copy, target)


def _append_pdf(copy: Pdf, path: Path) -> list[tuple[str, int]]:
    """Append the pages of a PDF; its bookmarks by title and page, counted from 0."""
    try:
        with Pdf.open(path, suppress_warnings=True) as source:
            pages = _count(source)
            source.flatten_annotations("all")
            check_streams(source)
            for page in list(source.pages):
                copy.pages.append(_bare(page))
            if len(copy.pages) > MOST_PAGES:
                raise FileRefusedError(FileRefusal.TOO_MANY_PAGES)
        return list(_titles(path, pages))
    except pikepdf.PasswordError:
        raise FileRefusedError(FileRefusal.LOCKED) from None
    except (pikepdf.PdfError, pypdfium2.PdfiumError, ValueError, KeyError, TypeError):
        raise FileRefusedError(FileRefusal.NOT_READABLE) from None
    except (RecursionError, AttributeError, RuntimeError, IndexError):
        raise FileRefusedError(FileRefusal.NOT_READABLE) from None


def _count(source: Pdf) -> int:
    """How many pages there are; the declared number is believed only when it is too large."""
    declared = source.Root.Pages.get("/Count", 0)
    if isinstance(declared, int) and declared > MOST_PAGES or len(source.pages) > MOST_PAGES:
        raise FileRefusedError(FileRefusal.TOO_MANY_PAGES)
    if not len(source.pages):
        raise FileRefusedError(FileRefusal.NO_PAGES)
    return len(source.pages)


def _bare(page: Page) -> Page:
    """The page with nothing but what draws it."""
    resources, box = page.obj.get("/Resources"), page.mediabox
    for key in set(page.obj.keys()) - DRAWN - {"/Parent"}:
        del page.obj[key]
    page.obj.MediaBox = box
    if resources is not None:
        page.obj.Resources = resources
    return page


def _append_pictures(copy: Pdf, path: Path) -> list[tuple[str, int]]:
    try:
        with Image.open(path, formats=PICTURES) as pictures:
            for number, frame in enumerate(ImageSequence.Iterator(pictures)):
                if number >= MOST_PAGES:
                    raise FileRefusedError(FileRefusal.TOO_MANY_PAGES)
                _append_frame(copy, frame)
    except UnidentifiedImageError:
        raise FileRefusedError(FileRefusal.WRONG_FORMAT) from None
    except Image.DecompressionBombError:
        raise FileRefusedError(FileRefusal.TOO_COSTLY) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise FileRefusedError(FileRefusal.NOT_READABLE) from None
    return []


def _append_frame(copy: Pdf, frame: Image.Image) -> None:
    """One picture as a page, made anew from its pixels: what else its file held is gone."""
    if frame.width * frame.height > MOST_PIXELS:
        raise FileRefusedError(FileRefusal.TOO_COSTLY)
    upright = ImageOps.exif_transpose(frame)
    shown = upright if upright.mode in {"1", "L", "RGB"} else _on_white(upright)
    scale = A4_LENGTH / max(shown.size)
    append_picture(copy, shown, (shown.width * scale, shown.height * scale), QUALITY)


def _on_white(picture: Image.Image) -> Image.Image:
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")


def _titles(path: Path, pages: int) -> Iterator[tuple[str, int]]:
    """Bookmarks that name a page; a damaged outline is no reason to refuse the pages."""
    document = pypdfium2.PdfDocument(path)
    try:
        for number, bookmark in enumerate(document.get_toc(max_depth=4)):
            place = bookmark.get_dest()
            index = place.get_index() if place else None
            if index is not None and 0 <= index < pages and number < MOST_TITLES:
                yield bookmark.get_title(), index
    finally:
        document.close()


def _mark(copy: Pdf, before: int, titles: list[tuple[str, int]]) -> None:
    with copy.open_outline() as outline:
        for title, index in titles:
            text = "".join(sign for sign in title if sign.isprintable())[:LONGEST_TITLE]
            outline.root.append(OutlineItem(text, before + index))


def _defuse(thing: Object, depth: int = 0) -> None:
    """Take out what draws nothing, wherever it hides in what was taken over."""
    if depth > DEEPEST or not isinstance(thing, Dictionary | Array | Stream):
        return
    if isinstance(thing, Array):
        for part in thing.as_list():
            _defuse_direct(part, depth)
        return
    for key in list(thing.keys()):
        value: Any = thing.get(key)
        if key in LEFT_OUT or _acts(value) or (key == "/F" and isinstance(thing, Stream)):
            del thing[key]
        else:
            _defuse_direct(value, depth)


def _defuse_direct(thing: Any, depth: int) -> None:
    """Indirect objects are visited by themselves, so that a circle is walked once."""
    if isinstance(thing, Object) and not thing.is_indirect:
        _defuse(thing, depth + 1)


def _acts(value: Any) -> bool:
    return isinstance(value, Dictionary) and str(value.get("/S", Name("/None"))) in ACTIONS
