from collections.abc import Iterable

from review.domain.audit import record
from review.errors import UnknownRegionError
from review.extensions import db
from review.models.accounts import Region
from review.permissions import Actor
from review.queries.regions import around, level_of

CODE_DIGITS = 6


def load_regions(rows: Iterable[tuple[str, str]], *, by: Actor | None) -> int:
    """Add regions by code and name, rename known ones. Commits; raises UnknownRegionError."""
    names = dict(rows)
    loaded = [_put(code, names[code]) for code in sorted(names)]  # a code sorts after its parent's
    if loaded:
        record(by, "regions.loaded", loaded[0], regions=len(loaded))
    db.session.commit()
    return len(loaded)


def _put(code: str, name: str) -> Region:
    if len(code) != CODE_DIGITS or not (code.isascii() and code.isdecimal()):
        raise UnknownRegionError(code)
    parent = _parent(code)
    region = db.session.get(Region, code) or Region(code=code)
    region.name, region.level, region.parent_code = name, level_of(code), parent
    db.session.add(region)
    return region


def _parent(code: str) -> str | None:
    above = [outer for outer in dict.fromkeys(around(code)) if outer != code]
    if above and db.session.get(Region, above[-1]) is None:
        raise UnknownRegionError(above[-1])
    return above[-1] if above else None
