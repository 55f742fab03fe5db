"""A scoring page in a browser: its fields, what it says, and what stands on the server."""

import re
from dataclasses import dataclass
from decimal import Decimal

from flask import Flask
from playwright.sync_api import Page, expect

from review.extensions import db
from review.models.reviewing import Mark

SAVED = re.compile(r"^已保存 \d\d:\d\d$")
UNSAVED = re.compile("未保存")
PATIENCE = 20_000  # milliseconds; a retry waits one, two, four seconds


@dataclass(frozen=True)
class Desk:
    origin: str
    path: str
    member_id: int
    email: str


def field(page: Page, code: str, name: str = "points") -> str:
    return f'[name="mark_{code}-{name}"]'


def state(page: Page, text: re.Pattern[str]) -> None:
    expect(page.locator("[data-state]")).to_have_text(text, timeout=PATIENCE)


def stored(app: Flask) -> dict[str, Decimal | None]:
    with app.app_context():
        return {m.criterion_code: m.points for m in db.session.query(Mark)}
