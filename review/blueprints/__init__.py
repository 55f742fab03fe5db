"""Every blueprint, in the order of the navigation."""

from review.blueprints import (
    accounts,
    adjudication,
    analysis,
    assignment,
    audit,
    cases,
    exclusions,
    health,
    invitations,
    jobs,
    reconciliation,
    results,
    reviewing,
    rounds,
    rubrics,
    sampling,
)

BLUEPRINTS = (
    accounts.bp,
    invitations.bp,
    cases.bp,
    rounds.bp,
    sampling.bp,
    exclusions.bp,
    reconciliation.bp,
    assignment.bp,
    reviewing.bp,
    adjudication.bp,
    rubrics.bp,
    results.bp,
    analysis.bp,
    audit.bp,
    jobs.bp,
    health.bp,
)
