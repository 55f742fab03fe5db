"""The frame of every page: forms are sent once, waiting is shown, a lost network is named.

Seen to fail: without ``rest`` in app.js the button stays awake and the form is sent again.
"""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from review.enums import Role
from review.extensions import db
from tests import world
from tests.browser.conftest import PHONE, Visit, serving


@pytest.fixture
def origin(app: Flask) -> Iterator[str]:
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context():
        world.regions()
        world.person(Role.ADMINISTRATOR, world.PROVINCE).user.email = "admin@example.org"
        db.session.commit()
    with serving(app) as address:
        yield address


def fill(page: Page) -> None:
    page.get_by_label("邮箱").fill("admin@example.org")
    page.get_by_label("密码").fill(world.PASSWORD)


def test_form_is_sent_once_and_says_that_it_waits(origin: str, visit: Visit) -> None:
    page = visit(origin).open("/sign-in")
    sent: list[str] = []

    def swallow(route: Route) -> None:
        sent.append(route.request.method)
        route.fulfill(status=204)  # no answer yet: the browser stays on the page

    page.route("**/sign-in", swallow)
    fill(page)
    button = page.locator("main form button")
    button.evaluate("e => { e.click(); e.click(); e.click(); }")
    expect(button).to_be_disabled()
    expect(button).to_have_text("正在处理…")
    expect(page.locator("#progress-line")).to_be_visible()
    page.get_by_label("密码").press("Enter")
    assert sent == ["POST"]


def test_page_says_when_the_network_is_gone(origin: str, visit: Visit) -> None:
    visitor = visit(origin)
    page = visitor.open("/sign-in")
    bar = page.locator("#offline-bar")
    expect(bar).to_be_hidden()
    visitor.context.set_offline(True)
    expect(bar).to_be_visible()
    visitor.context.set_offline(False)
    expect(bar).to_be_hidden()


def test_print_leaves_out_what_only_a_screen_needs(origin: str, visit: Visit) -> None:
    page = visit(origin).open("/sign-in")
    page.emulate_media(media="print")
    expect(page.locator("header")).to_be_hidden()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()


def test_language_switch_leads_back_to_the_same_page(origin: str, visit: Visit) -> None:
    page = visit(origin).open("/sign-in?next=/account")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="中文")).to_be_visible()
    assert page.url == f"{origin}/sign-in?next=/account"
    assert page.locator("html").get_attribute("lang") == "en"


def test_keyboard_skips_the_navigation(origin: str, visit: Visit) -> None:
    visitor = visit(origin, viewport=PHONE)
    page = visitor.open("/no-such-page")
    visitor.expect_refusal()
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="跳到正文")
    expect(link).to_be_focused()
    link.press("Enter")
    expect(page.locator("#main")).to_be_focused()
