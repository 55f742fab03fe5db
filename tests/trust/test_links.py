"""No page leads its reader into a wall: every link a role is shown answers that role.

Seen to fail: an auditor's page once led to the panel's list, which is not for auditors.
"""

import pytest

from tests.trust.crawl import crawl_once, links
from tests.trust.matrix import EVERYBODY, Actor
from tests.trust.platform import Platform

SHORT_OF_DATA = ".svg"  # a chart of too few cases is missing, and its page says so


@pytest.mark.parametrize("actor", EVERYBODY, ids=lambda actor: actor.name)
def test_links_shown_to_a_role_are_open_to_it(attacked: Platform, actor: Actor) -> None:
    found = crawl_once(attacked, actor)
    pages = {url: seen.body.decode() for url, seen in found.items() if seen.is_page}
    dead = {
        f"{url} leads to {link}: {found[link].status}"
        for url, page in pages.items()
        for link in links(page, url)
        if link in found and found[link].status >= 400 and SHORT_OF_DATA not in link
    }
    assert not dead, "\n".join(sorted(dead))
