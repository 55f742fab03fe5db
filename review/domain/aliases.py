"""盲评编号: by what a reviewer knows a case. Random, new for each assignment, linked to nothing."""

import secrets

from review.queries.assignment import taken_aliases

ALIAS_SIGNS = "23456789ACDEFGHJKMNPQRTVWXY"
"""Signs that nobody takes for one another: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V."""

ALIAS_GROUPS = (3, 4)


def new_public_id() -> str:
    return secrets.token_urlsafe(16)


def new_aliases(count: int) -> list[str]:
    """Random aliases that nobody bears yet, in random order."""
    fresh: set[str] = set()
    while len(fresh) < count:
        more = {_alias() for _ in range(count - len(fresh))}
        fresh |= more - taken_aliases(more)
    found = list(fresh)
    secrets.SystemRandom().shuffle(found)
    return found


def _alias() -> str:
    return "-".join(
        "".join(secrets.choice(ALIAS_SIGNS) for _ in range(signs)) for signs in ALIAS_GROUPS
    )
