from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    DateField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional

from review.domain.register_values import plain
from review.domain.seeds import SeedPlan
from review.enums import SeedKind
from review.forms.typed import TypedForm
from review.labels import choices

LONGEST_SEED, LONGEST_SOURCE, LONGEST_PARTIES = 500, 200, 1000


class SeedPlanForm(TypedForm):
    """Where the seed will come from, before the freeze."""

    kind = RadioField(_l("随机种子将从哪里来"), default=SeedKind.DICE.value)
    source = StringField(_l("谁、何时、何地产生"), [Length(max=LONGEST_SOURCE)], filters=[plain])
    due_on = DateField(_l("开奖日期"), [Optional()])
    parties = TextAreaField(
        _l("各方名称，每行一方"), [Length(max=LONGEST_PARTIES)], render_kw={"rows": 3}
    )

    def plan(self) -> SeedPlan:
        """What the freeze needs, once the form is valid."""
        kind = SeedKind(self.kind.data)
        names = [plain(line) or "" for line in (self.parties.data or "").splitlines()]
        return SeedPlan(
            kind,
            self.source.data or "",
            self.due_on.data if kind is SeedKind.LOTTERY else None,
            tuple(name for name in names if name) if kind is SeedKind.PARTIES else (),
        )


class SeedForm(TypedForm):
    """The digits of a dice roll or a lottery, after the freeze."""

    seed = StringField(
        _l("随机种子"),
        [DataRequired(), Length(max=LONGEST_SEED)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class PartiesForm(TypedForm):
    """One line for each party: its commitment, or later its value."""

    def given(self, names: Sequence[str]) -> dict[str, str]:
        return {name: self[f"party{at}"].data or "" for at, name in enumerate(names)}


def seed_plan_form() -> SeedPlanForm:
    form = SeedPlanForm()
    form.kind.choices = [SelectChoice(*choice) for choice in choices(SeedKind)]
    return form


def parties_form(names: Sequence[str]) -> PartiesForm:
    own = {
        f"party{at}": StringField(
            name, [DataRequired(), Length(max=LONGEST_SEED)], render_kw={"autocomplete": "off"}
        )
        for at, name in enumerate(names)
    }
    form: PartiesForm = type("PartiesForm", (PartiesForm,), own)()
    return form
