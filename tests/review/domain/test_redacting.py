"""Rectangles are decided by people; the copy made with them replaces the one before."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask

from review.domain import redacting
from review.domain.dossier_copies import doubt_places, keep_full_copy
from review.domain.redacting import (
    accept_marks,
    ask_for_copy,
    ask_for_marks,
    drop_mark,
    mark_rectangle,
)
from review.domain.redaction import Mark
from review.enums import DossierStatus, JobFailure, MarkedContent, MarkStatus, Role
from review.errors import MisplacedMarkError, UndecidedMarksError
from review.extensions import db
from review.jobs import run_due, run_next
from review.models.dossiers import Dossier
from review.permissions import Actor
from review.queries.dossiers import marks_of, redacted_copy
from review.storage import keys, whole
from tests import world
from tests.dossier_files import typed_pages

PAGES = 3
PLACE = Mark(2, 0.1, 0.2, 0.5, 0.3)
NAME = "欧阳清风"
NUMBER = "（2024）示援民字第00000042号"
WRITTEN = "(2024) 示援民字第 00000042 号"


@pytest.fixture
def made(any_app: Flask) -> Iterator[tuple[Dossier, Actor]]:
    with any_app.app_context():
        world.regions()
        member, handler = world.person(Role.ORGANISER, world.CITY), world.handler()
        handler.name = NAME
        case = world.case(handler, world.agency())
        case.case_number = NUMBER
        line = f"承办人{NAME}律师签名，案件编号：{WRITTEN}"
        content = typed_pages(["代理词", "庭审笔录", "结案报告"], line)
        dossier = world.dossier(case, member, full=content)
        dossier.pages = PAGES
        db.session.commit()
        by = Actor(member.user_id, "", member.id, member.role, member.region_code)
        yield dossier, by


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(BytesIO(content))
    return "".join(page.get_textpage().get_text_range() for page in document)


def test_rectangle_on_every_page_is_one_mark_for_each(made: tuple[Dossier, Actor]) -> None:
    dossier, by = made
    mark_rectangle(dossier, PLACE, MarkedContent.STAMP, by, on_every_page=True)
    assert [m.page for m in marks_of(dossier)] == [1, 2, 3]
    assert {(m.x0, m.y0, m.x1, m.y1) for m in marks_of(dossier)} == {PLACE.box}


@pytest.mark.parametrize("place", [Mark(4, 0.1, 0.1, 0.2, 0.2), Mark(1, 0.5, 0.1, 0.5, 0.2)])
def test_rectangle_off_the_pages_is_refused(made: tuple[Dossier, Actor], place: Mark) -> None:
    dossier, by = made
    with pytest.raises(MisplacedMarkError):
        mark_rectangle(dossier, place, MarkedContent.NAME, by)
    assert marks_of(dossier) == []


def test_copy_waits_until_every_proposal_is_decided(made: tuple[Dossier, Actor]) -> None:
    dossier, by = made
    ask_for_marks(dossier, by)
    run_due()
    proposed = marks_of(dossier)
    two_on_each = [(page, MarkStatus.PROPOSED) for page in (1, 2, 3) for _ in ("name", "number")]
    assert [(mark.page, mark.status) for mark in proposed] == two_on_each
    with pytest.raises(UndecidedMarksError):
        ask_for_copy(dossier, by)
    drop_mark(dossier, proposed[0], by)
    accept_marks(dossier, proposed[1:], by)
    ask_for_copy(dossier, by)
    assert run_due() == 1
    assert redacted_copy(dossier)[0] is not None


def test_copy_names_nobody_and_replaces_the_one_before(made: tuple[Dossier, Actor]) -> None:
    dossier, by = made
    before = set(keys())
    statuses = []
    for _ in range(2):
        mark_rectangle(dossier, PLACE, MarkedContent.NAME, by)
        statuses.append(dossier.status)
        ask_for_copy(dossier, by)
        run_due()
        statuses.append(dossier.status)
    due, done = DossierStatus.INDEXED, DossierStatus.REDACTED
    assert statuses == [DossierStatus.UPLOADED, done, due, done]
    copy, stored = redacted_copy(dossier)
    assert copy is not None
    assert stored is not None
    assert set(keys()) - before == {stored.key}
    assert copy.pages == PAGES
    assert not {NAME, NUMBER, WRITTEN, "00000042"} & set(text_of(whole(stored)).split())
    assert text_of(whole(stored)).strip() == ""  # every page names them, so none keeps its text
    assert copy.readable == [1, 2, 3]  # the one mark covers neither


def test_copy_that_covers_everything_leaves_no_page_to_look_at(made: tuple[Dossier, Actor]) -> None:
    dossier, by = made
    ask_for_marks(dossier, by)
    run_due()
    first, *others = marks_of(dossier)
    drop_mark(dossier, first, by)
    accept_marks(dossier, others, by)
    assert readable(dossier, by) == [1]
    mark_rectangle(dossier, Mark(1, 0, 0, 1, 1), MarkedContent.NAME, by)
    assert readable(dossier, by) == []


def readable(dossier: Dossier, by: Actor) -> list[int]:
    ask_for_copy(dossier, by)
    run_due()
    copy, _ = redacted_copy(dossier)
    assert copy is not None
    return copy.readable


@pytest.mark.parametrize("change", ["mark", "full copy"])
def test_copy_of_what_has_changed_meanwhile_is_thrown_away(
    made: tuple[Dossier, Actor], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    dossier, by = made
    kept, fresh = set(keys()), typed_pages(["代理词"], "")

    def change_meanwhile(_source: Path, target: Path, *_: object) -> list[int]:
        target.write_bytes(b"a copy of what was")
        if change == "mark":
            mark_rectangle(dossier, PLACE, MarkedContent.STAMP, by)
        else:
            target.with_name("fresh.pdf").write_bytes(fresh)
            keep_full_copy(dossier, target.with_name("fresh.pdf"), 1, by)
        return []

    monkeypatch.setattr(redacting, "redact", change_meanwhile)
    job = ask_for_copy(dossier, by)
    run_next()
    assert job.failure is JobFailure.CHANGED_MEANWHILE
    assert dossier.status is DossierStatus.UPLOADED
    assert redacted_copy(dossier) == (None, None)
    assert len(set(keys()) - kept) == (change == "full copy")


def test_proposals_turned_down_leave_the_copy_current(made: tuple[Dossier, Actor]) -> None:
    dossier, by = made
    dossier.status = DossierStatus.REDACTED
    ask_for_marks(dossier, by)
    run_due()
    turned_down, *others = marks_of(dossier)
    drop_mark(dossier, turned_down, by)
    statuses = [dossier.status]
    accept_marks(dossier, others, by)
    statuses.append(dossier.status)
    assert statuses == [DossierStatus.REDACTED, DossierStatus.INDEXED]


def test_doubted_marks_made_by_hand_outlive_new_proposals(made: tuple[Dossier, Actor]) -> None:
    dossier, by = made
    mark_rectangle(dossier, PLACE, MarkedContent.STAMP, by)
    doubt_places(dossier)
    db.session.commit()
    ask_for_marks(dossier, by)
    run_due()
    assert [m.status for m in marks_of(dossier) if m.what is MarkedContent.STAMP] == [
        MarkStatus.PROPOSED
    ]


def test_proposals_leave_out_what_is_covered_already(made: tuple[Dossier, Actor]) -> None:
    dossier, by = made
    mark_rectangle(dossier, Mark(1, 0, 0, 1, 1), MarkedContent.OTHER, by)
    ask_for_marks(dossier, by)
    run_due()
    proposed = [m.page for m in marks_of(dossier) if m.status is MarkStatus.PROPOSED]
    assert set(proposed) == {2, 3}
