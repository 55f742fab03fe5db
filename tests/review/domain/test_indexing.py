"""A document reaches from its first page to the next one's; proposals wait for somebody."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from review.domain.dossier_copies import doubt_places
from review.domain.indexing import (
    ask_for_index,
    begin_document,
    confirm_documents,
    drop_document,
)
from review.enums import DossierStatus, IndexSource, JobStatus, Role
from review.errors import NoSuchDocumentTypeError, NoSuchPageError
from review.extensions import db
from review.jobs import run_due
from review.models.audit import AuditEvent
from review.models.dossiers import Dossier
from review.models.jobs import Job
from review.permissions import Actor
from review.queries.dossiers import documents_of
from tests import world
from tests.dossier_files import typed_pages

PAGES = 10


@pytest.fixture
def made(any_app: Flask) -> Iterator[tuple[Dossier, Actor]]:
    with any_app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        case = world.case(world.handler(), world.agency(), closed_on=date(2024, 3, 1))
        content = typed_pages(["民事起诉状", "甲", "代理词", *"乙丙丁戊己庚辛"])
        dossier = world.dossier(case, member, full=content)
        dossier.pages = PAGES
        db.session.commit()
        by = Actor(member.user_id, "", member.id, member.role, member.region_code)
        yield dossier, by


def spans(dossier: Dossier) -> list[tuple[str, int, int]]:
    return [(d.document_type, d.first_page, d.last_page) for d in documents_of(dossier)]


def test_document_reaches_to_the_next_one_or_the_end(made: tuple[Dossier, Actor]) -> None:
    dossier, by = made
    begin_document(dossier, 1, "application", by)
    begin_document(dossier, 7, "judgment", by)
    begin_document(dossier, 3, "evidence", by)
    assert spans(dossier) == [("application", 1, 2), ("evidence", 3, 6), ("judgment", 7, PAGES)]
    assert dossier.status is DossierStatus.INDEXED


def test_document_begun_again_on_a_page_takes_its_place(made: tuple[Dossier, Actor]) -> None:
    dossier, by = made
    begin_document(dossier, 1, "application", by)
    begin_document(dossier, 1, "approval", by)
    assert spans(dossier) == [("approval", 1, PAGES)]


def test_dropped_document_leaves_its_pages_to_the_one_before(made: tuple[Dossier, Actor]) -> None:
    dossier, by = made
    for page, code in ((1, "application"), (4, "evidence"), (6, "judgment")):
        begin_document(dossier, page, code, by)
    drop_document(dossier, documents_of(dossier)[1], by)
    assert spans(dossier) == [("application", 1, 5), ("judgment", 6, PAGES)]


@pytest.mark.parametrize("page", [0, PAGES + 1])
def test_page_outside_the_dossier_is_refused(made: tuple[Dossier, Actor], page: int) -> None:
    dossier, by = made
    with pytest.raises(NoSuchPageError):
        begin_document(dossier, page, "judgment", by)
    assert spans(dossier) == []


def test_evidence_outside_dossiers_is_no_document(made: tuple[Dossier, Actor]) -> None:
    dossier, by = made
    with pytest.raises(NoSuchDocumentTypeError):
        begin_document(dossier, 1, "court_observation", by)


def test_proposals_fill_what_nobody_entered_and_wait(made: tuple[Dossier, Actor]) -> None:
    dossier, by = made
    begin_document(dossier, 3, "defence_statement", by)  # the text would say 代理词
    ask_for_index(dossier, by)
    assert run_due() == 1
    assert db.session.scalars(db.select(Job.status)).all() == [JobStatus.DONE]
    found = documents_of(dossier)
    assert [(d.document_type, d.first_page, d.confirmed) for d in found] == [
        ("pleading", 1, False),
        ("defence_statement", 3, True),
    ]
    assert found[0].source is IndexSource.TEXT
    confirm_documents(dossier, by)
    assert all(d.confirmed for d in documents_of(dossier))


def test_entries_by_hand_that_other_files_put_in_doubt_outlive_proposals(
    made: tuple[Dossier, Actor],
) -> None:
    dossier, by = made
    begin_document(dossier, 3, "defence_statement", by)
    doubt_places(dossier)
    db.session.commit()
    ask_for_index(dossier, by)
    run_due()
    found = [(d.document_type, d.first_page, d.confirmed) for d in documents_of(dossier)]
    assert found == [("pleading", 1, False), ("defence_statement", 3, False)]


def test_every_change_is_in_the_log(made: tuple[Dossier, Actor]) -> None:
    dossier, by = made
    begin_document(dossier, 2, "judgment", by)
    drop_document(dossier, documents_of(dossier)[0], by)
    actions = db.session.scalars(db.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions[-2:] == ["dossier.indexed", "dossier.entry_dropped"]
