"""Every response carries the headers that keep a page to itself, whatever its status.

Seen to fail: with ``set_headers`` unregistered each of these tests fails at its first address.
"""

import pytest
from werkzeug.test import TestResponse

from review.security import HEADERS
from tests.trust.crawl import crawl_once, starts
from tests.trust.matrix import ANONYMOUS, EVERYBODY, Actor
from tests.trust.platform import Platform, Seen, see

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
INERT = {"default-src": "'none'", "sandbox": "", "frame-ancestors": "'none'"}
"""A dossier does nothing by itself, wherever its address is opened."""
ONE_PER_ROLE = tuple({actor.role: actor for actor in EVERYBODY}.values())
IMMUTABLE = "public, max-age=31536000, immutable"
STATIC = "/static/css/app.css?v=1"


def problems(url: str, answer: Seen) -> list[str]:
    headers = dict(answer.headers)
    found = [f"{url}: no {name}" for name in HEADERS if not headers.get(name)]
    parts = headers.get("Content-Security-Policy", "").split("; ")
    policy = {name: value for name, _space, value in (part.partition(" ") for part in parts)}
    wanted = INERT if headers.get("Content-Type") == "application/pdf" else POLICY
    found += [f"{url}: {k} {policy.get(k)}" for k, v in wanted.items() if policy.get(k) != v]
    found += [f"{url}: unsafe policy" for value in policy.values() if "unsafe" in value]
    if headers.get("X-Content-Type-Options") != "nosniff":
        found.append(f"{url}: may be sniffed")
    if headers.get("Referrer-Policy") != "no-referrer":
        found.append(f"{url}: tells its address")
    if headers.get("Cache-Control") not in allowed_keeping(headers, answer.status):
        found.append(f"{url}: {headers.get('Cache-Control')}")
    return found


def allowed_keeping(headers: dict[str, str], status: int) -> set[str]:
    """Files of ours for ever; a chart of figures by this browser, if it asks each time; else no."""
    if status >= 400:
        return {"no-store"}
    if headers.get("Content-Type", "").startswith("image/svg+xml"):
        return {"no-store", "private, no-cache", "no-cache, private", IMMUTABLE}
    if headers.get("Content-Type") == "application/pdf":
        return {"private, no-store"}
    return {"no-store", IMMUTABLE} if "ETag" in headers else {"no-store"}


@pytest.mark.parametrize("actor", ONE_PER_ROLE, ids=lambda actor: actor.name)
def test_headers_stand_on_every_page_a_role_can_ask_for(attacked: Platform, actor: Actor) -> None:
    found = crawl_once(attacked, actor)
    assert not [problem for url, answer in found.items() for problem in problems(url, answer)]


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/no-such-page", 404),
        ("GET", STATIC, 200),
        ("GET", "/static/nothing.css", 404),
        ("POST", "/sign-in", 400),
        ("DELETE", "/sign-in", 405),
    ],
)
def test_headers_stand_on_answers_outside_the_pages(
    attacked: Platform, method: str, url: str, status: int
) -> None:
    attacked.app.config["WTF_CSRF_ENABLED"] = True
    try:
        response = attacked.client(ANONYMOUS.name).open(url, method=method, buffered=True)
    finally:
        attacked.app.config["WTF_CSRF_ENABLED"] = False
    assert response.status_code == status
    assert not problems(url, see(response))


def test_headers_stand_on_a_failure_of_ours(
    attacked: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> TestResponse:
        raise RuntimeError("planted")

    fail.permission = None  # type: ignore[attr-defined]
    monkeypatch.setitem(attacked.app.view_functions, "accounts.sign_in", fail)
    monkeypatch.setitem(attacked.app.config, "PROPAGATE_EXCEPTIONS", False)
    response = attacked.client(ANONYMOUS.name).get("/sign-in")
    assert response.status_code == 500
    assert "planted" not in response.text
    assert not problems("/sign-in", see(response))


def test_static_files_are_kept_and_nothing_else_is(attacked: Platform) -> None:
    client = attacked.client(ANONYMOUS.name)
    assert "immutable" in client.get(STATIC, buffered=True).headers["Cache-Control"]
    unnamed = client.get(STATIC.partition("?")[0], buffered=True).headers["Cache-Control"]
    assert unnamed == "public, no-cache"  # an address without the content's digest may change
    assert list(starts(attacked, ANONYMOUS))
