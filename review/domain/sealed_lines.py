"""A long text, packed and encrypted part by part as it comes, so that it never lies anywhere in
clear or whole: its own key, sealed under the data key, stands in front.

Each part is authenticated with its number and with whether it is the last, so that none can be
left out, moved or cut off.
"""

import zlib
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from review.errors import DamagedFileError
from review.privacy import decrypt, encrypt, opened_with, sealed_with

PART = 1024 * 1024
LENGTH_BYTES = 4
FASTEST = 1  # zlib level


def write_sealed(file: IO[bytes], lines: Iterable[bytes]) -> None:
    key = AESGCM.generate_key(256)
    cipher = AESGCM(key)
    _put(file, encrypt(key))
    held, number = bytearray(), 0
    for packed in _packed(lines):
        held += packed
        while len(held) > PART:
            _put(file, _sealed(cipher, number, bytes(held[:PART]), is_last=False))
            del held[:PART]
            number += 1
    _put(file, _sealed(cipher, number, bytes(held), is_last=True))


def read_sealed(file: IO[bytes]) -> Iterator[bytes]:
    """The lines again, each without its end. Raises DamagedFileError."""
    unpacked, rest = zlib.decompressobj(), b""
    for part in _opened(file):
        *lines, rest = (rest + unpacked.decompress(part)).split(b"\n")
        yield from lines
    if rest or not unpacked.eof:
        raise DamagedFileError


def _packed(lines: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(FASTEST)
    for line in lines:
        yield packer.compress(line + b"\n")
    yield packer.flush()


def _opened(file: IO[bytes]) -> Iterator[bytes]:
    try:
        cipher = AESGCM(decrypt(_take(file)))
        number, following = 0, _take(file)
        while following:
            sealed, following = following, _take(file)
            yield opened_with(cipher, sealed, _place(number, is_last=not following))
            number += 1
    except (InvalidTag, ValueError) as error:
        raise DamagedFileError from error
    if not number:
        raise DamagedFileError


def _sealed(cipher: AESGCM, number: int, part: bytes, *, is_last: bool) -> bytes:
    return sealed_with(cipher, part, _place(number, is_last=is_last))


def _place(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(8) + bytes([is_last])


def _put(file: IO[bytes], part: bytes) -> None:
    file.write(len(part).to_bytes(LENGTH_BYTES) + part)


def _take(file: IO[bytes]) -> bytes:
    """The next part, or nothing at the end."""
    length = int.from_bytes(file.read(LENGTH_BYTES))
    if length > 2 * PART:
        raise DamagedFileError
    part = file.read(length)
    if len(part) < length:
        raise DamagedFileError
    return part
