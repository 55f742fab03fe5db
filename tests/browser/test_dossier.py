"""Dossiers in a real browser, under the headers of production: every kind of scan shows, a thick
dossier opens at once, and whatever happens to it, marking goes on.

Seen to fail: without 'wasm-unsafe-eval' on the worker every scan warns of its decoder, and the page
in JPEG 2000 stays blank if the script that replaces the decoder is not shipped.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from review import create_app
from review.domain.page_image import save_compact
from review.domain.reviewing import declare_no_conflict
from review.enums import Role
from review.extensions import db
from review.models.accounts import Membership
from review.models.assignment import Assignment
from review.models.cases import Case
from review.models.sampling import SampledCase
from review.permissions import Actor
from review.security import CONTENT_POLICY, WORKER_POLICY
from tests import world
from tests.browser.conftest import PHONE, Visit, Visitor, serving
from tests.conftest import test_config as config_in
from tests.dossier_files import typed_pages
from tests.scans import CODINGS, mixed_scan

THICK = 400
MOST_RANGES = 8  # until the first page shows: the last one's place is asked for too
READY = "[data-ready]"
DARK = """(n) => {
  const canvas = document.querySelector(`.dossier-page[data-page="${n}"] canvas`);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let dark = 0, blue = 0, sum = 0, squares = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] < 100) dark += 1;
    if (data[i + 2] - data[i] > 8) blue += 1;  // the watermark's ink: a scan is black and white
    sum += data[i]; squares += data[i] ** 2;
  }
  const n4 = data.length / 4;
  return { dark: dark / n4, blue: blue / n4, variance: squares / n4 - (sum / n4) ** 2 };
}"""


@dataclass(frozen=True)
class Reading:
    """A served platform, and the desk of each dossier by name."""

    app: Flask
    origin: str
    desks: dict[str, str]
    member_id: int

    def enter(self, visit: Visit, name: str, phone: bool = False) -> Visitor:
        with self.app.app_context():
            token = world.session_token(db.session.get_one(Membership, self.member_id))
            db.session.commit()
        visitor = visit(self.origin, self.app, token, viewport=PHONE if phone else None)
        visitor.open(self.desks[name])
        return visitor


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Reading]:
    folder = tmp_path_factory.mktemp("reading")
    shutil.copy(empty_database, folder / "platform.db")
    app = create_app(config_in(folder))
    with app.app_context():
        desks, member_id = fill()
    with serving(app) as origin:
        yield Reading(app, origin, desks, member_id)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def fill() -> tuple[dict[str, str], int]:
    """One reviewer with three cases: scans of every kind, a thick dossier, and none."""
    world.regions()
    organiser, member = world.person(Role.ORGANISER, world.CITY), world.reviewer()
    handler, agency = world.handler(), world.agency()
    cases = {name: world.case(handler, agency) for name in ("scans", "thick", "none")}
    scans = world.dossier(cases["scans"], organiser, redacted=mixed_scan())
    world.document(scans, "authorisation", first_page=2, last_page=3)
    texts = (f"第{n}页" + ("代 理 词" if n in {30, 290} else "") for n in range(1, THICK + 1))
    world.dossier(cases["thick"], organiser, redacted=as_kept(typed_pages(texts, "受援人陈述")))
    world.assigned_round(organiser, list(cases.values()), [member], marks_per_case=1)
    db.session.commit()
    by = Actor(member.user_id, "", member.id, member.role, member.region_code)
    desks = {name: desk_of(case, by) for name, case in cases.items()}
    return desks, member.id


def as_kept(content: bytes) -> bytes:
    """The same pages in a file as the platform writes them."""
    buffer = BytesIO()
    with pikepdf.open(BytesIO(content)) as pdf:
        save_compact(pdf, buffer)
    return buffer.getvalue()


def desk_of(case: Case, by: Actor) -> str:
    task = db.session.scalars(
        db.select(Assignment).join(SampledCase).where(SampledCase.case_id == case.id)
    ).one()
    declare_no_conflict(task, by)
    return f"/reviewing/{task.public_id}"


def turn_to(page: Page, number: int) -> None:
    field = page.get_by_label("页码")
    field.fill(str(number))
    field.press("Enter")
    expect(page.locator(f'.dossier-page[data-page="{number}"] canvas')).to_be_visible()


def size_of(box: Locator) -> tuple[float, float]:
    placed = box.bounding_box()
    assert placed is not None
    return placed["width"], placed["height"]


def test_scans_of_every_kind_show_under_the_production_headers(
    reading: Reading, visit: Visit
) -> None:
    policies = {}
    visitor = reading.enter(visit, "none")
    visitor.page.on(
        "response",
        lambda r: policies.update({r.url.split("?")[0]: r.headers["content-security-policy"]}),
    )
    page = visitor.open(reading.desks["scans"])
    expect(page.locator(READY)).to_be_attached()
    shown = {}
    for number, coding in enumerate(CODINGS, 1):
        turn_to(page, number)
        shown[coding] = page.evaluate(DARK, number)
    assert all(each["variance"] > 0 for each in shown.values())
    # The watermark alone would have variance, but nothing as dark as ink: 2 to 6 % of a page.
    assert {c: 0.02 < each["dark"] < 0.06 for c, each in shown.items()} == dict.fromkeys(
        CODINGS, True
    )
    assert all(each["blue"] > 0.005 for each in shown.values()), shown
    assert policies[reading.origin + reading.desks["scans"]] == CONTENT_POLICY


def test_only_the_worker_may_compile_and_nothing_else_differs(reading: Reading) -> None:
    client = reading.app.test_client()
    policy = {
        name: client.get(f"/static/{name}", buffered=True).headers["Content-Security-Policy"]
        for name in ("vendor/pdfjs/pdf.worker.min.mjs", "vendor/pdfjs/pdf.min.mjs", "js/dossier.js")
    }
    assert [name for name, value in policy.items() if "wasm" in value] == list(policy)[:1]
    assert WORKER_POLICY.replace(" 'wasm-unsafe-eval'", "") == CONTENT_POLICY


def test_thick_dossier_opens_at_once_and_draws_only_what_is_near(
    reading: Reading, visit: Visit
) -> None:
    visitor, asked = reading.enter(visit, "none"), list[str]()
    page = visitor.page
    page.on("request", lambda request: asked.append(request.url))
    visitor.open(reading.desks["thick"])
    expect(page.locator(".dossier-page canvas").first).to_be_visible()
    assert sum(url.endswith("/copy.pdf") for url in asked) <= MOST_RANGES
    expect(page.locator(".dossier-page")).to_have_count(THICK)
    turn_to(page, 200)
    expect(page.locator('.dossier-page[data-page="1"] canvas')).to_have_count(0)
    assert page.locator(".dossier-page canvas").count() < 8
    page.reload()
    expect(page.get_by_label("页码")).to_have_value("200")  # remembered, under a public number
    kept = page.evaluate("() => Object.entries(localStorage)")
    public_id = reading.desks["thick"].rpartition("/")[2]
    assert [f"dossier {public_id}", "200"] in kept


def test_search_finds_words_across_spaces_and_walks_through_them(
    reading: Reading, visit: Visit
) -> None:
    page = reading.enter(visit, "thick").page
    expect(page.locator(READY)).to_be_attached()
    turn_to(page, 1)
    page.get_by_label("查找文字").fill("代理词")
    hits, at = page.locator("[data-part=hits]"), page.get_by_label("页码")
    expect(hits).to_have_text("1 / 2")
    expect(at).to_have_value("30")
    page.get_by_role("button", name="下一处").click()
    expect(hits).to_have_text("2 / 2")
    expect(at).to_have_value("290")
    page.get_by_label("查找文字").press("Shift+Enter")
    expect(at).to_have_value("30")
    marked = "() => [...CSS.highlights.get('dossier-hit-here')].map(String)"
    assert page.evaluate(marked) == ["代 理 词"]


def test_keys_turn_zoom_and_rotate(reading: Reading, visit: Visit) -> None:
    page = reading.enter(visit, "scans").page
    expect(page.locator(READY)).to_be_attached()
    pages, first = page.get_by_role("region", name="卷宗各页"), page.locator(".dossier-page").first
    turn_to(page, 1)
    upright = size_of(first)
    pages.focus()
    page.keyboard.press("r")
    expect(first).to_have_attribute("data-turned", "90")
    lying = size_of(first)
    assert upright[0] < upright[1]
    assert lying[0] > lying[1]
    page.keyboard.press("+")
    assert size_of(first)[0] > lying[0]
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("页码")).to_have_value("2")


def test_criterion_leads_to_the_pages_of_its_evidence(reading: Reading, visit: Visit) -> None:
    page = reading.enter(visit, "scans").page
    expect(page.locator(READY)).to_be_attached()
    turn_to(page, 4)
    page.locator(".evidence").get_by_role("button", name=re.compile("授权委托书")).first.click()
    expect(page.get_by_label("页码")).to_have_value("2")
    expect(page.locator(".evidence").get_by_text("目录中没有").first).to_be_visible()


def test_phone_shows_dossier_and_sheet_in_turn_with_the_footer_in_both(
    reading: Reading, visit: Visit
) -> None:
    page = reading.enter(visit, "scans", phone=True).page
    footer, pages = page.locator(".sheet-footer"), page.locator(".dossier")
    expect(pages).to_be_hidden()
    expect(footer).to_be_in_viewport()
    page.get_by_role("button", name="卷宗", exact=True).click()
    expect(page.locator(".dossier-page canvas").first).to_be_visible()
    expect(page.locator(".criterion").first).to_be_hidden()
    expect(footer).to_be_in_viewport()


def test_case_without_a_copy_says_so_and_can_be_marked(reading: Reading, visit: Visit) -> None:
    page = reading.enter(visit, "none").page
    expect(page.get_by_role("note")).to_contain_text("正在准备")
    expect(page.get_by_text("案件种类")).to_be_visible()
    expect(page.locator(".dossier")).to_have_count(0)


def test_dossier_that_does_not_load_leaves_marking_alone(reading: Reading, visit: Visit) -> None:
    visitor = reading.enter(visit, "none")
    page = visitor.page
    page.route("**/copy.pdf", lambda route: route.abort())
    visitor.open(reading.desks["scans"])
    expect(page.locator(".dossier-notice")).to_contain_text("卷宗没有打开")
    box = page.locator("fieldset.criterion").first
    box.locator("[data-level]").first.click()
    expect(page.locator("[data-state]")).to_contain_text("已保存")
    expect(box).not_to_have_class(re.compile("unsaved"))
    page.unroute("**/copy.pdf")
    page.get_by_role("button", name="重试").click()
    expect(page.locator(READY)).to_be_attached()
    expect(page.locator(".dossier-notice")).to_be_hidden()
    visitor.expect_refusal()  # the console's own line about the load that was broken off
