"""Which backups are kept: the newest of each of the last days, weeks and months."""

import shutil
from collections.abc import Callable, Collection, Hashable
from datetime import UTC, datetime
from pathlib import Path

from review.domain.backups import FILES, MOMENT, verify_backup

DAYS, WEEKS, MONTHS = 7, 4, 12
PERIODS: tuple[tuple[int, Callable[[datetime], Hashable]], ...] = (
    (DAYS, lambda moment: moment.date()),
    (WEEKS, lambda moment: moment.isocalendar()[:2]),
    (MONTHS, lambda moment: (moment.year, moment.month)),
)


def kept_moments(moments: Collection[datetime]) -> set[datetime]:
    """The newest backup of each of the last seven days, four weeks and twelve months that have
    one."""
    kept = set[datetime]()
    for count, period_of in PERIODS:
        newest = {period_of(moment): moment for moment in sorted(moments)}
        kept |= set(sorted(newest.values())[-count:])
    return kept


def remove_old_backups(folder: Path) -> list[str]:
    """Remove the backups that are not kept, and the files that only they tell of; their names.

    Raises DamagedBackupError, and removes nothing, when one that is kept is damaged.
    """
    places = {_moment(place.name): place for place in folder.iterdir() if _moment(place.name)}
    kept = kept_moments([moment for moment in places if moment])
    needed = {key for moment in kept for key in verify_backup(places[moment]).files}
    old = [place for moment, place in sorted(places.items(), key=str) if moment not in kept]
    for place in old:
        shutil.rmtree(place)
    for path in (folder / FILES).glob("??/*"):
        if path.name not in needed:
            path.unlink()
    return [place.name for place in old]


def _moment(name: str) -> datetime | None:
    try:
        return datetime.strptime(name, MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
