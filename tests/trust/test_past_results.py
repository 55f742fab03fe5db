"""F8: what a closed round shows and exports stays the same to the byte, whatever is drafted,
published or retired afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from review.domain.definitions import create_draft, publish, retire, save_draft
from review.enums import DefinitionStatus, DefinitionSubject, RoundStatus
from review.extensions import db
from review.models.assignment import Assignment
from review.models.definitions import Definition
from review.models.reviewing import Review
from review.models.rounds import Round, RoundRubric
from review.models.sampling import SampledCase
from tests import world
from tests.trust.matrix import EVERYBODY, GET, MATRIX, Actor
from tests.trust.platform import Platform, Seen, see
from tests.trust.province import Province
from tests.trust.test_authorisation_matrix import addresses
from tests.world import CITY

RUBRIC, SCHEME = f"{CITY}-closed/1", f"{CITY}-cuts/1"
READERS = {"organiser@city", "auditor@city", "chief@city", "handler", "reviewer"}
ABOUT_ROUNDS = {"round", "result", "sampled"}
ALSO = {"rubrics.show", "reviewing.history", "results.index"}


@pytest.fixture
def mine(tmp_path: Path, built: tuple[Path, Province]) -> Iterator[Platform]:
    """A platform that no other test sees changed."""
    path, here = built
    made = Platform(tmp_path, path, here.copy())
    yield made
    made.close()


def test_nothing_of_a_closed_round_changes(mine: Platform) -> None:
    mine.change(use_own)
    before = shown(mine)
    kinds = {dict(seen.headers)["Content-Type"].partition(";")[0] for seen in before.values()}
    assert {"text/html", "text/plain", "image/svg+xml", "application/toml"} <= kinds
    mine.change(publish_others)
    after = shown(mine)
    assert after.keys() == before.keys()
    assert [key for key, seen in before.items() if after[key] != seen] == []


def test_a_text_changed_under_its_key_would_be_seen(mine: Platform) -> None:
    mine.change(use_own)
    before = shown(mine)
    mine.change(forge)
    after = shown(mine)
    endings = {key[1].rpartition("/")[0] for key in before if before[key] != after[key]}
    assert {"/results", "/rounds"} <= endings


def shown(platform: Platform) -> dict[tuple[str, str], Seen]:
    """Every address about a closed round, for everybody who may read it, and what it answers."""
    found = {}
    for actor in (one for one in EVERYBODY if one.name in READERS):
        client = platform.client(actor.name)
        for url in dict.fromkeys(urls(platform, actor)):
            found[actor.name, url] = see(client.get(url, buffered=True))
    return {key: seen for key, seen in found.items() if seen.status == 200}


def urls(platform: Platform, actor: Actor) -> Iterator[str]:
    adapter = platform.app.url_map.bind("localhost")
    for (endpoint, method), rule in MATRIX.items():
        kinds = {rule.kind, *rule.queries.values()}
        if (
            method == GET
            and actor.role in rule.roles
            and (kinds & ABOUT_ROUNDS or endpoint in ALSO)
        ):
            for thing, url in addresses(platform, adapter, endpoint, method):
                if thing is None or thing.status in {"published", ""} or thing.owners:
                    yield url
    if actor.name == "organiser@city":
        yield f"/definitions/rubric/{RUBRIC}/file?format=toml"


def own(key: str) -> Definition:
    return db.session.scalars(select(Definition).where(Definition.key == key)).one()


def use_own(here: Province) -> None:
    """Closed rounds of the city as if they had pinned its own rubric and scheme."""
    by, status = here.members["organiser@city"], DefinitionStatus.PUBLISHED
    world.definition(by, "closed", status=status)
    world.definition(by, "cuts", DefinitionSubject.SCHEME, status=status)
    closed = select(Round.id).where(
        Round.status == RoundStatus.PUBLISHED, Round.region_code == CITY
    )
    sampled = SampledCase.round_id.in_(closed)
    db.session.execute(update(Round).where(Round.id.in_(closed)).values(scheme_key=SCHEME))
    pinned = update(RoundRubric).where(RoundRubric.round_id.in_(closed))
    db.session.execute(pinned.values(rubric_key=RUBRIC))
    db.session.execute(update(SampledCase).where(sampled).values(rubric_key=RUBRIC))
    tasks = select(Assignment.id).join(SampledCase).where(sampled)
    marked = update(Review).where(Review.assignment_id.in_(tasks)).values(rubric_key=RUBRIC)
    db.session.execute(marked)


def publish_others(here: Province) -> None:
    """Next versions with other points, words and cut-offs; the old ones are retired."""
    by = here.actor("organiser@city")
    changes = {
        RUBRIC: (DefinitionSubject.RUBRIC, (("= 12", "= 13"), ("= 8", "= 7"), ("民事", "别的"))),
        SCHEME: (DefinitionSubject.SCHEME, (("= 80", "= 85"), ("百分制", "别的"))),
    }
    for key, (subject, pairs) in changes.items():
        name = key.partition("-")[2].partition("/")[0]
        draft = create_draft(subject, own(key).text, name=name, region_code=CITY, by=by)
        text = draft.text
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new, 2 if subject is DefinitionSubject.SCHEME else 1)
        save_draft(draft, text, edits=0, by=by)
        publish(draft, edits=1, by=by)
        retire(own(key), by=by)
        assert own(key).status is DefinitionStatus.RETIRED


def forge(_here: Province) -> None:
    definition = own(RUBRIC)
    definition.text = definition.text.replace("民事诉讼一审案件质量评估标准", "篡改过的标准")
