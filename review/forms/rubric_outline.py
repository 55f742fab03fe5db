"""A rubric as rows of a form, and back."""

from decimal import Decimal

from review.forms.outlines import HEAD, Numbers, Outline, Row
from review.labels import points as number_text
from rubrics.faults import DefinitionError
from rubrics.model import HANDLER, Criterion, Deduction, Level, Rubric, Section, Veto

YES = ("y",)
Given = dict[str, tuple[str, ...]]


def rubric_outline(rubric: Rubric) -> Outline:
    """The rows in which a rubric is edited."""
    given: list[tuple[str, Given]] = []
    for section in rubric.sections:
        given.append(("section", _section_fields(section)))
        given += [("criterion", _criterion_fields(each)) for each in section.criteria]
    given += [("bonus", _criterion_fields(each)) for each in rubric.bonuses]
    given += [("veto", _words(v.code, v.title, v.guidance)) for v in rubric.vetoes]
    head = {
        "title": (rubric.title,),
        "kinds": rubric.kinds,
        "step": (shown(rubric.step),),
        "bonus_cap": (shown(rubric.bonus_cap),),
    }
    rows = tuple(Row(f"{kind}-{n}", fields) for n, (kind, fields) in enumerate(given, 1))
    return Outline(Row(HEAD, head), rows)


def rubric_of(outline: Outline, key: str) -> Rubric:
    """The rubric that the rows describe; raises DefinitionError where a number is none."""
    numbers, head = Numbers(), outline.head
    made = Rubric(
        key=key,
        title=head.text("title"),
        version=int(key.rpartition("/")[2]),
        is_example=False,
        kinds=head.texts("kinds"),
        step=numbers.read(head, "step", head.text("step")),
        sections=tuple(_section(row, criteria, numbers) for row, criteria in outline.sections()),
        vetoes=tuple(
            Veto(row.text("code"), row.text("title"), row.lines("guidance"))
            for row in outline.of("veto")
        ),
        bonuses=tuple(_criterion(row, numbers) for row in outline.of("bonus")),
        bonus_cap=numbers.read(head, "bonus_cap", head.text("bonus_cap")),
    )
    if numbers.problems:
        raise DefinitionError(numbers.problems)
    return made


def shown(number: Decimal | None) -> str:
    """A number in its field; 0 is none."""
    return number_text(number) if number else ""


def _words(code: str, title: str, guidance: str) -> Given:
    return {"code": (code,), "title": (title,), "guidance": (guidance,)}


def _section_fields(section: Section) -> Given:
    minimum = (shown(section.minimum),)
    return {"code": (section.code,), "title": (section.title,), "minimum": minimum}


def _criterion_fields(item: Criterion) -> Given:
    return {
        **_words(item.code, item.title, item.guidance),
        "points": (shown(item.points),),
        "may_be_na": YES if item.may_be_na else (),
        "answers": (item.answers,),
        "evidence": item.evidence,
        **_step_fields("level", item.levels),
        **_step_fields("deduction", item.deductions),
    }


def _step_fields(name: str, steps: tuple[Level, ...] | tuple[Deduction, ...]) -> Given:
    return {
        f"{name}_points": tuple(number_text(step.points) for step in steps),
        f"{name}_description": tuple(step.description for step in steps),
    }


def _section(row: Row, criteria: list[Row], numbers: Numbers) -> Section:
    minimum = row.text("minimum")
    return Section(
        row.text("code"),
        row.text("title"),
        tuple(_criterion(each, numbers) for each in criteria),
        numbers.read(row, "minimum", minimum) if minimum else None,
    )


def _criterion(row: Row, numbers: Numbers) -> Criterion:
    def steps(name: str) -> list[tuple[Decimal, str]]:
        return [(numbers.read(row, "steps", p), d.strip()) for p, d in row.pairs(name)]

    return Criterion(
        code=row.text("code"),
        title=row.text("title"),
        points=numbers.read(row, "points", row.text("points")),
        guidance=row.lines("guidance"),
        may_be_na=row.texts("may_be_na") == YES,
        answers=row.text("answers") or HANDLER,
        evidence=row.texts("evidence"),
        levels=tuple(Level(*step) for step in steps("level")),
        deductions=tuple(Deduction(*step) for step in steps("deduction")),
    )
