"""Field-level secrecy: every name in the database is a canary; each role sees those it may.

``ALLOWED`` is the reviewed table: kind of canary → who may see which. What a role sees must lie
within it, on every page, chart and download it can reach; and every line of the table must be
seen at least once, or the scan proves nothing. ``test_planted_leak_is_found`` shows it can fail.
"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping

import pytest

from review.enums import Role
from review.security import HEADERS
from tests.trust.crawl import crawl, crawl_once
from tests.trust.matrix import EVERYBODY, Actor, inside, own
from tests.trust.platform import Platform, Seen, unpacked
from tests.trust.province import Thing

PERSONAL_LINK = "/invitations/invitation-"
CANARY = re.compile(rb"zx[a-z]+\d{4}", re.IGNORECASE)
SIGNED_IN = tuple(actor for actor in EVERYBODY if actor.role)
May = Callable[[Actor, Thing], bool]


def nobody(_actor: Actor, _thing: Thing) -> bool:
    return False


def role_is(*roles: Role, and_: May = lambda _a, _t: True) -> May:
    return lambda actor, thing: actor.role in roles and and_(actor, thing)


def either(*rules: May) -> May:
    return lambda actor, thing: any(rule(actor, thing) for rule in rules)


def canaries_in(body: bytes) -> set[str]:
    return {found.decode().upper() for found in CANARY.findall(body)}


MANAGES_PEOPLE = role_is(Role.ADMINISTRATOR)
ORGANISES = role_is(Role.ORGANISER, and_=inside)
AUDITS = role_is(Role.AUDITOR, and_=inside)
ALLOWED: dict[str, May] = {
    "MAIL": either(own, MANAGES_PEOPLE),
    "INVITED": MANAGES_PEOPLE,
    "INVITEE": either(MANAGES_PEOPLE, ORGANISES),
    "HANDLER": either(ORGANISES, role_is(Role.CHIEF, and_=inside)),
    "PROVIDER": either(ORGANISES, role_is(Role.CHIEF, and_=inside)),
    "HL": nobody,
    "RL": nobody,
    "RECIPIENT": nobody,
    "IDNO": nobody,
    "PHONE": nobody,
    "REFUSED": ORGANISES,  # their own rows come back to them as they were
    "COMMENT": either(own, ORGANISES),
    "REASON": either(own, ORGANISES),
    "RELATIVE": own,
    "FILENAME": own,
    "MEMBER": ORGANISES,
    "NOTE": either(ORGANISES, AUDITS),
    "UREV": either(own, MANAGES_PEOPLE, role_is(Role.ORGANISER, Role.AUDITOR)),
    "UHAN": either(own, MANAGES_PEOPLE, AUDITS),
    "UORG": either(own, MANAGES_PEOPLE, ORGANISES, AUDITS),
    "UCHI": either(own, MANAGES_PEOPLE, AUDITS),
    "UAUD": either(own, MANAGES_PEOPLE, AUDITS),
    "UADM": either(own, MANAGES_PEOPLE, AUDITS, role_is(Role.ORGANISER)),
}
NEVER_SEEN = frozenset(kind for kind, rule in ALLOWED.items() if rule is nobody)


def seen_in(answers: Mapping[str, Seen]) -> dict[str, str]:
    """Each canary that can be read anywhere, with the first address that shows it."""
    found: dict[str, str] = {}
    for url, answer in answers.items():
        if url.startswith(PERSONAL_LINK):  # who holds the link may read what it offers
            continue
        body = answer.body + repr(answer.headers).encode()
        for canary in canaries_in(body):
            found.setdefault(canary, url)
    return found


@pytest.mark.parametrize("actor", SIGNED_IN, ids=lambda actor: actor.name)
def test_role_sees_no_name_beyond_the_table(attacked: Platform, actor: Actor) -> None:
    planted = attacked.here.canaries
    found = seen_in(crawl_once(attacked, actor))
    beyond = [
        f"{actor.name} reads {canary} of {sorted(planted[canary].owners)} at {url}"
        for canary, url in sorted(found.items())
        if canary in planted and not ALLOWED[planted[canary].key](actor, planted[canary])
    ]
    assert not beyond, "\n".join(beyond)


def test_every_line_of_the_table_is_used(attacked: Platform) -> None:
    planted = attacked.here.canaries
    found = {c for actor in SIGNED_IN for c in seen_in(crawl_once(attacked, actor))}
    shown = {planted[canary].key for canary in found if canary in planted}
    assert shown == set(ALLOWED) - NEVER_SEEN


def test_every_kind_of_canary_has_a_line(attacked: Platform) -> None:
    assert {thing.key for thing in attacked.here.canaries.values()} == set(ALLOWED)


def test_planted_leak_is_found(attacked: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    leaked = next(c for c, t in attacked.here.canaries.items() if t.key == "HANDLER")
    reviewer = next(actor for actor in SIGNED_IN if actor.role is Role.REVIEWER)
    monkeypatch.setitem(HEADERS, "X-Handler", leaked)
    assert leaked in seen_in(crawl(attacked, reviewer))


def test_canary_inside_a_workbook_is_found() -> None:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", "<t>ZXHANDLER0001</t>")
    assert canaries_in(unpacked(book.getvalue())) == {"ZXHANDLER0001"}
