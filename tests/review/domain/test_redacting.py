"""Rectangles are decided by people; the copy made with them replaces the one before."""

from collections.abc import Iterator
from io import BytesIO

import pypdfium2
import pytest
from flask import Flask

from review.domain.redacting import (
    accept_marks,
    ask_for_copy,
    ask_for_marks,
    drop_mark,
    mark_rectangle,
)
from review.domain.redaction import Mark
from review.enums import DossierStatus, MarkedContent, MarkStatus, Role
from review.errors import MisplacedMarkError, UndecidedMarksError
from review.extensions import db
from review.jobs import run_due
from review.models.dossiers import Dossier
from review.permissions import Actor
from review.queries.dossiers import marks_of, redacted_copy
from review.storage import keys, whole
from tests import world
from tests.dossier_files import typed_pages

PAGES = 3
PLACE = Mark(2, 0.1, 0.2, 0.5, 0.3)
NAME = "欧阳清风"


@pytest.fixture
def made(any_app: Flask) -> Iterator[tuple[Dossier, Actor]]:
    with any_app.app_context():
        world.regions()
        member, handler = world.person(Role.ORGANISER, world.CITY), world.handler()
        handler.name = NAME
        content = typed_pages(["代理词", "庭审笔录", "结案报告"], f"承办人{NAME}律师签名")
        dossier = world.dossier(world.case(handler, world.agency()), member, full=content)
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
    assert {(m.page, m.status) for m in proposed} == {(n, MarkStatus.PROPOSED) for n in (1, 2, 3)}
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
    assert NAME not in text_of(whole(stored))


def test_proposals_leave_out_what_is_covered_already(made: tuple[Dossier, Actor]) -> None:
    dossier, by = made
    mark_rectangle(dossier, Mark(1, 0, 0, 1, 1), MarkedContent.OTHER, by)
    ask_for_marks(dossier, by)
    run_due()
    proposed = [m.page for m in marks_of(dossier) if m.status is MarkStatus.PROPOSED]
    assert set(proposed) == {2, 3}
