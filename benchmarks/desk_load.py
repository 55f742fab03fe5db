"""200 reviewers save a mark every 10 seconds, over a network that loses one answer in fifty.

Served by gunicorn with two workers, as in production, over SQLite. A save whose answer is lost is
sent again under its key. Afterwards the database is compared with what each reviewer was told:
every acknowledged version must be there once, with the mark that was sent.

    python benchmarks/desk_load.py [--seconds 600] [--reviewers 200]

Prints one JSON object per line: case, value, floor, ratio.
    save, p99    value: milliseconds from sending to the whole answer, by the clock; floor: 300;
                 goal for the ratio <= 1
    errors       value: answers of any other status than 200; goal 0
    lost         value: acknowledged changes that the database lacks or has otherwise; goal 0
"""

import argparse
import http.client
import json
import os
import random
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  (after the path is set)
from flask import Flask  # noqa: E402

from review import create_app  # noqa: E402
from review.config import config_from_environment  # noqa: E402
from review.domain.reviewing import declare_no_conflict  # noqa: E402
from review.enums import Role  # noqa: E402
from review.extensions import db  # noqa: E402
from review.models.accounts import Membership  # noqa: E402
from review.models.assignment import Assignment  # noqa: E402
from review.models.reviewing import Review, ReviewChange  # noqa: E402
from review.permissions import Actor  # noqa: E402
from review.security import TOKEN  # noqa: E402
from rubrics.registry import get_rubric  # noqa: E402
from tests import world  # noqa: E402

WORKERS = ("--workers", "2", "--worker-class", "gthread", "--threads", "4", "--backlog", "512")
EVERY = 10.0
LIMIT_MS = 300.0
ANSWERS_LOST = 0.02
START_SECONDS = 60
CODES = [criterion.code for criterion in get_rubric(world.CIVIL_RUBRIC).criteria]


@dataclass
class Reviewer:
    """One browser: what it was told, and how long it waited for it."""

    path: str
    cookie: str
    token: str = ""
    acked: list[tuple[str, str]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    errors: int = 0

    def open(self, port: int) -> None:
        answer, page = request(port, "GET", self.path, {"Cookie": self.cookie})
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        if found is None:
            raise SystemExit(f"the desk did not open: {answer.status}")
        self.token = found[1]
        self.cookie = answer.headers.get_all("Set-Cookie", [self.cookie])[-1].split(";")[0]

    def work(self, port: int, until: float, chance: random.Random) -> None:
        time.sleep(chance.uniform(0, EVERY))
        while time.monotonic() < until:
            started = time.monotonic()
            self.save(port, chance)
            time.sleep(max(0.0, EVERY - (time.monotonic() - started)))

    def save(self, port: int, chance: random.Random) -> None:
        version = len(self.acked)
        code, points = CODES[version % len(CODES)], str(version % 3)
        key = secrets.token_urlsafe(12)
        form = {
            "criterion": code,
            "points": points,
            "reason": "理由",
            "version": version,
            "key": key,
        }
        if chance.random() < ANSWERS_LOST:
            self._post(port, form)
        started = time.monotonic()
        status, answer = self._post(port, form)
        self.waits.append((time.monotonic() - started) * 1000)
        if status == http.client.OK and json.loads(answer)["version"] == version + 1:
            self.acked.append((code, points))
        else:
            self.errors += 1

    def _post(self, port: int, form: dict[str, object]) -> tuple[int, str]:
        headers = {
            "Cookie": self.cookie,
            "X-CSRFToken": self.token,
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        try:
            answer, text = request(port, "POST", f"{self.path}/marks", headers, urlencode(form))
        except OSError:
            return 0, ""
        return answer.status, text


def request(
    port: int, method: str, path: str, headers: dict[str, str], body: str | None = None
) -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, {"Connection": "close", **headers})
        answer = connection.getresponse()
        return answer, answer.read().decode()
    finally:
        connection.close()


def fill(app: Flask, count: int) -> list[Reviewer]:
    """A round in which each reviewer has begun a review of one case."""
    with app.app_context():
        db.create_all()
        world.regions()
        organiser, at, by = (
            world.person(Role.ORGANISER, world.CITY),
            world.agency(),
            world.handler(),
        )
        members = [world.reviewer() for _ in range(count)]
        cases = [world.case(by, at) for _ in range(count)]
        world.assigned_round(organiser, cases, members, marks_per_case=1)
        db.session.commit()
        tasks = db.session.query(Assignment).order_by(Assignment.id).all()
        memberships = {m.user_id: m for m in db.session.query(Membership)}
        return [begin(app, task, memberships[task.reviewer_id]) for task in tasks]


def begin(app: Flask, task: Assignment, member: Membership) -> Reviewer:
    actor = Actor(member.user_id, "", member.id, member.role, member.region_code)
    declare_no_conflict(task, actor)
    token = world.session_token(member)
    db.session.commit()
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({TOKEN: token})}"
    return Reviewer(f"/reviewing/{task.public_id}", cookie)


def serve(environment: dict[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", *WORKERS, "--log-level", "warning"]
    command += ["--bind", f"127.0.0.1:{port}", "wsgi:app"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603  (our own command)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            request(port, "GET", "/health", {})
            return server, port
        except OSError:
            time.sleep(0.2)
    raise SystemExit("gunicorn did not start")


def lost(app: Flask, reviewers: list[Reviewer]) -> int:
    """Acknowledged changes that are not in the database as they were acknowledged."""
    with app.app_context():
        told = {f"/reviewing/{a.public_id}": a.id for a in db.session.query(Assignment)}
        reviews = {review.assignment_id: review for review in db.session.query(Review)}
        kept: dict[tuple[int, int], dict[str, dict[str, str]]] = {
            (change.review_id, change.version): change.content["marks"]
            for change in db.session.query(ReviewChange)
        }
        missing = 0
        for reviewer in reviewers:
            review = reviews[told[reviewer.path]]
            stored = {mark.criterion_code: mark.points for mark in review.marks}
            missing += abs(review.version - len(reviewer.acked))
            for version, (code, points) in enumerate(reviewer.acked, 1):
                change = kept.get((review.id, version))
                missing += change is None or bool(change) and change[code]["points"] != points
            last = dict(reviewer.acked)
            missing += sum(str(stored[code]) != points for code, points in last.items())
        return missing


def measure(count: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "PLATFORM_MODE": "demo",
            "DATA_DIR": folder,
            "DATABASE_URL": "",
        }
        environment["PYTHONPATH"] = str(ROOT)
        app = create_app(config_from_environment(environment))
        print(f"→ {count} reviewers for {seconds:.0f} s …", file=sys.stderr)
        reviewers = fill(app, count)
        server, port = serve(environment)
        try:
            for reviewer in reviewers:
                reviewer.open(port)
            run(port, reviewers, seconds)
        finally:
            server.terminate()
            server.wait(30)
        tell(reviewers, lost(app, reviewers))


def run(port: int, reviewers: list[Reviewer], seconds: float) -> None:
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=reviewer.work, args=(port, until, random.Random(n)))  # noqa: S311
        for n, reviewer in enumerate(reviewers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def tell(reviewers: list[Reviewer], missing: int) -> None:
    waits = [wait for reviewer in reviewers for wait in reviewer.waits]
    p99 = float(np.quantile(waits, 0.99))
    named = f"{len(reviewers)} reviewers, {len(waits)} saves"
    print(
        json.dumps(
            {
                "case": f"save, p99: {named}",
                "value": round(p99, 1),
                "floor": LIMIT_MS,
                "ratio": round(p99 / LIMIT_MS, 3),
            }
        )
    )
    errors = sum(reviewer.errors for reviewer in reviewers)
    for case, value in (("errors", errors), ("lost", missing)):
        print(json.dumps({"case": f"{case}: {named}", "value": value, "floor": 0, "ratio": value}))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--reviewers", type=int, default=200)
    given = asked.parse_args()
    measure(given.reviewers, given.seconds)
