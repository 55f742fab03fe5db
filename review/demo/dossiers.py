"""Synthetic dossiers: the papers of a case, printed, mostly scanned, with known defects."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from math import cos, radians, sin

import pikepdf
import pypdfium2
from numpy.random import Generator
from reportlab.lib.pagesizes import A4

from review.demo import dossier_forms as forms
from review.demo import dossier_pleadings as pleadings
from review.demo import dossier_records as records
from review.demo.chance import stream
from review.demo.dossier_facts import CaseFacts, Scene, scene
from review.demo.dossier_forms import Flaws
from review.demo.dossier_paper import Story, printed
from review.demo.dossier_plan import Plan, plan_of
from review.demo.dossier_scan import CROOKED, line_art, shaded, usual_turn
from review.domain.dossier_documents import NAMES
from review.domain.page_image import append_picture
from review.domain.redaction import Mark
from review.domain.redaction_proposals import proposed_marks

Writer = Callable[[Scene, Flaws], Story]
WRITERS: dict[str, Writer] = {
    "approval": forms.approval,
    "application": forms.application,
    "identity": forms.identity,
    "hardship": forms.hardship,
    "defence_notice": forms.defence_notice,
    "authorisation": forms.authorisation,
    "pleading": pleadings.pleading,
    "interview_record": records.interview_record,
    "meeting_record": records.meeting_record,
    "file_notes": records.file_notes,
    "evidence": pleadings.evidence,
    "indictment": pleadings.indictment,
    "sentencing_recommendation": pleadings.sentencing_recommendation,
    "representation_statement": pleadings.representation_statement,
    "defence_statement": pleadings.defence_statement,
    "court_notice": forms.court_notice,
    "hearing_record": records.hearing_record,
    "judgment": pleadings.judgment,
    "service_receipt": forms.service_receipt,
    "closing_report": records.closing_report,
    "supervision_card": forms.supervision_card,
    "callback_record": forms.callback_record,
}
"""In the order of a dossier."""
ASKEW, BOOKMARKED, OWN_FILES = 0.04, 0.5, 0.6
"""Chances: that a page was fed in askew, that the file has bookmarks, and that the lawyer handed
in the own work as files rather than on paper."""
OWN_WORK = frozenset({
    "pleading", "representation_statement", "defence_statement", "closing_report", "file_notes",
})  # fmt: skip
SEALED = frozenset({"approval", "judgment", "indictment", "identity"})
"""Scanned in colour, so that the seal shows; photographs too."""
COLOUR_QUALITY = 30
CATALOGUE = "catalogue"
Span = tuple[str, int, int]
"""A document, its first and its last page; pages count from 1."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A defect, the document it is in (or that is not there), and the page it is on."""

    defect: str
    document_type: str
    page: int | None


@dataclass(frozen=True, slots=True)
class DossierTruth:
    """What a synthetic dossier holds."""

    case_number: str
    pages: int
    bookmarked: bool
    documents: list[Span]
    planted: list[Planted]
    names: list[Mark]
    """Where recipient, handler, provider and case are named or numbered, as it was scanned."""


@dataclass(frozen=True, slots=True)
class Feed:
    """How one page went into the file: as it was printed, or scanned with a turn in degrees."""

    document_type: str
    page: int
    typed: bool
    turn: float


def synthetic_dossier(case: CaseFacts, seed: int) -> tuple[bytes, DossierTruth]:
    """The PDF and the truth about it: the same for the same case and seed."""
    rng = stream(seed, f"dossier-{case.case_number}")
    plan, setting = plan_of(case, rng), scene(case, rng)
    bookmarked = bool(rng.random() < BOOKMARKED)
    paper, spans = _paper(setting, plan)
    feeds = _feeds(spans, rng)
    with pikepdf.Pdf.new() as pdf:
        _scan(paper, feeds, pdf, rng)
        if bookmarked:
            _bookmark(pdf, spans)
        buffer = BytesIO()
        pdf.save(buffer)
    planted = [*_planted_in_plan(plan, spans), *_planted_by_scanner(feeds)]
    persons = (case.recipient, case.handler, case.provider)
    numbers = (case.case_number, setting.id_number, setting.phone)
    named = proposed_marks(paper, [*persons, *numbers])
    names = [as_scanned(mark, feeds[mark.page - 1]) for mark in named]
    truth = DossierTruth(case.case_number, len(feeds), bookmarked, spans, planted, names)
    return buffer.getvalue(), truth


def as_scanned(mark: Mark, feed: Feed) -> Mark:
    """The upright rectangle around a mark that turned with its page."""
    if feed.typed:
        return mark
    width, height = A4
    cosine, sine = cos(radians(feed.turn)), sin(radians(feed.turn))
    corners = [
        ((x - 0.5) * width, (y - 0.5) * height)
        for x in (mark.x0, mark.x1)
        for y in (mark.y0, mark.y1)
    ]
    across = [0.5 + (x * cosine + y * sine) / width for x, y in corners]
    down = [0.5 + (y * cosine - x * sine) / height for x, y in corners]
    return Mark(
        mark.page, max(min(across), 0), max(min(down), 0), min(max(across), 1), min(max(down), 1)
    )


def _paper(setting: Scene, plan: Plan) -> tuple[bytes, list[Span]]:
    """Printed twice: the catalogue's page numbers are known after the first time."""
    documents = [WRITERS[code](setting, plan.flaws[code]) for code in plan.codes]
    first = [(NAMES[code][0], 1, 1) for code in plan.codes]
    spans = _spans(plan, *printed([forms.catalogue(setting, first), *documents], plan.blanks))
    entries = [(NAMES[code][0], a, b) for code, a, b in spans[1:]]
    documents = [WRITERS[code](setting, plan.flaws[code]) for code in plan.codes]
    paper, _ = printed([forms.catalogue(setting, entries), *documents], plan.blanks)
    return paper, spans


def _spans(plan: Plan, paper: bytes, starts: list[int]) -> list[Span]:
    with pypdfium2.PdfDocument(paper) as document:
        ends = [*(start - 1 for start in starts[1:]), len(document)]
    return list(zip([CATALOGUE, *plan.codes], starts, ends, strict=True))


def _feeds(spans: list[Span], rng: Generator) -> list[Feed]:
    typed = OWN_WORK if rng.random() < OWN_FILES else frozenset()
    return [
        Feed(code, page, code in typed, CROOKED if rng.random() < ASKEW else usual_turn(rng))
        for code, first, last in spans
        for page in range(first, last + 1)
    ]


def _scan(paper: bytes, feeds: list[Feed], pdf: pikepdf.Pdf, rng: Generator) -> None:
    with pypdfium2.PdfDocument(paper) as document, pikepdf.Pdf.open(BytesIO(paper)) as sheets:
        for feed in feeds:
            if feed.typed:
                pdf.pages.append(sheets.pages[feed.page - 1])
                continue
            look = shaded if feed.document_type in SEALED else line_art
            picture = look(document[feed.page - 1], rng, feed.turn)
            append_picture(pdf, picture, A4, COLOUR_QUALITY)


def _bookmark(pdf: pikepdf.Pdf, spans: list[Span]) -> None:
    with pdf.open_outline() as outline:
        for code, first, _ in spans:
            outline.root.append(pikepdf.OutlineItem(NAMES[code][0], first - 1))


def _planted_in_plan(plan: Plan, spans: list[Span]) -> Iterator[Planted]:
    first = {code: page for code, page, _ in spans}
    for code in plan.codes:
        yield from (Planted(flaw, code, first[code]) for flaw in sorted(plan.flaws[code]))
    yield from (Planted("lacking", code, None) for code in plan.lacking)
    yield from (Planted("misplaced", code, first[code]) for code in plan.misplaced)
    yield from (Planted("blank_back", spans[n][0], spans[n][2]) for n in sorted(plan.blanks))


def _planted_by_scanner(feeds: list[Feed]) -> Iterator[Planted]:
    for feed in feeds:
        if feed.turn == CROOKED and not feed.typed:
            yield Planted("askew", feed.document_type, feed.page)
