"""Hostile PDFs before a reviewer: in the real viewer, under the headers of production, whatever
they try. The way in refuses or rebuilds them (``test_dossier_child``); here the viewer gets them as
they came, as if that wall were down.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page

from review.domain.reviewing import declare_no_conflict
from review.enums import Role
from review.extensions import db
from review.models.dossiers import DossierCopy, StoredFile
from review.queries.accounts import acting_as
from review.storage import put
from tests import world
from tests.browser.conftest import Visit, serving
from tests.hostile_pdfs import FILES, harmless

SHOWN, TOLD = ".dossier-page canvas", "[data-part=notice] p"
ENDED = f"""() => document.querySelector('{SHOWN}')
  || !document.querySelector('[data-part=retry]').hidden
  || document.querySelector('{TOLD}').textContent.includes('密码')"""

UNREADABLE = ("no page", "no PDF at all", "cut short", "web page named as PDF", "empty file")
COMPLAINT = ": Warning: "  # of pdf.js about a broken file; a browser's own warnings read otherwise


@dataclass
class Desk:
    app: Flask
    origin: str
    path: str
    token: str

    def lay(self, content: bytes) -> None:
        """Let these bytes be the copy that the reviewer reads."""
        with self.app.app_context():
            stored = StoredFile(**asdict(put([content])))
            db.session.add(stored)
            db.session.flush()
            db.session.query(DossierCopy).one().stored_id = stored.id
            db.session.commit()


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        world.regions()
        organiser, member = world.person(Role.ORGANISER, world.CITY), world.reviewer()
        case = world.case(world.handler(), world.agency())
        world.dossier(case, organiser, redacted=harmless())
        round_ = world.assigned_round(organiser, [case], [member], marks_per_case=1)
        (task,) = world.assignments(world.sampled_cases(round_)[0])
        db.session.commit()
        declare_no_conflict(task, acting_as(member.user, member))
        path, token = f"/reviewing/{task.public_id}", world.session_token(member)
        db.session.commit()
    with serving(app) as origin:
        yield Desk(app, origin, path, token)


def watched(page: Page) -> list[str]:
    """Whatever a file does beside being shown; requests elsewhere are noted already."""
    happened = list[str]()

    def dismiss(dialog: Dialog) -> None:
        happened.append("script")
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("download", lambda _: happened.append("download"))
    page.on("framenavigated", lambda frame: happened.append(frame.url))
    page.context.on("page", lambda _: happened.append("window"))
    return happened


def test_hostile_files_are_shown_or_told_of_and_do_nothing(desk: Desk, visit: Visit) -> None:
    visitor = visit(desk.origin, desk.app, desk.token)
    happened, told = watched(visitor.page), dict[str, str]()
    for name, make in FILES.items():
        desk.lay(make())
        visitor.open(desk.path)
        visitor.page.wait_for_function(ENDED)
        if not visitor.page.locator(SHOWN).count():
            told[name] = visitor.page.inner_text(TOLD)
    assert happened == [desk.origin + desk.path] * len(FILES)
    assert "有密码" in told.pop("password")
    assert told.keys() == set(UNREADABLE)
    assert all("卷宗没有打开" in words for words in told.values())
    visitor.page.evaluate("alert('x')")
    assert happened[-1] == "script"  # one that ran would have been noticed
    visitor.wrongs = [wrong for wrong in visitor.wrongs if COMPLAINT not in wrong]
