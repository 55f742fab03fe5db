"""No unsafe request is believed without the page's own token, sign-in included.

Seen to fail: with ``csrf.init_app`` left out of ``create_app`` every case below fails.
"""

from collections.abc import Iterator

import pytest

from tests.trust.matrix import EVERYBODY, GET, MATRIX
from tests.trust.platform import Platform
from tests.trust.test_authorisation_matrix import cells

UNSAFE = sorted(key for key in MATRIX if key[1] != GET)
TOKENS: tuple[dict[str, str], ...] = ({}, {"csrf_token": ""}, {"csrf_token": "forged"})


@pytest.fixture
def guarded(attacked: Platform) -> Iterator[Platform]:
    attacked.app.config["WTF_CSRF_ENABLED"] = True
    yield attacked
    attacked.app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize(("endpoint", "method"), UNSAFE)
@pytest.mark.parametrize("token", TOKENS, ids=["missing", "empty", "forged"])
def test_unsafe_request_is_refused_without_token(
    guarded: Platform, endpoint: str, method: str, token: dict[str, str]
) -> None:
    rule = MATRIX[endpoint, method]
    every = cells(guarded, endpoint, method, rule)
    allowed = next(cell for cell in every if cell.allowed or rule.closed)
    client = guarded.client(allowed.actor.name)
    response = client.open(
        allowed.url, method=method, data=dict(rule.data(guarded.here, allowed.actor.name)) | token
    )
    assert response.status_code == 400
    assert not guarded.changed()


def test_token_of_another_browser_is_refused(guarded: Platform) -> None:
    names = [actor.name for actor in EVERYBODY if actor.role][:2]
    mine, theirs = (guarded.client(name) for name in names)
    page = theirs.get("/sign-in", follow_redirects=True).text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    assert mine.post("/sign-out", data={"csrf_token": token}).status_code == 400
    assert not guarded.changed()
