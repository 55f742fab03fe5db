from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Model
from review.types import Encrypted


class WrappedKey(Model):
    """A key that must outlive the data key, encrypted under it."""

    __tablename__ = "wrapped_key"

    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(Encrypted)
