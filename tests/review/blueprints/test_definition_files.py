"""A definition goes out as a file and comes back as a draft; nothing else comes in."""

import hashlib
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from xlsxwriter import Workbook

from review.domain.definitions import create_draft, problems_of, publish
from review.enums import DefinitionSubject, Role
from review.extensions import db
from review.models.definitions import Definition
from review.permissions import Actor
from rubrics.reading import read_rubric, read_scheme
from rubrics.registry import all_rubrics, all_schemes, get_rubric
from rubrics.writing import rubric_text, scheme_text
from tests import world

RUBRIC, SCHEME = DefinitionSubject.RUBRIC, DefinitionSubject.SCHEME
CIVIL = rubric_text(get_rubric("civil-first/1"))
OWN = f"{world.CITY}-civil/1"


@pytest.fixture
def actor(app: Flask) -> Actor:
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        db.session.commit()
        return Actor(member.user_id, "名", member.id, member.role, member.region_code)


@pytest.fixture
def organiser(actor: Actor, client_as: Callable[[int], FlaskClient]) -> FlaskClient:
    return client_as(actor.membership_id)


def taken(organiser: FlaskClient, subject: str, key: str, kind: str, scheme: str = "") -> bytes:
    answer = organiser.get(f"/definitions/{subject}/{key}/file?format={kind}&scheme={scheme}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(f"{key.replace('/', '-v')}.{kind}")
    content: bytes = answer.data
    return content


def brought(organiser: FlaskClient, content: bytes, name: str = "civil") -> Any:
    form = {"name": name, "region_code": world.CITY, "file": (BytesIO(content), "任意名称")}
    answer = organiser.post("/definitions/import", data=form)
    answer.request.input_stream.close()  # the client's own copy of a large body
    return answer


def drafts(app: Flask) -> list[Definition]:
    with app.app_context():
        return list(db.session.scalars(select(Definition).order_by(Definition.id)))


def test_shipped_definitions_come_back_from_their_text_as_they_went(
    organiser: FlaskClient,
) -> None:
    for rubric in all_rubrics():
        text = taken(organiser, "rubric", rubric.key, "toml").decode()
        assert rubric_text(read_rubric(text)) == text == rubric_text(rubric)
    for scheme in all_schemes():
        text = taken(organiser, "scheme", scheme.key, "toml").decode()
        assert scheme_text(read_scheme(text)) == text == scheme_text(scheme)


def test_published_definition_comes_back_with_the_same_digest(
    app: Flask, actor: Actor, organiser: FlaskClient
) -> None:
    with app.app_context():
        own = create_draft(RUBRIC, CIVIL, name="civil", region_code=world.CITY, by=actor)
        publish(own, edits=0, by=actor)
        digest = own.digest
    text = taken(organiser, "rubric", OWN, "toml")
    assert hashlib.sha256(text).hexdigest() == digest
    for kind in ("toml", "docx", "xlsx"):
        name = f"again-{kind}"
        assert brought(organiser, taken(organiser, "rubric", OWN, kind), name).status_code == 302
        with app.app_context():
            back = db.session.scalars(select(Definition).order_by(Definition.id.desc())).first()
            assert back is not None
            as_first = back.text.replace(f"{world.CITY}-{name}/1", OWN)
            assert hashlib.sha256(as_first.encode()).hexdigest() == digest


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
@pytest.mark.parametrize("scheme", ["hundred-3", "five-point"])
def test_scheme_comes_back_from_its_sheet(
    app: Flask, organiser: FlaskClient, kind: str, scheme: str
) -> None:
    assert brought(organiser, taken(organiser, "scheme", scheme, kind)).status_code == 302
    (draft,) = drafts(app)
    shipped = next(made for made in all_schemes() if made.key == scheme)
    assert draft.subject is SCHEME
    assert draft.text == scheme_text(shipped).replace(f'"{scheme}"', f'"{OWN}"', 1)


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_sheet_says_all_that_is_to_be_signed(organiser: FlaskClient, kind: str) -> None:
    content = taken(organiser, "rubric", "civil-first/1", kind, "hundred-4")
    digest = hashlib.sha256(CIVIL.encode()).hexdigest()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        words = "".join(
            archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")
        )
    for said in (
        *("民事诉讼一审案件质量评估标准", "示例（非官方标准）", "civil-first/1", digest),
        *("百分制四等", "不合格", "起草", "审核", "批准", "日期", "随平台提供", "民事一审"),
    ):
        assert said in words


def test_columns_of_the_paper_are_as_wide_as_their_words_need(organiser: FlaskClient) -> None:
    document = Document(BytesIO(taken(organiser, "rubric", "civil-first/1", "docx")))
    table = document.tables[1]
    widths = {
        cell.text: column.width
        for cell, column in zip(table.rows[0].cells, table.columns, strict=True)
    }
    assert widths["说明"] > widths["名称"] > widths["分值"]
    page: Any = document.sections[0]
    room = page.page_width - page.left_margin - page.right_margin
    for each in document.tables:
        assert sum(column.width for column in each.columns) <= room


def test_paper_is_set_in_a_chinese_font_and_its_rows_stay_whole(organiser: FlaskClient) -> None:
    content = taken(organiser, "rubric", "civil-first/1", "docx", "hundred-4")
    document: Any = Document(BytesIO(content))
    used = {p.style.name for p in document.paragraphs}
    assert used == {"Normal", "Heading 2"}
    for name in used:
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == "宋体"
        assert fonts.get(qn("w:eastAsiaTheme")) is None
    (language,) = document.styles.element.iter(qn("w:lang"))
    assert language.get(qn("w:eastAsia")) == "zh-CN"
    for table in document.tables:
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert document.tables[1].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_files_name_nobody_and_no_machine(organiser: FlaskClient) -> None:
    for kind in ("docx", "xlsx"):
        content = taken(organiser, "rubric", "civil-first/1", kind)
        with zipfile.ZipFile(BytesIO(content)) as archive:
            known = archive.read("docProps/core.xml").decode()
        assert "<dc:creator></dc:creator>" in known
        assert "<cp:lastModifiedBy></cp:lastModifiedBy>" in known
        assert "python" not in known.lower()
        assert known.count("2000-01-01T00:00:00Z") == 2


LEADS = ["=1+1", "+1", "-1", "@x", "\tx", "＝1", "{=1+1}", "http://x.example", "a\x01\x08b"]


def test_no_words_of_a_definition_become_a_formula(
    app: Flask, actor: Actor, organiser: FlaskClient
) -> None:
    for place, lead in enumerate(LEADS):
        with app.app_context():
            text = CIVIL.replace("及时签订委托协议与授权", lead).replace(
                'title = "民事诉讼一审案件质量评估标准"', f'title = "{lead}"'
            )
            text = text.replace("\t", "\\t").replace("\x01", "\\u0001").replace("\x08", "\\b")
            create_draft(RUBRIC, text, name=f"n{place}", region_code=world.CITY, by=actor)
        key = f"{world.CITY}-n{place}/1"
        workbook = taken(organiser, "rubric", key, "xlsx")
        with zipfile.ZipFile(BytesIO(workbook)) as archive:
            page = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in page
        assert "hyperlink" not in page
        rows = CalamineWorkbook.from_filelike(BytesIO(workbook)).get_sheet_by_index(0).to_python()
        assert rows[0][1] == lead.replace("\x01", "").replace("\x08", "")
        assert taken(organiser, "rubric", key, "docx")


def edited(organiser: FlaskClient, changes: dict[tuple[int, int], Any]) -> bytes:
    """The workbook of a rubric, its cells changed by (row, column) and saved by another program."""
    rows = (
        CalamineWorkbook.from_filelike(BytesIO(taken(organiser, "rubric", "civil-first/1", "xlsx")))
        .get_sheet_by_index(0)
        .to_python()
    )
    stream = BytesIO()
    with Workbook(stream, {"strings_to_formulas": False}) as workbook:
        page = workbook.add_worksheet("随便")
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                page.write(line, column, changes.get((line + 1, column + 1), cell))
    return stream.getvalue()


FIRST = 12
"""Eight facts, an empty row, the headings and the first section stand above the first item."""


def test_edited_sheet_becomes_a_draft_that_shows_its_problems(
    app: Flask, organiser: FlaskClient
) -> None:
    content = edited(organiser, {(FIRST, 3): "按时签订协议", (FIRST, 4): 6})
    page = organiser.get(brought(organiser, content).headers["Location"]).text
    assert "还有 1 处要改正" in page
    assert "各项分值之和不是 100（102）" in page
    (draft,) = drafts(app)
    with app.app_context():
        problems = [str(p) for p in problems_of(RUBRIC, draft.text)]
    assert problems == [f"{OWN}: points do not add up to 100 (102)"]
    assert read_rubric(draft.text).criteria[0].title == "按时签订协议"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (CIVIL.replace("points = 12", "points = = 12", 1), "第 96 行第 10 列：不是合格的 TOML"),
        (
            CIVIL.replace('"authorisation"', '"licence"', 1).replace("step = 0.5", "step = []"),
            "step",
        ),
        ("#" * 300_000, "文件：文件过大（300000 &gt; 262144）"),
        ("#" * 5_000_000, "不能超过 1 MB"),
        (
            'key = "x"\ntitle = "甲"\n[[bands]]\ngrade = "good"\nlower = "八十"',
            "bands[1].lower：应为数字",
        ),
        ("", "这个文件是空的"),
        ("# 只有一行", "key：缺少此项"),
        ("案件编号,结案日期\n1,2", "不是合格的 TOML"),
        ("PK\x03\x04 broken", "不是可以读取的 Word 或 Excel 文件"),
    ],
    ids=["syntax", "list", "long", "5 MB", "cut-off", "empty", "remark", "csv", "zip"],
)
def test_file_that_cannot_be_used_is_refused_with_the_place(
    app: Flask, organiser: FlaskClient, content: str, words: str
) -> None:
    answer = brought(organiser, content.encode())
    assert answer.status_code == 422
    assert any(each in answer.text for each in words.split("|"))
    assert drafts(app) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"EncryptedPackage", "不是可以读取的"),
        ("民事".encode("gb18030"), "不是 UTF-8 编码的文本"),
        (b"%PDF-1.7\n\xff\xfe", "不是 UTF-8 编码的文本"),
    ],
)
def test_file_of_another_kind_is_refused_in_words(
    app: Flask, organiser: FlaskClient, content: bytes, words: str
) -> None:
    answer = brought(organiser, content)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert drafts(app) == []


def test_every_bad_cell_of_a_sheet_is_named(app: Flask, organiser: FlaskClient) -> None:
    answer = brought(organiser, edited(organiser, {(FIRST, 4): "四", (FIRST + 1, 7): "营业执照"}))
    assert answer.status_code == 422
    assert f"第 {FIRST} 行“分值”：应为数字（四）" in answer.text
    assert f"第 {FIRST + 1} 行“看哪里”：没有这种材料（营业执照）" in answer.text
    assert drafts(app) == []


def test_import_needs_a_name_and_a_region_in_reach(app: Flask, organiser: FlaskClient) -> None:
    assert brought(organiser, CIVIL.encode(), "大写").status_code == 422
    form = {"name": "civil", "region_code": world.OTHER_CITY, "file": (BytesIO(b"x"), "x")}
    assert organiser.post("/definitions/import", data=form).status_code == 422
    assert drafts(app) == []


def test_drafts_of_others_and_unknown_formats_are_not_there(
    app: Flask, organiser: FlaskClient
) -> None:
    with app.app_context():
        other = world.person(Role.ORGANISER, world.OTHER_CITY)
        theirs = Actor(other.user_id, "名", other.id, other.role, other.region_code)
        create_draft(RUBRIC, CIVIL, name="civil", region_code=world.OTHER_CITY, by=theirs)
    for address in (
        f"rubric/{world.OTHER_CITY}-civil/1/file?format=toml",
        f"rubric/{world.OTHER_CITY}-civil/1/files",
        "rubric/civil-first/1/file?format=pdf",
        "rubric/civil-first/1/file?format=docx&scheme=none",
        "scheme/civil-first/1/files",
    ):
        assert organiser.get(f"/definitions/{address}").status_code == 404
