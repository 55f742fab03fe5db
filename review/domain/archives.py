"""What zip archives that come from outside can do to their reader."""

import lzma
import zipfile
import zlib

# What a damaged archive, or a member of it, raises on the way; ValueError includes names that are
# no text.
DAMAGED = (
    *(zipfile.BadZipFile, KeyError, ValueError, OSError),
    *(NotImplementedError, RuntimeError, EOFError, zlib.error, lzma.LZMAError),
)
