"""A bureau's own rubric in a real browser: two tabs, order by keyboard and mouse, a whole round."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page, expect

from review.enums import Role
from review.extensions import db
from review.models.assignment import Assignment
from review.models.definitions import Definition
from review.models.results import Result
from rubrics.model import Rubric
from rubrics.reading import read_rubric
from tests import world
from tests.browser.conftest import Visit, serving
from tests.browser.round_steps import assign, design_and_freeze, draw
from tests.browser.test_accessibility import violations
from tests.world import CITY, COUNTY

EDITOR = "/definitions/1/edit"
FIRST = "[data-row='section-1']"


@pytest.fixture(autouse=True)
def guarded(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def organiser(app: Flask) -> str:
    """An organiser's token; a draft of theirs is definition 1."""
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, CITY)
        world.definition(member)
        token = world.session_token(member)
        db.session.commit()
    return token


def stored(app: Flask) -> Rubric:
    with app.app_context():
        return read_rubric(db.session.get_one(Definition, 1).text)


def save(page: Page) -> None:
    page.get_by_role("button", name="保存草稿").click()


def rows(page: Page) -> list[str]:
    found: list[str] = page.locator(f"{FIRST} [data-kind=criterion]").evaluate_all(
        "all => all.map(row => row.dataset.row)"
    )
    return found


def test_two_tabs_keep_both_versions_and_the_second_chooses(
    app: Flask, visit: Visit, organiser: str
) -> None:
    with serving(app) as origin:
        first, second = (visit(origin, app, organiser) for _ in range(2))
        for visitor in (first, second):
            visitor.open(EDITOR)
        first.page.fill("[name='head-0.title']", "第一个窗口的名称")
        first.page.fill("[name='criterion-2.points']", "3")
        save(first.page)
        expect(first.page.get_by_text("草稿已保存。")).to_be_visible()

        second.page.fill("[name='criterion-2.points']", "5")
        second.page.fill("[name='criterion-3.points']", "3")
        save(second.page)
        page = second.page
        expect(page.get_by_role("heading", name="两人同时修改")).to_be_visible()
        second.expect_refusal()
        assert violations(page) == []
        page.get_by_role("group", name="整套 · 名称").get_by_label("已保存的").check()
        points = page.get_by_role("group", name=re.compile("「及时签订.*分值"))
        expect(points).to_contain_text("增加 2")
        points.get_by_label("您填写的").check()
        page.get_by_role("group", name=re.compile("「权限明确.*分值")).get_by_label(
            "您填写的"
        ).check()
        page.get_by_role("button", name="按上面的选择保存").click()
        expect(page.get_by_text("草稿已保存。")).to_be_visible()
    rubric = stored(app)
    assert rubric.title == "第一个窗口的名称"
    assert [str(c.points) for c in rubric.criteria[:2]] == ["5", "3"]


def test_rows_move_by_keyboard_and_mouse_and_checks_follow_the_typing(
    app: Flask, visit: Visit, organiser: str
) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    with serving(app) as origin:
        page = visit(origin, app, organiser).open(EDITOR)
        page.on("dialog", stay)
        total, slot = page.locator("[data-sum='head-0']"), "[data-problem='criterion-2.points']"
        page.fill("[name='criterion-2.points']", "五")
        expect(page.locator(slot)).to_contain_text("应为数字")
        page.fill("[name='criterion-2.points']", "5")
        expect(page.locator(slot)).to_be_empty()
        expect(total).to_have_text("合计 101 分，多出 1 分")
        expect(page.locator("[data-sum='section-1']")).to_have_text("9 分")
        expect(page.locator("#preview #agreement")).to_contain_text("5 分")

        page.focus("[name='criterion-3.title']")
        page.keyboard.press("Alt+ArrowUp")
        assert rows(page) == ["criterion-3", "criterion-2"]
        expect(page.locator("[name='criterion-3.title']")).to_be_focused()
        page.locator("[data-row='criterion-2']").get_by_role("button", name="下移").focus()
        page.keyboard.press("Enter")
        assert rows(page) == ["criterion-3"]  # over the edge into the next section
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        assert rows(page) == ["criterion-3", "criterion-2"]
        handle = page.locator("[data-row='criterion-2'] .drag-handle")
        handle.drag_to(page.locator("[data-row='criterion-3'] .outline-line"))
        assert rows(page) == ["criterion-2", "criterion-3"]
        handle.drag_to(page.locator("[data-row='criterion-3'] .outline-more"))
        assert rows(page) == ["criterion-3", "criterion-2"]

        page.get_by_role("link", name="评估标准").first.click()  # asked, and refused
        expect(page).to_have_url(origin + EDITOR)
        assert asked == ["beforeunload"]
        save(page)
        expect(page.get_by_text("草稿已保存。")).to_be_visible()
    assert [c.code for c in stored(app).sections[0].criteria] == ["authority", "agreement"]


@pytest.fixture
def case_of_the_county(app: Flask, organiser: str) -> dict[str, str]:
    """Tokens of a handler with one closed case, and of three reviewers of another county."""
    with app.app_context():
        lawyer = world.handler()
        world.case(lawyer, world.agency(COUNTY))
        people = {"handler": world.person(Role.HANDLER, COUNTY, handler_id=lawyer.id)}
        people |= {str(m.user_id): m for m in (world.reviewer() for _ in range(3))}
        tokens = {name: world.session_token(member) for name, member in people.items()}
        db.session.commit()
    return {"organiser": organiser, **tokens}


def own_rubric(page: Page) -> None:
    """From a shipped rubric to one of three criteria, by the page's own controls."""
    page.get_by_role("navigation").get_by_role("link", name="评估标准").click()
    page.get_by_role("link", name="复制后修改：民事诉讼一审案件质量评估标准").click()
    page.get_by_label("短名").fill("three")
    page.get_by_role("button", name="建立草稿").click()
    page.fill("[name='head-0.title']", "本市民事一审标准")
    while page.locator(".outline-section").count() > 1:
        page.locator(".outline-section").last.get_by_role("button", name="删除").last.click()
    page.fill("[name='criterion-2.points']", "60")
    page.fill("[name='criterion-3.points']", "30")
    page.get_by_role("button", name="＋ 二级指标").click()
    page.keyboard.type("送达与回访")
    added = page.locator(f"{FIRST} [data-kind=criterion]").last
    added.get_by_label("分值").fill("10")
    added.get_by_label("怎么看").fill("看是否送达并回访。")
    expect(page.locator("[data-sum='head-0']")).to_have_text("合计 100 分")
    expect(page.get_by_text("没有发现问题")).to_be_visible()
    page.get_by_role("button", name="保存并去发布").click()
    page.get_by_role("button", name="确定发布").click()
    expect(page.locator(".state-published")).to_be_visible()


def round_with_it(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="评估活动").click()
    page.get_by_role("link", name="新建评估活动").click()
    page.get_by_label("名称").fill("用自己的标准")
    page.get_by_label("结案日期，自").fill("2024-01-01")
    page.get_by_label("结案日期，至").fill("2024-12-31")
    page.get_by_role("checkbox", name="民事一审").check()
    page.get_by_label("民事一审的评估标准").select_option(label="本市民事一审标准，第 1 版")
    page.get_by_label("评分截止日期").fill((date.today() + timedelta(days=30)).isoformat())
    page.get_by_role("button", name="保存并继续").click()
    page.get_by_role("link", name="冻结").click()
    design_and_freeze(page, 1)
    draw(page)
    assign(page, re.compile("reviewer-"))


def mark(page: Page) -> None:
    """Full marks, but 2 of 10 off the criterion that the bureau wrote itself."""
    page.get_by_role("button", name="以上属实，开始评估").click()
    for code in ("agreement", "authority"):
        page.locator(f"#{code} [data-level]").first.click()
    own = page.get_by_role("group", name="送达与回访")
    own.get_by_label("得分").fill("8")
    own.get_by_label("理由").fill("没有回访记录")
    page.get_by_label("总体意见").fill("清楚")
    expect(page.locator("[data-items-left]")).to_have_text("全部完成，可以提交")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已提交。")).to_be_visible()


def open_task(app: Flask) -> tuple[str, str] | None:
    """Reviewer and address of a task that waits."""
    with app.app_context():
        found = db.session.query(Assignment).filter_by(status="open").first()
        return (str(found.reviewer_id), f"/reviewing/{found.public_id}") if found else None


def test_rubric_made_in_the_browser_carries_a_whole_round(
    app: Flask, visit: Visit, case_of_the_county: dict[str, str]
) -> None:
    tokens = case_of_the_county
    with serving(app) as origin:
        page = visit(origin, app, tokens["organiser"]).open("/rounds")
        page.on("dialog", lambda dialog: dialog.accept())
        own_rubric(page)
        round_with_it(page)
        while task := open_task(app):
            reviewer = visit(origin, app, tokens[task[0]]).open(task[1])
            reviewer.on("dialog", lambda dialog: dialog.accept())
            mark(reviewer)
        page.reload()
        page.get_by_role("button", name="发布结果").click()
        expect(page.get_by_text("发布。")).to_be_visible()
        lawyer = visit(origin, app, tokens["handler"]).open("/results")
        lawyer.get_by_role("link", name=re.compile("示援")).click()
        expect(lawyer.locator(".result-total")).to_contain_text("98")  # 60 + 30 + 8
        expect(lawyer.get_by_text("本市民事一审标准")).to_be_visible()
        expect(lawyer.get_by_text("没有回访记录").first).to_be_visible()
    with app.app_context():
        assert db.session.query(Result).one().grade.value == "excellent"
