"""Tables of a document as its reader sees them; and whatever else calls itself a document."""

import zipfile
from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import nsdecls

from review.domain.register_child import read_sheets
from review.errors import (
    BrokeOffError,
    NotAWorkbookError,
    RegisterError,
    WorkbookTooLargeError,
)

BODY = f"<w:document {nsdecls('w')}><w:body>{{}}</w:body></w:document>"


def document(inner: str) -> bytes:
    return archive(BODY.format(inner).encode())


def archive(content: bytes, name: str = "word/document.xml") -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return stream.getvalue()


def rows(data: bytes) -> list[list[list[object]]]:
    return [[list(row) for row in sheet.rows] for sheet in read_sheets(data, of_documents=True)]


def cell(inner: str, properties: str = "") -> str:
    return f"<w:tc>{properties}<w:p>{inner}</w:p></w:tc>"


def run(text: str, tag: str = "t") -> str:
    return f"<w:r><w:{tag}>{text}</w:{tag}></w:r>"


def test_each_table_is_a_sheet_and_each_paragraph_a_line() -> None:
    made = Document()
    made.add_paragraph("前言")
    made.add_table(1, 2).cell(0, 1).text = "甲\n乙"
    second = made.add_table(2, 1)
    second.cell(1, 0).paragraphs[0].add_run("丙").add_break()
    second.cell(1, 0).paragraphs[0].add_run("丁")
    second.cell(1, 0).add_paragraph("戊")
    stream = BytesIO()
    made.save(stream)
    assert rows(stream.getvalue()) == [[[None, "甲\n乙"]], [[None], ["丙\n丁\n戊"]]]


def test_tracked_changes_are_read_as_the_page_shows_them() -> None:
    struck = f"<w:del>{run('旧', 'delText')}</w:del><w:moveFrom>{run('搬走')}</w:moveFrom>"
    added = f"<w:ins>{run('新')}</w:ins>"
    gone = f"<w:tr><w:trPr><w:del/></w:trPr>{cell(run('删去的行'))}</w:tr>"
    link = f"<w:hyperlink>{run('链接')}</w:hyperlink>"
    data = document(f"<w:tbl><w:tr>{cell(struck + added + link)}</w:tr>{gone}</w:tbl>")
    assert rows(data) == [[["新链接"]]]


@pytest.mark.parametrize(
    ("span", "wide"), [("3", 3), ("1", 1), ("0", 1), ("999", 1), ("x", 1), ("-2", 1)]
)
def test_cell_over_several_columns_keeps_the_next_in_its_place(span: str, wide: int) -> None:
    properties = f'<w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>'
    data = document(f"<w:tbl><w:tr>{cell(run('甲'), properties)}{cell(run('乙'))}</w:tr></w:tbl>")
    assert rows(data) == [[["甲", *[None] * (wide - 1), "乙"]]]


ENTITIES = b'<!DOCTYPE d [<!ENTITY a "aaaa">]>' + BODY.format("&a;").encode()
DEEP = "<w:sdt>" * 50_000 + "</w:sdt>" * 50_000


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (archive(b"<w:document"), NotAWorkbookError),
        (archive(ENTITIES), NotAWorkbookError),
        (archive(BODY.format("").encode("utf-16")), NotAWorkbookError),
        (archive(b"<x/>", "word/other.xml"), NotAWorkbookError),
        (archive(BODY.format(" " * 20_000_000).encode()), WorkbookTooLargeError),
        (
            document(f"<w:tbl><w:tr>{cell(run('长' * 40_000))}</w:tr></w:tbl>"),
            WorkbookTooLargeError,
        ),
        (document(f"<w:tbl><w:tr>{cell(DEEP)}</w:tr></w:tbl>"), BrokeOffError),
        (document("")[:-30], NotAWorkbookError),
        (b"PK\x03\x04", NotAWorkbookError),
    ],
    ids=["xml", "entity", "utf-16", "other", "bomb", "cell", "deep", "cut", "magic"],
)
def test_hostile_document_is_refused(data: bytes, refusal: type[RegisterError]) -> None:
    with pytest.raises(RegisterError) as refused:
        read_sheets(data, of_documents=True)
    assert type(refused.value) in {refusal, WorkbookTooLargeError}


def test_document_is_no_register() -> None:
    with pytest.raises(NotAWorkbookError):
        read_sheets(document(f"<w:tbl><w:tr>{cell(run('案件编号'))}</w:tr></w:tbl>"))
