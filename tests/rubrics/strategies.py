"""Generated rubrics and markings for the property tests."""

from decimal import Decimal
from itertools import pairwise
from random import Random

from hypothesis import strategies as st

from rubrics.model import (
    ANSWERABLE,
    HANDLER,
    Criterion,
    Deduction,
    GivenMark,
    Level,
    Rubric,
    Section,
    Veto,
)

HALF = Decimal("0.5")
totals = st.decimals(0, 100, places=4, allow_nan=False)
Marks = dict[str, Decimal | None]
Sheet = dict[str, GivenMark]


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


# Whole rubrics are made from one random number each: drawn part by part they take forty times as
# long, and ten thousand of them would never be made.
def sheets() -> st.SearchStrategy[tuple[Rubric, Sheet]]:
    """A sound rubric and a complete marking under it, with each reason that it needs."""
    return st.randoms(use_true_random=True).map(_made)


def _made(random: Random) -> tuple[Rubric, Sheet]:
    rubric = whole_rubric(random)
    sheet = {c.code: _mark(random, c) for c in rubric.criteria}
    sheet |= {b.code: GivenMark(b.points, reason="有记录") for b in rubric.bonuses}
    for veto in rubric.vetoes:
        sheet[veto.code] = GivenMark(found=random.random() < 0.3, reason="有依据")
    return rubric, sheet


def whole_rubric(random: Random) -> Rubric:
    """A sound rubric of any shape: both parts, levels, deductions, minimum, veto, bonus."""
    cuts = sorted(random.sample(range(1, 200), random.randint(0, 11)))
    points = [(b - a) * HALF for a, b in pairwise((0, *cuts, 200))]
    criteria = [_criterion(random, i, p) for i, p in enumerate(points)]
    sections: list[Section] = []
    while criteria:
        size = random.randint(1, 4)
        sections.append(_section(random, len(sections), tuple(criteria[:size])))
        criteria = criteria[size:]
    bonuses = tuple(
        Criterion(f"b{i}", f"加分{i}", random.randint(1, 10) * HALF, "看卷宗。")
        for i in range(random.randint(0, 2))
    )
    offered = int(sum((b.points for b in bonuses), Decimal(0)) / HALF)
    return Rubric(
        key="made/1",
        title="生成",
        version=1,
        is_example=True,
        kinds=("civil_first",),
        step=HALF,
        sections=tuple(sections),
        vetoes=tuple(Veto(f"v{i}", f"否决{i}", "看卷宗。") for i in range(random.randint(0, 2))),
        bonuses=bonuses,
        bonus_cap=random.randint(1, offered) * HALF if bonuses else Decimal(0),
    )


def _criterion(random: Random, number: int, points: Decimal) -> Criterion:
    """The first criterion is the handler's and always applies, so that there is a total."""
    most = int(points / HALF)
    steps = sorted({random.randint(1, most) for _ in range(3)}, reverse=True)
    way = random.choice(["points", "levels", "deductions"])
    between = [step * HALF for step in steps if step < most]
    levels = tuple(Level(p, "一档") for p in (points, *between, Decimal(0)))
    deductions = tuple(Deduction(step * HALF, "一错") for step in steps)
    return Criterion(
        code=f"c{number}",
        title=f"指标{number}",
        points=points,
        guidance="看卷宗。",
        may_be_na=number > 0 and random.random() < 0.5,
        answers=random.choice(ANSWERABLE) if number else HANDLER,
        levels=levels if way == "levels" else (),
        deductions=deductions if way == "deductions" else (),
    )


def _section(random: Random, number: int, criteria: tuple[Criterion, ...]) -> Section:
    halves = int(sum((c.points for c in criteria if c.answers == HANDLER), Decimal(0)) / HALF)
    has_minimum = halves > 0 and random.random() < 0.5
    minimum = random.randint(1, halves) * HALF if has_minimum else None
    return Section(f"s{number}", f"节{number}", criteria, minimum)


def _mark(random: Random, criterion: Criterion) -> GivenMark:
    if criterion.may_be_na and random.random() < 0.3:
        return GivenMark(not_applicable=True, reason="无此环节")
    if criterion.levels:
        points = random.choice(criterion.levels).points
    else:
        points = random.randint(0, int(criterion.points / HALF)) * HALF
    return GivenMark(points, reason="有扣分")
