import hashlib

import pytest
from flask import Flask
from sqlalchemy import select

from review.domain import definitions
from review.domain.definitions import (
    comparable,
    create_draft,
    digest_of,
    discard,
    problems_of,
    publish,
    retire,
    save_draft,
)
from review.domain.rubrics import get_rubric, get_scheme, usable_rubrics, usable_schemes
from review.enums import DefinitionStatus, DefinitionSubject, Role
from review.errors import (
    DefinitionNameError,
    DefinitionRefusedError,
    OutOfReachError,
    StaleError,
    WrongStatusError,
)
from review.extensions import db
from review.models.audit import AuditEvent
from review.models.definitions import Definition
from review.permissions import Actor
from review.queries.definitions import text_at
from rubrics.faults import Fault
from rubrics.registry import DEFINITIONS, SCHEMES
from tests import world

RUBRIC, SCHEME = DefinitionSubject.RUBRIC, DefinitionSubject.SCHEME
CIVIL = (DEFINITIONS / "civil-first_v1.toml").read_text(encoding="utf-8")
HUNDRED = (SCHEMES / "hundred-4.toml").read_text(encoding="utf-8")
KEY = f"{world.CITY}-civil/1"


@pytest.fixture
def by(app: Flask) -> Actor:
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        db.session.commit()
        return Actor(member.user_id, "名", member.id, member.role, member.region_code)


def drafted(by: Actor, source: str = CIVIL, subject: DefinitionSubject = RUBRIC) -> Definition:
    return create_draft(subject, source, name="civil", region_code=world.CITY, by=by)


def published(by: Actor, source: str = CIVIL, subject: DefinitionSubject = RUBRIC) -> Definition:
    definition = drafted(by, source, subject)
    publish(definition, edits=0, by=by)
    return definition


def test_draft_of_a_shipped_rubric_is_the_bureaus_own_under_its_own_key(
    app: Flask, by: Actor
) -> None:
    with app.app_context():
        definition = drafted(by)
        assert (definition.key, definition.status) == (KEY, DefinitionStatus.DRAFT)
        assert "is_example = false" in definition.text
        assert problems_of(RUBRIC, definition.text) == []
        with pytest.raises(KeyError):
            get_rubric(KEY)  # a draft serves nobody


def test_published_rubric_serves_rounds_and_keeps_its_text(app: Flask, by: Actor) -> None:
    with app.app_context():
        definition = published(by)
        text = definition.text
        assert definition.digest == hashlib.sha256(text.encode()).hexdigest()
        assert get_rubric(KEY).title == "民事诉讼一审案件质量评估标准"
        assert KEY in {rubric.key for rubric in usable_rubrics(world.CITY)}
        assert KEY in {rubric.key for rubric in usable_rubrics(world.COUNTY)}
        assert KEY not in {rubric.key for rubric in usable_rubrics(world.OTHER_CITY)}
        with pytest.raises(WrongStatusError):
            save_draft(definition, text, edits=0, by=by)
        with pytest.raises(WrongStatusError):
            publish(definition, edits=0, by=by)
        assert definition.text == text
        actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert actions == ["definition.drafted", "definition.published"]


def test_retired_rubric_serves_only_what_pins_it(app: Flask, by: Actor) -> None:
    with app.app_context():
        retire(published(by), by=by)
        assert get_rubric(KEY).key == KEY
        assert KEY not in {rubric.key for rubric in usable_rubrics(world.CITY)}
        with pytest.raises(WrongStatusError):
            retire(db.session.scalars(select(Definition)).one(), by=by)


def test_second_of_two_savers_overwrites_nothing(app: Flask, by: Actor) -> None:
    with app.app_context():
        definition = drafted(by)
        mine = definition.text.replace("履行报告义务", "依法履行报告义务")
        theirs = definition.text.replace("履行报告义务", "及时履行报告义务")
        save_draft(definition, theirs, edits=0, by=by)
        with pytest.raises(StaleError):
            save_draft(definition, mine, edits=0, by=by)
        with pytest.raises(StaleError):
            publish(definition, edits=0, by=by)
        assert (definition.text, definition.edits) == (theirs, 1)


def test_earlier_texts_are_kept_while_it_is_a_draft_and_only_the_latest(
    app: Flask, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(definitions, "KEPT_TEXTS", 2)
    with app.app_context():
        definition = drafted(by)
        texts = [definition.text]
        for edits in range(4):
            texts.append(texts[0].replace("履行报告义务", f"履行报告义务{edits}"))
            save_draft(definition, texts[-1], edits=edits, by=by)
        assert [text_at(definition, n) for n in range(6)] == [None, *texts[1:], None]
        publish(definition, edits=4, by=by)
        assert [text_at(definition, n) for n in range(5)] == [None] * 4 + texts[4:]


def test_discarded_draft_serves_nobody_and_is_in_the_log(app: Flask, by: Actor) -> None:
    with app.app_context():
        definition = drafted(by)
        discard(definition, edits=0, by=by)
        with pytest.raises(KeyError):
            get_rubric(KEY)
        assert KEY not in {rubric.key for rubric in usable_rubrics(world.CITY)}
        assert comparable(drafted(by)).keys() == {"civil-first/1"}
        event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()[1]
        assert event.action == "definition.discarded"
        assert event.details == {"key": KEY, "digest": digest_of(definition.text)}


def test_unfinished_draft_is_kept_but_not_published(app: Flask, by: Actor) -> None:
    with app.app_context():
        definition = drafted(by)
        unfinished = definition.text.replace("points = 12", "points = 13")
        save_draft(definition, unfinished, edits=0, by=by)
        with pytest.raises(DefinitionRefusedError, match=r"add up to 100 \(101\)"):
            publish(definition, edits=1, by=by)
        assert definition.status is DefinitionStatus.DRAFT


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("points = 12", "points = = 12", r"line \d+, column \d+"),
        (f'key = "{KEY}"', 'key = "civil-first/1"', "key"),
        ("points = 12", 'points = "12"', "must be a number"),
    ],
)
def test_text_that_cannot_be_read_is_refused_and_the_draft_stays(
    app: Flask, by: Actor, old: str, new: str, message: str
) -> None:
    with app.app_context():
        definition = drafted(by)
        before = definition.text
        assert old in before
        with pytest.raises(DefinitionRefusedError, match=message):
            save_draft(definition, before.replace(old, new, 1), edits=0, by=by)
        assert (definition.text, definition.edits) == (before, 0)


def test_unknown_kind_of_case_is_named(app: Flask) -> None:
    with app.app_context():
        (problem,) = problems_of(RUBRIC, CIVIL.replace('["civil_first"]', '["civil_third"]'))
    assert (problem.what, problem.found) == (Fault.UNKNOWN_KIND, "civil_third")


def test_next_version_may_not_rename_a_criterion_under_its_code(app: Flask, by: Actor) -> None:
    with app.app_context():
        published(by)
        second = drafted(by)
        assert second.key == f"{world.CITY}-civil/2"
        renamed = second.text.replace('title = "结案报告"', 'title = "庭审表现"')
        save_draft(second, renamed, edits=0, by=by)
        with pytest.raises(DefinitionRefusedError, match="结案报告 → 庭审表现"):
            publish(second, edits=1, by=by)
        assert [p.what for p in problems_of(RUBRIC, second.text)] == [Fault.RENAMED]


def test_code_may_not_come_back_for_something_else_after_a_version_without_it(
    app: Flask, by: Actor
) -> None:
    with app.app_context():
        published(by)
        second = drafted(by)
        other = second.text.replace('"结案报告"', '"回访"').replace(
            'code = "closing_report"', 'code = "callback_done"'
        )
        assert "callback_done" in other
        save_draft(second, other, edits=0, by=by)
        publish(second, edits=1, by=by)
        third = drafted(by, CIVIL.replace('title = "结案报告"', 'title = "庭审表现"'))
        assert [str(p) for p in problems_of(RUBRIC, third.text)] == [
            "closing_report: criterion was renamed under the same code (结案报告 → 庭审表现)"
        ]


def test_own_cut_offs_with_a_hole_are_refused(app: Flask, by: Actor) -> None:
    with app.app_context():
        scheme = drafted(by, HUNDRED, SCHEME)
        hole = scheme.text.replace("lower = 60\nupper = 80", "lower = 60\nupper = 70")
        assert hole != scheme.text
        save_draft(scheme, hole, edits=0, by=by)
        with pytest.raises(DefinitionRefusedError, match=r"no grade between \(70..80\)"):
            publish(scheme, edits=1, by=by)
        save_draft(scheme, scheme.text.replace("= 70", "= 80"), edits=1, by=by)
        publish(scheme, edits=2, by=by)
        assert get_scheme(KEY).title == get_scheme("hundred-4").title
        assert KEY in {one.key for one in usable_schemes(world.COUNTY)}


def test_draft_outside_the_own_region_or_under_a_bad_name_is_refused(app: Flask, by: Actor) -> None:
    with app.app_context():
        with pytest.raises(OutOfReachError):
            create_draft(RUBRIC, CIVIL, name="civil", region_code=world.OTHER_CITY, by=by)
        for name in ("", "Civil", "民事", "a/b", "-a"):
            with pytest.raises(DefinitionNameError):
                create_draft(RUBRIC, CIVIL, name=name, region_code=world.CITY, by=by)
        with pytest.raises(DefinitionRefusedError, match="too large"):
            create_draft(RUBRIC, "#" * 5_000_000, name="big", region_code=world.CITY, by=by)
        assert db.session.scalars(select(Definition)).all() == []
