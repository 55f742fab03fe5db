"""A grading scheme as rows of a form, and back."""

from decimal import Decimal

from review.forms.outlines import HEAD, Numbers, Outline, Row
from review.forms.rubric_outline import YES, Given
from review.labels import points as number_text
from rubrics.faults import DefinitionError
from rubrics.grading import GRADES, Band, Option, Overall, Scheme


def scheme_outline(scheme: Scheme) -> Outline:
    """The rows in which a scheme is edited: one for each grade, used or not."""
    bands = {band.grade: band for band in scheme.bands}
    given: list[tuple[str, Given]] = [
        ("band", _band_fields(grade, bands.get(grade)))
        for grade in dict.fromkeys((*GRADES, *bands))
    ]
    given += [("option", _option_fields(option)) for option in scheme.options]
    given += [("overall", _overall_fields(overall)) for overall in scheme.overalls]
    rows = tuple(Row(f"{kind}-{n}", fields) for n, (kind, fields) in enumerate(given, 1))
    return Outline(Row(HEAD, {"title": (scheme.title,)}), rows)


def scheme_of(outline: Outline, key: str) -> Scheme:
    """The scheme that the rows describe; raises DefinitionError where a number is none."""
    numbers = Numbers()
    made = Scheme(
        key=key,
        title=outline.head.text("title"),
        bands=tuple(
            Band(row.text("code"), _number(row, "lower", numbers), _number(row, "upper", numbers))
            for row in outline.of("band")
            if row.text("lower") or row.text("upper")
        ),
        options=tuple(_option(row, numbers) for row in outline.of("option")),
        overalls=tuple(
            Overall(row.text("code"), row.text("title"), _number(row, "total", numbers))
            for row in outline.of("overall")
        ),
    )
    if numbers.problems:
        raise DefinitionError(numbers.problems)
    return made


def _number(row: Row, name: str, numbers: Numbers) -> Decimal:
    return numbers.read(row, name, row.text(name))


def _option(row: Row, numbers: Numbers) -> Option:
    percent = row.text("share")
    return Option(
        code=row.text("code"),
        title=row.text("title"),
        share=numbers.read(row, "share", percent) / 100 if percent else None,
        needs_reason=row.texts("needs_reason") == YES,
    )


def _band_fields(grade: str, band: Band | None) -> Given:
    limits = {"lower": band.lower, "upper": band.upper} if band else {}
    return {"code": (grade,), **{name: (number_text(limit),) for name, limit in limits.items()}}


def _option_fields(option: Option) -> Given:
    percent = "" if option.share is None else number_text(option.share * 100)
    return {
        "code": (option.code,),
        "title": (option.title,),
        "share": (percent,),
        "needs_reason": YES if option.needs_reason else (),
    }


def _overall_fields(overall: Overall) -> Given:
    total = (number_text(overall.total),)
    return {"code": (overall.code,), "title": (overall.title,), "total": total}
