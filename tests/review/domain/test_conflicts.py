"""Each rule of 回避 on its own: who it bars from what, on which evidence, and whom it leaves."""

from collections.abc import Iterable
from datetime import timedelta

import numpy as np
import pytest
from flask import Flask

from review.domain.conflict_entries import (
    name_also,
    note_opponent,
    object_to,
    pin,
    withdraw_entry,
)
from review.domain.conflict_evidence import Evidence, blocks_of
from review.domain.conflicts import conflicts_in, one_way
from review.domain.declarations import declare_tie, say_what_fits, withdraw_tie
from review.enums import CaseType, ConflictReason, DeclarationKind, Role, RoundStatus
from review.errors import (
    TooManyObjectionsError,
    UnknownProviderError,
    UnknownSubjectError,
    WrongStatusError,
)
from review.extensions import db
from review.labels import today
from review.models.accounts import Membership, ReviewerProfile
from review.models.cases import Case
from review.models.conflicts import Declaration
from review.models.handler import Handler, Provider
from review.models.rounds import Round
from review.permissions import Actor
from tests import world


@pytest.fixture
def scene(app: Flask) -> Iterable[tuple[Round, Actor, Case, Handler]]:
    """A drawn round of one case; its handler works in an office of the case's county."""
    with app.app_context():
        world.regions()
        member = world.person(Role.ORGANISER, world.CITY)
        by = world.handler("东川正义律师事务所")
        of = world.case(by, world.agency())
        round_ = world.drawn_round(member, [of])
        actor = Actor(member.user_id, "o", member.id, Role.ORGANISER, world.CITY)
        yield round_, actor, of, by


Scene = tuple[Round, Actor, Case, Handler]


def reviewer(**profile: object) -> Membership:
    member = world.reviewer()
    stored = db.session.get_one(ReviewerProfile, member.user_id)
    for name, value in profile.items():
        setattr(stored, name, value)
    db.session.flush()
    return member


def acting(member: Membership) -> Actor:
    return Actor(member.user_id, "r", member.id, Role.REVIEWER, member.region_code)


def reasons(round_: Round, member: Membership) -> list[ConflictReason]:
    return conflicts_in(round_, {member.user_id}).reasons_of(0, 0)


def evidence(round_: Round, member: Membership) -> tuple[Evidence, ...]:
    blocks, size = blocks_of(conflicts_in(round_, {member.user_id}), 0, 0, 50)
    assert size == len(blocks) == 1
    return blocks[0].evidence


def office(name: str, region_code: str = world.OTHER_COUNTY) -> Provider:
    return world.add(Provider(name=name, region_code=region_code))


def own_handler(member: Membership, provider: Provider | None = None) -> Handler:
    """A handler of the register whom the reviewer's account is tied to."""
    at = provider or office(f"某律所{member.user_id}")
    handler = world.add(Handler(name=f"兼办{member.user_id}", provider_id=at.id))
    world.add(
        Membership(
            user_id=member.user_id,
            role=Role.HANDLER,
            region_code=world.OTHER_COUNTY,
            handler_id=handler.id,
        )
    )
    return handler


def test_stranger_has_no_conflict(scene: Scene) -> None:
    assert reasons(scene[0], reviewer()) == []


def test_same_office_under_another_spelling_is_seen(scene: Scene) -> None:
    round_, _, _, by = scene
    other = office("示范省东川市正义律所", world.COUNTY)
    member = reviewer(provider_id=other.id)
    assert reasons(round_, member) == [ConflictReason.SAME_PROVIDER]
    assert evidence(round_, member) == (
        Evidence(ConflictReason.SAME_PROVIDER, "东川正义律师事务所"),
    )


def test_other_name_of_an_office_is_matched_once_noted(scene: Scene) -> None:
    round_, actor, _, _ = scene
    member = reviewer(provider_id=office("明德崇法律所", world.COUNTY).id)
    assert reasons(round_, member) == []
    name_also("东川正义律师事务所", "明德崇法律师事务所", actor)
    assert reasons(round_, member) == [ConflictReason.SAME_PROVIDER]


def test_office_left_within_three_years_bars_and_earlier_does_not(scene: Scene) -> None:
    round_ = scene[0]
    for days, barred in ((3 * 365, True), (3 * 365 + 2, False)):
        member = reviewer()
        declare_tie(
            DeclarationKind.PROVIDER,
            "东川市正义律所",
            until=today() - timedelta(days=days),
            by=acting(member),
        )
        assert reasons(round_, member) == [ConflictReason.FORMER_PROVIDER] * barred


def test_office_of_own_recent_cases_bars(scene: Scene) -> None:
    round_, _, of, by = scene
    member = reviewer()
    handler = own_handler(member)
    past = world.case(handler, world.agency(world.COUNTY_BESIDE))
    past.provider_id, past.closed_on = by.provider_id, today() - timedelta(days=700)
    db.session.flush()
    assert reasons(round_, member) == [ConflictReason.FORMER_PROVIDER]


def test_namesake_of_the_same_office_counts_as_the_handler(scene: Scene) -> None:
    round_, _, _, by = scene
    by.name, by.licence_number = "張 建國", None
    member = reviewer(provider_id=by.provider_id)
    member.user.name = "张建国"
    db.session.flush()
    assert ConflictReason.OWN_CASE in reasons(round_, member)
    by.licence_number = "19999999"  # two licences: two people, of one office still
    db.session.flush()
    assert reasons(round_, member) == [ConflictReason.SAME_PROVIDER]


def test_declared_relative_is_found_by_name_and_office(scene: Scene) -> None:
    round_, _, _, by = scene
    by.name = "歐陽 明"
    member, elsewhere = reviewer(), reviewer()
    declare_tie(DeclarationKind.RELATIVE, "欧阳明", office="东川正义律所", by=acting(member))
    declare_tie(DeclarationKind.RELATIVE, "欧阳明", office="西岭正义律所", by=acting(elsewhere))
    assert reasons(round_, member) == [ConflictReason.RELATIVE]
    assert reasons(round_, elsewhere) == []
    withdraw_tie(db.session.query(Declaration).order_by(Declaration.id).first(), acting(member))  # type: ignore[arg-type]
    assert reasons(round_, member) == []


def test_declared_cases_bar(scene: Scene) -> None:
    round_, _, of, _ = scene
    for kind, reason in (
        (DeclarationKind.CASE, ConflictReason.DECLARED_CASE),
        (DeclarationKind.OPPOSING, ConflictReason.OPPOSING_SIDE),
    ):
        member = reviewer()
        declare_tie(kind, of.case_number, by=acting(member))
        assert reasons(round_, member) == [reason]


def test_office_of_the_other_side_bars_its_reviewers(scene: Scene) -> None:
    round_, actor, of, _ = scene
    member = reviewer(provider_id=office("西岭明德律师事务所").id)
    note_opponent(round_, of.case_number, "西岭市明德律所", actor)
    assert evidence(round_, member) == (Evidence(ConflictReason.OPPOSING_SIDE, "西岭市明德律所"),)
    with pytest.raises(UnknownSubjectError):
        note_opponent(round_, "（2024）示援字第9号", "某所", actor)


def test_who_marked_my_case_is_not_marked_by_me(scene: Scene) -> None:
    round_, actor, of, by = scene
    mine, theirs = reviewer(), reviewer()
    world.add(
        Membership(
            user_id=theirs.user_id, role=Role.HANDLER, region_code=world.COUNTY, handler_id=by.id
        )
    )
    own = world.case(own_handler(mine), world.agency(world.COUNTY_BESIDE))
    earlier = world.drawn_round(
        db.session.query(Membership).filter_by(user_id=actor.user_id).one(), [own]
    )
    world.assignment(world.sampled_cases(earlier)[0], theirs)
    found = conflicts_in(round_, {mine.user_id, theirs.user_id})
    column = [one.user_id for one in found.reviewers].index(mine.user_id)
    assert found.reasons_of(0, column) == [ConflictReason.RECIPROCAL]


def test_two_who_do_cases_never_mark_each_other(scene: Scene) -> None:
    _, actor, _, _ = scene
    pair = [reviewer(), reviewer()]
    at = world.agency(world.COUNTY_BESIDE)
    cases = [world.case(own_handler(one), at) for one in pair]
    organiser = db.session.query(Membership).filter_by(user_id=actor.user_id).one()
    round_ = world.drawn_round(organiser, cases)
    found = conflicts_in(round_, {one.user_id for one in pair})
    assert found.barred.tolist() == [[True, False], [False, True]]
    ways = {
        tuple(one_way(found, np.random.default_rng(seed)).barred.ravel().tolist())
        for seed in range(20)
    }
    # One of the two directions is barred, by lot.
    assert ways == {(True, True, False, True), (True, False, True, True)}


def test_objection_bars_the_named_firm_from_the_objector_only(scene: Scene) -> None:
    round_, actor, _, _ = scene
    office("西岭明德律师事务所")
    member = reviewer(provider_id=office("西岭市明德律所").id)
    object_to(
        round_,
        "西岭明德律师事务所",
        region_code=world.COUNTY,
        firm="",
        reason="正在诉讼中",
        by=actor,
    )
    assert evidence(round_, member) == (Evidence(ConflictReason.OBJECTION, "正在诉讼中"),)
    for case in db.session.query(Case):
        case.agency_id = world.agency(world.OTHER_COUNTY).id
    db.session.flush()
    assert ConflictReason.OBJECTION not in reasons(round_, member)


def test_objections_are_few_and_come_before_the_round_opens(scene: Scene) -> None:
    round_, actor, _, _ = scene
    names = [office(f"被请求{n}律所").name for n in range(3)]
    given = {"region_code": world.COUNTY, "firm": "", "reason": "正在诉讼中", "by": actor}
    object_to(round_, names[0], **given)  # type: ignore[arg-type]
    with pytest.raises(TooManyObjectionsError):
        object_to(round_, names[0], **given)  # type: ignore[arg-type]
    object_to(round_, names[1], **given)  # type: ignore[arg-type]
    with pytest.raises(TooManyObjectionsError):
        object_to(round_, names[2], **given)  # type: ignore[arg-type]
    with pytest.raises(UnknownProviderError):
        object_to(round_, "没有这家律所", **given)  # type: ignore[arg-type]
    round_.status = RoundStatus.MARKING
    db.session.flush()
    with pytest.raises(WrongStatusError):
        object_to(round_, names[2], **(given | {"region_code": world.CITY}))  # type: ignore[arg-type]


def test_pinned_conflict_bars_and_its_withdrawal_frees(scene: Scene) -> None:
    round_, actor, of, _ = scene
    member = reviewer()
    note = {"is_conflict": True, "note": "曾公开批评承办人", "by": actor}
    pinned = pin(round_, member.user_id, about=of.case_number, **note)  # type: ignore[arg-type]
    assert evidence(round_, member) == (Evidence(ConflictReason.PINNED, "曾公开批评承办人"),)
    withdraw_entry(round_, pinned, actor)
    assert reasons(round_, member) == []


def test_pinned_non_conflict_clears_registers_but_no_declaration(scene: Scene) -> None:
    round_, actor, of, by = scene
    member = reviewer(provider_id=by.provider_id)
    note = {"is_conflict": False, "note": "同名的另一家机构", "by": actor}
    pin(round_, member.user_id, about="东川正义律师事务所", **note)  # type: ignore[arg-type]
    assert reasons(round_, member) == []
    declare_tie(DeclarationKind.CASE, of.case_number, by=acting(member))
    assert reasons(round_, member) == [ConflictReason.DECLARED_CASE]


def test_field_and_years_bar_who_lacks_them(scene: Scene) -> None:
    round_ = scene[0]
    member = reviewer(practising_since=today().replace(year=today().year - 3, month=1, day=1))
    say_what_fits([CaseType.CRIMINAL], 5, acting(member))
    found = conflicts_in(round_, {member.user_id}, years_needed=3)
    assert found.reasons_of(0, 0) == [ConflictReason.OTHER_FIELD]
    found = conflicts_in(round_, {member.user_id}, years_needed=4)
    assert found.reasons_of(0, 0) == [ConflictReason.OTHER_FIELD, ConflictReason.TOO_FEW_YEARS]
    say_what_fits([], None, acting(member))
    assert reasons(round_, member) == []


def test_unknown_start_of_practice_counts_as_none(scene: Scene) -> None:
    member = reviewer(practising_since=None)
    found = conflicts_in(scene[0], {member.user_id}, years_needed=1)
    assert found.reasons_of(0, 0) == [ConflictReason.TOO_FEW_YEARS]


def test_declared_names_are_stored_sealed(scene: Scene) -> None:
    member = reviewer()
    declare_tie(DeclarationKind.RELATIVE, "亲属ZX", office="机构ZX", by=acting(member))
    stored = db.session.query(Declaration).one()
    assert "亲属ZX".encode() not in stored.subject
    assert stored.office is not None
    assert "机构ZX".encode() not in stored.office
