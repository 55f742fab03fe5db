from dataclasses import replace
from decimal import Decimal
from itertools import chain, combinations

import pytest

from rubrics.comparing import ORDER, differences, merged, one_sided
from rubrics.grading import Scheme
from rubrics.model import Rubric, Section
from rubrics.registry import all_rubrics, all_schemes, get_rubric, get_scheme

SECOND = get_rubric("civil-second/1")
OPINION = next(s for s in SECOND.sections if s.code == "opinion")


def with_section(rubric: Rubric, changed: Section) -> Rubric:
    sections = tuple(changed if s.code == changed.code else s for s in rubric.sections)
    return replace(rubric, sections=sections)


def edited() -> Rubric:
    """The last section first, two opinion criteria swapped and one of them 2 points dearer, a
    criterion added and one moved, a veto dropped, the title changed."""
    first, second = OPINION.criteria
    new = replace(first, code="new_one", title="新增", points=Decimal(3))
    dearer = replace(first, points=first.points + 2)
    made = with_section(SECOND, replace(OPINION, criteria=(second, new, dearer)))
    engagement, interview, *rest = made.sections
    moved = engagement.criteria[0]
    sections = (
        rest[-1],
        replace(engagement, criteria=engagement.criteria[1:]),
        replace(interview, criteria=(*interview.criteria, moved)),
        *rest[:-1],
    )
    return replace(made, title="新名", sections=sections, vetoes=made.vetoes[1:])


EDITED = edited()


def test_equal_definitions_have_no_differences() -> None:
    shipped: list[Rubric | Scheme] = [*all_rubrics(), *all_schemes()]
    for made in shipped:
        assert differences(made, made) == []
        assert merged(made, made, ()) == made


def test_each_kind_of_change_is_one_difference() -> None:
    found = {d.place: d for d in differences(SECOND, EDITED)}
    first = OPINION.criteria[0]
    moved = SECOND.sections[0].criteria[0].code
    veto = SECOND.vetoes[0].code
    assert set(found) == {
        "whole::title",
        "criterion:new_one:",
        f"criterion:{first.code}:points",
        f"criterion:{moved}:section",
        f"veto:{veto}:",
        f"section::{ORDER}",
        f"criterion::{ORDER}",
    }
    assert found[f"criterion:{first.code}:points"].gain == 2
    assert found["criterion:new_one:"].before is None
    assert found[f"veto:{veto}:"].after is None
    assert found["whole::title"].gain is None


def test_taking_every_place_gives_the_other_version_whole() -> None:
    for one, other in ((SECOND, EDITED), (EDITED, SECOND)):
        places = {d.place for d in differences(other, one)}
        assert merged(one, other, places) == other
        assert merged(one, other, ()) == one


def test_every_choice_of_places_differs_from_each_side_exactly_there() -> None:
    places = [d.place for d in differences(EDITED, SECOND)]
    choices = chain.from_iterable(combinations(places, n) for n in range(len(places) + 1))
    for taken in choices:
        made = merged(SECOND, EDITED, taken)
        left = {d.place for d in differences(EDITED, made)}
        assert left == set(places) - set(taken), taken


def test_criterion_brings_back_the_section_that_was_left_out() -> None:
    # theirs: without the section; mine: with it. Its criterion is kept, the section is not.
    theirs = replace(SECOND, sections=SECOND.sections[1:])
    kept = merged(SECOND, theirs, {f"section:{SECOND.sections[0].code}:"})
    assert kept.sections[0] == SECOND.sections[0]  # type: ignore[union-attr]


@pytest.mark.parametrize("key", ["five-point", "own-cut-offs"])
def test_schemes_are_compared_and_merged_too(key: str) -> None:
    mine, theirs = get_scheme("hundred-4"), replace(get_scheme(key), key="hundred-4")
    found = {d.place: d for d in differences(theirs, mine)}
    assert "whole::title" in found
    assert merged(mine, theirs, found) == theirs
    lower = merged(mine, theirs, {"band:excellent:lower"})
    assert isinstance(lower, Scheme)
    assert lower.bands[0].lower == theirs.bands[0].lower
    assert lower.bands[1:] == mine.bands[1:]


def test_code_used_twice_in_a_draft_stays_two_criteria() -> None:
    first, second = OPINION.criteria
    twice = replace(OPINION, criteria=(first, replace(second, code=first.code)))
    draft = with_section(SECOND, twice)
    assert [d.place for d in differences(draft, draft)] == []
    places = {d.place for d in differences(SECOND, draft)}
    assert places == {f"criterion:{second.code}:", f"criterion:{first.code}#2:"}
    assert merged(draft, SECOND, places) == SECOND


def without_section(rubric: Rubric, code: str) -> Rubric:
    return replace(rubric, sections=tuple(s for s in rubric.sections if s.code != code))


def dearer(rubric: Rubric, code: str, points: int) -> Rubric:
    section = next(s for s in rubric.sections if code in {c.code for c in s.criteria})
    criteria = tuple(
        replace(c, points=Decimal(points)) if c.code == code else c for c in section.criteria
    )
    return with_section(rubric, replace(section, criteria=criteria))


def test_changes_in_different_places_are_each_of_one_side() -> None:
    first, second = (c.code for c in OPINION.criteria)
    mine = replace(dearer(SECOND, first, 19), vetoes=SECOND.vetoes[1:])
    theirs = replace(dearer(SECOND, second, 18), title="对方的名称")
    sides = one_sided(SECOND, mine, theirs)
    assert sides == {
        f"criterion:{first}:points": "mine",
        f"veto:{SECOND.vetoes[0].code}:": "mine",
        f"criterion:{second}:points": "theirs",
        "whole::title": "theirs",
    }
    taken = {place for place, side in sides.items() if side == "theirs"}
    both = merged(mine, theirs, taken)
    assert both == replace(dearer(mine, second, 18), title="对方的名称")


def test_place_that_both_changed_is_of_no_side() -> None:
    code = OPINION.criteria[0].code
    assert one_sided(SECOND, dearer(SECOND, code, 19), dearer(SECOND, code, 18)) == {}
    # Deleting what the other changed is a change of the same thing.
    gone = without_section(SECOND, "opinion")
    sides = one_sided(SECOND, gone, dearer(SECOND, code, 18))
    assert f"criterion:{code}:" not in sides
    assert sides[f"criterion:{OPINION.criteria[1].code}:"] == "mine"
    assert one_sided(SECOND, dearer(SECOND, code, 18), gone)["section:opinion:"] == "theirs"


def test_any_edit_beside_an_untouched_draft_is_that_sides_alone() -> None:
    places = {d.place for d in differences(SECOND, EDITED)}
    assert one_sided(SECOND, EDITED, SECOND) == dict.fromkeys(places, "mine")
    assert one_sided(SECOND, SECOND, EDITED) == dict.fromkeys(places, "theirs")
