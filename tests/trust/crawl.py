"""Everything one actor can open: every GET of the table with known ids, and every link found."""

import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import urljoin, urlsplit

from tests.trust.matrix import GET, MATRIX, Actor
from tests.trust.platform import Platform, Seen, see
from tests.trust.test_authorisation_matrix import addresses

LINK = re.compile(r'(?:href|src|hx-get)="(/[^"#]*)')
FORM_CHOICE = re.compile(r'<select[^>]*name="([^"]+)".*?</select>', re.DOTALL)
POST_FORM = re.compile(r'<form[^>]*method="post".*?</form>', re.DOTALL)
OPTION = re.compile(r'<option[^>]*value="([^"]*)"')
ENTITIES = (("&amp;", "&"), ("&#39;", "'"))
MOST_PAGES = 1500


def starts(platform: Platform, actor: Actor) -> Iterator[str]:
    """The address of every GET route, with one thing of each relation and a missing one."""
    adapter = platform.app.url_map.bind("localhost")
    for (endpoint, method), rule in MATRIX.items():
        if method != GET or endpoint == "static":
            continue
        if actor.role not in rule.roles and not rule.public:
            continue
        for _thing, url in addresses(platform, adapter, endpoint, method):
            yield url


@cache
def crawl_once(platform: Platform, actor: Actor) -> dict[str, Seen]:
    """``crawl``, remembered: for tests that only read the platform as it was built."""
    return crawl(platform, actor)


def crawl(platform: Platform, actor: Actor) -> dict[str, Seen]:
    """Every address that ``actor`` can reach, with what it answered, in the order found."""
    client = platform.client(actor.name)
    waiting = list(dict.fromkeys(starts(platform, actor)))
    found: dict[str, Seen] = {}
    while waiting and len(found) < MOST_PAGES:
        url = waiting.pop(0)
        if url in found:
            continue
        response = client.get(url, buffered=True)
        found[url] = see(response)
        if response.mimetype == "text/html":
            waiting += [link for link in links(response.text, url) if link not in found]
    assert len(found) < MOST_PAGES, f"{actor.name}: the crawl did not end"
    return found


def links(page: str, url: str) -> Iterator[str]:
    """Same-site addresses on a page: links, images, htmx reads, and each choice of its filters."""
    for entity, text in ENTITIES:
        page = page.replace(entity, text)
    for link in LINK.findall(page):
        if not link.startswith("/static/"):
            yield urljoin(url, link)
    for select in FORM_CHOICE.finditer(POST_FORM.sub("", page)):  # what is posted is no address
        for value in OPTION.findall(select.group(0)):
            yield f"{urlsplit(url).path}?{select.group(1)}={value}"
