import pytest
from werkzeug.datastructures import MultiDict

from review.forms.outlines import HEAD, Outline, Row, arranged, coded, typed_outline
from review.forms.rubric_outline import rubric_of, rubric_outline
from review.forms.scheme_outline import scheme_of, scheme_outline
from rubrics.faults import DefinitionError, Fault
from rubrics.registry import all_rubrics, all_schemes

ROWS = (
    *("section-1", "criterion-2", "criterion-3", "section-4", "criterion-5"),
    "veto-6",
    "veto-7",
)


def posted(outline: Outline) -> MultiDict[str, str]:
    """The fields as a browser sends them."""
    pairs = [("row", row.id) for row in outline.rows]
    for row in (outline.head, *outline.rows):
        pairs += [(f"{row.id}.{name}", each) for name, many in row.given.items() for each in many]
    return MultiDict(pairs)


def order_after(wish: str) -> list[str]:
    outline = Outline(Row(HEAD, {}), tuple(Row(name, {}) for name in ROWS))
    return [row.id for row in arranged(outline, wish).rows]


def test_saving_what_was_not_changed_changes_nothing() -> None:
    for rubric in all_rubrics():
        made = rubric_of(typed_outline(posted(rubric_outline(rubric))), rubric.key)
        assert made.sections == rubric.sections
        assert (made.bonuses, made.vetoes) == (rubric.bonuses, rubric.vetoes)
        assert (made.title, made.kinds, made.step) == (rubric.title, rubric.kinds, rubric.step)
        assert made.bonus_cap == rubric.bonus_cap
    for scheme in all_schemes():
        assert scheme_of(typed_outline(posted(scheme_outline(scheme))), scheme.key) == scheme


@pytest.mark.parametrize(
    ("wish", "order"),
    [
        ("up:criterion-3", "section-1 criterion-3 criterion-2 section-4 criterion-5"),
        # over the section's edge: the last of the one above, the first of the one below
        ("up:criterion-5", "section-1 criterion-2 criterion-3 criterion-5 section-4"),
        ("down:criterion-3", "section-1 criterion-2 section-4 criterion-3 criterion-5"),
        ("up:criterion-2", "section-1 criterion-2 criterion-3 section-4 criterion-5"),
        ("down:criterion-5", "section-1 criterion-2 criterion-3 section-4 criterion-5"),
        ("up:section-4", "section-4 criterion-5 section-1 criterion-2 criterion-3"),
        ("down:section-4", "section-1 criterion-2 criterion-3 section-4 criterion-5"),
        ("remove:section-1", "section-4 criterion-5"),
        ("remove:criterion-2", "section-1 criterion-3 section-4 criterion-5"),
        (
            "add:criterion:section-1",
            "section-1 criterion-2 criterion-3 criterion-8 section-4 criterion-5",
        ),
        ("up:nothing-9", "section-1 criterion-2 criterion-3 section-4 criterion-5"),
    ],
)
def test_button_moves_adds_and_removes_rows_without_a_script(wish: str, order: str) -> None:
    assert order_after(wish) == [*order.split(), "veto-6", "veto-7"]


def test_vetoes_move_among_themselves_and_unknown_kinds_are_not_added() -> None:
    assert order_after("up:veto-7") == ["veto-7", "veto-6", *ROWS[:-2]]
    assert order_after("up:veto-6") == list(ROWS)
    assert order_after("add:veto:") == [*ROWS, "veto-8"]
    assert order_after("add:script:") == list(ROWS)
    assert order_after("nonsense") == list(ROWS)


def test_row_without_a_code_gets_one_of_its_own() -> None:
    rows = (Row("criterion-1", {"code": ("kept",)}), Row("criterion-2", {}), Row("criterion-3", {}))
    codes = [row.text("code") for row in coded(Outline(Row(HEAD, {}), rows)).rows]
    assert codes[0] == "kept"
    assert len(set(codes)) == 3
    assert all(codes)


def test_typed_text_is_kept_clean_and_its_lines_stay() -> None:
    row = Row("criterion-1", {"title": (" 名\u200b称 ",), "guidance": ("一\r\n 二 \r\n",)})
    assert (row.text("title"), row.lines("guidance")) == ("名称", "一\n二")


def test_numbers_are_read_as_people_write_them_and_others_are_named_with_their_place() -> None:
    given = {"row": "criterion-2", "head-0.step": "０．５", "criterion-2.points": "八分"}
    with pytest.raises(DefinitionError) as refused:
        rubric_of(typed_outline(MultiDict(given)), "x/1")
    (problem,) = refused.value.problems
    assert (problem.what, problem.place, problem.found) == (
        Fault.NOT_A_NUMBER,
        "criterion-2.points",
        "八分",
    )
    made = rubric_of(typed_outline(MultiDict({**given, "criterion-2.points": "8"})), "x/1")
    assert str(made.step) == "0.5"
    assert made.sections[0].criteria[0].points == 8  # a section is made for it, nothing is lost


def test_empty_lines_of_a_list_are_left_out() -> None:
    pairs = [("row", "criterion-1")]
    for points, words in (("5", "好"), ("", ""), ("0", "差")):
        pairs += [("criterion-1.level_points", points), ("criterion-1.level_description", words)]
    made = rubric_of(typed_outline(MultiDict(pairs)), "x/1")
    assert [str(level.points) for level in made.criteria[0].levels] == ["5", "0"]
