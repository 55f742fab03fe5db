"""What an import keeps sealed, each part in a row of its own: a database rewrites a row whole, and
nothing that changes about an import should cost the megabytes of its file."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import RegisterPart
from review.extensions import Model
from review.types import Encrypted


class RegisterContent(Model):
    """One part of an import; see ``review.enums.RegisterPart``."""

    __tablename__ = "register_content"

    import_id: Mapped[int] = mapped_column(ForeignKey("register_import.id"), primary_key=True)
    part: Mapped[RegisterPart] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(Encrypted)
