"""The index of a dossier: which document lies on which pages, proposed and checked.

Proposals come from bookmarks and from headings. A heading is a short centred line in the upper
part of a page that ends with a document's name; a document reaches to the next one's first page.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, TypeVar

import pypdfium2

from review.domain.dossier_documents import Requirement, requirements, type_of
from review.domain.page_text import Word, plain, words
from review.domain.redaction import Source, opened
from review.enums import CaseKind
from review.errors import UnreadablePdfError

BOOKMARK, TEXT = "bookmark", "text"
UPPER_PART, OFF_CENTRE = 0.35, 0.15
LONGEST_HEADING = 24
"""Letters: 东川市城关区法律援助中心法律援助事项审批表 has 21."""
NUMBERING = re.compile(r"^[0-9一二三四五六七八九十]{1,3}[、.．]?")
COUNTING = re.compile(r"(第?[一二三四五六七八九1-9]次?|之[一二三]|副本|复印件|样本|扫描件)$")


class Document(Protocol):
    """An entry of an index, wherever it is kept; pages count from 1."""

    @property
    def document_type(self) -> str: ...
    @property
    def first_page(self) -> int: ...
    @property
    def last_page(self) -> int: ...


AnyDocument = TypeVar("AnyDocument", bound=Document)


@dataclass(frozen=True, slots=True)
class FoundDocument:
    document_type: str
    first_page: int
    last_page: int
    source: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """What of the list for a kind of case is there. ``missing`` holds alternatives together."""

    present: list[str]
    missing: list[Requirement]
    optional: list[str]


def propose_documents(source: Source) -> list[FoundDocument]:
    """Documents in page order, none overlapping; raises UnreadablePdfError.

    Where a bookmark names a document its pages are taken from the bookmarks alone: inside it
    (among the evidence, say) headings may repeat the names of others.
    """
    with opened(source) as document:
        marked = list(_runs(_bookmarks(document), len(document), BOOKMARK))
        taken = {page for run in marked for page in range(run.first_page, run.last_page + 1)}
        starts = ((page, code) for page, code in _headings(document) if page not in taken)
        written = list(_runs(_without_repeats(starts, taken), len(document), TEXT))
    return sorted([*marked, *_cut(written, taken)], key=lambda run: run.first_page)


def completeness(kind: CaseKind, documents: Iterable[Document]) -> Completeness:
    """The list for this kind of case against an index: ``optional`` are those not there."""
    required, optional = requirements(kind)
    there = {document.document_type for document in documents}
    listed = [code for codes in required for code in codes] + optional
    return Completeness(
        present=[code for code in dict.fromkeys(listed) if code in there],
        missing=[codes for codes in required if not there.intersection(codes)],
        optional=[code for code in optional if code not in there],
    )


def pages_for(evidence: Sequence[str], documents: Iterable[AnyDocument]) -> list[AnyDocument]:
    """The documents where a criterion's evidence lies: in the order it names them, then by page."""
    sought = [document for document in documents if document.document_type in evidence]
    return sorted(sought, key=lambda one: (evidence.index(one.document_type), one.first_page))


Start = tuple[int, str | None]
"""A page, and the document that begins there; None where something else begins."""


def _bookmarks(document: pypdfium2.PdfDocument) -> Iterator[Start]:
    """Bookmarks in page order, but not those inside a document that a bookmark names."""
    starts: dict[int, str | None] = {}
    named_level = None
    for bookmark in document.get_toc():
        if named_level is not None and bookmark.level > named_level:
            continue
        code = type_of(_title(bookmark.get_title()))
        named_level = bookmark.level if code else None
        target = bookmark.get_dest()
        page = target.get_index() if target else None
        if page is not None:
            starts[page + 1] = starts.get(page + 1) or code
    yield from sorted(starts.items())


def _headings(document: pypdfium2.PdfDocument) -> Iterator[tuple[int, str]]:
    try:
        for number, page in enumerate(document, start=1):
            if code := _heading(words(page)):
                yield number, code
            page.close()
    except pypdfium2.PdfiumError as error:
        raise UnreadablePdfError from error


def _heading(text: list[Word]) -> str | None:
    """The document that the first heading names."""
    lines = (line for line in _lines(text) if _is_centred(line))
    titles = (_title("".join(letter.sign for letter in line)) for line in lines)
    return next((code for title in titles if (code := _heading_type(title))), None)


def _heading_type(title: str) -> str | None:
    is_entry = NUMBERING.match(title)  # a line of the catalogue, not a heading
    return type_of(title) if len(title) <= LONGEST_HEADING and not is_entry else None


def _title(text: str) -> str:
    return COUNTING.sub("", plain(text))


def _lines(text: list[Word]) -> Iterator[Word]:
    """The lines of the upper part: words that stand beside each other are one."""
    upper = [word for word in text if word[0].box[3] < UPPER_PART]
    line: Word = ()
    for word in upper:
        middle = (word[0].box[1] + word[0].box[3]) / 2
        if line and not line[-1].box[1] < middle < line[-1].box[3]:
            yield line
            line = ()
        line += word
    if line:
        yield line


def _is_centred(line: Word) -> bool:
    return abs((line[0].box[0] + line[-1].box[2]) / 2 - 0.5) < OFF_CENTRE


def _without_repeats(starts: Iterable[tuple[int, str]], taken: set[int]) -> Iterator[Start]:
    """A form's heading on each of its pages begins one document, not several."""
    before: tuple[int, str] | None = None
    for page, code in starts:
        broken = before and taken.intersection(range(before[0], page))
        if before is None or code != before[1] or broken:
            yield page, code
        before = page, code


def _runs(starts: Iterable[Start], pages: int, source: str) -> Iterator[FoundDocument]:
    ends: list[Start] = [*starts, (pages + 1, None)]
    for (first, code), (following, _) in pairwise(ends):
        if code:
            yield FoundDocument(code, first, following - 1, source)


def _cut(runs: Iterable[FoundDocument], taken: set[int]) -> Iterator[FoundDocument]:
    """Each run up to the first page that a bookmark has taken."""
    for run in runs:
        ends = [page for page in range(run.first_page, run.last_page + 1) if page in taken]
        last = ends[0] - 1 if ends else run.last_page
        yield FoundDocument(run.document_type, run.first_page, last, run.source)
