"""H1 in the page: our JavaScript agrees with the platform and with the stand-alone verifier."""

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.trust.draws import Case, changed, fresh, last_seal, pinned, pinned_replacements

SCRIPT = Path("review/static/js/verify_draw.js")
FRAMES = int(os.environ.get("DRAW_FRAMES", "500"))

VERIFY_ALL = """async ([source, text]) => {
  const { verifyDraw } = await import(source);
  const verdict = ([told, listing]) => verifyDraw(told, new TextEncoder().encode(listing));
  return JSON.parse(text).map(verdict);
}"""
HASH_ALL = """async ([source, texts]) => {
  const { sha256 } = await import(source);
  return texts.map((text) => sha256(text));
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def source() -> str:
    return "data:text/javascript;base64," + base64.b64encode(SCRIPT.read_bytes()).decode()


def verdicts(page: Page, cases: list[Case]) -> list[tuple[str | None, str | None]]:
    """The fault and the last seal of each."""
    found = page.evaluate(VERIFY_ALL, [source(), json.dumps(cases)])
    return [(one["fault"], one["seal"]) for one in found]


def test_sha256_of_every_length_up_to_three_blocks(page: Page) -> None:
    texts = ["abc", *("字" * (n % 3) + "x" * n for n in range(200))]
    expected = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    assert page.evaluate(HASH_ALL, [source(), texts]) == expected


def test_pinned_and_random_draws_are_verified_in_the_page(page: Page) -> None:
    cases = pinned() + pinned_replacements() + fresh(FRAMES)
    assert verdicts(page, cases) == [(None, last_seal(manifest)) for manifest, _ in cases]


def test_each_of_a_thousand_changed_fields_is_detected_in_the_page(page: Page) -> None:
    assert all(fault and seal is None for fault, seal in verdicts(page, changed(1000)))
