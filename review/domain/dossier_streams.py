"""Streams that unpack to more than a page can need are found before anybody unpacks them."""

import zlib

from pikepdf import Array, Name, Object, Pdf, Stream

from review.enums import FileRefusal
from review.errors import FileRefusedError

MOST_UNPACKED = 64 * 1024 * 1024
MOST_PIXELS = 400_000_000
MOST_FILTERS = 2
PACKED = ("/FlateDecode", "/Fl")


def check_streams(pdf: Pdf) -> None:
    """Raise FileRefusedError if a stream is a bomb or names a file elsewhere."""
    for thing in pdf.objects:
        if isinstance(thing, Stream):
            _check(thing)


def _check(stream: Stream) -> None:
    if len(filters := _filters(stream)) > MOST_FILTERS:
        raise FileRefusedError(FileRefusal.TOO_COSTLY)
    if stream.get("/Subtype") == Name.Image:
        if _number(stream, "/Width") * _number(stream, "/Height") > MOST_PIXELS:
            raise FileRefusedError(FileRefusal.TOO_COSTLY)
    elif filters and set(filters) <= set(PACKED):
        _unpack(stream.read_raw_bytes(), len(filters))


def _filters(stream: Stream) -> list[str]:
    named = stream.get("/Filter")
    if named is None:
        return []
    return [str(one) for one in named.as_list()] if isinstance(named, Array) else [str(named)]


def _number(stream: Object, key: str) -> int:
    value = stream.get(key, 0)
    return value if isinstance(value, int) else 0


def _unpack(packed: bytes, times: int) -> None:
    """Unpack as often as was packed, never more than the limit at once."""
    for _ in range(times):
        unpacked = zlib.decompressobj().decompress(packed, MOST_UNPACKED + 1)
        if len(unpacked) > MOST_UNPACKED:
            raise FileRefusedError(FileRefusal.TOO_COSTLY)
        packed = unpacked
