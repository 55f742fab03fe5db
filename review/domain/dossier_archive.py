"""The files of an uploaded zip, or the one file that was uploaded, each read within its limits.

Nothing is unpacked to the name that it claims: members are copied to files that we name.
"""

import stat
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from review.domain.archives import DAMAGED
from review.domain.dossier_names import in_order, is_litter
from review.enums import FileRefusal
from review.errors import FileRefusedError

MOST_MEMBERS = 5000
MOST_FILE_BYTES = 300 * 1024 * 1024
MOST_BYTES = 4 * 1024 * 1024 * 1024
PIECE = 1024 * 1024
LOCKED, UTF8 = 0x1, 0x800
MAGIC = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an upload by its name; ``info`` is its entry in the archive, if it is in one."""

    name: str
    info: zipfile.ZipInfo | None = None


class Archive:
    """An uploaded file as the files that it holds, in the order of their names: one or many."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Raises FileRefusedError when the archive itself cannot be read."""
        self._file, self._left = file, MOST_BYTES
        file.seek(0)
        self._archive = _archive(file) if file.read(4) in MAGIC else None
        self.members = _members(self._archive) if self._archive else [Member(name)]

    def copy(self, member: Member, target: Path) -> None:
        """Write the bytes of a member; raises FileRefusedError, whatever the archive claims."""
        with target.open("wb") as out:  # a full disk is no fault of the file: its error goes on
            for piece in self._pieces(member):
                out.write(piece)
        if not target.stat().st_size:
            raise FileRefusedError(FileRefusal.EMPTY)

    def _pieces(self, member: Member) -> Iterator[bytes]:
        room = MOST_FILE_BYTES
        try:
            with self._opened(member) as source:
                while piece := source.read(PIECE):
                    room, self._left = room - len(piece), self._left - len(piece)
                    if min(room, self._left) < 0:
                        raise FileRefusedError(FileRefusal.TOO_LARGE)
                    yield piece
        except DAMAGED:
            raise FileRefusedError(FileRefusal.NOT_READABLE) from None

    def _opened(self, member: Member) -> AbstractContextManager[Any]:
        if self._archive is None or member.info is None:
            self._file.seek(0)
            return nullcontext(self._file)
        if member.info.flag_bits & LOCKED:
            raise FileRefusedError(FileRefusal.LOCKED)
        if stat.S_ISLNK(member.info.external_attr >> 16):
            raise FileRefusedError(FileRefusal.WRONG_FORMAT)
        return self._archive.open(member.info)


def _archive(file: BinaryIO) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
    except DAMAGED:
        raise FileRefusedError(FileRefusal.NOT_READABLE) from None
    if len(archive.infolist()) > MOST_MEMBERS:
        raise FileRefusedError(FileRefusal.TOO_LARGE)
    return archive


def _members(archive: zipfile.ZipFile) -> list[Member]:
    files = [Member(_name(info), info) for info in archive.infolist() if not info.is_dir()]
    return sorted(
        (file for file in files if not is_litter(file.name)), key=lambda file: in_order(file.name)
    )


def _name(info: zipfile.ZipInfo) -> str:
    """The name as its maker saw it: programs here write GB18030 without saying so."""
    if info.flag_bits & UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename
