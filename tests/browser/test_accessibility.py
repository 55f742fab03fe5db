"""Every page of every role by axe (WCAG 2.2 AA), on a desk and on a phone, in both languages.

Seen to fail: an image without alternative text and a fixed width of 500 px, each planted in a
page by ``test_faults_are_found``.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Visit, serving
from tests.trust import platform
from tests.trust.crawl import starts
from tests.trust.matrix import ANONYMOUS, EVERYBODY, Actor
from tests.trust.platform import Platform
from tests.trust.province import token_of

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
SHAPE = re.compile(r"<h1>|<\w+[^>]* (?:class|id|name|type)=\"[^\"]*|<title>[^<]*")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = "async () => (await axe.run(document, {{runOnly: {standards}}})).violations"
WIDER_THAN_WINDOW = (
    "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
)
ROLES = {
    "anonymous": ANONYMOUS,
    **{
        a.name: a
        for a in EVERYBODY
        if a.name
        in {
            "organiser@county",
            "reviewer",
            "chief@city",
            "handler",
            "auditor@city",
            "administrator",
        }
    },
}
OTHER_LANGUAGE = {"zh": "English", "en": "中文"}
PLATFORM = {"zh": "法律援助案件质量评估", "en": "Legal Aid Case Quality"}
SIZES = {"desk": DESK, "phone": PHONE}


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path
) -> Iterator[tuple[str, Platform]]:
    path, here = platform.build(tmp_path_factory.mktemp("built"), empty_database)
    shown = Platform(tmp_path_factory.mktemp("shown"), path, here)
    with serving(shown.app) as origin:
        yield origin, shown
    shown.close()


def addresses(shown: Platform, actor: Actor) -> list[str]:
    """The pages an actor may open, one of each shape: the same tags and classes tell no more."""
    client = shown.client(actor.name)
    found: dict[frozenset[str], str] = {}
    for url in dict.fromkeys(starts(shown, actor)):
        response = client.get(url, buffered=True)
        is_page = response.status_code == 200 and response.mimetype == "text/html"
        if is_page and "<html" in response.text[:400]:
            found.setdefault(frozenset(SHAPE.findall(response.text)), url)
    return list(found.values())


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(RUN.format(standards=STANDARDS))
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]


@pytest.mark.parametrize(("size", "language"), [("desk", "zh"), ("phone", "zh"), ("phone", "en")])
@pytest.mark.parametrize("role", ROLES)
def test_pages_are_accessible_and_fit(
    served: tuple[str, Platform], visit: Visit, role: str, size: str, language: str
) -> None:
    origin, shown = served
    actor = ROLES[role]
    token = None if actor is ANONYMOUS else token_of(actor.name)
    visitor = visit(origin, shown.app, token, language, SIZES[size])
    problems = []
    for url in addresses(shown, actor):
        page = visitor.open(url)
        assert page.get_by_role("button", name=OTHER_LANGUAGE[language]).count() == 1
        assert page.title().endswith(PLATFORM[language]), "make setup compiles the catalogue"
        problems += [f"{url} {violation}" for violation in violations(page)]
        if (over := page.evaluate(WIDER_THAN_WINDOW)) > 0:
            problems.append(f"{url} is {over} px wider than the window")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("role", [name for name in ROLES if name != "anonymous"])
def test_focus_is_visible_on_every_control(
    served: tuple[str, Platform], visit: Visit, role: str
) -> None:
    origin, shown = served
    visitor = visit(origin, shown.app, token_of(role))
    problems = []
    for url in addresses(shown, ROLES[role])[:6]:
        page = visitor.open(url)
        for _ in range(12):
            page.keyboard.press("Tab")
            problems += [f"{url} {wrong}" for wrong in page.evaluate(FOCUS)]
    assert not problems, "\n".join(problems)


# What is wrong with the element that has the focus: no outline, or hidden behind something.
FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return [];
  const style = getComputedStyle(e), box = e.getBoundingClientRect(), wrong = [];
  const say = (what) => wrong.push(what + e.outerHTML.slice(0, 100));
  if (style.outlineStyle === "none" && style.boxShadow === "none") say("no outline: ");
  if (box.width && box.height && box.top < innerHeight && box.bottom > 0) {
    const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + Math.min(box.height, 20) / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    if (top && !e.contains(top) && !top.contains(e)) say("covered: ");
  } else if (box.width && box.height) say("off screen: ");
  return wrong;
}"""


def test_faults_are_found(served: tuple[str, Platform], visit: Visit) -> None:
    origin, shown = served
    page = visit(origin, shown.app, viewport=PHONE).open("/sign-in")
    page.evaluate("() => document.querySelector('main').append(document.createElement('img'))")
    assert any(found.startswith("image-alt") for found in violations(page))
    page.evaluate("() => { document.querySelector('main').style.minWidth = '500px'; }")
    assert page.evaluate(WIDER_THAN_WINDOW) > 0
