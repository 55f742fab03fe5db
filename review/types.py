"""Column types that mean the same on SQLite and PostgreSQL."""

import enum
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Enum,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect

LARGEST_ID = 2**31 - 1
"""What an INTEGER column holds on PostgreSQL; no row has a larger number."""


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal kept digit for digit: NUMERIC on PostgreSQL, text on SQLite.

    SQLite has no decimal type, so compare or sort such a column in SQL only after a cast.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        text = dialect.name == "sqlite"
        return dialect.type_descriptor(String(40) if text else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in Python, naive UTC in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Encrypted(TypeDecorator[bytes]):
    """Ciphertext of ``privacy.encrypt``: a new data key finds its columns by this type."""

    impl = LargeBinary
    cache_ok = True


TYPE_MAP: dict[Any, Any] = {
    datetime: UtcDateTime,
    Decimal: ExactDecimal,
    int: Integer,
    dict[str, Any]: JSON,
    list[str]: JSON,
    enum.StrEnum: Enum(
        enum.StrEnum,
        native_enum=False,
        length=40,
        values_callable=lambda members: [m.value for m in members],
    ),
}


def naming_convention() -> MetaData:
    """Every constraint gets a name, so that migrations can drop it on both databases."""
    return MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
