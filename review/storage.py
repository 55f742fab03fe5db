"""Files that the database does not hold: encrypted chunk by chunk, and checked at every read.

They lie under names made here, on the local disk or in an S3-compatible store. A name is told only
once all bytes are there, and never written again, so nobody can meet half a file. See
docs/decisions/0018-files-are-kept-encrypted.md.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import SEEK_CUR, SEEK_END, SEEK_SET, RawIOBase, UnsupportedOperation
from pathlib import Path
from typing import Any, Protocol

import fsspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app

from review.errors import DamagedFileError
from review.privacy import NONCE_BYTES, decrypt, encrypt, opened_with, sealed_with

CHUNK = 1024 * 1024
TAG_BYTES, DIGEST_BYTES = 16, 32
SEALED_CHUNK = NONCE_BYTES + CHUNK + TAG_BYTES
STORE = "store"


class Kept(Protocol):
    """What the database keeps of a file: enough to find, open and check it."""

    key: str
    sealed_key: bytes
    sha256: str
    chunk_digests: bytes
    size: int


@dataclass(slots=True)
class Stored:
    """A file just stored; these are the columns of the row that will stand for it."""

    key: str
    sealed_key: bytes
    sha256: str
    chunk_digests: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Store:
    """A place for files: ``files`` is fsspec's, ``root`` the folder or bucket within it."""

    files: Any
    root: str

    def path(self, key: str) -> str:
        return f"{self.root}/{key[:2]}/{key}"


def init_app(app: Flask) -> None:
    """Name the place; what it needs is loaded when the first file is stored or read."""
    app.extensions[STORE] = None


def put(parts: Iterable[bytes]) -> Stored:
    """Store bytes that come in parts of any size; returns once they are on the disk."""
    key, cipher_key = secrets.token_hex(16), AESGCM.generate_key(256)
    cipher, whole, digests, size = AESGCM(cipher_key), hashlib.sha256(), bytearray(), 0
    store = _store()
    store.files.makedirs(store.path(key).rpartition("/")[0], exist_ok=True)
    with store.files.open(store.path(key), "wb") as file:
        for number, chunk in enumerate(_chunks(parts)):
            file.write(sealed_with(cipher, chunk, _place(number)))
            whole.update(chunk)
            digests += hashlib.sha256(chunk).digest()
            size += len(chunk)
        file.flush()
        _sync(file)
    return Stored(key, encrypt(cipher_key), whole.hexdigest(), bytes(digests), size)


def put_file(path: Path) -> Stored:
    """Store the bytes of a file on the disk."""
    with path.open("rb") as file:
        return put(parts_of(file))


def parts_of(file: Any) -> Iterator[bytes]:
    """What is left of an open file, part by part."""
    return iter(lambda: file.read(CHUNK), b"")


def sealed_bytes(key: str) -> Iterator[bytes]:
    """A file as it lies in the store, for a copy of it elsewhere. Raises FileNotFoundError."""
    store = _store()
    with store.files.open(store.path(key), "rb") as file:
        yield from parts_of(file)


def put_back(key: str, parts: Iterable[bytes]) -> None:
    """Store such a copy under its own name again."""
    store = _store()
    store.files.makedirs(store.path(key).rpartition("/")[0], exist_ok=True)
    with store.files.open(store.path(key), "wb") as file:
        for part in parts:
            file.write(part)
        file.flush()
        _sync(file)


def remove(key: str) -> None:
    """Forget a file; one that is gone already is no error."""
    store = _store()
    if store.files.exists(store.path(key)):
        store.files.rm_file(store.path(key))


def keys() -> Iterator[str]:
    """The name of every file in the store."""
    store = _store()
    for path in store.files.find(store.root):
        yield path.rpartition("/")[2]


def stored_at(key: str) -> datetime:
    """When the bytes of a file were written."""
    store = _store()
    written: datetime = store.files.modified(store.path(key))
    return written


class StoredReader(RawIOBase):
    """A stored file as Python's files are read; every chunk is checked before a byte of it is
    given out. Raises DamagedFileError."""

    def __init__(self, kept: Kept) -> None:
        self._path, self._files = _store().path(kept.key), _store().files
        self._cipher, self._size = AESGCM(decrypt(kept.sealed_key)), kept.size
        self._digests = kept.chunk_digests
        self._at, self._held, self._chunk = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        start = {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        number, offset = divmod(self._at, CHUNK)
        if self._at >= self._size:
            return 0
        if number != self._held:
            self._chunk, self._held = self._checked(number), number
        piece = self._chunk[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _checked(self, number: int) -> bytes:
        start = number * SEALED_CHUNK
        try:
            sealed = self._files.cat_file(self._path, start=start, end=start + SEALED_CHUNK)
            chunk = opened_with(self._cipher, sealed, _place(number))
        except (FileNotFoundError, InvalidTag, ValueError) as error:
            raise DamagedFileError from error
        digest = self._digests[number * DIGEST_BYTES : (number + 1) * DIGEST_BYTES]
        if hashlib.sha256(chunk).digest() != digest:
            raise DamagedFileError
        return chunk


def whole(kept: Kept) -> bytes:
    """All bytes of a file. Raises DamagedFileError."""
    content = StoredReader(kept).readall()
    if len(content) != kept.size:
        raise DamagedFileError
    return content


def _store() -> Store:
    """The place for files, opened once; s3fs is loaded only where it is asked for."""
    store: Store | None = current_app.extensions[STORE]
    if store is None:
        config = current_app.config["PLATFORM"]
        files, root = fsspec.url_to_fs(config.file_store or str(config.data_dir / "files"))
        store = current_app.extensions[STORE] = Store(files, root.rstrip("/"))
    return store


def _chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in chunks of one size, the last one shorter."""
    held = bytearray()
    for part in parts:
        held += part
        while len(held) >= CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    if held:
        yield bytes(held)


def _place(number: int) -> bytes:
    """Authenticated with each chunk, so that chunks cannot change places."""
    return number.to_bytes(8, "big")


def _sync(file: Any) -> None:
    """What was acknowledged survives a power cut; an object store does so by itself."""
    with suppress(UnsupportedOperation):
        os.fsync(file.fileno())
