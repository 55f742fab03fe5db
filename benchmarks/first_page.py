"""The first page of a thick dossier at a reviewer's desk, beside pdf.js alone on a bare page.

The dossier has 400 pages, as reviewers get them: pictures with their bars burnt in. Platform and
floor serve the same bytes under gunicorn with the settings of production, on loopback, to the same
browser. The floor is a page with nothing but pdf.js, opened as the desk opens it, over a file that
is neither sealed nor checked nor logged. Both take turns; a ratio is the median over the turns.

Prints one JSON object per line: case, value, floor, ratio.
    new browser    value: seconds from the click to the first page's picture, with nothing cached;
                   floor: the same without a platform; goal: a value of at most 1
    known browser  the same for a browser that has been there before
"""

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that `python benchmarks/first_page.py` finds the platform

import pikepdf  # noqa: E402  (after the path is set)
from flask import Flask, Response, send_file  # noqa: E402
from playwright.sync_api import Browser, BrowserContext, sync_playwright  # noqa: E402
from sqlalchemy import select  # noqa: E402

from benchmarks.pages import (  # noqa: E402
    SMALL,
    Server,
    environment_of,
    province,
    report,
    say,
    serving,
)
from review import create_app  # noqa: E402
from review.config import DEMO_PASSWORD, config_from_environment  # noqa: E402
from review.demo.accounts import DEMO_DOMAIN  # noqa: E402
from review.domain.page_image import save_compact  # noqa: E402
from review.domain.reviewing import declare_no_conflict  # noqa: E402
from review.enums import AssignmentStatus, CopyKind  # noqa: E402
from review.extensions import db  # noqa: E402
from review.models.accounts import Membership, User  # noqa: E402
from review.models.assignment import Assignment  # noqa: E402
from review.models.dossiers import Dossier, DossierCopy, StoredFile  # noqa: E402
from review.models.sampling import SampledCase  # noqa: E402
from review.queries.accounts import acting_as  # noqa: E402
from review.storage import put, whole  # noqa: E402

PAGES, TURNS = 400, 7
STATIC = ROOT / "review" / "static"
REVIEWER = f"reviewer@{DEMO_DOMAIN}"
SYSTEM_CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")
DRAWN = "() => performance.getEntriesByName('dossier-first-page')[0]?.startTime"
BARE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>Floor</title>
<link rel="modulepreload" href="/static/vendor/pdfjs/pdf.min.mjs">
<script type="module" src="/bare.js"></script></head><body><main></main></body></html>"""
BARE_SCRIPT = """import { openDocument } from "/static/js/dossier/document.js";
const at = (name) => `/static/vendor/pdfjs/${name}`;
const dataset = { file: "/copy.pdf", pdfjs: at("pdf.min.mjs"), worker: at("pdf.worker.min.mjs") };
const { pdf } = await openDocument({ dataset });
const page = await pdf.getPage(1);
const viewport = page.getViewport({ scale: 1.2 });
const canvas = document.createElement("canvas");
Object.assign(canvas, { width: viewport.width, height: viewport.height });
await page.render({ canvas, viewport }).promise;
document.querySelector("main").append(canvas);
performance.mark("dossier-first-page");
"""


def floor_app() -> Flask:
    """The bare page; ``FLOOR_FILE`` names the PDF."""
    app = Flask("floor", static_folder=str(STATIC))
    app.add_url_rule("/", view_func=lambda: BARE, endpoint="bare")
    script = {"mimetype": "text/javascript"}
    app.add_url_rule("/bare.js", view_func=lambda: Response(BARE_SCRIPT, **script), endpoint="js")
    app.add_url_rule(
        "/copy.pdf", view_func=lambda: send_file(os.environ["FLOOR_FILE"]), endpoint="copy"
    )
    return app


def thicken(folder: Path) -> str:
    """Give the demo reviewer's first open task a dossier of 400 pages, also kept in the folder as a
    file; the address of its desk."""
    os.environ.update(environment_of(folder))
    app = create_app(config_from_environment())
    with app.app_context():
        task, dossier, copy = _task()
        content = repeated(whole(db.session.get_one(StoredFile, copy.stored_id)))
        (folder / "copy.pdf").write_bytes(content)
        stored = StoredFile(**asdict(put([content])))
        db.session.add(stored)
        db.session.flush()
        copy.stored_id, copy.pages, dossier.pages = stored.id, PAGES, PAGES
        db.session.commit()
        member = db.session.scalars(select(Membership).join(User).where(User.email == REVIEWER))
        reviewer = member.first()
        if reviewer is None:
            raise SystemExit("the demo has no reviewer")
        declare_no_conflict(task, acting_as(reviewer.user, reviewer))
        address = f"/reviewing/{task.public_id}"
        db.session.remove()
        db.engine.dispose()
    return address


def _task() -> tuple[Assignment, Dossier, DossierCopy]:
    row = db.session.execute(
        select(Assignment, Dossier, DossierCopy)
        .join(SampledCase, SampledCase.id == Assignment.sampled_case_id)
        .join(Dossier, Dossier.case_id == SampledCase.case_id)
        .join(DossierCopy, DossierCopy.dossier_id == Dossier.id)
        .join(User, User.id == Assignment.reviewer_id)
        .where(User.email == REVIEWER, DossierCopy.kind == CopyKind.REDACTED)
        .where(Assignment.status.in_((AssignmentStatus.OPEN, AssignmentStatus.DRAFT)))
        .order_by(Assignment.id)
        .limit(1)
    ).one()
    return row[0], row[1], row[2]


def repeated(content: bytes) -> bytes:
    """The same pages over and over until there are 400, each with a picture of its own."""
    buffer = BytesIO()
    with pikepdf.Pdf.new() as thick:
        while len(thick.pages) < PAGES:
            with pikepdf.open(BytesIO(content)) as source:
                thick.pages.extend(source.pages[: PAGES - len(thick.pages)])
        save_compact(thick, buffer)
    return buffer.getvalue()


def seconds(context: BrowserContext, address: str) -> float:
    """From the start of a navigation to the first page's picture."""
    page = context.new_page()
    page.goto(address, wait_until="commit")
    found = page.wait_for_function(DRAWN).json_value()
    page.close()
    return float(found) / 1000


@contextmanager
def reading(browser: Browser, server: Server, is_platform: bool) -> Iterator[BrowserContext]:
    """A browser without a past, signed in where there is something to sign in to."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    if is_platform:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.port}/sign-in")
        page.fill('[name="email"]', REVIEWER)
        page.fill('[name="password"]', DEMO_PASSWORD)
        page.click("main button")
        page.wait_for_url(lambda url: "sign-in" not in url)
        page.close()
    yield context
    context.close()


def measure(browser: Browser, platform: Server, desk: str, floor: Server) -> None:
    places = {"value": (platform, desk, True), "floor": (floor, "/", False)}
    took: dict[str, dict[str, list[float]]] = {
        case: {name: [] for name in places} for case in ("new browser", "known browser")
    }
    for turn in range(TURNS):
        say(f"turn {turn + 1} of {TURNS} ...")
        for name, (server, path, is_platform) in places.items():
            address = f"http://127.0.0.1:{server.port}{path}"
            with reading(browser, server, is_platform) as context:
                for case in took:
                    took[case][name].append(seconds(context, address))
    for case, times in took.items():
        value, bare = (statistics.median(times[name]) for name in places)
        ratios = [a / b for a, b in zip(times["value"], times["floor"], strict=True)]
        report(f"first page: {case}", value, bare, statistics.median(ratios))


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = province(SMALL, Path(temporary))
        desk = thicken(folder)
        chromium = os.environ.get("CHROMIUM") or SYSTEM_CHROMIUM
        bare = {"FLOOR_FILE": str(folder / "copy.pdf")}
        with (
            serving("benchmarks.first_page:floor_app()", bare, folder / "floor.log") as floor,
            serving("wsgi:app", environment_of(folder), folder / "platform.log") as platform,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS])
            measure(browser, platform, desk, floor)
            browser.close()


if __name__ == "__main__":
    main()
