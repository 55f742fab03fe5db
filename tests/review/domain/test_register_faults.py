import zipfile
from io import BytesIO

from xlsxwriter import Workbook

from review.domain.register import read_register
from review.domain.register_child import read_sheets
from review.domain.register_faults import faulty_cells
from review.enums import RejectReason
from tests.register_files import HEADINGS, ROW, open_document, row, table, workbook


def with_faults() -> bytes:
    """A register of one good row, one with a failed formula in an optional cell."""
    stream = BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd"}
    with Workbook(stream, options) as book:
        book.add_worksheet("封面 & 说明").write(0, 0, "封面")
        page = book.add_worksheet("结案台账")
        page.write_row(0, 0, HEADINGS)
        for line in (1, 2):
            for column, heading in enumerate(HEADINGS):
                if heading in ROW:
                    page.write(line, column, ROW[heading])
        page.write(2, 0, "（2024）示援民字第10100002号")
        page.write_formula(2, HEADINGS.index("补贴发放日期"), "=B1/0", value="#DIV/0!")
        page.write_formula(2, HEADINGS.index("卷宗页数"), "=NA()", value="#N/A")
    return stream.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_failed_formulas_are_found_with_their_place() -> None:
    places = {2: {22: "#DIV/0!", 23: "#N/A"}}
    assert faulty_cells(parts(with_faults())) == {"结案台账": places}
    assert read_sheets(with_faults())[1].rows[2][22:] == ["#DIV/0!", "#N/A"]


def test_failed_formula_is_no_empty_cell() -> None:
    (refused,) = read_register(with_faults(), "台账.xlsx").rejected
    assert [(p.reason, p.headings) for p in refused.problems] == [
        (RejectReason.UNREADABLE_DATE, ("补贴发放日期",)),
        (RejectReason.UNREADABLE_CELL, ("卷宗页数",)),
    ]


def test_workbook_without_failed_formulas_has_none() -> None:
    assert faulty_cells(parts(workbook([["#N/A", 't="e"']]))) == {}


def with_document_faults() -> bytes:
    """An .ods as office programs write it: what a failed cell shows is not its value."""
    faulty = row(
        案件编号="（2024）示援民字第10100002号", 补贴金额="#DIV/0!", 补贴发放日期="Err:502"
    )
    data = open_document([("封面",)], table([row(), faulty]))
    members = parts(data)
    content = members["content.xml"].decode()
    for shown in ("#DIV/0!", "Err:502"):
        typed = f'office:value-type="string"><text:p>{shown}'
        assert typed in content
        failed = typed.replace('"string">', '"float" office:value="0">')
        content = content.replace(typed, failed)
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, member in (members | {"content.xml": content.encode()}).items():
            archive.writestr(name, member)
    return stream.getvalue()


def test_failed_formulas_of_an_open_document_are_refused() -> None:
    data = with_document_faults()
    # Two title rows and the heading, then the good row: the faulty one is the fifth.
    assert faulty_cells(parts(data)) == {"Sheet2": {4: {21: "#DIV/0!", 22: "#VALUE!"}}}
    register = read_register(data, "台账.ods")
    (refused,) = register.rejected
    assert [(p.reason, p.headings) for p in refused.problems] == [
        (RejectReason.UNREADABLE_CELL, ("补贴金额",)),
        (RejectReason.UNREADABLE_DATE, ("补贴发放日期",)),
    ]
    assert len(register.accepted) == 1


def test_repeated_cells_and_rows_of_an_open_document_are_counted() -> None:
    space = 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    space += ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    content = f"""<d {space}><table:table table:name="一月">
      <table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>
      <table:table-row table:number-rows-repeated="2">
        <table:table-cell table:number-columns-repeated="3"/><table:covered-table-cell/>
        <table:table-cell table:number-columns-repeated="2"><text:p>#N/A</text:p></table:table-cell>
      </table:table-row></table:table></d>"""
    both = {4: "#N/A", 5: "#N/A"}
    assert faulty_cells({"content.xml": content.encode()}) == {"一月": {2: both, 3: both}}
