"""Who may do what: the one table of roles and permissions, and how a view declares its need."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any

from flask import abort, g

from review.enums import Role


class Permission(StrEnum):
    ACCOUNT_OWN = "account:own"
    ACCOUNT_MANAGE = "account:manage"
    ACCOUNT_INVITE = "account:invite"
    CASE_READ = "case:read"
    CASE_IMPORT = "case:import"
    DOSSIER_READ = "dossier:read"
    DOSSIER_MANAGE = "dossier:manage"
    ROUND_READ = "round:read"
    ROUND_MANAGE = "round:manage"
    DRAW_REOPEN = "draw:reopen"
    RUBRIC_READ = "rubric:read"
    RUBRIC_MANAGE = "rubric:manage"
    REVIEW_WRITE = "review:write"
    ADJUDICATE = "adjudicate"
    RESULT_OWN = "result:own"
    ANALYSIS_READ = "analysis:read"
    AUDIT_READ = "audit:read"


_EVERYONE = frozenset({Permission.ACCOUNT_OWN})

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ORGANISER: _EVERYONE
    | {
        Permission.ACCOUNT_INVITE,
        Permission.CASE_READ,
        Permission.CASE_IMPORT,
        Permission.DOSSIER_READ,
        Permission.DOSSIER_MANAGE,
        Permission.ROUND_READ,
        Permission.ROUND_MANAGE,
        Permission.RUBRIC_READ,
        Permission.RUBRIC_MANAGE,
        Permission.ADJUDICATE,
    },
    Role.REVIEWER: _EVERYONE | {Permission.REVIEW_WRITE, Permission.RUBRIC_READ},
    Role.CHIEF: _EVERYONE | {Permission.ANALYSIS_READ, Permission.RUBRIC_READ},
    Role.HANDLER: _EVERYONE | {Permission.RESULT_OWN, Permission.RUBRIC_READ},
    Role.AUDITOR: _EVERYONE
    | {Permission.AUDIT_READ, Permission.ROUND_READ, Permission.DRAW_REOPEN},
    Role.ADMINISTRATOR: _EVERYONE | {Permission.ACCOUNT_MANAGE, Permission.ACCOUNT_INVITE},
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a request, in the role they chose to work in."""

    user_id: int
    name: str
    membership_id: int
    role: Role
    region_code: str
    handler_id: int | None = None
    other_roles: int = 0
    unread: int = 0

    def may(self, permission: Permission) -> bool:
        return permission in ROLE_PERMISSIONS[self.role]


def requires(permission: Permission) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare what a view needs; the start-up check refuses a view that declares nothing."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not g.actor.may(permission):
                abort(404)
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Declare that anybody may open a view, signed in or not."""
    view.permission = None  # type: ignore[attr-defined]
    return view
