from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from review.domain.dossier_documents import DOCUMENT_TYPES, KINDS, NAMES, NEEDS, OUTSIDE
from review.domain.dossier_index import (
    FoundDocument,
    completeness,
    pages_for,
    propose_documents,
)
from review.enums import CaseKind
from review.errors import UnreadablePdfError
from rubrics.model import EVIDENCE
from rubrics.registry import get_rubric
from tests.personal_files import TYPEFACE, register_typeface

BODY = "经核对以上内容与本人陈述一致，没有遗漏。"
Bookmarks = Sequence[tuple[str, int, Sequence[tuple[str, int]]]]


def typed(folder: Path, headings: Sequence[str], bookmarks: Bookmarks = ()) -> Path:
    """A page for each heading (or none), a line of body under it, and nested bookmarks."""
    register_typeface()
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for heading in headings:
        canvas.setFont(TYPEFACE, 18)
        canvas.drawCentredString(A4[0] / 2, 780, heading)
        canvas.setFont(TYPEFACE, 12)
        canvas.drawString(72, 740, BODY)
        canvas.showPage()
    canvas.save()
    with pikepdf.open(buffer) as pdf:
        with pdf.open_outline() as outline:
            for title, page, inner in bookmarks:
                item = pikepdf.OutlineItem(title, page - 1)
                item.children.extend(pikepdf.OutlineItem(t, p - 1) for t, p in inner)
                outline.root.append(item)
        pdf.save(folder / "dossier.pdf")
    return folder / "dossier.pdf"


def found(source: Path) -> list[tuple[str, int, int, str]]:
    return [
        (one.document_type, one.first_page, one.last_page, one.source)
        for one in propose_documents(source)
    ]


def test_every_document_type_has_names_and_a_line_in_the_list() -> None:
    assert set(NAMES) == set(DOCUMENT_TYPES)
    assert {code for codes in NEEDS for code in codes} == set(DOCUMENT_TYPES)
    assert all(len(needs) == len(KINDS) for needs in NEEDS.values())
    assert set(KINDS) == set(CaseKind)
    assert set(EVIDENCE) > OUTSIDE


def test_no_name_stands_for_two_documents() -> None:
    names = [name for names in NAMES.values() for name in names]
    assert len(names) == len(set(names))


def test_headings_divide_a_dossier(tmp_path: Path) -> None:
    headings = ["卷宗目录", "法律援助审批表", "会见笔录（第一次）", "", "", "辩 护 词", ""]
    assert found(typed(tmp_path, headings)) == [
        ("catalogue", 1, 1, "text"),
        ("approval", 2, 2, "text"),
        ("meeting_record", 3, 5, "text"),
        ("defence_statement", 6, 7, "text"),
    ]


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("民事起诉状", "pleading"),
        ("东川市城关区人民法院刑事判决书", "judgment"),
        ("不起诉决定书", "judgment"),
        ("起诉意见书", "indictment"),
        ("法律意见书", "defence_statement"),
        ("委托代理协议", "authorisation"),
        ("证据清单（副本）", "evidence"),
        ("回访记录之二", "callback_record"),
        ("伤残等级鉴定申请书", "evidence"),
    ],
)
def test_heading_is_known_by_its_synonyms(tmp_path: Path, heading: str, code: str) -> None:
    assert found(typed(tmp_path, [heading])) == [(code, 1, 1, "text")]


@pytest.mark.parametrize(
    "line",
    [
        "3 授权委托书",
        "十二、结案报告",
        "受援人于当日在本机构工作人员面前签署了上述内容的授权委托书",
        "照片",
        "",
    ],
)
def test_line_that_is_no_heading_names_no_document(tmp_path: Path, line: str) -> None:
    assert found(typed(tmp_path, [line])) == []


def test_heading_on_each_page_of_a_form_is_one_document(tmp_path: Path) -> None:
    headings = ["会见笔录", "会见笔录", "阅卷笔录", "会见笔录"]
    assert found(typed(tmp_path, headings)) == [
        ("meeting_record", 1, 2, "text"),
        ("file_notes", 3, 3, "text"),
        ("meeting_record", 4, 4, "text"),
    ]


def test_bookmarks_are_taken_before_headings(tmp_path: Path) -> None:
    headings = ["卷宗目录", "申请表", "谈话笔录", "", "照片", "代理词", "结案报告"]
    bookmarks = [
        ("2. 证据目录与证据", 2, [("谈话笔录", 3), ("收条", 4)]),
        ("照片", 5, []),
        ("代理意见", 6, []),
    ]
    # Page 1 has no bookmark before it, page 5 one that names no document; the heading of
    # page 3 lies inside the evidence, and that of page 7 inside the last bookmark's pages.
    assert found(typed(tmp_path, headings, bookmarks)) == [
        ("catalogue", 1, 1, "text"),
        ("evidence", 2, 4, "bookmark"),
        ("representation_statement", 6, 7, "bookmark"),
    ]


def test_file_that_is_no_pdf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(UnreadablePdfError):
        propose_documents(tmp_path / "x.pdf")


@dataclass
class Entry:
    document_type: str
    first_page: int = 1
    last_page: int = 1


def test_completeness_tells_present_missing_and_optional() -> None:
    required = ["catalogue", "application", "authorisation", "meeting_record", "file_notes"]
    there = [Entry(code) for code in [*required, "court_notice", "meeting_record"]]
    checked = completeness(CaseKind.CRIMINAL_TRIAL, there)
    # The application stands in for the notice; the two meeting records count once.
    assert checked.present == [
        "catalogue", "application", "authorisation", "meeting_record", "file_notes", "court_notice",
    ]  # fmt: skip
    assert checked.missing == [
        ("indictment",), ("defence_statement",), ("judgment",), ("closing_report",),
        ("supervision_card",),
    ]  # fmt: skip
    assert "hearing_record" in checked.optional
    assert "court_notice" not in checked.optional
    assert "pleading" not in [*checked.present, *checked.optional]


def test_alternatives_are_missing_together() -> None:
    missing = completeness(CaseKind.CRIMINAL_INVESTIGATION, []).missing
    assert ("defence_notice", "application") in missing
    assert ("file_notes",) not in missing  # nothing can be read yet at this stage


@pytest.mark.parametrize("key", ["civil-first/1", "criminal-trial/1"])
def test_every_criterion_can_find_pages_in_a_complete_dossier(key: str) -> None:
    rubric = get_rubric(key)
    (kind,) = rubric.kinds
    column = KINDS.index(CaseKind(kind))
    expected = [Entry(c) for codes, needs in NEEDS.items() if needs[column] != "-" for c in codes]
    for criterion in rubric.criteria:
        assert pages_for(criterion.evidence, expected), criterion.code


def test_pages_follow_the_order_in_which_a_criterion_names_its_evidence() -> None:
    index = [
        FoundDocument("file_notes", 9, 12, "text"),
        FoundDocument("meeting_record", 20, 22, "text"),
        FoundDocument("meeting_record", 5, 8, "text"),
        FoundDocument("judgment", 30, 40, "text"),
    ]
    found_pages = pages_for(("meeting_record", "file_notes", "callback"), index)
    assert [(one.first_page, one.last_page) for one in found_pages] == [(5, 8), (20, 22), (9, 12)]
