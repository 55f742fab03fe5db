"""The scoring page in a real browser: no change is called saved before it is, none is lost."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from flask import Flask
from playwright.sync_api import Dialog, Route, expect

from review.extensions import db
from review.models.reviewing import Review
from rubrics.registry import get_rubric
from tests import world
from tests.browser.conftest import Visitor
from tests.browser.desk import SAVED, UNSAVED, Desk, field, state, stored

CIVIL = get_rubric(world.CIVIL_RUBRIC)


def test_marks_are_saved_in_the_background_and_stay(app: Flask, window: Visitor) -> None:
    page = window.page
    page.fill(field(page, "agreement"), "2.5")
    page.fill(field(page, "agreement", "reason"), "逾期签订")
    page.click('#argument [data-level="12"]')
    page.check(field(page, "file_reading", "not_applicable"))
    page.fill("#comment", "总体认真")
    page.locator("#comment").blur()
    state(page, SAVED)
    expect(page.locator('[data-section="engagement"]')).to_have_text("2.5")
    expect(page.locator(field(page, "file_reading"))).to_be_disabled()
    # 17 criteria, of which two are complete; 不适用 still lacks its reason
    expect(page.locator("[data-items-left]")).to_have_text("还有 15 项未完成")
    page.reload()
    expect(page.locator(field(page, "agreement"))).to_have_value("2.5")
    expect(page.locator(field(page, "agreement", "reason"))).to_have_value("逾期签订")
    expect(page.locator(field(page, "argument"))).to_have_value("12")
    expect(page.locator(field(page, "file_reading", "not_applicable"))).to_be_checked()
    expect(page.locator("#comment")).to_have_value("总体认真")
    assert stored(app) == {
        "agreement": Decimal("2.5"),
        "argument": Decimal(12),
        "file_reading": None,
    }


def test_saved_is_said_only_after_the_answer(app: Flask, window: Visitor) -> None:
    page, held = window.page, list[Route]()
    page.route("**/marks", lambda route: held.append(route))  # noqa: PLW0108  (the driver inspects it)
    page.fill(field(page, "agreement"), "4")
    page.locator(field(page, "agreement")).blur()
    state(page, re.compile("正在保存|未保存"))
    page.wait_for_timeout(800)
    assert not SAVED.match(page.inner_text("[data-state]"))
    assert stored(app) == {}
    held[0].continue_()
    state(page, SAVED)
    assert stored(app) == {"agreement": Decimal(4)}


def test_changes_made_offline_are_saved_when_the_network_returns(
    app: Flask, window: Visitor
) -> None:
    page = window.page
    window.context.set_offline(True)
    for criterion in CIVIL.criteria[:5]:
        page.fill(field(page, criterion.code), str(criterion.points))
    page.locator(field(page, "risk_advice")).blur()
    state(page, re.compile("离线，未保存 5 项"))
    assert stored(app) == {}
    window.context.set_offline(False)
    state(page, SAVED)
    assert stored(app) == {c.code: c.points for c in CIVIL.criteria[:5]}
    window.expect_refusal()


def test_failed_saves_are_shown_kept_and_sent_again(app: Flask, window: Visitor) -> None:
    page, failures = window.page, iter((500, 503, 0))

    def fail(route: Route) -> None:
        status = next(failures, None)
        if status is None:
            route.continue_()
        elif status:
            route.fulfill(status=status)
        else:
            route.abort()

    page.route("**/marks", fail)
    page.fill(field(page, "agreement"), "4")
    page.locator(field(page, "agreement")).blur()
    state(page, UNSAVED)
    state(page, SAVED)
    assert stored(app) == {"agreement": Decimal(4)}
    window.expect_refusal()


def test_answer_lost_on_the_way_neither_doubles_nor_conflicts(app: Flask, window: Visitor) -> None:
    page, first = window.page, [True]

    def lose_first_answer(route: Route) -> None:
        if first.pop() if first else False:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/marks", lose_first_answer)
    page.fill(field(page, "agreement"), "4")
    page.locator(field(page, "agreement")).blur()
    state(page, SAVED)
    expect(page.locator(".conflict")).to_have_count(0)
    with app.app_context():
        assert db.session.query(Review).one().version == 1
    assert stored(app) == {"agreement": Decimal(4)}
    window.expect_refusal()


def test_refused_mark_is_named_at_its_place_and_never_called_saved(
    app: Flask, window: Visitor
) -> None:
    page = window.page
    page.fill(field(page, "agreement"), "9")
    page.locator(field(page, "agreement")).blur()
    expect(page.locator("#agreement-problem")).to_have_text("应在 0 至 4 分之间。")
    page.fill(field(page, "authority"), "4")
    page.locator(field(page, "authority")).blur()
    expect(page.locator('[data-section="engagement"]')).to_have_text("4")
    state(page, re.compile("未保存 1 项"))
    assert stored(app) == {"authority": Decimal(4)}
    page.fill(field(page, "agreement"), "3")
    page.locator(field(page, "agreement")).blur()
    state(page, SAVED)
    window.expect_refusal()


def test_second_tab_sees_both_values_and_chooses(app: Flask, enter: Callable[[], Visitor]) -> None:
    one, two = enter(), enter()
    one.page.fill(field(one.page, "agreement"), "4")
    one.page.fill(field(one.page, "authority"), "4")
    one.page.locator(field(one.page, "authority")).blur()
    state(one.page, SAVED)
    two.page.fill(field(two.page, "agreement"), "1")
    two.page.locator(field(two.page, "agreement")).blur()
    conflict = two.page.locator("#agreement .conflict")
    expect(conflict).to_contain_text("此项刚在别处改为：4 分")
    expect(two.page.locator(field(two.page, "agreement"))).to_have_value("1")
    expect(two.page.locator(field(two.page, "authority"))).to_have_value("4")
    assert stored(app)["agreement"] == 4
    conflict.get_by_text("保留本页的").click()
    state(two.page, SAVED)
    assert stored(app) == {"agreement": Decimal(1), "authority": Decimal(4)}
    one.page.fill(field(one.page, "agreement"), "2")
    one.page.locator(field(one.page, "agreement")).blur()
    one.page.locator("#agreement .conflict").get_by_text("采用别处的").click()
    expect(one.page.locator(field(one.page, "agreement"))).to_have_value("1")
    state(one.page, SAVED)
    assert stored(app)["agreement"] == 1
    for window in (one, two):
        window.expect_refusal()


def test_expired_session_keeps_the_page_and_saves_after_signing_in_again(
    app: Flask, desk: Desk, window: Visitor
) -> None:
    page = window.page
    (cookie,) = (c for c in window.context.cookies() if c["name"] == "session")
    window.context.clear_cookies()
    page.fill(field(page, "agreement"), "4")
    page.locator(field(page, "agreement")).blur()
    state(page, re.compile("登录已过期"))
    assert stored(app) == {}
    fresh = {"name": "session", "value": cookie["value"], "url": desk.origin}
    window.context.add_cookies([fresh])  # type: ignore[list-item]
    state(page, SAVED)
    assert stored(app) == {"agreement": Decimal(4)}
    window.expect_refusal()


def test_signed_in_again_in_place_saves_at_once(app: Flask, window: Visitor) -> None:
    """The page's clock stands still but for half the second after which it would try again."""
    page, attempts = window.page, list[Route]()

    def refuse_first(route: Route) -> None:
        attempts.append(route)
        if len(attempts) == 1:
            route.fulfill(status=400)  # the token is that of the session before
        else:
            route.continue_()

    page.route("**/marks", refuse_first)
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    page.fill(field(page, "agreement"), "4")
    page.locator(field(page, "agreement")).blur()
    with page.expect_response(lambda answer: answer.url.endswith(page.url.rpartition("/")[2])):
        page.clock.run_for(10)
    for _ in range(10):
        page.wait_for_timeout(100)  # of the test's time, for the answer to be read
        page.clock.run_for(50)
        if len(attempts) > 1:
            break
    state(page, SAVED)
    assert stored(app) == {"agreement": Decimal(4)}
    window.expect_refusal()


def test_incomplete_sheet_is_told_so_before_anybody_is_asked(app: Flask, window: Visitor) -> None:
    page, asked = window.page, list[str]()

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", agree)
    page.click('button[value="submit"]')
    expect(page.locator("#refusal")).to_contain_text("尚不能提交")
    assert asked == []
    window.expect_refusal()


def test_leaving_with_unsaved_changes_warns(window: Visitor) -> None:
    page, asked = window.page, list[str]()

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.route("**/marks", lambda _route: None)
    page.on("dialog", stay)
    page.locator(field(page, "agreement")).press_sequentially("4")
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]


def test_submitting_waits_for_the_queue_and_asks_once(app: Flask, window: Visitor) -> None:
    page, asked = window.page, list[str]()

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", agree)
    for criterion in CIVIL.criteria:
        page.fill(field(page, criterion.code), str(criterion.points))
    page.fill("#comment", "很好")
    page.click('button[value="submit"]')
    page.wait_for_url("**/receipt")
    expect(page.locator("main")).to_contain_text("的评分已提交")
    assert asked == ["提交后不能再修改。确定提交吗？"]
    with app.app_context():
        review = db.session.query(Review).one()
        assert (review.total, review.comment) == (Decimal(100), "很好")
