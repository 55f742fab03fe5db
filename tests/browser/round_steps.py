"""What every round goes through on the organiser's pages, from the frame to the panel."""

import re

from playwright.sync_api import Page, expect

SEED = "20240715 08213 94417 30296"


def design_and_freeze(page: Page, sample: int) -> None:
    """From the frame's page to the draw's, with a fixed number of cases."""
    page.get_by_role("link", name="修改设计").click()
    page.get_by_role("radio", name="抽取固定件数（件）").check()
    page.get_by_label("数值").fill(str(sample))
    outlook = page.get_by_role("region", name="测算结果")
    expect(outlook).to_contain_text(f"{sample} 件")  # computed while typing
    page.get_by_role("button", name="保存设计").click()
    page.get_by_label("谁、何时、何地产生").fill("公证处摇号，2024-07-15")
    page.get_by_role("button", name="冻结抽样框").click()
    page.get_by_role("link", name="去抽样").click()


def draw(page: Page) -> None:
    page.get_by_label("随机种子").fill(SEED)
    page.get_by_role("button", name="抽样", exact=True).click()


def assign(page: Page, *names: str | re.Pattern[str]) -> None:
    """Try out a panel of everybody so named, and assign it."""
    page.get_by_role("link", name="去分配").click()
    expect(page.get_by_role("button", name="试算分配")).to_be_visible()
    for name in names:
        boxes = page.get_by_role("checkbox", name=name)
        expect(boxes.first).to_be_visible()
        for box in boxes.all():
            box.check()
    page.get_by_role("button", name="试算分配").click()
    expect(page.get_by_text("没有一项任务违反回避规则。")).to_be_visible()
    page.get_by_role("button", name="确认分配").click()
    expect(page.get_by_role("heading", name="评分进度")).to_be_visible()
