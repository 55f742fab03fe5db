"""A real server on a port of its own and a real browser that forgives nothing.

Console errors, policy violations, failed loads and requests to any other origin fail the test.
The browser is ``$CHROMIUM``, else the system's Chromium, else the one of ``playwright install``.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wsgi import FileWrapper

from review.domain.reviewing import declare_no_conflict
from review.enums import Role
from review.extensions import db
from review.jobs import work
from review.models.accounts import Membership
from review.permissions import Actor
from review.security import TOKEN
from tests import world
from tests.browser.desk import PATIENCE as DESK_PATIENCE
from tests.browser.desk import Desk

SYSTEM_CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]
DESK: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 360, "height": 740}
ARTEFACTS = Path(os.environ.get("ARTEFACTS", "artefacts"))
SCREENSHOTS = Path("docs/screenshots")
PATIENCE = 15_000  # milliseconds


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


class _Quiet(WSGIRequestHandler):
    """Says nothing, and closes each file it sends.

    When a browser leaves while an answer is being sent, werkzeug's handler lets the body go without
    closing it; an open file would then fail whichever test runs when it is collected.
    """

    def log(self, *_args: Any) -> None:
        """Keep the test's output free of one line per request."""

    def make_environ(self) -> dict[str, Any]:
        return super().make_environ() | {"wsgi.file_wrapper": self._wrapped}

    def _wrapped(self, file: BinaryIO, size: int = 8192) -> FileWrapper:
        self.sent = file
        return FileWrapper(file, size)

    def run_wsgi(self) -> None:
        try:
            super().run_wsgi()
        finally:
            if hasattr(self, "sent"):
                self.sent.close()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of ``app``, served by threads, with a worker, until the block ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    stop = threading.Event()
    threads = [
        threading.Thread(target=server.serve_forever, daemon=True),
        threading.Thread(target=work, args=(app, stop), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        stop.set()
        server.shutdown()
        for thread in threads:
            thread.join(5)
        server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or (
        SYSTEM_CHROMIUM if Path(SYSTEM_CHROMIUM).exists() else None
    )
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """One browser window that notes everything a clean page must not do."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        context.set_default_timeout(PATIENCE)
        self.context, self.origin = context, origin
        self.page: Page = context.new_page()
        self.wrongs: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.wrongs.append(f"error: {error}"))
        self.page.on("request", self._check_origin)

    def open(self, path: str) -> Page:
        self.page.goto(self.origin + path)
        return self.page

    def expect_refusal(self) -> None:
        """Forget the console's own line about an answer of 4xx that the test asked for."""
        self.wrongs = [w for w in self.wrongs if "Failed to load resource" not in w]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.wrongs.append(f"{self.page.url}: {message.text}")

    def _check_origin(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and not request.url.startswith(self.origin):
            self.wrongs.append(f"asked another origin: {request.url}")


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """``visit(origin, app, token, language)``: a window, signed in when a token is given."""
    visitors: list[Visitor] = []

    def visit(
        origin: str,
        app: Flask | None = None,
        token: str | None = None,
        language: str = "zh",
        viewport: ViewportSize | None = None,
    ) -> Visitor:
        context = chromium.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=viewport or DESK,
            reduced_motion="reduce",
        )
        if app is not None:
            context.add_cookies([session_cookie(app, origin, token, language)])  # type: ignore[list-item]
        visitors.append(Visitor(context, origin))
        return visitors[-1]

    yield visit
    wrongs = [wrong for visitor in visitors for wrong in visitor.wrongs]
    for visitor in visitors:
        visitor.context.close()
    assert not wrongs, "\n".join(wrongs)


def session_cookie(
    app: Flask, origin: str, token: str | None, language: str = "zh"
) -> dict[str, str]:
    """The session cookie that signing in and choosing a language would have set."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    value = serializer.dumps({"language": language} | ({TOKEN: token} if token else {}))
    return {"name": app.config["SESSION_COOKIE_NAME"], "value": value, "url": origin}


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    """A served platform on which one reviewer has begun a review of one civil case."""
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context():
        world.regions()
        organiser, member = world.person(Role.ORGANISER, world.CITY), world.reviewer()
        case = world.case(world.handler(), world.agency())
        round_ = world.assigned_round(organiser, [case], [member], marks_per_case=1)
        (assignment,) = world.assignments(world.sampled_cases(round_)[0])
        db.session.commit()
        by = Actor(member.user_id, "", member.id, member.role, member.region_code)
        declare_no_conflict(assignment, by)
        path, member_id = f"/reviewing/{assignment.public_id}", member.id
        email = member.user.email
    with serving(app) as origin:
        yield Desk(origin, path, member_id, email)


@pytest.fixture
def enter(app: Flask, desk: Desk, visit: Visit) -> Callable[[], Visitor]:
    """Open the desk in one more window, in a session of its own."""

    def enter() -> Visitor:
        with app.app_context():
            token = world.session_token(db.session.get_one(Membership, desk.member_id))
            db.session.commit()
        visitor = visit(desk.origin, app, token)
        visitor.open(desk.path)
        visitor.page.set_default_timeout(DESK_PATIENCE)
        return visitor

    return enter


@pytest.fixture
def window(enter: Callable[[], Visitor]) -> Visitor:
    return enter()
