"""Two forms of one rubric or scheme, place by place: what differs, and one made of both.

A definition is taken apart into items (the whole, sections, criteria, …), each with its fields; a
criterion's section is one of its fields. Items are known by kind and code, so that a moved or a
reworded one is the same one. Where a draft uses a code twice, the second is ``code#2``.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from rubrics.grading import Band, Option, Overall, Scheme
from rubrics.model import Criterion, Rubric, Section, Veto

Item = tuple[str, str]
"""Kind and code; the whole has no code."""
Items = dict[Item, dict[str, Any]]
WHOLE: Item = ("whole", "")
ORDER = "order"
_LISTS = {
    "section": "sections",
    "bonus": "bonuses",
    "veto": "vetoes",
    "band": "bands",
    "option": "options",
    "overall": "overalls",
}
_CLASSES: dict[str, Callable[..., Any]] = {
    "section": Section,
    "criterion": Criterion,
    "bonus": Criterion,
    "veto": Veto,
    "band": Band,
    "option": Option,
    "overall": Overall,
}
_FIXED = {"key", "version", "is_example"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where two definitions differ: a field of an item, a whole item that one of them
    lacks (no field), or the order of a kind's items (field ``order``, values are codes)."""

    kind: str
    code: str
    field: str
    before: Any
    after: Any

    @property
    def place(self) -> str:
        return f"{self.kind}:{self.code}:{self.field}"

    def touches(self, other: "Difference") -> bool:
        """Whether both are about one field, or one of them about the whole item of the other."""
        same_item = (self.kind, self.code) == (other.kind, other.code)
        return same_item and (self.field == other.field or "" in (self.field, other.field))

    @property
    def gain(self) -> Decimal | None:
        """By how much a number grew; None of anything else."""
        if isinstance(self.before, Decimal) and isinstance(self.after, Decimal):
            return self.after - self.before
        return None


def differences(before: Rubric | Scheme, after: Rubric | Scheme) -> list[Difference]:
    """Every place where two definitions differ, in the order of the later one."""
    one, other = taken_apart(before), taken_apart(after)
    every = dict.fromkeys((*other, *one))
    found = [each for item in every for each in _of_item(item, one, other)]
    return [*found, *_of_order(one, other)]


def merged(
    mine: Rubric | Scheme, theirs: Rubric | Scheme, taken: Collection[str]
) -> Rubric | Scheme:
    """``mine``, but at the places ``taken`` as in ``theirs``."""
    one, other = taken_apart(mine), taken_apart(theirs)
    before, spare = list(one), {**one, **other}
    reordered = set()
    for difference in differences(theirs, mine):
        if difference.place not in taken:
            continue
        if difference.field == ORDER:
            reordered.add(difference.kind)
        else:
            _take(difference, one, other)
    wanted = {
        kind: [item for item in (other if kind in reordered else before) if item[0] == kind]
        for kind in _kinds(one, other)
    }
    return _made(mine, _in_order(_with_sections(one, spare), wanted, other))


def one_sided(
    base: Rubric | Scheme, mine: Rubric | Scheme, theirs: Rubric | Scheme
) -> dict[str, str]:
    """Of the places where two definitions differ, those that only one of them changed since both
    were ``base``: place → ``mine`` or ``theirs``, whose change it is."""
    by_me, by_them = differences(base, mine), differences(base, theirs)
    found = {}
    for each in differences(theirs, mine):
        if not any(map(each.touches, by_them)):
            found[each.place] = "mine"
        elif not any(map(each.touches, by_me)):
            found[each.place] = "theirs"
    return found


def _of_item(item: Item, one: Items, other: Items) -> Iterator[Difference]:
    before, after = one.get(item), other.get(item)
    if before is None or after is None:
        yield Difference(*item, "", before, after)
        return
    for name in after:
        if before[name] != after[name]:
            yield Difference(*item, name, before[name], after[name])


def _of_order(one: Items, other: Items) -> Iterator[Difference]:
    for kind in _kinds(one, other):
        before, after = _sequence(kind, one, other), _sequence(kind, other, one)
        if before != after:
            yield Difference(kind, "", ORDER, before, after)


def _sequence(kind: str, items: Items, others: Items) -> tuple[str, ...]:
    """The codes of what both have, criteria within their section: moving a section, or a criterion
    to another one, is a difference of its own."""
    home = {item: each.get("section", "") for item, each in items.items() if item[0] == kind}
    both = [i for i in home if i in others and others[i].get("section", "") == home[i]]
    return tuple(code for _kind, code in sorted(both, key=lambda item: home[item]))


def _kinds(*many: Items) -> list[str]:
    return list(dict.fromkeys(kind for items in many for kind, _code in items))


def _take(difference: Difference, mine: Items, theirs: Items) -> None:
    item = (difference.kind, difference.code)
    if difference.field:
        mine[item] = {**mine[item], difference.field: theirs[item][difference.field]}
    elif item in theirs:
        mine[item] = theirs[item]
    else:
        del mine[item]


def _with_sections(items: Items, spare: Items) -> Items:
    """No criterion loses its section: one that was left out comes back for what is in it."""
    needed = {("section", each["section"]) for each in items.values() if "section" in each}
    return {**{item: spare[item] for item in sorted(needed - items.keys())}, **items}


def _in_order(items: Items, wanted: dict[str, list[Item]], theirs: Items) -> Items:
    """The items kind by kind; one that the wanted order lacks follows what it followed before."""
    placed: list[Item] = []
    for kind, order in wanted.items():
        line = [item for item in order if item in items]
        for item in (each for each in items if each[0] == kind and each not in line):
            line.insert(_after(item, line, items if item not in theirs else theirs), item)
        placed += line
    return {item: items[item] for item in placed}


def _after(item: Item, line: list[Item], known: Items) -> int:
    before = [each for each in known if each[0] == item[0]]
    above = [each for each in before[: before.index(item)] if each in line]
    return line.index(above[-1]) + 1 if above else 0


def taken_apart(made: Rubric | Scheme) -> Items:
    """The items of a definition in its order, the whole first."""
    whole = {
        each.name: getattr(made, each.name)
        for each in fields(made)
        if each.init and each.name not in {*_FIXED, *_LISTS.values()}
    }
    found: Items = {WHOLE: whole}
    for kind, name in _LISTS.items():
        for item, each in _numbered(kind, getattr(made, name, ())):
            found[item] = _fields(each)
    if isinstance(made, Rubric):
        found |= _criteria(made)
    return found


def _criteria(rubric: Rubric) -> Items:
    sections = [item for item, _section in _numbered("section", rubric.sections)]
    holders = [
        (code, criterion)
        for (_kind, code), section in zip(sections, rubric.sections, strict=True)
        for criterion in section.criteria
    ]
    numbered = _numbered("criterion", [criterion for _code, criterion in holders])
    return {
        item: {**_fields(each), "section": code}
        for (item, each), (code, _same) in zip(numbered, holders, strict=True)
    }


def _numbered(kind: str, many: Iterable[Any]) -> list[tuple[Item, Any]]:
    seen: Counter[str] = Counter()
    found = []
    for each in many:
        code = each.grade if kind == "band" else each.code
        seen[code] += 1
        found.append(((kind, code if seen[code] == 1 else f"{code}#{seen[code]}"), each))
    return found


def _fields(each: Any) -> dict[str, Any]:
    names = (f.name for f in fields(each) if f.name not in {"code", "grade", "criteria"})
    return {name: getattr(each, name) for name in names}


def _made(like: Rubric | Scheme, items: Items) -> Rubric | Scheme:
    lists: dict[str, Any] = {
        name: tuple(_made_item(item, items) for item in items if item[0] == kind)
        for kind, name in _LISTS.items()
        if hasattr(like, name)
    }
    return replace(like, **items[WHOLE], **lists)


def _made_item(item: Item, items: Items) -> Any:
    kind, numbered = item
    given: dict[str, Any] = {"grade" if kind == "band" else "code": numbered.partition("#")[0]}
    given |= {name: value for name, value in items[item].items() if name != "section"}
    if kind == "section":
        inside = [i for i in items if items[i].get("section") == numbered]
        given["criteria"] = tuple(_made_item(each, items) for each in inside)
    return _CLASSES[kind](**given)
