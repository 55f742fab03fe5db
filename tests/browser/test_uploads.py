"""A thick dossier on a bad line: what has arrived stays, and the rest is sent after a reload."""

import random
from hashlib import sha256
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from review.domain.uploads import PART_BYTES
from review.enums import FileStatus, Role
from review.extensions import db
from review.jobs import run_due
from review.models.dossiers import DossierFile, DossierUpload, StoredFile
from review.storage import whole
from tests import world
from tests.browser.conftest import Visit, serving
from tests.dossier_files import typed_pages

PARTS = 3


@pytest.fixture
def token(app: Flask) -> tuple[str, str]:
    """An organiser's session, and the number of a case of the own region."""
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        number = world.case(world.handler(), world.agency()).case_number
        token = world.session_token(member)
        db.session.commit()
    return token, number


def thick(path: Path) -> str:
    """A PDF of one page that is sent in three parts; its digest."""
    noise = random.Random(7).randbytes((PARTS - 1) * PART_BYTES + 1000)  # noqa: S311  (no secret)
    with pikepdf.Pdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842)).obj
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=pdf.make_stream(noise)))
        pdf.save(path)
    return sha256(path.read_bytes()).hexdigest()


def send(page: Page, *paths: Path) -> None:
    page.set_input_files('[type="file"]', paths)
    page.get_by_role("button", name="上传", exact=True).click()


def test_upload_that_breaks_off_goes_on_after_a_reload(
    app: Flask, visit: Visit, token: tuple[str, str], tmp_path: Path
) -> None:
    session, number = token
    path, starts = tmp_path / f"{number}.pdf", list[int]()
    digest = thick(path)

    def break_off(route: Route) -> None:
        starts.append(int(route.request.url.rpartition("/")[2]))
        route.abort() if len(starts) == 2 else route.continue_()

    with serving(app) as origin:
        visitor = visit(origin, app, session)
        page = visitor.open("/dossiers/uploads/")
        page.route("**/parts/*", break_off)
        send(page, path)
        expect(page.locator("[data-upload-problem]")).to_contain_text("连接中断")
        page.reload()
        send(page, path)
        expect(page.get_by_role("heading", level=1)).to_have_text("上传结果")
        expect(page.locator("main table")).to_contain_text(number)
        visitor.expect_refusal()  # the console's own line about the part that was broken off
    assert starts == [0, PART_BYTES, PART_BYTES, 2 * PART_BYTES]
    with app.app_context():
        file = db.session.scalars(db.select(DossierFile)).one()
        stored = db.session.get_one(StoredFile, file.stored_id)
        assert (file.status, stored.sha256) == (FileStatus.IN_USE, digest)
        assert sha256(whole(stored)).hexdigest() == digest


def test_files_of_one_case_that_break_off_are_sent_once_each_and_make_one_dossier(
    app: Flask, visit: Visit, token: tuple[str, str], tmp_path: Path
) -> None:
    session, number = token
    paths = [tmp_path / f"{number}-{volume}.pdf" for volume in (1, 2)]
    for path, headings in zip(paths, (("委托书",), ("代理词", "结案报告")), strict=True):
        path.write_bytes(typed_pages(headings))
    empty = tmp_path / "空.pdf"
    empty.touch()
    sent = list[str]()

    def break_off(route: Route) -> None:
        sent.append(route.request.url)
        route.abort() if len(sent) == 2 else route.continue_()

    with serving(app) as origin:
        visitor = visit(origin, app, session)
        page = visitor.open("/dossiers/uploads/")
        page.route("**/parts/*", break_off)
        send(page, *paths, empty)
        expect(page.locator("[data-upload-problem]")).to_contain_text("没有上传：空.pdf 是空的")
        send(page, *paths)
        expect(page.locator("[data-upload-problem]")).to_contain_text("连接中断")
        page.reload()
        with page.expect_navigation():
            send(page, *paths)
        expect(page.locator("main tbody tr")).to_have_count(2)
        expect(page.locator("main tbody")).to_contain_text(paths[0].name)
        visitor.expect_refusal()  # the console's own line about the part that was broken off
    assert len(sent) == 3
    with app.app_context():
        run_due()
        uploads = db.session.scalars(db.select(DossierUpload)).all()
        assert len({upload.batch for upload in uploads}) == 1
        files = db.session.scalars(db.select(DossierFile)).all()
        assert [file.status for file in files] == [FileStatus.IN_USE] * 2
