"""CPU time, SQL statements and growth of the busiest pages, beside a bare Flask page.

Floor: a Flask page with a table of 50 rows, read from SQLite through SQLAlchemy Core, served in
the same run by the same gunicorn settings (2 workers). CPU time is that of the worker processes,
read from the kernel before and after a block of requests; blocks of all pages alternate with
blocks of the floor, and a page's ratio is the median over the blocks.

Prints one JSON object per line: case, value, floor, ratio.
    cpu         value: milliseconds of CPU per request; floor: those of the bare page; goal <= 5
    statements  value: SQL statements; floor: how many are allowed; goal <= 1
    growth      value: in a province of 36,000 cases a year; floor: in one of 1,000;
                goal <= 1 for statements, <= 1.2 for the median time to answer
"""

import contextlib
import hashlib
import http.client
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that `python benchmarks/pages.py` finds the platform

from flask import Flask, render_template_string  # noqa: E402  (after the path is set)
from sqlalchemy import Column, Integer, MetaData, Table, Text, create_engine, event, select  # noqa: E402

from review import create_app  # noqa: E402
from review.config import DEMO_PASSWORD, config_from_environment  # noqa: E402
from review.extensions import db  # noqa: E402

LARGE, SMALL = 36_000, 1_000
ROWS = 50
WARM_UP, BLOCK, BLOCKS, PAIRS = 40, 50, 5, 150
WORKERS = ("--workers", "2", "--worker-class", "gthread", "--threads", "4")
CACHE = ROOT / "var" / "bench"
MADE_FROM = ("review/demo", "review/domain", "review/models", "rubrics", "scoring")
START_SECONDS = 60
NANOSECONDS_PER_MILLISECOND = 1e6


@dataclass(frozen=True)
class Page:
    """A page, who opens it, and the largest number of SQL statements it may send."""

    name: str
    person: str
    path: str
    most_statements: int


LIST, SCORING, SAVING = 8, 10, 12
PAGES = (
    Page("case list", "organiser", "/cases/", LIST),
    Page("round list", "organiser", "/rounds", LIST),
    Page("reviewing list", "reviewer", "/reviewing/", LIST),
    Page("results list", "handler", "/results", LIST),
    Page("chief's overview", "chief", "/analysis", LIST),
)
# Frame, draw and panel, of the demo's rounds in each state: 7 is drawn, 8 frozen, 9 a draft and 10
# in marking. Opened a few times in a round, so that only their statements are looked at.
FRAME, CONFLICTS = 20, 22
ROUND_PAGES = (
    Page("frame of a draft", "organiser-city", "/rounds/9/frame", FRAME),
    Page("design", "organiser-city", "/rounds/9/design", FRAME),
    Page("exclusions", "organiser-city", "/rounds/9/exclusions", LIST),
    Page("frozen frame", "organiser-city", "/rounds/8/frame", SCORING),
    Page("draw to come", "organiser-city", "/rounds/8/draw", SCORING),
    Page("draw", "organiser", "/rounds/10/draw", SCORING),
    Page("minutes", "organiser", "/rounds/10/versions/1/minutes", SCORING),
    Page("drawn cases", "organiser", "/rounds/10/sample", SCORING),
    Page("versions", "organiser", "/rounds/10/versions", LIST),
    Page("choice of reviewers", "organiser", "/rounds/10/assignment", LIST),
    Page("conflicts", "organiser", "/rounds/10/conflicts", CONFLICTS),
    Page("conflicts of one", "organiser", "/rounds/10/conflicts/reviewers/3", CONFLICTS),
    Page("declarations", "reviewer", "/declarations", LIST),
    Page("inbox", "reviewer", "/notices", LIST),
)
STEPPING_BACK = "stepping back"
SCORING_PAGE, SAVED_MARK = "scoring page", "saving a mark"


# --- the floor -----------------------------------------------------------------------------

BARE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>Floor</title></head>
<body><h1>Floor</h1><table><thead><tr><th>No.</th><th>Kind</th><th>Place</th><th>Closed</th>
<th>State</th></tr></thead><tbody>
{% for row in rows %}<tr><td>{{ row.number }}</td><td>{{ row.kind }}</td><td>{{ row.place }}</td>
<td>{{ row.closed }}</td><td>{{ row.state }}</td></tr>
{% endfor %}</tbody></table></body></html>"""
WORDS = ("number", "kind", "place", "closed", "state")


def floor_app() -> Flask:
    """The bare page; ``FLOOR_DATABASE`` names its SQLite file."""
    app = Flask("floor")
    engine = create_engine(f"sqlite:///{os.environ['FLOOR_DATABASE']}")
    table = _floor_table(MetaData())

    @app.get("/")
    def rows() -> str:
        with engine.connect() as connection:
            found = connection.execute(select(table).order_by(table.c.id).limit(ROWS)).all()
        return render_template_string(BARE, rows=found)

    return app


def _floor_table(metadata: MetaData) -> Table:
    return Table(
        "row", metadata, Column("id", Integer, primary_key=True), *(Column(w, Text) for w in WORDS)
    )


def make_floor(path: Path) -> None:
    metadata = MetaData()
    table = _floor_table(metadata)
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    with engine.begin() as connection:
        values = [{word: f"{word} {n}" for word in WORDS} for n in range(ROWS * 20)]
        connection.execute(table.insert(), values)
    engine.dispose()


# --- servers -------------------------------------------------------------------------------


class Server:
    """gunicorn with 2 workers on a free port, and the CPU time that its workers have used."""

    def __init__(self, application: str, environment: dict[str, str], log: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", *WORKERS, "--log-level", "warning"]
        command += ["--bind", f"127.0.0.1:{self.port}", application]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        with log.open("wb") as output:
            self.process = subprocess.Popen(  # noqa: S603  (our own command)
                command, cwd=ROOT, env=environment, stdout=output, stderr=output
            )
        self.log = log
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.request("GET", "/")
                return
            time.sleep(0.1)
        raise SystemExit(f"gunicorn did not start:\n{self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def request(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: str | None = None
    ) -> tuple[int, http.client.HTTPMessage, str]:
        """One request over a connection of its own, so that both workers get their share."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {"Connection": "close", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def cpu_milliseconds(self) -> float:
        """CPU time of all threads of the workers so far."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        tasks = [t for pid in children.split() for t in Path(f"/proc/{pid}/task").iterdir()]
        return sum(_cpu_nanoseconds(task) for task in tasks) / NANOSECONDS_PER_MILLISECOND


def _cpu_nanoseconds(task: Path) -> float:
    with contextlib.suppress(FileNotFoundError):
        return float((task / "schedstat").read_text().split()[0])
    ticks = (task / "stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK") * 1e9


# --- a browser -----------------------------------------------------------------------------


class Browser:
    """A person signed in through the real form."""

    def __init__(self, server: Server, person: str) -> None:
        self.server = server
        self.cookies: dict[str, str] = {}
        page = self.get("/sign-in")
        form = {
            "csrf_token": field(page, "csrf_token"),
            "email": f"{person}@demo.invalid",
            "password": DEMO_PASSWORD,
        }
        status, _ = self._send("POST", "/sign-in", urlencode(form))
        if status != http.client.FOUND:
            raise SystemExit(f"{person} could not sign in: {status}")

    def get(self, path: str) -> str:
        status, text = self._send("GET", path)
        if status != http.client.OK:
            raise SystemExit(f"{path} answered {status}")
        return text

    def post(self, path: str, form: dict[str, Any]) -> str:
        status, text = self._send("POST", path, urlencode(form))
        if status != http.client.OK:
            raise SystemExit(f"{path} answered {status}: {text[:200]}")
        return text

    def _send(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        status, answered, text = self.server.request(method, path, headers, body)
        for line in answered.get_all("Set-Cookie") or []:
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        return status, text


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    if found is None:
        raise SystemExit(f"no field {name} in the page")
    return found[1]


class Desk:
    """The demo reviewer's first draft: its page, and marks saved on it one after the other."""

    def __init__(self, get: Callable[[str], str], post: Callable[[str, dict[str, Any]], str]):
        self.get, self.post = get, post
        begun = re.search(r'/reviewing/([\w-]{22})"', get("/reviewing/"))
        if begun is None:
            raise SystemExit("the demo reviewer has no work")
        self.path = f"/reviewing/{begun[1]}"
        page = self.open()
        self.token, self.version = field(page, "csrf_token"), int(field(page, "version"))
        codes = re.findall(r'data-code="(\w+)"', page)
        self.code = codes[0]
        self.saves = 0

    def open(self) -> str:
        return self.get(self.path)

    def save(self) -> None:
        self.saves += 1
        answer = self.post(
            f"{self.path}/marks",
            {
                "csrf_token": self.token,
                "version": self.version,
                f"mark_{self.code}-points": 1 + self.saves % 2,
                f"mark_{self.code}-reason": f"文书填写不规范（{self.saves}）",
            },
        )
        self.version = json.loads(answer)["version"]


# --- provinces -----------------------------------------------------------------------------


def province(size: int, folder: Path) -> Path:
    """A copy of a demo province of this size, built once and kept as long as its sources are."""
    kept = CACHE / f"{size}-{_sources()}"
    if not (kept / "truth.json").exists():
        say(f"building a demo province of {size:,} cases in {kept} ...")
        environment = {**os.environ, "PLATFORM_MODE": "demo", "DATA_DIR": str(kept)}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "build"]
        subprocess.run(  # noqa: S603  (our own command)
            [*command, "--cases", str(size)], cwd=ROOT, env=environment, check=True, stdout=2
        )
    copy = folder / str(size)
    shutil.copytree(kept, copy)
    return copy


def _sources() -> str:
    files = sorted(f for part in MADE_FROM for f in (ROOT / part).rglob("*.*"))
    kept = [f for f in files if f.suffix in {".py", ".toml", ".xlsx"}]
    return hashlib.sha256(b"".join(f.read_bytes() for f in kept)).hexdigest()[:12]


def environment_of(folder: Path) -> dict[str, str]:
    return {"PLATFORM_MODE": "demo", "DATA_DIR": str(folder), "DATABASE_URL": "", "REDIS_URL": ""}


# --- measurements --------------------------------------------------------------------------


def actions(server: Server) -> dict[str, Callable[[], object]]:
    """What is measured on one server, by name, each by a person signed in for it."""
    people = {page.person: Browser(server, page.person) for page in PAGES}
    found: dict[str, Callable[[], object]] = {}
    for page in PAGES:
        found[page.name] = lambda page=page: people[page.person].get(page.path)  # type: ignore[misc]
    desk = Desk(people["reviewer"].get, people["reviewer"].post)
    return found | {SCORING_PAGE: desk.open, SAVED_MARK: desk.save}


def measure_cpu(floor: Server, platform: Server) -> None:
    """CPU per request of every page, in blocks that alternate with the floor's."""
    todo = actions(platform)
    for action in todo.values():
        repeat(action, WARM_UP)
    repeat(lambda: floor.request("GET", "/"), WARM_UP)
    values: dict[str, list[float]] = {name: [] for name in todo}
    floors: list[float] = []
    ratios: dict[str, list[float]] = {name: [] for name in todo}
    for block in range(BLOCKS):
        say(f"CPU time: block {block + 1} of {BLOCKS} ...")
        for name, action in todo.items():
            floors.append(cpu_of(floor, lambda: floor.request("GET", "/")))
            values[name].append(cpu_of(platform, action))
            ratios[name].append(values[name][-1] / floors[-1])
    bare = statistics.median(floors)
    for name in todo:
        report(
            f"cpu: {name}", statistics.median(values[name]), bare, statistics.median(ratios[name])
        )


def cpu_of(server: Server, action: Callable[[], object]) -> float:
    before = server.cpu_milliseconds()
    repeat(action, BLOCK)
    return (server.cpu_milliseconds() - before) / BLOCK


def repeat(action: Callable[[], object], times: int) -> None:
    for _ in range(times):
        action()


def statements(folder: Path) -> dict[str, int]:
    """How many SQL statements each page sends, counted inside one process."""
    os.environ.update(environment_of(folder))
    app = create_app(config_from_environment())
    with app.app_context():
        engine = db.engine
    sent: list[str] = []
    here = threading.get_ident()  # the embedded worker looks for jobs meanwhile

    def note(*call: Any) -> None:
        if threading.get_ident() == here:
            sent.append(call[2])

    event.listen(engine, "before_cursor_execute", note)
    people = {who: _signed_in(app, who) for who in {page.person for page in PAGES + ROUND_PAGES}}
    counts: dict[str, int] = {}

    def count(name: str, action: Callable[[], object]) -> None:
        action()  # the first time also loads what a worker loads once
        counts[name] = min(sent_by(action) for _ in range(2))  # once a minute a session is noted

    def shown(page: Page) -> None:
        if people[page.person].get(page.path).status_code != http.client.OK:
            raise SystemExit(f"{page.path} is not there")

    def sent_by(action: Callable[[], object]) -> int:
        sent.clear()
        action()
        return sum(not s.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")) for s in sent)

    for page in PAGES + ROUND_PAGES:
        count(page.name, partial(shown, page))
    client = people["reviewer"]
    desk = Desk(
        lambda path: client.get(path).get_data(as_text=True),
        lambda path, form: client.post(path, data=form).get_data(as_text=True),
    )
    count(STEPPING_BACK, lambda: client.get(f"{desk.path}/recusal"))
    count(SCORING_PAGE, desk.open)
    count(SAVED_MARK, desk.save)
    engine.dispose()
    return counts


def _signed_in(app: Flask, person: str) -> Any:
    client = app.test_client()
    token = field(client.get("/sign-in").get_data(as_text=True), "csrf_token")
    form = {"csrf_token": token, "email": f"{person}@demo.invalid", "password": DEMO_PASSWORD}
    if client.post("/sign-in", data=form).status_code != http.client.FOUND:
        raise SystemExit(f"{person} could not sign in")
    return client


def measure_growth(large: Server, small: Server) -> None:
    """Median time to answer in the large and the small province, request by request in turn."""
    of_large, of_small = actions(large), actions(small)
    say("Growth from 1,000 to 36,000 cases a year ...")
    for name, action in of_large.items():
        repeat(action, WARM_UP)
        repeat(of_small[name], WARM_UP)
        p50_large, p50_small = map(statistics.median, in_turn(action, of_small[name]))
        report(f"growth of p50: {name}", p50_large, p50_small, p50_large / p50_small)


def in_turn(*actions: Callable[[], object]) -> tuple[list[float], ...]:
    """Milliseconds of each action, repeated; who goes first changes every time."""
    times: dict[int, list[float]] = {n: [] for n in range(len(actions))}
    order = list(enumerate(actions))
    for _ in range(PAIRS):
        for n, action in order:
            began = time.perf_counter()
            action()
            times[n].append((time.perf_counter() - began) * 1000)
        order.reverse()
    return tuple(times.values())


def report(case: str, value: float, floor: float, ratio: float) -> None:
    line = {"case": case, "value": round(value, 3), "floor": round(floor, 3)}
    print(json.dumps(line | {"ratio": round(ratio, 3)}), flush=True)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def serving(application: str, environment: dict[str, str], log: Path) -> Iterator[Server]:
    server = Server(application, environment, log)
    try:
        yield server
    finally:
        server.stop()


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        large, small = province(LARGE, folder), province(SMALL, folder)
        report_statements(statements(large), statements(small))
        make_floor(folder / "floor.db")
        floor = {"FLOOR_DATABASE": str(folder / "floor.db")}
        with (
            serving("benchmarks.pages:floor_app()", floor, folder / "floor.log") as bare,
            serving("wsgi:app", environment_of(large), folder / "large.log") as of_large,
        ):
            measure_cpu(bare, of_large)
            with serving("wsgi:app", environment_of(small), folder / "small.log") as of_small:
                measure_growth(of_large, of_small)


def report_statements(large: dict[str, int], small: dict[str, int]) -> None:
    allowed = {page.name: page.most_statements for page in PAGES + ROUND_PAGES}
    allowed |= {STEPPING_BACK: LIST, SCORING_PAGE: SCORING, SAVED_MARK: SAVING}
    for name, count in large.items():
        report(f"statements: {name}", count, allowed[name], count / allowed[name])
        report(f"growth of statements: {name}", count, small[name], count / small[name])


if __name__ == "__main__":
    main()
