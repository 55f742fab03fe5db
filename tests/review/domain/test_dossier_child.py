"""Files of all kinds become one inert PDF, or are refused; none takes the caller with it."""

import re
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from review.domain import dossier_child
from review.domain.dossier_child import COPY, Outcome, assemble
from review.enums import FileRefusal
from tests.hostile_pdfs import FILES, REFUSED, harmless
from tests.scans import CODINGS, drawn_page, scan

ALIVE = re.compile(
    rb"/(JavaScript|JS|Launch|URI|SubmitForm|ImportData|GoToR|EmbeddedFiles?|XFA|AcroForm|AA|"
    rb"OpenAction|RichMedia\w*|Sound|AF|Metadata|PieceInfo|Annots|Ref|Encrypt|FS)\b"
)
REASONS = {
    "password": FileRefusal.LOCKED,
    "twenty thousand pages": FileRefusal.TOO_MANY_PAGES,
    "no page": FileRefusal.NO_PAGES,
    "bomb": FileRefusal.TOO_COSTLY,
    "bomb in a bomb": FileRefusal.TOO_COSTLY,
    "three filters": FileRefusal.TOO_COSTLY,
    "cut short": FileRefusal.NOT_READABLE,
    "web page named as PDF": FileRefusal.WRONG_FORMAT,
}
PLANTED = (b"ZXAUTHOR", b"ZXMEDIA", b"ZXFORMER", b"ZXARCHIVE", b"attacker", b"app.alert", b"MZ-att")


def made(folder: Path, *files: bytes) -> list[Outcome]:
    for number, content in enumerate(files):
        (folder / str(number)).write_bytes(content)
    return assemble(folder, [f"名称{number}" for number in range(len(files))])


def plain_form(path: Path) -> bytes:
    """The copy with every stream unpacked, so that nothing can hide in one."""
    buffer = BytesIO()
    with pikepdf.open(path) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") != "/Image":
                buffer.write(thing.read_bytes())
        pdf.save(
            buffer, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable
        )
    return buffer.getvalue()


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_pdf_is_refused_or_comes_out_inert(tmp_path: Path, name: str) -> None:
    content = FILES[name]()
    begun = time.monotonic()
    (outcome,) = made(tmp_path, content)
    assert time.monotonic() - begun < 10  # two seconds on a machine that does nothing else
    assert (outcome.refusal is not None) == (name in REFUSED), outcome
    if outcome.refusal is None:
        plain = plain_form(tmp_path / COPY)
        assert not ALIVE.findall(plain)
        assert not [word for word in PLANTED if word in plain]
        assert outcome.pages >= 1
    assert outcome.refusal == REASONS.get(name, outcome.refusal)


def test_the_search_for_life_finds_it() -> None:
    assert ALIVE.search(FILES["script at opening"]())


@pytest.mark.parametrize("coding", CODINGS)
def test_scans_of_every_coding_are_still_seen(tmp_path: Path, coding: str) -> None:
    assert made(tmp_path, scan(coding, 2)) == [Outcome(2)]
    for page in pypdfium2.PdfDocument(tmp_path / COPY):
        darkest, lightest = page.render(scale=0.5).to_pil().convert("L").getextrema()
        assert darkest < 100
        assert lightest > 200


def test_pictures_become_pages_beside_pdfs(tmp_path: Path) -> None:
    def picture(form: str, **how: object) -> bytes:
        buffer = BytesIO()
        page = drawn_page(1, "1" if form == "TIFF" else "RGB")
        page.save(buffer, form, **how)
        return buffer.getvalue()

    two = {"save_all": True, "append_images": [drawn_page(2, "1")]}
    outcomes = made(
        tmp_path, picture("JPEG"), scan("jpeg", 3), picture("TIFF", **two), picture("PNG")
    )
    assert [outcome.pages for outcome in outcomes] == [1, 3, 2, 1]
    with pikepdf.open(tmp_path / COPY) as pdf:
        assert len(pdf.pages) == 7  # 1 + 3 + 2 + 1
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root] == ["名称0", "名称1", "名称2", "名称3"]


def test_what_a_photograph_tells_beside_its_picture_is_gone(tmp_path: Path) -> None:
    told = Image.Exif()
    told[0x010E] = "ZXPLACE"
    buffer = BytesIO()
    drawn_page(1).save(buffer, "JPEG", exif=told)
    made(tmp_path, buffer.getvalue())
    assert b"ZXPLACE" in buffer.getvalue()
    assert b"ZXPLACE" not in (tmp_path / COPY).read_bytes()


def test_a_refused_file_does_not_keep_the_others_out(tmp_path: Path) -> None:
    outcomes = made(tmp_path, harmless(), FILES["password"](), b"GIF89a", harmless())
    assert [outcome.pages for outcome in outcomes] == [1, 0, 0, 1]
    refusals = [outcome.refusal for outcome in outcomes]
    assert refusals == [None, FileRefusal.LOCKED, FileRefusal.WRONG_FORMAT, None]


def test_a_file_that_kills_the_reader_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import json, os, sys\n"
        "for number, name in json.load(sys.stdin):\n"
        "    if number == 1: os.abort()\n"
        "    print(json.dumps({'pages': 1}), flush=True)\n"
        "print(json.dumps({'end': True}))\n"
    )
    monkeypatch.setattr("review.domain.limited_child.PROGRAM", program)
    outcomes = made(tmp_path, b"a", b"b", b"c")
    assert [outcome.refusal for outcome in outcomes] == [None, FileRefusal.TOO_COSTLY, None]


def test_a_reader_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program.py"
    program.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr("review.domain.limited_child.PROGRAM", program)
    monkeypatch.setattr(dossier_child, "LIMITS", replace(dossier_child.LIMITS, seconds=0.2))
    assert made(tmp_path, b"a") == [Outcome(refusal=FileRefusal.TOO_COSTLY)]


def test_bookmarks_keep_their_pages(tmp_path: Path) -> None:
    with pikepdf.open(BytesIO(scan("ccitt", 3))) as pdf:
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("代理词", 2))
        buffer = BytesIO()
        pdf.save(buffer)
    made(tmp_path, harmless(), buffer.getvalue())
    toc = pypdfium2.PdfDocument(tmp_path / COPY).get_toc()
    found = [(mark.get_title(), mark.get_dest().get_index()) for mark in toc]
    assert found == [("名称0", 0), ("代理词", 3)]  # the third page, behind one of the first file


def test_viewer_learns_of_every_page_from_the_beginning(tmp_path: Path) -> None:
    assert made(tmp_path, *(scan("ccitt") for _ in range(5))) == [Outcome(1)] * 5
    copy = (tmp_path / COPY).read_bytes()
    assert copy.rindex(b"/ObjStm") < copy.index(b"/CCITTFaxDecode")
    assert b"/Type /Page" not in copy


def test_pictures_of_other_kinds_are_refused(tmp_path: Path) -> None:
    buffer = BytesIO()
    drawn_page(1).save(buffer, "GIF")
    assert made(tmp_path, buffer.getvalue()) == [Outcome(refusal=FileRefusal.WRONG_FORMAT)]
