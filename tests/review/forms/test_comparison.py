from dataclasses import replace
from decimal import Decimal

from flask import Flask

from review.forms.comparison import FIELDS, KINDS, compared
from rubrics.comparing import ORDER, differences, taken_apart
from rubrics.registry import all_rubrics, all_schemes, get_rubric, get_scheme

SECOND = get_rubric("civil-second/1")


def test_every_kind_and_field_has_words() -> None:
    shipped = [taken_apart(made) for made in all_rubrics()]
    shipped += [taken_apart(made) for made in all_schemes()]
    assert {kind for items in shipped for kind, _code in items} == set(KINDS)
    assert {name for items in shipped for each in items.values() for name in each} | {ORDER} == set(
        FIELDS
    )


def test_changes_are_said_with_their_place_and_gain(app: Flask) -> None:
    opinion = next(s for s in SECOND.sections if s.code == "opinion")
    first, second = opinion.criteria
    changed = replace(opinion, criteria=(second, replace(first, points=first.points + 2)))
    sections = tuple(changed if s is opinion else s for s in SECOND.sections)
    after = replace(SECOND, sections=sections, vetoes=SECOND.vetoes[1:], step=Decimal("0.25"))
    with app.test_request_context():
        lines = {line.place: line for line in compared(SECOND, after)}
    points = lines[f"criterion:{first.code}:points"]
    assert points.where == f"二级指标「{first.title}」 · 分值"
    assert (points.before, points.after, points.gain) == ("10", "12", "+2")
    assert lines["whole::step"].gain == "−0.25"
    gone = lines[f"veto:{SECOND.vetoes[0].code}:"]
    assert (gone.change, gone.after, gone.gain) == ("删除", "没有", "")
    order = lines[f"criterion::{ORDER}"]  # only the stretch that differs
    assert order.before == f"1. {first.title}\n2. {second.title}"


def test_every_shipped_pair_can_be_shown(app: Flask) -> None:
    with app.test_request_context():
        for made in all_rubrics():
            assert len(compared(SECOND, made)) == len(differences(SECOND, made))
        four = get_scheme("hundred-4")
        for scheme in all_schemes():
            assert len(compared(four, scheme)) == len(differences(four, scheme))
