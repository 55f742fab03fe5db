"""The rule of regions: who sees what lies in a code prefix, written once."""

from typing import Any

from sqlalchemy import ColumnElement

from review.enums import RegionLevel

COUNTY_DIGITS = 6
LEVEL_DIGITS = {RegionLevel.PROVINCE: 2, RegionLevel.CITY: 4, RegionLevel.COUNTY: COUNTY_DIGITS}


def level_of(region_code: str) -> RegionLevel:
    """990000 is a province, 990100 a city, 990101 a county."""
    if region_code.endswith("0000"):
        return RegionLevel.PROVINCE
    return RegionLevel.CITY if region_code.endswith("00") else RegionLevel.COUNTY


def prefix(region_code: str, level: RegionLevel | None = None) -> str:
    """The digits shared by all codes of a region, or of the ``level`` region around it."""
    return region_code[: LEVEL_DIGITS[level or level_of(region_code)]]


def within(column: Any, region_code: str) -> ColumnElement[bool]:
    """SQL: the code in ``column`` is ``region_code`` or lies below it. Uses the column's index."""
    head = prefix(region_code)
    filler = COUNTY_DIGITS - len(head)
    condition: ColumnElement[bool] = column.between(head + "0" * filler, head + "9" * filler)
    return condition


def scanned_within(column: Any, region_code: str) -> ColumnElement[bool]:
    """As ``within``, for lists in the order of another index: LIKE keeps a planner off this one."""
    condition: ColumnElement[bool] = column.like(prefix(region_code) + "%")
    return condition


def contains(outer: str, inner: str) -> bool:
    """Whether ``inner`` is ``outer`` or lies below it."""
    return inner.startswith(prefix(outer))


def around(region_code: str) -> tuple[str, ...]:
    """The province, the city and the county around a region, outermost first, itself last."""
    codes = (region_code[:2] + "0000", region_code[:4] + "00", region_code)
    return tuple(dict.fromkeys(codes))


def smallest_holding(one: str, other: str) -> str:
    """The smallest region that holds both: two counties of a city have the city in common."""
    return next(code for code in reversed(around(one)) if contains(code, other))
