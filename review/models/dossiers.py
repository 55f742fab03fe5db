from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from review.enums import (
    CopyKind,
    DossierStatus,
    FileRefusal,
    FileStatus,
    IndexSource,
    MarkedContent,
    MarkStatus,
    UploadStatus,
)
from review.extensions import Model
from review.types import Encrypted


class StoredFile(Model):
    """What ``review.storage`` needs to find, open and check one file. Bytes never change."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    sealed_key: Mapped[bytes] = mapped_column(Encrypted)
    sha256: Mapped[str] = mapped_column(String(64))
    chunk_digests: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(BigInteger)


class Dossier(Model):
    """卷宗: what is kept on paper of one case, scanned. ``files_digest`` covers the files in use,
    in their order; a frame keeps it as it was at the freeze."""

    __tablename__ = "dossier"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), unique=True)
    status: Mapped[DossierStatus] = mapped_column(default=DossierStatus.EMPTY)
    pages: Mapped[int] = mapped_column(default=0)
    files_digest: Mapped[str | None] = mapped_column(String(64))
    made_at: Mapped[datetime]


class DossierUpload(Model):
    """One file on its way in, in parts; ``case_id`` is given when its case was chosen by hand.
    Files chosen together share a ``batch``."""

    __tablename__ = "dossier_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    batch: Mapped[str] = mapped_column(String(22))
    name: Mapped[bytes] = mapped_column(Encrypted)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    status: Mapped[UploadStatus] = mapped_column(default=UploadStatus.RECEIVING)
    made_at: Mapped[datetime]


class UploadPart(Model):
    """The bytes of an upload from ``start`` on; gone once its job is done."""

    __tablename__ = "upload_part"

    upload_id: Mapped[int] = mapped_column(ForeignKey("dossier_upload.id"), primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    stored_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)


class DossierFile(Model):
    """One original file as it came. Without ``dossier_id`` its case is not known yet; refused ones
    keep their name and the reason, and no bytes."""

    __tablename__ = "dossier_file"
    __table_args__ = (UniqueConstraint("upload_id", "ordinal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("dossier_upload.id"))
    ordinal: Mapped[int]
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    stored_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    name: Mapped[bytes] = mapped_column(Encrypted)
    pages: Mapped[int] = mapped_column(default=0)
    position: Mapped[int | None]
    status: Mapped[FileStatus]
    refusal: Mapped[FileRefusal | None]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    uploaded_at: Mapped[datetime]


class DossierChange(Model):
    """The files in use were changed, by whom and why; ``digest_before`` covers the former ones."""

    __tablename__ = "dossier_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    reason: Mapped[str]
    digest_before: Mapped[str | None] = mapped_column(String(64))
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    changed_at: Mapped[datetime]


class DossierCopy(Model):
    """One PDF made of all files of a dossier, inert: complete, or with its bars burnt in.

    ``readable`` are pages where what the bars should hide can still be read in the text layer.
    """

    __tablename__ = "dossier_copy"
    __table_args__ = (UniqueConstraint("dossier_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    kind: Mapped[CopyKind]
    stored_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    pages: Mapped[int]
    readable: Mapped[list[int]] = mapped_column(JSON, default=list)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class DossierDocument(Model):
    """An entry of the 卷宗目录: a document of the dossier and its pages, counted from 1."""

    __tablename__ = "dossier_document"
    __table_args__ = (CheckConstraint("1 <= first_page AND first_page <= last_page", name="pages"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    document_type: Mapped[str] = mapped_column(String(40))
    first_page: Mapped[int]
    last_page: Mapped[int]
    source: Mapped[IndexSource]
    confirmed: Mapped[bool] = mapped_column(default=False)


class RedactionMark(Model):
    """A rectangle to be blackened, in fractions of its page from the upper left corner."""

    __tablename__ = "redaction_mark"
    __table_args__ = (
        CheckConstraint("0 <= x0 AND x0 <= x1 AND x1 <= 1", name="x_on_page"),
        CheckConstraint("0 <= y0 AND y0 <= y1 AND y1 <= 1", name="y_on_page"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    page: Mapped[int]
    x0: Mapped[float]
    y0: Mapped[float]
    x1: Mapped[float]
    y1: Mapped[float]
    what: Mapped[MarkedContent]
    source: Mapped[IndexSource]
    status: Mapped[MarkStatus]
