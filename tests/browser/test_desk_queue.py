"""What has not reached the server: kept through reload, restart and sign-in, and never lied about.

``DESK_SAVES`` and ``DESK_KILLS`` ask for more of each proof than a quick run has patience for.
"""

import json
import os
import random
import re
import signal
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Route, expect

from review.extensions import db
from review.models.accounts import Membership
from review.models.reviewing import Review, ReviewChange
from rubrics.registry import get_rubric
from tests import world
from tests.browser.conftest import ARGUMENTS, Visitor, session_cookie
from tests.browser.desk import SAVED, UNSAVED, Desk, field, state, stored

CIVIL = get_rubric(world.CIVIL_RUBRIC)
SAVES = int(os.environ.get("DESK_SAVES", "24"))
KILLS = int(os.environ.get("DESK_KILLS", "2"))
TYPING = 120_000  # milliseconds; two thousand keystrokes on a busy machine
SECRET = "理由提到王某某13800000000"
RECORDS = """() => new Promise((resolve) => {
  const asked = indexedDB.open("desk");
  asked.onsuccess = () => {
    const database = asked.result;
    if (!database.objectStoreNames.length) return resolve([]);
    const all = database.transaction("waiting").objectStore("waiting").getAll();
    all.onsuccess = () => { database.close(); resolve(all.result.map((each) =>
      ({ ...each, sealed: new TextDecoder("latin1").decode(each.sealed) }))); };
  };
})"""


def sheltered(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(RECORDS)
    return found


def wait_sheltered(page: Page, count: int) -> list[dict[str, Any]]:
    for _ in range(100):
        found = sheltered(page)
        if len(found) == count:
            return found
        page.wait_for_timeout(50)
    raise AssertionError(f"{len(found)} records")


def rate(page: Page, code: str, points: str) -> None:
    page.fill(field(page, code), points)
    page.locator(field(page, code)).blur()


def changed_codes(app: Flask) -> list[str]:
    """The criteria of every kept change, in the order of the versions."""
    with app.app_context():
        changes = db.session.query(ReviewChange).order_by(ReviewChange.version)
        return [code for change in changes for code in change.content["marks"]]


def sign_in_again(page: Page, email: str) -> None:
    page.locator("button[data-sign-in]").click()
    page.fill("#again-email", email)
    page.fill("#again-password", world.PASSWORD)
    page.click('dialog button[value="sign-in"]')


# ---- offline, reload, restart ---------------------------------------------------------------


def test_ratings_given_offline_survive_a_reload_and_arrive_in_order(
    app: Flask, window: Visitor
) -> None:
    page, codes = window.page, [c.code for c in CIVIL.criteria]
    window.context.set_offline(True)
    for criterion in CIVIL.criteria:
        rate(page, criterion.code, str(criterion.points))
    state(page, re.compile(f"离线，未保存 {len(codes)} 项；评分已加密暂存在本机"))
    wait_sheltered(page, 1)
    page.on("dialog", lambda dialog: dialog.accept())  # the warning on leaving
    page.route("**/marks", lambda route: route.abort())  # reloaded before anything was sent
    window.context.set_offline(False)
    page.reload()
    state(page, UNSAVED)
    page.unroute("**/marks")
    page.reload()
    wait_sheltered(page, 0)
    state(page, SAVED)
    assert stored(app) == {c.code: c.points for c in CIVIL.criteria}
    assert changed_codes(app) == codes
    wait_sheltered(page, 0)
    window.expect_refusal()


def test_all_waiting_ratings_arrive_within_ten_seconds_of_coming_back(
    app: Flask, window: Visitor
) -> None:
    page = window.page
    window.context.set_offline(True)
    for criterion in CIVIL.criteria:
        rate(page, criterion.code, str(criterion.points))
    page.fill("#comment", "断网时写的意见")
    window.context.set_offline(False)
    expect(page.locator("[data-state]")).to_have_text(SAVED, timeout=10_000)
    assert stored(app) == {c.code: c.points for c in CIVIL.criteria}
    window.expect_refusal()


def profile_window(chromium: Browser, folder: Path, desk: Desk, app: Flask) -> BrowserContext:
    """A browser of its own with a profile on disk, signed in and at the desk."""
    path = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    known = path if Path(path).exists() else None
    context = chromium.browser_type.launch_persistent_context(
        folder, executable_path=known, args=ARGUMENTS, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    with app.app_context():
        token = world.session_token(db.session.get_one(Membership, desk.member_id))
        db.session.commit()
    context.add_cookies([session_cookie(app, desk.origin, token)])  # type: ignore[list-item]
    return context


def kill_browser(folder: Path) -> None:
    """SIGKILL every process of the browser that runs on this profile."""
    mine = f"--user-data-dir={folder}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mine in (process / "cmdline").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)
        except OSError:
            continue  # gone meanwhile


def test_ratings_survive_the_death_of_the_browser(
    app: Flask,
    desk: Desk,
    chromium: Browser,
    tmp_path: Path,
) -> None:
    for n in range(KILLS):
        points = str(1 + n % 3)  # of 4, so that each round differs from the one before
        context = profile_window(chromium, tmp_path / "profile", desk, app)
        page = context.new_page()
        page.goto(desk.origin + desk.path)
        page.route("**/marks", lambda route: route.abort())
        rate(page, "agreement", points)
        state(page, UNSAVED)
        wait_sheltered(page, 1)
        kill_browser(tmp_path / "profile")
        context = profile_window(chromium, tmp_path / "profile", desk, app)
        page = context.new_page()
        page.goto(desk.origin + desk.path)
        wait_sheltered(page, 0)
        state(page, SAVED)
        expect(page.locator(field(page, "agreement"))).to_have_value(points)
        assert stored(app)["agreement"] == Decimal(points)
        context.close()


def test_a_kept_rating_never_overwrites_a_later_one(
    app: Flask,
    enter: Callable[[], Visitor],
) -> None:
    one, other = enter(), enter()
    one.page.route("**/marks", lambda route: route.abort())
    rate(one.page, "agreement", "1")
    wait_sheltered(one.page, 1)
    rate(other.page, "agreement", "3")
    state(other.page, SAVED)
    one.page.unroute("**/marks")
    one.page.on("dialog", lambda dialog: dialog.accept())
    one.page.route("**/marks", lambda route: route.abort())
    one.page.reload()
    conflict = one.page.locator("#agreement .conflict")
    expect(conflict).to_contain_text("此项刚在别处改为：3 分")
    one.page.unroute("**/marks")
    assert stored(app) == {"agreement": Decimal(3)}
    conflict.get_by_text("采用别处的").click()
    expect(one.page.locator(field(one.page, "agreement"))).to_have_value("3")
    wait_sheltered(one.page, 0)
    assert stored(app) == {"agreement": Decimal(3)}
    one.expect_refusal()


# ---- what the browser keeps -----------------------------------------------------------------


def test_browser_keeps_no_text_no_name_and_no_key(app: Flask, window: Visitor) -> None:
    page = window.page
    key = page.evaluate("() => document.getElementById('sheet').dataset.shelterKey || ''")
    assert key == ""  # taken out of the page once it is read
    window.context.set_offline(True)
    rate(page, "agreement", "2.5")
    page.fill(field(page, "agreement", "reason"), SECRET)
    page.fill("#comment", SECRET)
    page.locator("#comment").blur()
    (record,) = wait_sheltered(page, 1)
    kept = json.dumps([record, page.evaluate("() => ({ ...localStorage, ...sessionStorage })")])
    for planted in (SECRET, "王某某", "13800000000", "2.5", "agreement", "points"):
        assert planted not in json.loads(json.dumps(kept)).encode().decode("unicode_escape")
    assert set(record) == {"name", "task", "owner", "at", "sealed"}
    window.context.set_offline(False)
    state(page, SAVED)
    wait_sheltered(page, 0)
    window.expect_refusal()


def test_signing_out_names_what_is_unsent_and_then_forgets_it(
    app: Flask,
    window: Visitor,
    desk: Desk,
) -> None:
    page, asked = window.page, list[str]()

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message or dialog.type)
        if len(asked) == 1:
            dialog.dismiss()
        else:
            dialog.accept()

    page.on("dialog", answer)
    page.route("**/marks", lambda route: route.abort())
    rate(page, "agreement", "2")
    wait_sheltered(page, 1)
    page.get_by_role("button", name="退出").click()
    expect(page.locator(field(page, "agreement"))).to_have_value("2")
    assert len(sheltered(page)) == 1
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")
    assert sheltered(page) == []
    assert asked[0] == "这台电脑上还有没传到服务器的评分，退出会删除它们。确定退出吗？"
    window.expect_refusal()


# ---- signing in again in place --------------------------------------------------------------


def test_two_thousand_characters_survive_an_expired_session(
    app: Flask,
    window: Visitor,
    desk: Desk,
) -> None:
    page, text = window.page, "".join(chr(0x4E00 + n) for n in range(2000))
    page.locator("#comment").press_sequentially(text[:600], timeout=TYPING)
    window.context.clear_cookies()
    page.locator("#comment").press_sequentially(text[600:], timeout=TYPING)
    state(page, re.compile("登录已过期"))
    sign_in_again(page, desk.email)
    state(page, SAVED)
    expect(page.locator("#comment")).to_have_value(text)
    with app.app_context():
        assert db.session.query(Review).one().comment == text
    window.expect_refusal()


def test_another_account_signed_in_in_place_saves_nothing(
    app: Flask,
    window: Visitor,
    desk: Desk,
) -> None:
    with app.app_context():
        other = world.reviewer().user.email
        db.session.commit()
    page = window.page
    window.context.clear_cookies()
    rate(page, "agreement", "2")
    state(page, re.compile("登录已过期"))
    sign_in_again(page, other)
    expect(page.locator("[data-problem]")).to_contain_text("您登录的是另一个账号")
    assert stored(app) == {}
    page.fill("#again-email", desk.email)
    page.fill("#again-password", world.PASSWORD)
    page.click('dialog button[value="sign-in"]')
    state(page, SAVED)
    assert stored(app) == {"agreement": Decimal(2)}
    window.expect_refusal()


# ---- a network that drops, a server that fails ----------------------------------------------


def test_flapping_network_ends_with_what_the_page_shows(app: Flask, window: Visitor) -> None:
    """30 of 100 requests are lost, half before and half after the server has acted."""
    page, chance = window.page, random.Random(17)  # noqa: S311  (a repeatable test)

    def flap(route: Route) -> None:
        luck = chance.random()
        if luck < 0.15:
            route.abort()
        elif luck < 0.3:
            lose_answer(route)
        else:
            route.continue_()

    page.route("**/marks", flap)
    page.clock.install()
    for n in range(SAVES):
        criterion = CIVIL.criteria[n % len(CIVIL.criteria)]
        page.fill(field(page, criterion.code), f"{n % 3}")
        page.locator(field(page, criterion.code)).blur()
        page.clock.run_for(700)
    for _ in range(60):
        if SAVED.match(page.inner_text("[data-state]")):
            break
        page.clock.run_for(4000)
        page.wait_for_timeout(50)
    state(page, SAVED)
    expect(page.locator(".conflict")).to_have_count(0)
    shown = {
        c.code: Decimal(page.input_value(field(page, c.code)))
        for c in CIVIL.criteria[: min(SAVES, len(CIVIL.criteria))]
    }
    assert stored(app) == shown
    window.expect_refusal()


def lose_answer(route: Route) -> None:
    route.fetch()
    route.abort()


FAILURES: dict[str, Callable[[Route], None]] = {
    "refused connection": lambda route: route.abort("connectionrefused"),
    "answer lost": lose_answer,
    "500": lambda route: route.fulfill(status=500),
    "503": lambda route: route.fulfill(status=503, headers={"Retry-After": "30"}),
    "507": lambda route: route.fulfill(status=507),
    "page of a network": lambda route: route.fulfill(
        status=200, content_type="text/html", body="<h1>Welcome</h1>"
    ),
    "half an answer": lambda route: route.fulfill(
        status=200, content_type="application/json", body='{"version": 1'
    ),
    "answer of something else": lambda route: route.fulfill(
        status=200, content_type="application/json", body="[]"
    ),
    "led elsewhere": lambda route: route.fulfill(status=302, headers={"Location": "/sign-in"}),
}


def test_saved_is_never_said_of_what_failed(app: Flask, window: Visitor) -> None:
    page = window.page
    for n, fail in enumerate(FAILURES.values()):
        page.route("**/marks", fail)
        code, points = CIVIL.criteria[n].code, str(CIVIL.criteria[n].points)
        page.fill(field(page, code), points)
        expect(page.locator("[data-state]")).to_have_attribute(
            "data-state", "unsaved", timeout=1000
        )
        page.locator(field(page, code)).blur()
        expect(page.locator("[data-state]")).to_have_text(re.compile("没有应答"))
        page.unroute("**/marks")
        page.evaluate("() => { window.dispatchEvent(new Event('online')); }")
        state(page, SAVED)
        assert stored(app)[code] == Decimal(points)
    window.expect_refusal()
