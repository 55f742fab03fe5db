"""The whole loop on a real register, by the pages' own controls, from the file to the overview.

Six pictures of it are kept as artefacts; ``UPDATE_SCREENSHOTS=1`` renews those of the readme.
"""

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from review.demo.build import REGISTERS
from review.enums import AssignmentStatus, SampledCaseStatus
from review.extensions import db
from review.models.accounts import Membership
from review.models.assignment import Assignment
from review.models.cases import Case
from review.models.handler import Handler
from review.models.results import Result
from review.models.sampling import SampledCase
from tests.browser import journey_world
from tests.browser.conftest import ARTEFACTS, SCREENSHOTS, Visit, Visitor, serving
from tests.browser.journey_world import REVIEWER_NAMES, People
from tests.browser.round_steps import assign, design_and_freeze, draw
from tests.world import CITY, PASSWORD

REGISTER = REGISTERS / "dongchuan-2024.xlsx"
EXPECTED = json.loads(REGISTER.with_suffix(".expected.json").read_text(encoding="utf-8"))
NEW_PASSWORD = "Dongchuan-2024-review"
SAMPLE = 9  # one of each agency of the city: no stratum may go without
REASON = "卷宗中没有找到相应材料。"
# Points taken off by the first, the second and, where called, the third reviewer of each case in
# turn. 100 and 95 lie within the threshold of 10; 100 and 60 do not, and 95 makes a pair; 100, 70
# and 40 stay apart.
DEDUCTIONS: dict[int, tuple[int, ...]] = {0: (0, 40, 5), 1: (0, 30, 60)}
USUALLY = (0, 5)


@dataclass(frozen=True)
class Task:
    path: str
    deduction: int


class Journey:
    """What the pages do not tell one who marks blindly, looked up in the database."""

    def __init__(self, app: Flask, origin: str, people: People, visit: Visit) -> None:
        self.app, self.origin, self.people, self.visit = app, origin, people, visit

    def window(self) -> Visitor:
        visitor = self.visit(self.origin)
        visitor.page.on("dialog", lambda dialog: dialog.accept())
        return visitor

    def signed_in(self, email: str, password: str = PASSWORD) -> Page:
        page = self.window().open("/sign-in")
        page.get_by_label("邮箱").fill(email)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("button", name="退出")).to_be_visible()
        return page

    def open_tasks(self, reviewer_id: int) -> list[Task]:
        with self.app.app_context():
            order = db.session.scalars(db.select(SampledCase.id).where(_new()).order_by("id")).all()
            found = db.session.scalars(
                db.select(Assignment)
                .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
                .where(Assignment.reviewer_id == reviewer_id, _new())
                .where(Assignment.status == AssignmentStatus.OPEN)
            ).all()
            return [
                Task(f"/reviewing/{task.public_id}", self._deduction(order, task)) for task in found
            ]

    def _deduction(self, order: Sequence[int], task: Assignment) -> int:
        plan = DEDUCTIONS.get(order.index(task.sampled_case_id), USUALLY)
        return plan[task.ordinal - 1]

    def give_dossier(self) -> None:
        """Papers for the case whose desk is pictured: the first with points taken off."""
        tasks = (task for by in self.people.reviewers for task in self.open_tasks(by))
        public_id = next(t.path for t in tasks if t.deduction == USUALLY[1]).rpartition("/")[2]
        with self.app.app_context():
            case = db.session.scalars(
                db.select(Case)
                .join(SampledCase, SampledCase.case_id == Case.id)
                .join(Assignment, Assignment.sampled_case_id == SampledCase.id)
                .where(Assignment.public_id == public_id)
            ).one()
            by = db.session.scalars(db.select(Membership).order_by(Membership.id)).first()
            assert by is not None
            journey_world.give_dossier(case, by)
            db.session.commit()

    def stands(self) -> dict[SampledCaseStatus, int]:
        with self.app.app_context():
            rows = db.session.scalars(db.select(SampledCase.status).where(_new())).all()
            return {status: rows.count(status) for status in set(rows)}

    def third_marks(self) -> int:
        """How many reserves were called and have marked."""
        with self.app.app_context():
            called = (
                db.select(Assignment.id)
                .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
                .where(_new(), Assignment.ordinal == 3)
                .where(Assignment.status == AssignmentStatus.SUBMITTED)
            )
            return len(db.session.scalars(called).all())

    def settled_case(self) -> tuple[str, str, Decimal]:
        """Licence of the handler, number and total of a case settled by the mean of two marks."""
        with self.app.app_context():
            row = db.session.execute(
                db.select(Handler.licence_number, Case.case_number, Result.total)
                .join(Case, Case.handler_id == Handler.id)
                .join(SampledCase, SampledCase.case_id == Case.id)
                .join(Result, Result.sampled_case_id == SampledCase.id)
                .where(_new(), Handler.licence_number.is_not(None), Result.total == Decimal("97.5"))
            ).first()
            assert row is not None
            return row[0], row[1], row[2]


def _new() -> object:
    """SQL: drawn in the round that the journey creates, the latest."""
    return SampledCase.round_id == db.select(db.func.max(SampledCase.round_id)).scalar_subquery()


@pytest.fixture
def journey(app: Flask, visit: Visit) -> Iterator[Journey]:
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context():
        people = journey_world.build()
        db.session.commit()
    with serving(app) as origin:
        yield Journey(app, origin, people, visit)


def picture(page: Page, name: str) -> None:
    folders = [ARTEFACTS] + [SCREENSHOTS] * bool(os.environ.get("UPDATE_SCREENSHOTS"))
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")


def invite(page: Page, role: str, email: str, **fields: str) -> str:
    """Invite somebody and return the one-time link."""
    page.get_by_role("navigation").get_by_role("link", name="人员邀请").click()
    page.get_by_role("link", name=role, exact=True).click()
    page.get_by_label("邮箱").fill(email)
    for label, value in fields.items():
        field = page.get_by_label(label)
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.get_by_role("button", name="生成邀请链接").click()
    return page.locator("#link").input_value()


def accept(journey: Journey, link: str, name: str) -> Page:
    page = journey.window().open(link.removeprefix(journey.origin))
    page.get_by_label("姓名").fill(name)
    page.get_by_label("新密码", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("再次输入新密码").fill(NEW_PASSWORD)
    page.get_by_role("button", name="保存并登录").click()
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    return page


def import_register(page: Page) -> None:
    page.get_by_role("link", name="台账导入").click()
    page.get_by_label("结案台账").set_input_files(REGISTER)
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_role("heading", name="台账预览")).to_be_visible()
    refused = EXPECTED["rejected_rows_by_reason"]
    counts = (
        EXPECTED["data_rows_read"],
        EXPECTED["accepted_cases"],
        EXPECTED["exact_duplicates_skipped"],
        sum(refused.values()),
    )
    shown = [int(n) for n in re.findall(r"\d+", page.locator(".sum").inner_text().replace(",", ""))]
    assert sorted(n for n in shown if n) == sorted(counts)
    picture(page, "1-register")
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_role("heading", name="台账导入结果")).to_be_visible()


def create_round(page: Page) -> None:
    page.get_by_role("link", name="评估活动").click()
    page.get_by_role("link", name="新建评估活动").click()
    page.get_by_label("名称").fill("2024年质量评估")
    page.get_by_label("行政区划").select_option(CITY)
    page.get_by_label("结案日期，自").fill("2024-01-01")
    page.get_by_label("结案日期，至").fill("2024-12-31")
    page.get_by_role("checkbox", name="民事一审").check()
    page.get_by_label("评分截止日期").fill((date.today() + timedelta(days=30)).isoformat())
    page.get_by_role("button", name="保存并继续").click()
    expect(page.get_by_role("heading", name="2024年质量评估")).to_be_visible()
    picture(page, "2-round")


def draw_and_check(page: Page) -> None:
    draw(page)
    page.get_by_role("button", name="重新验算").click()
    expect(page.get_by_role("status").filter(has_text="验算一致")).to_be_visible()
    picture(page, "3-draw")


def mark_all(journey: Journey, keep_picture: bool = False) -> None:
    """Every reviewer scores what is open on the list: whole levels by button, the rest typed."""
    for reviewer_id, email in journey.people.reviewers.items():
        tasks = journey.open_tasks(reviewer_id)
        if not tasks:
            continue
        page = journey.signed_in(email)
        for task in tasks:
            page.goto(journey.origin + task.path)
            page.get_by_role("button", name="以上属实，开始评估").click()
            page.wait_for_load_state()  # the desk's script counts what is filled in
            fill_sheet(page, task.deduction)
            if keep_picture and task.deduction == USUALLY[1]:
                page.locator(".evidence button").first.click()
                expect(page.locator(".dossier-page canvas").first).to_be_visible()
                page.evaluate("() => document.querySelector('.sheet-pane').scrollTo(0, 0)")
                picture(page, "4-desk")
                keep_picture = False
            page.get_by_role("button", name="提交", exact=True).click()
            expect(page.get_by_text("已提交。")).to_be_visible()


def fill_sheet(page: Page, deduction: int) -> None:
    for box in page.locator("fieldset.criterion").all():
        points = box.locator("input.points")
        most = int(points.get_attribute("max") or 0)
        lost = min(deduction, most)
        deduction -= lost
        if lost:
            points.fill(str(most - lost))
            box.get_by_label("理由").fill(REASON)
        else:
            box.locator(f'[data-level="{most}"]').click()
    page.get_by_label("总体意见").fill("材料基本齐全，个别文书需要补正。")
    expect(page.locator("[data-items-left]")).to_have_text("全部完成，可以提交", timeout=20_000)
    expect(page.locator("[data-state]")).to_contain_text("已保存")


def decide(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="合议").click()
    page.get_by_role("link", name=re.compile("示援")).click()
    page.get_by_label("我的评分").fill("71.5")
    page.get_by_role("button", name="保存，然后查看各份评分").click()
    for differing in page.locator("tr.differs").all():
        differing.get_by_role("button", name="采用").first.click()
    for n, name in enumerate(("郑合", "吴议", "冯记"), start=1):
        page.get_by_label(f"第 {n} 名成员的姓名").fill(name)
    page.get_by_label("合议理由").fill("三份评分分歧在于庭审表现，合议后采用折中意见。")
    page.get_by_role("button", name="记录合议决定").click()
    expect(page.get_by_text("合议决定已记录")).to_be_visible()


def publish(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="评估活动").click()
    page.get_by_role("link", name="2024年质量评估").click()
    page.get_by_role("button", name="发布结果").click()
    expect(page.get_by_text("发布。")).to_be_visible()


def read_result(journey: Journey, organiser: Page) -> None:
    licence, number, total = journey.settled_case()
    link = invite(organiser, "承办人员", "lawyer@example.org", 执业证号=licence, 行政区划=CITY)
    page = accept(journey, link, "承办人")
    page.get_by_role("link", name=number).click()
    expect(page.locator(".result-total")).to_contain_text(str(total))
    text = page.content()
    assert not [name for name in REVIEWER_NAMES if name in text]
    picture(page, "5-result")


def read_overview(journey: Journey) -> None:
    page = journey.signed_in(journey.people.chief)
    expect(page.get_by_role("heading", name="东川市质量总览")).to_be_visible()
    expect(page.get_by_text("2024年质量评估").first).to_be_visible()
    charts = page.locator("img[src*='.svg']")
    assert charts.count() >= 2
    page.wait_for_load_state("networkidle")
    assert all(charts.evaluate_all("all => all.map(e => e.complete && e.naturalWidth > 0)"))
    picture(page, "6-overview")


def test_the_whole_loop_from_register_to_overview(journey: Journey) -> None:
    administrator = journey.signed_in(journey.people.administrator)
    link = invite(administrator, "评估组织者", "organiser@example.org", 姓名="周敏", 行政区划=CITY)
    organiser = accept(journey, link, "周敏")
    import_register(organiser)
    create_round(organiser)
    organiser.get_by_role("link", name="去冻结抽样框").click()
    design_and_freeze(organiser, SAMPLE)
    draw_and_check(organiser)
    assign(organiser, *REVIEWER_NAMES)
    journey.give_dossier()
    mark_all(journey, keep_picture=True)
    mark_all(journey)  # those who were called for a third mark after their turn
    assert journey.stands() == {SampledCaseStatus.SETTLED: SAMPLE - 1, SampledCaseStatus.PANEL: 1}
    assert journey.third_marks() == len(DEDUCTIONS)
    decide(organiser)
    publish(organiser)
    read_result(journey, organiser)
    read_overview(journey)
