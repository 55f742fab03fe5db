from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from numpy.random import default_rng
from numpy.typing import NDArray
from pikepdf import Pdf

from review.demo import names
from review.domain.redaction import Mark, redact
from review.domain.redaction_proposals import proposed_marks
from review.errors import MisplacedMarkError, UnreadablePdfError
from tests.personal_files import HARMLESS, found_in, personal_file
from tests.scans import mixed_scan

FILES = 100
EVERYTHING = Mark(1, 0, 0, 1, 1)


def redacted(data: bytes, marks: list[Mark], folder: Path, terms: tuple[str, ...] = ()) -> bytes:
    source, target = folder / "source.pdf", folder / "redacted.pdf"
    source.write_bytes(data)
    redact(source, target, marks, terms)
    return target.read_bytes()


def marks_for(data: bytes, secret: str, folder: Path) -> list[Mark]:
    source = folder / "source.pdf"
    source.write_bytes(data)
    return proposed_marks(source, [secret])


def grey(data: bytes, page: int) -> NDArray[np.float64]:
    with pypdfium2.PdfDocument(data) as document:
        bitmap = document[page].render(scale=1, grayscale=True)
        return np.asarray(bitmap.to_numpy().squeeze(), np.float64)


def texts(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_range() for page in document]


def secrets() -> list[str]:
    """Three-letter names, none of whose letters the harmless words hold."""
    people = names.people(default_rng(5), 3 * FILES)
    return [name for name in people if len(name) == 3 and not set(name) & set(HARMLESS)][:FILES]


def test_hundred_redacted_files_hold_their_names_nowhere(tmp_path: Path) -> None:
    assert len(secrets()) == FILES
    for n, secret in enumerate(secrets()):
        data = personal_file(secret, turn=90 * (n % 4), cut=n % 3 == 0)
        assert found_in(data, secret) >= {"bytes", "streams", "text", "objects", "description"}
        marks = marks_for(data, secret, tmp_path)
        assert [mark.page for mark in marks] == [1, 2]
        assert found_in(redacted(data, marks, tmp_path), secret) == set()


def test_bars_drawn_over_living_text_would_be_caught(tmp_path: Path) -> None:
    secret = secrets()[0]
    data = personal_file(secret)
    with Pdf.open(BytesIO(data)) as pdf:
        for mark in marks_for(data, secret, tmp_path):
            page = pdf.pages[mark.page - 1]
            page.contents_add(b"Q q 0 g 0 480 420 40 re f Q")
        buffer = BytesIO()
        pdf.save(buffer)
    assert "text" in found_in(buffer.getvalue(), secret)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("cut", [False, True])
def test_bars_lie_where_they_were_drawn_however_the_page_is_turned(
    tmp_path: Path, turn: int, cut: bool
) -> None:
    data = personal_file("赵钱孙", turn=turn, cut=cut)
    marks = [Mark(page, 0.25, 0.125, 0.5, 0.375) for page in (1, 2)]
    copy = redacted(data, marks, tmp_path)
    for page in (0, 1):
        before, after = grey(data, page), grey(copy, page)
        assert after.shape == before.shape
        height, width = after.shape
        inside = after[int(0.13 * height) : int(0.37 * height), int(0.26 * width) : width // 2 - 2]
        assert inside.max() < 8
        rest = np.ones_like(after, bool)
        rest[int(0.12 * height) : int(0.39 * height), int(0.24 * width) : int(0.51 * width)] = False
        assert np.abs(before[rest] - after[rest]).mean() < 3


def test_scans_stay_readable_in_every_coding(tmp_path: Path) -> None:
    data = mixed_scan()
    copy = redacted(data, [Mark(2, 0.1, 0.1, 0.2, 0.2)], tmp_path)
    for page in (0, 2, 3):
        assert np.corrcoef(grey(data, page).ravel(), grey(copy, page).ravel())[0, 1] > 0.9
    with Pdf.open(BytesIO(copy)) as pdf:
        codings = [page.Resources.XObject.Im0.Filter for page in pdf.pages]
    line_art, shades = pikepdf.Name.CCITTFaxDecode, pikepdf.Name.DCTDecode
    assert codings == [line_art, line_art, shades, shades]


def test_page_without_mark_or_name_can_still_be_searched(tmp_path: Path) -> None:
    data = personal_file("赵钱孙")
    copy = redacted(data, marks_for(data, "赵钱孙", tmp_path), tmp_path)
    first, second, third = texts(copy)
    assert (first, second) == ("", "")
    assert third.strip() == HARMLESS
    with pypdfium2.PdfDocument(copy) as document:
        words = document[2].get_textpage()
        left, bottom, right, top = words.get_charbox(0, loose=True)
    assert left == pytest.approx(60, abs=3)
    assert bottom < 506 < top  # the middle of a 14 point line written at 500
    assert right - left == pytest.approx(14, abs=4)


def test_unmarked_page_that_names_somebody_loses_its_text(tmp_path: Path) -> None:
    data = personal_file("赵钱孙")
    assert "赵钱孙" in "".join(texts(redacted(data, [], tmp_path)))
    named = texts(redacted(data, [], tmp_path, ("赵 钱孙",)))
    assert [text.strip() for text in named] == ["", "", HARMLESS]


def test_text_under_an_older_bar_is_not_brought_back(tmp_path: Path) -> None:
    with Pdf.open(BytesIO(personal_file("赵钱孙"))) as pdf:
        pdf.pages[0].contents_add(b"q 0 g 110 480 55 40 re f Q")
        buffer = BytesIO()
        pdf.save(buffer)
    first = texts(redacted(buffer.getvalue(), [], tmp_path))[0]
    assert "现年" in first
    assert not set("赵钱孙") & set(first)


def test_blank_redaction_stays_blank(tmp_path: Path) -> None:
    data = personal_file("赵钱孙")
    copy = redacted(data, [EVERYTHING, Mark(2, 0, 0, 1, 1), Mark(3, 0, 0, 1, 1)], tmp_path)
    assert [grey(copy, page).max() for page in range(3)] == [0, 0, 0]
    assert texts(copy) == ["", "", ""]


def test_copy_without_marks_is_never_the_source(tmp_path: Path) -> None:
    copy = redacted(personal_file("赵钱孙"), [], tmp_path, ("赵钱孙",))
    assert found_in(copy, "赵钱孙") == set()


@pytest.mark.parametrize(
    "mark",
    [
        Mark(0, 0, 0, 1, 1),
        Mark(4, 0, 0, 1, 1),
        Mark(1, 0.5, 0, 0.5, 1),
        Mark(1, 0, 0.5, 1, 0.4),
        Mark(1, -0.1, 0, 1, 1),
        Mark(1, 0, 0, 1.1, 1),
        Mark(1, float("nan"), 0, 1, 1),
    ],
)
def test_mark_off_the_pages_writes_nothing(tmp_path: Path, mark: Mark) -> None:
    with pytest.raises(MisplacedMarkError):
        redacted(personal_file("赵钱孙"), [mark], tmp_path)
    assert not (tmp_path / "redacted.pdf").exists()


@pytest.mark.parametrize("data", [b"", b"no pdf", personal_file("赵钱孙")[:900]])
def test_broken_file_writes_nothing(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UnreadablePdfError):
        redacted(data, [], tmp_path)
    assert not (tmp_path / "redacted.pdf").exists()


def test_locked_file_is_refused(tmp_path: Path) -> None:
    with Pdf.open(BytesIO(personal_file("赵钱孙"))) as pdf:
        buffer = BytesIO()
        pdf.save(buffer, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(UnreadablePdfError):
        redacted(buffer.getvalue(), [], tmp_path)


def test_viewer_learns_of_every_page_from_the_beginning_of_a_copy(tmp_path: Path) -> None:
    """pdf.js looks at all pages before it shows one; strewn among pictures, it fetches them all."""
    copy = redacted(personal_file("赵钱孙"), [EVERYTHING], tmp_path)
    described, shown = copy.rindex(b"/ObjStm"), copy.index(b"/DCTDecode")
    assert described < shown
    assert b"/Type /Page" not in copy  # each is in one of the streams


def test_progress_tells_each_page(tmp_path: Path) -> None:
    source = tmp_path / "source.pdf"
    source.write_bytes(personal_file("赵钱孙"))
    told: list[tuple[int, int]] = []
    redact(source, tmp_path / "r.pdf", [], progress=lambda *now: told.append(now))
    assert told == [(1, 3), (2, 3), (3, 3)]
