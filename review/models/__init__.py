"""Every table, registered by importing this package."""

from review.models import (  # noqa: F401  (importing registers the tables)
    accounts,
    analysis,
    assignment,
    audit,
    cases,
    definitions,
    designs,
    dossiers,
    exclusions,
    frames,
    handler,
    jobs,
    keys,
    readings,
    results,
    reviewing,
    rounds,
    sampling,
)
