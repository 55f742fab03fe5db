"""A full civil case marked without a mouse, and a draft file that goes out and comes back."""

import json
import re
from decimal import Decimal
from pathlib import Path

from flask import Flask
from playwright.sync_api import Page, expect

from review.extensions import db
from review.models.reviewing import Review
from rubrics.registry import get_rubric
from tests import world
from tests.browser.conftest import Visitor
from tests.browser.desk import SAVED, Desk, field, state, stored

CIVIL = get_rubric(world.CIVIL_RUBRIC)


def enter_sheet(page: Page) -> None:
    """By Tab to the second skip link, and along it."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.getAttribute('href')") == "#sheet":
            page.keyboard.press("Enter")
            return
    raise AssertionError("no way to the sheet")


def test_full_civil_case_is_marked_by_keyboard_alone(app: Flask, window: Visitor) -> None:
    page = window.page
    page.on("dialog", lambda dialog: dialog.accept())
    enter_sheet(page)
    for criterion in CIVIL.criteria:
        page.keyboard.press("j")
        if criterion.code == "agreement":
            page.keyboard.press("2")  # half of its 4 points, with the reason it needs
            page.keyboard.press("r")
            page.keyboard.type("逾期签订jkn1")  # in a text these are letters
            page.keyboard.press("Escape")
        elif criterion.may_be_na and criterion.code == "file_reading":
            page.keyboard.press("n")
            page.keyboard.press("r")
            page.keyboard.type("起诉后即调解")
            page.keyboard.press("Escape")
        else:
            page.keyboard.press("1")
    expect(page.locator("[data-items-left]")).to_have_text("全部完成，可以提交")
    state(page, SAVED)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/receipt")
    with app.app_context():
        review = db.session.query(Review).one()
        # 8 points do not apply and 2 are lost: 100 * 90 / 92
        assert review.total is not None
        assert round(review.total, 6) == round(Decimal(9000) / 92, 6)
        reasons = {m.criterion_code: m.reason for m in review.marks}
        assert reasons["agreement"].endswith("逾期签订jkn1")


def test_draft_file_of_a_silent_server_comes_back_unsaved_beside_what_is_stored(
    app: Flask, window: Visitor, desk: Desk, tmp_path: Path
) -> None:
    page = window.page
    page.on("dialog", lambda dialog: dialog.accept())
    page.fill(field(page, "authority"), "4")
    page.locator(field(page, "authority")).blur()
    state(page, SAVED)
    page.route("**/marks", lambda route: route.abort())
    page.fill(field(page, "agreement"), "2.5")
    page.fill(field(page, "agreement", "reason"), "理由提到王某某")
    page.locator(field(page, "agreement", "reason")).blur()
    state(page, re.compile("没有应答"))
    with page.expect_download() as download:
        page.get_by_role("button", name="下载草稿文件").click()
    download.value.save_as(tmp_path / "draft.json")
    file = json.loads((tmp_path / "draft.json").read_text())
    assert set(file) == {"format", "task", "sealed"}
    assert file["task"] == desk.path.rpartition("/")[2]
    # A browser that keeps nothing: the file alone brings the ratings back.
    page.evaluate("() => indexedDB.deleteDatabase('desk')")
    page.goto(desk.origin + desk.path + "/draft-file")
    page.set_input_files("#file", tmp_path / "draft.json")
    page.get_by_role("button", name="读入并核对").click()
    expect(page.locator("#refusal")).to_contain_text("尚未保存")
    expect(page.locator(field(page, "agreement"))).to_have_value("2.5")
    expect(page.locator("#agreement .saved-value")).to_have_text("已保存的值：—")
    expect(page.locator("#authority .saved-value")).to_have_count(0)
    assert stored(app) == {"authority": Decimal(4)}
    page.unroute("**/marks")
    page.get_by_role("button", name="保存草稿").click()
    state(page, SAVED)
    assert stored(app)["agreement"] == Decimal("2.5")
    window.expect_refusal()
