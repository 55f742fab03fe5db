"""Files made to hurt whoever reads them, each with the words that its refusal must say.

Well-formed UTF-16 and GB18030 text are no attack: registers come in them and are read
(``test_register_child``). Here they stand broken.
"""

import stat
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple

from xlsxwriter import Workbook

from tests.register_files import (
    HEADINGS,
    delimited,
    old_workbook,
    open_document,
    register,
    rows,
    table,
)

DAMAGED, TOO_LARGE, LOCKED = "不是可以读取的表格", "表格太大", "设有密码"
WEB_PAGE, NO_TEXT, BROKE_OFF = "网页", "文本中有无法识别的字符", "超出了允许的时间或内存"
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Hostile(NamedTuple):
    """``words``: one of them must be in the answer; ``place`` as well, where it can be known."""

    name: str
    make: Callable[[], bytes]
    words: tuple[str, ...]
    place: str = ""


def good() -> bytes:
    return register(*rows(3))


def packed(members: dict[str, bytes], base: bytes | None = None) -> bytes:
    """A good workbook, or ``base``, with these members replaced or added."""
    stream = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(base or good())) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in members:
                new.writestr(old.getinfo(name), old.read(name))
        for name, content in members.items():
            new.writestr(name, content)
    return stream.getvalue()


def sheet(cells: str, before: str = "") -> bytes:
    data = f"{before}<worksheet {NAMESPACE}><sheetData>{cells}</sheetData></worksheet>"
    return packed({SHEET: data.encode()})


def one_cell() -> bytes:
    return sheet(f'<row r="1"><c r="A1" t="str"><v>{"x" * 50_000_000}</v></c></row>')


def unpacking_to_much() -> bytes:
    return packed({SHEET: b"<worksheet>" + b" " * 208_000_000})


def far_cell() -> bytes:
    return sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    kind = f'<!DOCTYPE x [<!ENTITY l0 "lol">{entities}]>'
    return sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>', kind)


def external_entity() -> bytes:
    kind = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    return sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&f;</t></is></c></row>', kind)


def shared_strings_bomb() -> bytes:
    """One text of 40,000 signs, in every cell of a sheet."""
    strings = f"<sst {NAMESPACE}><si><t>{'长' * 40_000}</t></si></sst>".encode()
    cells = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{c}{r}" t="s"><v>0</v></c>' for c in "ABCDEFGH")
        + "</row>"
        for r in range(1, 5000)
    )
    data = f"<worksheet {NAMESPACE}><sheetData>{cells}</sheetData></worksheet>".encode()
    return packed({STRINGS: strings, SHEET: data})


def many_sheets() -> bytes:
    entries = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 10_001))
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = f'<workbook {NAMESPACE} xmlns:r="{relations}"><sheets>{entries}</sheets></workbook>'
    return packed({"xl/workbook.xml": book.encode()})


def many_members() -> bytes:
    return packed({f"xl/worksheets/s{n}.xml": b"" for n in range(10_000)})


def wide_sheet() -> bytes:
    stream = BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet().write_row(0, 0, list(HEADINGS) + ["x"] * (16_384 - len(HEADINGS)))
    return stream.getvalue()


def nested() -> bytes:
    inner = BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("台账.xlsx", good())
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    return stream.getvalue()


def duplicate_member() -> bytes:
    stream = BytesIO(good())
    with zipfile.ZipFile(stream, "a") as archive:
        info = zipfile.ZipInfo(SHEET)
        archive.filelist = [m for m in archive.filelist if m.filename != SHEET]
        archive.NameToInfo.pop(SHEET)
        archive.writestr(info, b"<worksheet/>")
        archive.filelist.insert(0, info)
        archive.writestr(zipfile.ZipInfo("x"), b"")
        archive.filelist.append(info)
    return stream.getvalue()


def with_member(name: str, mode: int = 0o644) -> bytes:
    stream = BytesIO(good())
    with zipfile.ZipFile(stream, "a") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, b"/etc/passwd")
    return stream.getvalue()


def locked_member() -> bytes:
    """The flag of an encrypted member set, in its own header and in the directory."""
    data = bytearray(good())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    return bytes(data)


def lying_member() -> bytes:
    data = packed({"xl/padding.xml": b"<x>" + b" " * 3000})
    return data.replace((3003).to_bytes(4, "little"), (9).to_bytes(4, "little"))


def repeated_cells() -> bytes:
    """An .ods of one row that says it is repeated, each cell of it too."""
    content = zipfile.ZipFile(BytesIO(open_document([["x"]]))).read("content.xml")
    row = content.replace(
        b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1048576">'
    )
    cell = row.replace(
        b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="16384" '
    )
    return packed({"content.xml": cell}, open_document([["x"]]))


def long_cell_document() -> bytes:
    long = rows(3)[2] | {"案由": "长" * 32_768}
    return open_document(table([*rows(2), long], title=[]))


def many_rows() -> bytes:
    return delimited([HEADINGS, *[["x"]] * 250_000])


def half_a_pair() -> bytes:
    return text("一").encode("utf-16-le") + b"\x00\xd8\n\0"


def text(*lines: str) -> str:
    return "\n".join([",".join(HEADINGS), *lines]) + "\n"


HOSTILE = (
    Hostile("1.xlsx", unpacking_to_much, (TOO_LARGE,)),
    Hostile("2.xlsx", far_cell, (TOO_LARGE, BROKE_OFF)),
    Hostile("3.xlsx", laughs, (DAMAGED,)),
    Hostile("4.xlsx", external_entity, (DAMAGED,)),
    Hostile("5.xlsx", shared_strings_bomb, (TOO_LARGE, BROKE_OFF)),
    Hostile("6.xlsx", many_sheets, (TOO_LARGE,)),
    Hostile("7.xlsx", many_members, (TOO_LARGE,)),
    Hostile("8.xlsx", wide_sheet, (TOO_LARGE,), "工作表“Sheet1”，第 1 行"),
    Hostile("9.xlsx", nested, (DAMAGED,)),
    Hostile("10.xlsx", duplicate_member, (DAMAGED,)),
    Hostile("11.xlsx", lambda: with_member("xl/link", stat.S_IFLNK | 0o777), (DAMAGED,)),
    Hostile("12.xlsx", lambda: with_member("../../etc/cron.d/x"), (DAMAGED,)),
    Hostile("13.xlsx", locked_member, (LOCKED,)),
    Hostile(
        "14.xlsx", lambda: OLE + bytes(2000) + "EncryptedPackage".encode("utf-16-le"), (LOCKED,)
    ),
    Hostile("15.xls", lambda: b"<html><table><tr><td>x</td></tr></table>", (WEB_PAGE,)),
    Hostile("16.xlsx", one_cell, (TOO_LARGE,)),
    Hostile("29.ods", long_cell_document, (TOO_LARGE,), "工作表“Sheet1”，第 4 行，第 8 列"),
    Hostile("17.csv", lambda: text("x," * 10_000_000).encode(), (TOO_LARGE,), "第 2 行"),
    Hostile("18.csv", lambda: text("一,二\0三").encode(), (NO_TEXT,), "第 2 行"),
    Hostile("19.csv", lambda: text("一,二").encode("utf-16")[:-1], (NO_TEXT,), "第 2 行"),
    Hostile("20.csv", lambda: text("一,二").encode("gb18030") + b"\xff\xff", (NO_TEXT,), "第 3 行"),
    Hostile("21.csv", half_a_pair, (NO_TEXT,), "第 3 行"),
    Hostile("22.xlsx", lying_member, (DAMAGED,)),
    Hostile("23.ods", repeated_cells, (DAMAGED, TOO_LARGE, BROKE_OFF)),
    Hostile("24.xls", lambda: old_workbook(table(rows(3)))[:3000], (DAMAGED,)),
    Hostile("25.csv", many_rows, (TOO_LARGE,), "第 200001 行"),
    Hostile("26.xlsx", lambda: good()[:4000], (DAMAGED,)),
    Hostile("27.xlsx", lambda: b"%PDF-1.7\n1 0 obj, <<>>, endobj", (DAMAGED,)),
    Hostile("28.xlsx", lambda: packed({SHEET: "<worksheet/>".encode("utf-16")}), (DAMAGED,)),
)  # fmt: skip
