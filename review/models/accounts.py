from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from review.enums import RegionLevel, Role
from review.extensions import Model


class Region(Model):
    """行政区划. A GB/T 2260 code nests by prefix: 990000 ⊃ 990100 ⊃ 990101."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str]
    level: Mapped[RegionLevel]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    population: Mapped[int | None]


class User(Model):
    """A person who signs in. Roles are memberships; without a password the account is invited."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    memberships: Mapped[list["Membership"]] = relationship(back_populates="user")


class Membership(Model):
    """One role of one person in one region; a handler's is tied to a handler of the register."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "region_code"),
        CheckConstraint("(role = 'handler') = (handler_id IS NOT NULL)", name="handler_is_tied"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[Role]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("handler.id"), index=True)
    user: Mapped[User] = relationship(back_populates="memberships")


class ReviewerProfile(Model):
    """What the conflict rules need to know of a 评估专家."""

    __tablename__ = "reviewer_profile"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    licence_number: Mapped[str | None] = mapped_column(unique=True)
    practising_since: Mapped[date | None]
    case_types: Mapped[list[str] | None]
    """The types of case that the reviewer knows; None for all."""
    most_cases: Mapped[int | None]
    """Most cases in one round."""


class LoginSession(Model):
    """A signed-in browser. The cookie holds the token; only its digest is stored."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class LoginFailure(Model):
    """A failed sign-in, for throttling: keyed digests, so that no address is kept."""

    __tablename__ = "login_failure"
    __table_args__ = (
        Index("ix_login_failure_account", "account_digest", "failed_at"),
        Index("ix_login_failure_network", "network_digest", "failed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_digest: Mapped[str] = mapped_column(String(64))
    network_digest: Mapped[str] = mapped_column(String(64))
    failed_at: Mapped[datetime]


class Invitation(Model):
    """A one-time link by which an invited person sets a password and receives a role.

    Licence, provider and first year wait here for the invited reviewer's profile. ``user_id``
    names an account whose lost password the link may replace; no other link may.
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[Role]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("handler.id"))
    licence_number: Mapped[str | None]
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    practising_since: Mapped[date | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
