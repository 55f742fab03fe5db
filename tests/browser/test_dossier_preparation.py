"""An organiser prepares a dossier in a real browser: index by keyboard, rectangles, the copy."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from review.enums import Role
from review.extensions import db
from review.models.dossiers import Dossier, DossierDocument, RedactionMark
from tests import world
from tests.browser.conftest import Visit, serving
from tests.browser.test_accessibility import violations
from tests.dossier_files import typed_pages

READY = "[data-ready]"
HEADINGS = ("卷宗目录", "审批表", "申请表", "代理词", "结案报告")
NAME = "欧阳清风"


@dataclass(frozen=True)
class Desk:
    app: Flask
    origin: str
    path: str
    token: str

    def open(self, visit: Visit, part: str) -> Page:
        page = visit(self.origin, self.app, self.token).open(f"{self.path}/{part}")
        expect(page.locator(READY)).to_be_attached()
        return page


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context():
        world.regions()
        member, handler = world.person(Role.ORGANISER, world.CITY), world.handler()
        handler.name = NAME
        content = typed_pages(HEADINGS, f"承办人{NAME}律师")
        dossier = world.dossier(world.case(handler, world.agency()), member, full=content)
        dossier.pages = len(HEADINGS)
        path, token = f"/dossiers/{dossier.public_id}", world.session_token(member)
        db.session.commit()
    with serving(app) as origin:
        yield Desk(app, origin, path, token)


def test_index_is_made_by_enter_alone(desk: Desk, visit: Visit) -> None:
    page = desk.open(visit, "index")
    number = page.get_by_label("从第")
    # 1 and 2 are numbers on the list, 申请 begins one title only; page 4 goes on with page 3.
    for turned, typed in enumerate(("1", "2", "申请", "", "结案报告"), 1):
        expect(number).to_have_value(str(turned))
        page.get_by_label("文书编号或名称").fill(typed)
        page.keyboard.press("Enter")
    expect(page.locator(".index-entries li")).to_have_count(4)
    with desk.app.app_context():
        made = db.session.scalars(db.select(DossierDocument).order_by("first_page")).all()
        assert [(d.document_type, d.first_page, d.last_page) for d in made] == [
            ("catalogue", 1, 1),
            ("approval", 2, 2),
            ("application", 3, 4),
            ("closing_report", 5, 5),
        ]
    assert violations(page) == []


def test_unknown_title_stays_in_the_field_with_the_reason(desk: Desk, visit: Visit) -> None:
    visitor = visit(desk.origin, desk.app, desk.token)
    page = visitor.open(f"{desk.path}/index")
    field = page.get_by_label("文书编号或名称")
    field.fill("车票")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("“车票”：没有这种文书")
    expect(field).to_have_value("车票")
    expect(field).to_be_focused()
    visitor.expect_refusal()


def test_rectangles_are_drawn_found_typed_and_burnt_in(desk: Desk, visit: Visit) -> None:
    page = desk.open(visit, "redaction")
    sheet = page.locator(".dossier-page").first
    box = sheet.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 160)
    page.mouse.up()
    expect(page.locator("[data-mark]")).to_have_count(1)
    page.get_by_label("查找文字").fill(NAME)
    page.get_by_label("查找文字").press("Enter")
    page.get_by_role("button", name="遮盖查到的这一处").click()
    expect(page.locator("[data-mark]")).to_have_count(2)
    for label, value in {"左": "0", "上": "0", "宽": "100", "高": "5"}.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("每一页的同一位置都遮").check()
    page.get_by_role("button", name="遮盖这个框").click()
    expect(page.locator("[data-mark]")).to_have_count(2 + len(HEADINGS))
    expect(sheet.locator(".mark")).to_have_count(3)
    assert violations(page) == []
    drawn, found = saved(desk)[:2]
    assert (round(drawn.x0, 2), round(drawn.x1, 2)) == (0.2, 0.5)
    # The line begins 80 points from the left of 595; three letters of 12 points come before NAME.
    assert found.x0 == pytest.approx((80 + 3 * 12) / 595, abs=0.01)
    assert found.x1 == pytest.approx((80 + 7 * 12) / 595, abs=0.01)
    page.get_by_role("button", name="制作遮盖副本").click()
    expect(page.get_by_role("heading", name="评估专家看到的卷宗")).to_be_visible()
    expect(page.locator(".dossier-page canvas").first).to_be_visible()


def test_rectangles_on_a_page_shown_turned_lie_where_they_were_drawn(
    desk: Desk, visit: Visit
) -> None:
    page = desk.open(visit, "redaction")
    marks = page.locator("[data-mark]")
    for turns in (1, 2, 3):
        page.get_by_role("button", name="旋转本页").click()
        sheet = page.locator(f'.dossier-page[data-turned="{90 * turns}"]:has(.text-layer)')
        draw(page, sheet)
        expect(marks).to_have_count(turns)
        expect(sheet.locator(".mark")).to_have_count(turns)
        lefts = sheet.locator(".mark").evaluate_all(
            "marks => marks.map((mark) => mark.offsetLeft / mark.parentElement.clientWidth)"
        )
        assert any(left == pytest.approx(0.2, abs=0.01) for left in lefts)
    page.get_by_label("查找文字").fill(NAME)
    page.get_by_label("查找文字").press("Enter")
    page.get_by_role("button", name="遮盖查到的这一处").click()
    expect(marks).to_have_count(4)
    *drawn, found = saved(desk)
    # Turned clockwise by a quarter, what is shown at (u, v) was scanned at (v, 1 - u).
    scanned = [(0.1, 0.5, 0.2, 0.8), (0.5, 0.8, 0.8, 0.9), (0.8, 0.2, 0.9, 0.5)]
    for mark, place in zip(drawn, scanned, strict=True):
        assert (mark.x0, mark.y0, mark.x1, mark.y1) == pytest.approx(place, abs=0.01)
    assert (found.x0, found.x1) == pytest.approx(((80 + 36) / 595, (80 + 84) / 595), abs=0.01)


def draw(page: Page, sheet: Locator) -> None:
    """From a fifth to half of the page's width, and from a tenth to a fifth of its height."""
    page.locator('[data-part="pages"]').evaluate("pages => { pages.scrollTop = 0; }")
    box = sheet.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.1 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.up()


def test_proposed_rectangles_are_accepted_together(desk: Desk, visit: Visit) -> None:
    page = desk.open(visit, "redaction")
    page.get_by_role("button", name="重新查找").click()
    expect(page.locator("[data-proposed]")).to_have_count(len(HEADINGS))
    page.get_by_role("button", name="全部采用").click()
    expect(page.locator("[data-mark]")).to_have_count(len(HEADINGS))
    expect(page.locator("[data-proposed]")).to_have_count(0)


def saved(desk: Desk) -> list[RedactionMark]:
    with desk.app.app_context():
        dossier = db.session.scalars(db.select(Dossier)).one()
        query = db.select(RedactionMark).filter_by(dossier_id=dossier.id).order_by("id")
        return list(db.session.scalars(query))
