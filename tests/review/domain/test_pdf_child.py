from dataclasses import replace
from pathlib import Path

import pytest

from review.domain import limited_child, pdf_child, redaction_proposals
from review.domain.dossier_index import propose_documents
from review.domain.redaction import Mark
from review.errors import MisplacedMarkError, UnreadablePdfError
from tests.personal_files import found_in, personal_file

SECRET = "赵钱孙"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.pdf"
    path.write_bytes(personal_file(SECRET))
    return path


def test_child_finds_and_redacts_what_the_functions_do(source: Path, tmp_path: Path) -> None:
    target, told = tmp_path / "redacted.pdf", []
    marks = pdf_child.proposed_marks(source, [SECRET])
    assert marks == redaction_proposals.proposed_marks(source, [SECRET])
    assert pdf_child.propose_documents(source) == propose_documents(source)
    pdf_child.redact(source, target, marks, [SECRET], lambda *now: told.append(now))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert found_in(target.read_bytes(), SECRET) == set()


def test_refusals_of_the_child_are_those_of_the_functions(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "redacted.pdf"
    with pytest.raises(MisplacedMarkError) as refused:
        pdf_child.redact(source, target, [Mark(9, 0, 0, 1, 1)])
    assert refused.value.page == 9
    source.write_bytes(b"no pdf")
    with pytest.raises(UnreadablePdfError):
        pdf_child.redact(source, target, [])
    with pytest.raises(UnreadablePdfError):
        pdf_child.propose_documents(source)
    assert not target.exists()


def test_child_that_dies_leaves_no_copy(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, target = tmp_path / "program.py", tmp_path / "redacted.pdf"
    program.write_text(
        "import os, signal, sys\n"
        "open(sys.argv[-1], 'wb').write(b'half')\n"
        'print(\'{"done": 1, "pages": 2}\', flush=True)\n'
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    monkeypatch.setattr(limited_child, "PROGRAM", program)
    with pytest.raises(UnreadablePdfError):
        pdf_child.redact(source, target, [])
    assert not target.exists()


def test_child_holds_neither_keys_nor_application(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "must not be seen")
    program = tmp_path / "program.py"
    program.write_text(
        "import json, os\nprint(json.dumps({'result': [dict(e) for e in [os.environ]]}))\n"
    )
    monkeypatch.setattr(limited_child, "PROGRAM", program)
    (seen,) = pdf_child._result("propose_marks", source, {})
    assert "SECRET_KEY" not in seen


def test_child_that_never_ends_is_ended(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program.py"
    program.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(limited_child, "PROGRAM", program)
    monkeypatch.setattr(pdf_child, "LIMITS", replace(pdf_child.LIMITS, seconds=0.2))
    with pytest.raises(UnreadablePdfError):
        pdf_child.propose_documents(source)
