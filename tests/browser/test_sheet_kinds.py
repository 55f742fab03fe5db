"""Levels, deductions, veto findings, bonus and judged schemes on the scoring page."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from review.domain.reviewing import declare_no_conflict
from review.extensions import db
from review.models.accounts import Membership
from review.models.assignment import Assignment
from review.models.results import Result
from review.models.reviewing import Mark, Review
from rubrics.registry import get_rubric
from tests import world
from tests.browser.conftest import Visit, serving
from tests.review.domain.test_every_rubric import desks

SAVED = re.compile(r"^已保存 \d\d:\d\d$")
SECOND = get_rubric("civil-second/1")


def opened(app: Flask, visit: Visit, origin: str, scheme_key: str) -> Page:
    """The desk of the only marker of a case under the rubric for second instances."""
    with app.app_context():
        assignment_id, by = desks(SECOND.key, scheme_key, marks_per_case=1)[0]
        found = db.session.get_one(Assignment, assignment_id)
        declare_no_conflict(found, by)
        token = world.session_token(db.session.get_one(Membership, by.membership_id))
        db.session.commit()
        path = f"/reviewing/{found.public_id}"
    visitor = visit(origin, app, token)
    visitor.open(path)
    return visitor.page


def submit(page: Page) -> None:
    page.once("dialog", lambda dialog: dialog.accept())
    page.click('button[value="submit"]')
    expect(page.locator("h1")).to_contain_text("提交回执")


@pytest.fixture(autouse=True)
def guarded(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True


def test_levels_deductions_veto_and_bonus_reach_the_result(app: Flask, visit: Visit) -> None:
    with serving(app) as origin:
        page = opened(app, visit, origin, "hundred-4")
        for criterion in SECOND.criteria:
            page.click(f"#{criterion.code} [data-level] >> nth=0")
        page.click('#argument [data-level="8"]')
        page.click('#agreement [data-deduct="1"]')
        page.fill('[name="mark_case_research-points"]', "2")
        page.fill('[name="mark_case_research-reason"]', "卷内有类案检索报告")
        page.check('[name="mark_missed_deadline-found"]')
        page.fill('[name="mark_missed_deadline-reason"]', "上诉状逾期三日提交")
        page.locator("#comment").focus()
        expect(page.locator("[data-state]")).to_have_text(SAVED)
        expect(page.locator('[name="mark_agreement-points"]')).to_have_value("2")
        expect(page.locator('[name="mark_agreement-reason"]')).not_to_have_value("")
        submit(page)
    with app.app_context():
        result = db.session.query(Result).one()
        assert (result.grade.value, result.failed_by) == ("fail", ["missed_deadline"])
        # 95 − 7 − 1 = 87 of 95, and 2
        assert round(float(result.total), 6) == round(8700 / 95 + 2, 6)


def test_grades_and_the_overall_judgement_are_saved_as_chosen(app: Flask, visit: Visit) -> None:
    with serving(app) as origin:
        page = opened(app, visit, origin, "indicator-grades")
        for criterion in SECOND.criteria:
            page.select_option(f'[name="mark_{criterion.code}-answer"]', "good")
        expect(page.locator("[data-section]")).to_have_count(0)
        expect(page.locator("fieldset legend").first).not_to_contain_text("分")
        expect(page.locator("[data-suggested]")).to_have_text("良好")
        page.select_option("#overall", "excellent")
        page.fill("#comment", "全案优秀")
        page.locator("#comment").blur()
        expect(page.locator("[data-items-left]")).to_have_text("全部完成，可以提交")
        expect(page.locator("[data-state]")).to_have_text(SAVED)
        page.reload()
        expect(page.locator("#overall")).to_have_value("excellent")
        expect(page.locator("#comment")).to_have_value("全案优秀")
        submit(page)
    with app.app_context():
        review = db.session.query(Review).one()
        assert (review.overall, str(review.total)) == ("excellent", "100")
        assert {mark.answer for mark in db.session.query(Mark)} == {"good"}
