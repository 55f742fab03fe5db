"""A score sheet as a Word document, to be approved on paper, or edited and brought back.

Its words are Chinese whatever the language of the screen: they are read back.
"""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from review.domain.definition_sheets import SIGNATURES, Paper, Sheet
from review.exports.cells import Cell, printable

WIDTHS = {"类别": 1.9, "名称": 3.5, "说明": 6.6, "分档或扣分": 4.9, "看哪里": 2.9, "代码": 2.6}
OTHER_WIDTH = 1.5
MARGIN, A4_LONG, A4_SHORT = Cm(1.4), Cm(29.7), Cm(21)
FONT, BLACK = "宋体", RGBColor(0, 0, 0)
SMALL, BODY, HEADING, LARGE = Pt(8), Pt(9), Pt(12), Pt(16)
SHADES = {"heading": "DDE5F0", "section": "F2F4F7"}
MADE = datetime(2000, 1, 1)  # noqa: DTZ001  (the file holds no zone)
"""A file does not say in its properties when it was taken."""


def score_document(paper: Paper) -> bytes:
    """The sheet, then the grading scheme if one goes with it, then the lines to sign on."""
    document = Document()
    _set_up(document, paper.sheet)
    _title(document, paper.sheet)
    _tables(document, paper.sheet)
    if paper.scheme:
        document.add_heading(f"{paper.scheme.subject}：{printable(paper.scheme.title)}", 2)
        _tables(document, paper.scheme)
    document.add_paragraph()
    document.add_paragraph("\t".join(f"{words}______________" for words in SIGNATURES))
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_up(document: Any, sheet: Sheet) -> None:
    known = document.core_properties
    known.author = known.comments = known.last_modified_by = ""
    known.created = known.modified = MADE
    known.title = printable(sheet.title)
    _write_chinese(document.styles)
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = A4_LONG, A4_SHORT
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = MARGIN
    _footer(page.footer.paragraphs[0], sheet)


def _write_chinese(styles: Any) -> None:
    """Else programs take a font of their own, and break lines as in English."""
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for name, size in (("Normal", BODY), ("Heading 2", HEADING)):
        font = styles[name].font
        font.size, font.color.rgb = size, BLACK
        fonts = styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        fonts.attrib.clear()  # a theme's fonts come before those that are named
        font.name = FONT
        fonts.set(qn("w:eastAsia"), FONT)


def _footer(paragraph: Any, sheet: Sheet) -> None:
    facts = dict(sheet.facts)
    paragraph.add_run(printable("　".join(str(facts[k]) for k in ("编码", "摘要") if k in facts)))
    paragraph.add_run("　第 ")
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)
    paragraph.add_run(" 页")
    for run in paragraph.runs:
        run.font.size = SMALL


def _title(document: Any, sheet: Sheet) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(printable(sheet.title))
    run.bold, run.font.size = True, LARGE


def _tables(document: Any, sheet: Sheet) -> None:
    """The facts, two beside each other, and the table itself, its headings on every page."""
    pairs = [(*one, *other) for one, other in _by_twos(sheet.facts)]
    _table(document, pairs, [3.2, 10.0, 3.2, 10.0])
    document.add_paragraph()
    widths = [WIDTHS.get(heading, OTHER_WIDTH) for heading in sheet.headings]
    table = _table(document, [sheet.headings, *sheet.rows], widths)
    _shade(table.rows[0], SHADES["heading"])
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row, cells in zip(table.rows[1:], sheet.rows, strict=True):
        if sheet.is_section(cells):
            _shade(row, SHADES["section"])


def _by_twos(facts: Sequence[tuple[str, Cell]]) -> list[tuple[tuple[str, Cell], tuple[str, Cell]]]:
    filled = [*facts, ("", "")] if len(facts) % 2 else list(facts)
    return list(zip(filled[::2], filled[1::2], strict=True))


def _table(document: Any, rows: Sequence[Sequence[Cell]], widths: Sequence[float]) -> Any:
    table = document.add_table(rows=len(rows), cols=len(widths))
    table.style, table.autofit = "Table Grid", False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):  # some programs go by these
        column.width = Cm(width)
    for row, cells in zip(table.rows, rows, strict=True):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for place, cell, width in zip(row.cells, cells, widths, strict=True):
            place.width = Cm(width)
            place.text = printable(_text(cell))
    return table


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else format(cell, "f")


def _shade(row: Any, colour: str) -> None:
    for cell in row.cells:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), colour)
        cell._tc.get_or_add_tcPr().append(shade)
        for run in cell.paragraphs[0].runs:
            run.bold = True
