import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from review.domain.panel_decisions import (
    LEAST_REASON,
    Comparison,
    Decision,
    Member,
)
from review.forms.reviewing import PointsField
from review.forms.typed import TypedForm
from review.labels import points
from rubrics.model import GivenMark

SEATS = 7
"""Lines for members; panels of more are unheard of."""

NOT_APPLICABLE = _l("不适用")
ASCII_NOT_APPLICABLE = ("na", "n/a")
"""Typed by whoever has no Chinese keyboard at hand."""


class OwnMarkForm(TypedForm):
    """What the deciding person would give, before seeing any marking."""

    total = PointsField(
        _l("我的评分"),
        [
            InputRequired(_l("请填写您的评分。")),
            NumberRange(0, 100, _l("总分应在 0 至 100 之间。")),
        ],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )

    @property
    def own_total(self) -> Decimal:
        """What was typed, once the form is valid."""
        return self.total.data or Decimal(0)


class DecisionForm(TypedForm):
    """What the panel decided; the fields of its rubric and members are added for each case."""

    reason = TextAreaField(
        _l("合议理由"),
        [
            InputRequired(_l("请写明合议理由。")),
            Length(min=LEAST_REASON, max=5000, message=_l("请写明合议理由，至少 10 个字。")),
        ],
        filters=[lambda text: text.strip() if text else text],
        render_kw={"rows": 4},
    )
    marks: Mapping[str, str] = {}
    vetoes: Mapping[str, str] = {}

    @property
    def decision(self) -> Decision:
        sheet = {code: _mark(self[name]) for code, name in self.marks.items()}
        vetoes = [code for code, name in self.vetoes.items() if self[name].data]
        found = {code: GivenMark(found=True) for code in vetoes}
        overall = self["overall"].data if "overall" in self else ""
        members = tuple(self._members())
        return Decision(sheet | found, self.reason.data or "", members, overall or "")

    def mark_field(self, code: str) -> Field:
        found: Field = self[self.marks[code]]
        return found

    def veto_fields(self) -> list[Field]:
        return [self[name] for name in self.vetoes.values()]

    def seats(self) -> list["Place"]:
        return [
            Place(self[f"name{n}"], self[f"vote{n}"], self[f"dissent{n}"]) for n in range(SEATS)
        ]

    def _members(self) -> list[Member]:
        return [
            Member(place.name.data.strip(), place.vote.data != "against", place.dissent.data or "")
            for place in self.seats()
            if (place.name.data or "").strip()
        ]


@dataclass(frozen=True, slots=True)
class Place:
    """The line of one member."""

    name: Field
    vote: Field
    dissent: Field


def decision_form(comparison: Comparison) -> DecisionForm:
    """The form for a case, with what all markings agree on filled in."""
    rows = [row for section in comparison.sections for row in section.rows]
    options = [SelectChoice("", "—")]
    options += [SelectChoice(o.code, o.title) for o in comparison.scheme.options]
    options += [SelectChoice(str(NOT_APPLICABLE), NOT_APPLICABLE)]
    fields: dict[str, Any] = {"marks": {}, "vetoes": {}}
    for n, row in enumerate(rows):
        fields["marks"][row.criterion.code] = f"mark{n}"
        given = written(row.agreed) if row.agreed else ""
        if comparison.scheme.options and row.criterion.code in comparison.rubric.by_code:
            fields[f"mark{n}"] = SelectField(row.criterion.title, choices=options, default=given)
        else:
            fields[f"mark{n}"] = StringField(row.criterion.title, [Length(max=12)], default=given)
    for n, veto in enumerate(comparison.rubric.vetoes):
        fields["vetoes"][veto.code] = f"veto{n}"
        fields[f"veto{n}"] = BooleanField(veto.title)
    if comparison.overalls:
        words = [SelectChoice("", "—")] + [
            SelectChoice(o.code, o.title) for o in comparison.overalls
        ]
        fields["overall"] = SelectField(_l("合议的总体评价"), choices=words)
    form: DecisionForm = type("DecisionFormOfCase", (DecisionForm,), fields | _seats())()
    return form


def written(mark: Any) -> str:
    """A mark as it is typed into a decision."""
    if mark.not_applicable:
        return str(NOT_APPLICABLE)
    if mark.answer:
        return str(mark.answer)
    return "" if mark.points is None else points(mark.points)


def _seats() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    votes = [SelectChoice("for", _l("同意")), SelectChoice("against", _l("不同意"))]
    for n in range(SEATS):
        fields[f"name{n}"] = StringField(_l("成员姓名"), [Length(max=40)])
        fields[f"vote{n}"] = RadioField(_l("表决"), [Optional()], choices=votes, default="for")
        fields[f"dissent{n}"] = StringField(_l("不同意见"), [Length(max=1000)])
    return fields


def _mark(field: Field) -> GivenMark:
    """What was typed or chosen; anything that is no number stands for no answer."""
    typed = unicodedata.normalize("NFKC", field.data or "").strip()
    if typed == str(NOT_APPLICABLE) or typed.lower() in ASCII_NOT_APPLICABLE:
        return GivenMark(not_applicable=True)
    if field.type == "SelectField":
        return GivenMark(answer=typed)
    is_number = typed.replace(".", "", 1).isdecimal() and typed.isascii()
    return GivenMark(points=Decimal(typed) if is_number else None)
