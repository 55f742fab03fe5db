"""Generated rubrics and markings for the property tests."""

from decimal import Decimal

from hypothesis import strategies as st

from rubrics.model import Criterion, Rubric, Section

HALF = Decimal("0.5")
totals = st.decimals(0, 100, places=4, allow_nan=False)
Marks = dict[str, Decimal | None]


def rubric_of(points: list[int]) -> Rubric:
    """A rubric with one section and these points; it need not add up to 100."""
    criteria = tuple(
        Criterion(f"c{i}", f"指标{i}", Decimal(p), "看卷宗。", may_be_na=True)
        for i, p in enumerate(points)
    )
    return Rubric(
        "made/1", "生成", 1, True, ("civil_first",), HALF, (Section("s", "节", criteria),)
    )


@st.composite
def markings(draw: st.DrawFn) -> tuple[Rubric, Marks]:
    """A rubric and a complete marking in which at least one criterion applies."""
    rubric = rubric_of(draw(st.lists(st.integers(1, 40), min_size=1, max_size=12)))
    marks: Marks = {}
    for criterion in rubric.criteria:
        steps = draw(st.none() | st.integers(0, int(criterion.points / HALF)))
        marks[criterion.code] = None if steps is None else steps * HALF
    if all(points is None for points in marks.values()):
        marks[rubric.criteria[0].code] = rubric.criteria[0].points
    return rubric, marks
