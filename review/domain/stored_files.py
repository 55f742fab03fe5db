"""Files that no row of the database tells of: what was stored before a transaction that was then
rolled back, or that was to be removed when the process died."""

from datetime import UTC, datetime, timedelta

from review.queries.stored_files import known_keys
from review.storage import keys, remove, stored_at

LONGEST_WORK = timedelta(days=1)
"""Between storing a file's bytes and committing its row; no job lives longer."""


def sweep_orphans() -> int:
    """Remove files that nothing refers to, once no work under way may still do so; how many."""
    limit = datetime.now(UTC) - LONGEST_WORK
    # Listed before the rows are read: a file whose row is added meanwhile is known by then.
    found = list(keys())
    known = known_keys()
    orphans = [key for key in found if key not in known and stored_at(key) < limit]
    for key in orphans:
        remove(key)
    return len(orphans)
