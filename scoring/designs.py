"""The design of a draw, and what follows from it and the frame before any seed is known.

Model, symbols and mathematics as in ``scoring.sampling``; places per stratum by
``scoring.allocation``. Strata named in ``fixed`` have their own number of places, such as a
targeted supplement; the allocation shares ``size`` among the others.

Least places of a stratum: M_h, one more where some cell has no minimum, so that each of its cases
has a chance, and at least 1. Most places: C_h.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scoring.allocation import allocate_equal, allocate_neyman, allocate_proportional
from scoring.frames import Frame
from scoring.plans import Cell, Layout, Plan, Stratum

PROPORTIONAL, EQUAL, NEYMAN = "proportional", "equal", "neyman"
FIXED, CENSUS = "fixed", "census"


class DesignError(ValueError):
    """The design does not fit the frame; the message says where.

    ``stratum`` or ``unit`` names the place, ``least`` and ``most`` say what would do, ``given``
    what was asked for; each is None where it says nothing.
    """

    stratum: str | None = None
    unit: str | None = None
    least: int | None = None
    most: int | None = None
    given: int | None = None

    def __init__(self, message: str, **place: Any) -> None:
        super().__init__(message)
        for name, value in place.items():
            setattr(self, name, value)


@dataclass(frozen=True, slots=True)
class Design:
    """``size`` places for the strata without a number in ``fixed``; 0 for ``FIXED`` and
    ``CENSUS``. ``deviations`` are decimal texts by stratum, for ``NEYMAN``. ``minimum`` and
    ``cap`` hold per unit; a cap of None is none.
    """

    allocation: str
    size: int = 0
    fixed: tuple[tuple[str, int], ...] = ()
    deviations: tuple[tuple[str, str], ...] = ()
    minimum: int = 0
    cap: int | None = None

    @property
    def by_unit(self) -> bool:
        return self.minimum > 0 or self.cap is not None


def plan_draw(frame: Frame, design: Design) -> Plan:
    """Places of every stratum and cell; DesignError as ``plan_layout`` and ``layout_of``."""
    if design.by_unit:
        counts = Counter(zip(frame.strata, frame.units, strict=True))
    else:
        counts = Counter({(label, ""): count for label, count in Counter(frame.strata).items()})
    return plan_layout(layout_of(counts, design), design)


def layout_of(counts: Mapping[tuple[str, str], int], design: Design) -> Layout:
    """What a design leaves open, from the number of cases of each (stratum, unit).

    Raises
    ------
    DesignError
        Minimum or cap is impossible.
    """
    _refuse_nonsense(design)
    cells = _cells(counts, design) if design.by_unit else {}
    return Layout(tuple(_strata(counts, cells)), cells)


def plan_layout(layout: Layout, design: Design) -> Plan:
    """Places of every stratum and cell.

    Raises
    ------
    DesignError
        A stratum is named that the frame does not have or a deviation is missing; or a stratum
        would have fewer places than its least or more than its room.
    """
    planned = []
    for stratum, size in zip(layout.strata, _sizes(layout.strata, design), strict=True):
        if not stratum.least <= size <= stratum.room:
            raise DesignError(
                f"stratum {stratum.label} can have {stratum.least} to {stratum.room} places,"
                f" not {size}",
                stratum=stratum.label,
                least=stratum.least,
                most=stratum.room,
                given=size,
            )
        planned.append(replace(stratum, size=size))
    return Plan(tuple(planned), layout.cells)


def _refuse_nonsense(design: Design) -> None:
    if design.allocation not in (PROPORTIONAL, EQUAL, NEYMAN, FIXED, CENSUS):
        raise DesignError(f"no such allocation: {design.allocation}")
    if design.allocation in (FIXED, CENSUS) and design.size:
        raise DesignError("a fixed allocation and a census have no size to share")
    if design.minimum < 0 or (design.cap is not None and design.cap < max(1, design.minimum)):
        raise DesignError("the minimum per unit is 0 or more, the cap at least 1 and the minimum")


def _cells(counts: Mapping[tuple[str, str], int], design: Design) -> dict[tuple[str, str], Cell]:
    populations: dict[str, list[tuple[str, int]]] = {}
    for (label, unit), count in sorted(counts.items()):
        populations.setdefault(unit, []).append((label, count))
    cells: dict[tuple[str, str], Cell] = {}
    needed: dict[str, int] = {}
    for unit, parts in populations.items():
        sizes = [size for _label, size in parts]
        minimums, first = _first_places(sizes, design)
        cap = sum(sizes) if design.cap is None else min(design.cap, sum(sizes))
        if sum(first) > cap:
            needed[unit] = sum(first)
            continue
        shares = map(Cell, sizes, minimums, allocate_proportional(sizes, cap, floors=first))
        cells |= {(label, unit): cell for (label, _), cell in zip(parts, shares, strict=True)}
    _refuse_low_cap(needed, design)
    return cells


def _first_places(counts: Sequence[int], design: Design) -> tuple[Sequence[int], list[int]]:
    """A unit's minimum by cell, and what its cap must leave room for: that, and one for each."""
    least = min(design.minimum, sum(counts))
    minimums = allocate_proportional(counts, least, floors=[0] * len(counts))
    return minimums, [max(1, minimum) for minimum in minimums]


def _refuse_low_cap(needed: Mapping[str, int], design: Design) -> None:
    """Name the unit that needs the most, so that one change of the cap is enough."""
    if not needed:
        return
    unit = max(needed, key=needed.__getitem__)
    raise DesignError(
        f"unit {unit} needs {needed[unit]} places for its strata, too many for a cap of"
        f" {design.cap}",
        unit=unit,
        least=needed[unit],
        given=design.cap,
    )


def _strata(
    counts: Mapping[tuple[str, str], int], cells: Mapping[tuple[str, str], Cell]
) -> list[Stratum]:
    populations, minimum = Counter[str](), Counter[str]()
    room, bare = Counter[str](), Counter[str]()
    for (label, _unit), count in counts.items():
        populations[label] += count
    for (label, _unit), cell in cells.items():
        minimum[label] += cell.minimum
        room[label] += cell.room
        bare[label] += cell.minimum == 0
    return [
        Stratum(
            label,
            populations[label],
            minimum[label],
            room[label] if cells else populations[label],
            max(1, minimum[label] + (bare[label] > 0)),
        )
        for label in sorted(populations)
    ]


def _sizes(strata: Sequence[Stratum], design: Design) -> list[int]:
    own = dict(design.fixed)
    labels = [stratum.label for stratum in strata]
    if unknown := sorted(own.keys() - set(labels)):
        raise DesignError(f"no such stratum: {', '.join(unknown)}", stratum=unknown[0])
    shared = [stratum for stratum in strata if stratum.label not in own]
    if design.allocation == FIXED and shared:
        label = shared[0].label
        raise DesignError(f"no places given for stratum {label}", stratum=label)
    sizes = own | dict(zip((one.label for one in shared), _shares(shared, design), strict=True))
    return [sizes[label] for label in labels]


def _shares(strata: Sequence[Stratum], design: Design) -> tuple[int, ...]:
    populations = [stratum.population for stratum in strata]
    floors, ceilings = [one.least for one in strata], [one.room for one in strata]
    if design.allocation in (FIXED, CENSUS):
        return tuple(ceilings)
    least, most = sum(floors), sum(ceilings)
    if not least <= design.size <= most:
        raise DesignError(
            f"{least} to {most} places can be shared, not {design.size}",
            least=least,
            most=most,
            given=design.size,
        )
    if design.allocation == NEYMAN:
        given = dict(design.deviations)
        if missing := [one.label for one in strata if one.label not in given]:
            raise DesignError(f"no deviation given for stratum {missing[0]}", stratum=missing[0])
        deviations = [float(given[one.label]) for one in strata]
        return allocate_neyman(
            populations, deviations, design.size, floors=floors, ceilings=ceilings
        )
    allocate = allocate_equal if design.allocation == EQUAL else allocate_proportional
    return allocate(populations, design.size, floors=floors, ceilings=ceilings)
