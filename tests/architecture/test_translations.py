"""The English catalogue says everything the source says, in English, and is compiled."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask

from review.config import ROOT

ENGLISH = ROOT / "review" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
HAN = re.compile(r"[㐀-鿿豈-﫿]")
FULL_WIDTH = re.compile(r"[，。；：？！（）、「」《》]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")  # {n} is filled in by the browser
OWN_NAME = "中文"
"""What the switch back to Chinese is called, in Chinese."""

KEYWORDS: dict[str, Any] = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}
KEYWORDS |= {"lazy_gettext": None, "lazy_ngettext": (1, 2)}


@cache
def catalogue() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def is_source(folder: str) -> bool:
    """Macros lie in a folder that Babel would pass over for its underscore."""
    return not Path(folder).name.startswith(".")


@cache
def source_strings() -> frozenset[str]:
    """Every string that the templates and modules hand to a translator."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options, KEYWORDS, directory_filter=is_source)
    return frozenset(m if isinstance(m, str) else m[0] for _path, _line, m, _notes, _ctx in found)


def said(message: Message) -> list[str]:
    """The translation, in each of its plural forms."""
    text: Any = message.string
    return [text] if isinstance(text, str) else list(text)


def asked(message: Message) -> str:
    text: Any = message.id
    return text if isinstance(text, str) else str(text[0])


def translations() -> list[Message]:
    return [message for message in catalogue() if message.id]


def test_every_string_of_the_source_is_in_the_catalogue() -> None:
    known = {asked(message) for message in translations()}
    assert sorted(source_strings() - known) == []


def test_catalogue_holds_nothing_that_the_source_no_longer_says() -> None:
    assert sorted({asked(m) for m in translations()} - source_strings()) == []
    assert not catalogue().obsolete


def test_every_string_has_an_english_translation() -> None:
    missing = [asked(m) for m in translations() if m.fuzzy or not all(said(m))]
    assert missing == []


@pytest.mark.parametrize("script", [HAN, FULL_WIDTH], ids=["characters", "punctuation"])
def test_english_holds_no_chinese(script: re.Pattern[str]) -> None:
    assert [t for m in translations() for t in said(m) if script.search(t)] == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    def placeholders(text: str) -> set[str]:
        return set(PLACEHOLDER.findall(text))

    wrong = [
        asked(m)
        for m in translations()
        if any(placeholders(text) != placeholders(asked(m)) for text in said(m))
    ]
    assert wrong == []


def test_compiled_catalogue_is_fresh() -> None:
    """Otherwise run ``make translations``."""
    compiled: Path = ENGLISH.with_suffix(".mo")
    with compiled.open("rb") as file:
        fresh = read_mo(file)
    assert {asked(m): said(m) for m in fresh if m.id} == {asked(m): said(m) for m in translations()}


def test_switch_turns_a_page_into_english(app: Flask) -> None:
    browser = app.test_client()
    assert HAN.search(browser.get("/sign-in").text)
    browser.post("/language", data={"language": "en"})
    page = browser.get("/sign-in").text.replace(OWN_NAME, "")
    assert 'lang="en"' in page
    assert HAN.findall(page) == []
