"""What past cases would have come to: each figure worked out beside its test."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from review.domain.definitions import save_draft
from review.domain.what_if import (
    WhatIf,
    as_stored,
    ask_what_if,
    from_stored,
    latest_what_if,
    what_if,
)
from review.enums import DefinitionSubject, Grade, JobStatus, Role, SettledBy, WhatIfGap
from review.errors import DefinitionRefusedError
from review.extensions import db
from review.jobs import run_due
from review.models.accounts import Membership
from review.models.definitions import Definition
from review.models.results import Result
from review.models.reviewing import Mark, Review
from review.models.rounds import Round
from review.permissions import Actor
from rubrics.registry import get_rubric, get_scheme
from rubrics.writing import rubric_text, scheme_text
from tests import world

RUBRIC, SCHEME = DefinitionSubject.RUBRIC, DefinitionSubject.SCHEME
CIVIL = rubric_text(get_rubric("civil-first/1"))
HUNDRED = scheme_text(get_scheme("hundred-4"))


def scene() -> Actor:
    """An organiser of a city whose one round gave 86 (88 and 84: 良好) to three civil cases."""
    world.regions()
    member = world.person(Role.ORGANISER, world.CITY)
    handler, agency = world.handler(), world.agency()
    cases = [world.case(handler, agency) for _ in range(3)]
    world.published_round(member, cases, [world.reviewer() for _ in range(3)])
    db.session.commit()
    return Actor(member.user_id, "名", member.id, member.role, member.region_code)


@pytest.fixture
def by(app: Flask) -> Actor:
    with app.app_context():
        return scene()


def changed(*pairs: tuple[str, str], text: str = CIVIL) -> str:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_same_rubric_and_scheme_move_nobody(app: Flask, by: Actor) -> None:
    with app.app_context():
        assert what_if(RUBRIC, CIVIL, by) == WhatIf(considered=3)
        assert what_if(SCHEME, HUNDRED, by) == WhatIf(considered=3)


def test_both_databases_move_the_same(any_app: Flask) -> None:
    with any_app.app_context():
        by = scene()
        text = changed(("lower = 80", "lower = 87"), ("upper = 80", "upper = 87"), text=HUNDRED)
        assert what_if(SCHEME, text, by).table == [(Grade.GOOD, Grade.PASS, 3)]
        twice = (("points = 4", "points = 0.5"),) * 2
        found = what_if(RUBRIC, changed(*twice, ("points = 12", "points = 19")), by)
        assert found.table == [(Grade.GOOD, Grade.EXCELLENT, 3)]
        member = db.session.get_one(Membership, by.membership_id)
        ask_what_if(world.definition(member), by)
        assert run_due() == 1


def test_higher_cut_off_moves_the_grade_and_not_the_total(app: Flask, by: Actor) -> None:
    # 86 was 良好 from 80 on; from 87 on it is 合格.
    text = changed(("lower = 80", "lower = 87"), ("upper = 80", "upper = 87"), text=HUNDRED)
    with app.app_context():
        found = what_if(SCHEME, text, by)
    assert found.table == [(Grade.GOOD, Grade.PASS, 3)]
    assert {(m.total_before, m.total_after) for m in found.moves} == {(Decimal(86), Decimal(86))}
    assert (found.higher, found.unknown) == (0, 0)


def test_other_weights_are_worked_out_by_share(app: Flask, by: Actor) -> None:
    # 88 and 84 lost their points on the first criteria: 4, 4, 4 (of 5) and 4, 4, 5, 3 (of 6).
    # With 1 in place of 4 on the first and 15 in place of 12 on another (all kept) they lose 3
    # less: 91 and 87, in the mean 89. With 0.5 and 0.5 on the first two 7 less: 93, 优秀.
    first = (("points = 4", "points = 1"), ("points = 12", "points = 15"))
    with app.app_context():
        found = what_if(RUBRIC, changed(*first), by)
        assert (found.moves, found.rescaled) == ([], 3)
        both = (("points = 4", "points = 0.5"), ("points = 4", "points = 0.5"))
        found = what_if(RUBRIC, changed(*both, ("points = 12", "points = 19")), by)
    assert found.table == [(Grade.GOOD, Grade.EXCELLENT, 3)]
    assert {move.total_after for move in found.moves} == {Decimal(93)}
    assert found.higher == 3


def test_new_criterion_is_said_and_not_guessed(app: Flask, by: Actor) -> None:
    text = changed(
        ('code = "authority"\ntitle = "权限明确、签名齐全"', 'code = "risk"\ntitle = "风险"')
    )
    with app.app_context():
        found = what_if(RUBRIC, text, by)
    assert (found.moves, found.gaps) == ([], Counter({WhatIfGap.NOT_MARKED: 3}))
    assert found.missing == Counter({"风险": 3})
    assert found.unknown == 3


def test_new_veto_counts_as_not_found_and_is_named(app: Flask, by: Actor) -> None:
    text = CIVIL + '\n[[vetoes]]\ncode = "forged"\ntitle = "伪造材料"\nguidance = "看卷宗。"\n'
    with app.app_context():
        found = what_if(RUBRIC, text, by)
    assert (found.moves, found.not_asked) == ([], {"伪造材料"})


def test_minimum_of_a_section_fails_whoever_lies_below(app: Flask, by: Actor) -> None:
    # Both lost all 8 points of the first section.
    text = changed(
        ('title = "依法确立委托代理关系"', 'title = "依法确立委托代理关系"\nminimum = 4')
    )
    with app.app_context():
        found = what_if(RUBRIC, text, by)
    assert found.table == [(Grade.GOOD, Grade.FAIL, 3)]
    assert found.moves[0].total_after == 86


def test_what_the_panel_decided_cannot_be_worked_out(app: Flask, by: Actor) -> None:
    with app.app_context():
        result = db.session.query(Result).order_by(Result.id).first()
        assert result is not None
        result.settled_by = SettledBy.PANEL
        db.session.commit()
        assert what_if(RUBRIC, CIVIL, by).gaps == Counter({WhatIfGap.PANEL: 1})
        assert what_if(SCHEME, HUNDRED, by).gaps == Counter()  # its total stands


def test_marks_that_would_lie_too_far_apart_are_left_open(app: Flask, by: Actor) -> None:
    # 84 lost 3 of 6 on interview_content, 88 nothing. At 40 points of 100 in its place, with 34
    # less elsewhere, half of 40 parts them by more than 10.
    text = changed(
        ("points = 6", "points = 40"),
        ("points = 12", "points = 1"),
        ("points = 8", "points = 1"),
        ("points = 8", "points = 1"),
        ("points = 8", "points = 1"),
        ("points = 8", "points = 6"),
    )
    with app.app_context():
        found = what_if(RUBRIC, text, by)
    assert found.gaps == Counter({WhatIfGap.FURTHER_MARK: 3})


@pytest.mark.parametrize(
    "rule",
    [{"border": Decimal(5)}, {"remarked_grades": ["good"]}],  # 86 is 4 from 90, and 良好
)
def test_case_that_its_round_would_mark_again_is_left_open(
    app: Flask, by: Actor, rule: dict[str, Any]
) -> None:
    with app.app_context():
        db.session.execute(update(Round).values(**rule))
        found = what_if(RUBRIC, CIVIL, by)
    assert found.gaps == Counter({WhatIfGap.FURTHER_MARK: 3})


def test_scheme_of_another_way_is_not_compared(app: Flask, by: Actor) -> None:
    text = scheme_text(get_scheme("five-point"))
    with app.app_context():
        assert what_if(SCHEME, text, by).gaps == Counter({WhatIfGap.OTHER_WAY: 3})


def test_criteria_that_did_not_apply_leave_nothing(app: Flask, by: Actor) -> None:
    keep = 'code = "agreement"\ntitle = "及时签订委托协议与授权"\npoints = 4'
    text = changed((keep, keep.replace("= 4", "= 4\nmay_be_na = true")))
    only = text[: text.index('\n[[sections.criteria]]\ncode = "authority"')].replace("= 4", "= 100")
    with app.app_context():
        for mark in db.session.query(Mark).filter_by(criterion_code="agreement"):
            mark.points, mark.not_applicable = None, True
        db.session.commit()
        assert what_if(RUBRIC, only, by).gaps == Counter({WhatIfGap.NOTHING_APPLIES: 3})


def test_other_regions_and_unpublished_rounds_stay_out(app: Flask, by: Actor) -> None:
    other = Actor(by.user_id, "名", by.membership_id, by.role, world.OTHER_CITY)
    with app.app_context():
        assert what_if(RUBRIC, CIVIL, other) == WhatIf()
        assert what_if(RUBRIC, rubric_text(get_rubric("criminal-trial/1")), by) == WhatIf()


def test_result_is_kept_as_it_is(app: Flask, by: Actor) -> None:
    text = changed(("lower = 80", "lower = 87"), ("upper = 80", "upper = 87"), text=HUNDRED)
    with app.app_context():
        found = what_if(SCHEME, text, by)
    found.gaps[WhatIfGap.PANEL], found.missing["甲"], found.not_asked = 2, 2, {"乙"}
    assert from_stored(as_stored(found)) == found


def test_job_works_on_the_draft_that_was_asked_for(app: Flask, by: Actor) -> None:
    with app.app_context():
        member = db.session.get_one(Membership, by.membership_id)
        draft = world.definition(member)
        db.session.commit()
        before = [(r.total, r.grade) for r in db.session.query(Result)]
        ask_what_if(draft, by)
        assert run_due() == 1
        job = latest_what_if(draft, by)
        assert job is not None
        assert (job.status, from_stored(job.result).considered) == (JobStatus.DONE, 3)
        ask_what_if(draft, by)
        save_draft(draft, draft.text, edits=0, by=by)
        run_due()
        job = latest_what_if(draft, by)
        assert job is not None
        assert job.status is JobStatus.FAILED
        assert [(r.total, r.grade) for r in db.session.query(Result)] == before
        assert db.session.query(Review).count() == 6


def test_draft_with_problems_is_not_worked_out(app: Flask, by: Actor) -> None:
    with app.app_context():
        member = db.session.get_one(Membership, by.membership_id)
        draft = world.definition(member, text=changed(("points = 12", "points = 13")))
        with pytest.raises(DefinitionRefusedError):
            ask_what_if(db.session.get_one(Definition, draft.id), by)
