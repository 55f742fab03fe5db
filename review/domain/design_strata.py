"""The strata of a design: their labels in the listing, and the words for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from review.enums import CaseKind, Dimension, HandlerType, Stage
from review.labels import label as word
from review.models.rounds import Round
from review.queries.designs import UNKNOWN, agency_names, provider_names
from review.queries.rounds import county_names
from review.queries.sampling import strata_of
from scoring.frames import LABEL_SEPARATOR, TARGETED, stratum_of

WHOLE = "all"
"""Label of the only stratum of a design without any."""

CODES: Mapping[Dimension, type[StrEnum]] = {
    Dimension.KIND: CaseKind,
    Dimension.STAGE: Stage,
    Dimension.HANDLER_TYPE: HandlerType,
}


def ordered(dimensions: Sequence[Dimension]) -> tuple[Dimension, ...]:
    """The dimensions in the one order in which labels are made."""
    return tuple(one for one in Dimension if one in dimensions)


def label_of(values: Sequence[Any], dimensions: Sequence[Dimension], *, targeted: bool) -> str:
    """Label of the stratum of a case with these values of the dimensions, in their order."""
    texts = [_text(*pair) for pair in zip(dimensions, values, strict=True)]
    return stratum_of(texts or [WHOLE], targeted=targeted)


def _text(dimension: Dimension, value: Any) -> str:
    if dimension is Dimension.QUARTER:
        return f"{value // 10}Q{value % 10}"
    # An agency's code is the bureau's own and may hold anything.
    return str(value).replace(LABEL_SEPARATOR, "-") or UNKNOWN


@dataclass(frozen=True, slots=True)
class StratumWords:
    """Names for the values of labels; ``of`` puts them together."""

    dimensions: tuple[Dimension, ...]
    names: Mapping[Dimension, Mapping[str, str]]

    def of(self, label: str) -> tuple[str, ...]:
        """One word for each dimension; the targeted supplement and the whole are one word."""
        if label == TARGETED:
            return (_("重点抽查"),)
        if not self.dimensions:
            return (_("全部案件"),)
        values = label.split(LABEL_SEPARATOR)
        pairs = zip(self.dimensions, values, strict=True)
        return tuple(self.names[dimension].get(value, value) for dimension, value in pairs)


@dataclass(frozen=True, slots=True)
class StratumRow:
    """A stratum in words, with N, n, and how many cases each drawn one stands for."""

    label: str
    words: tuple[str, ...]
    population: int
    size: int

    @property
    def chance(self) -> float:
        return self.size / self.population

    @property
    def weight(self) -> float:
        return self.population / self.size


def strata_table(round_: Round, dimensions: Sequence[Dimension]) -> list[StratumRow]:
    """The strata of a frozen frame in words."""
    strata = strata_of(round_)
    words = stratum_words(round_, dimensions, [one.label for one in strata])
    return [
        StratumRow(one.label, words.of(one.label), one.population, one.sample_size)
        for one in strata
    ]


def stratum_words(
    round_: Round, dimensions: Sequence[Dimension], labels: Sequence[str]
) -> StratumWords:
    """The words for these labels, in one statement for each dimension that needs names."""
    order = ordered(dimensions)
    names: dict[Dimension, dict[str, str]] = {
        one: {code.value: word(code) for code in CODES.get(one, ())} for one in order
    }
    if Dimension.REGION in order:
        names[Dimension.REGION] = county_names(round_.region_code)
    if Dimension.AGENCY in order:
        agencies = agency_names(round_.region_code)
        names[Dimension.AGENCY] = {_text(Dimension.AGENCY, c): n for c, n in agencies.items()}
    if Dimension.PROVIDER in order:
        at = order.index(Dimension.PROVIDER)
        own = [one for one in labels if one != TARGETED]
        ids = {int(one.split(LABEL_SEPARATOR)[at]) for one in own}
        names[Dimension.PROVIDER] = {str(key): n for key, n in provider_names(ids).items()}
    for known in names.values():
        known[UNKNOWN] = _("未登记")
    return StratumWords(order, names)
