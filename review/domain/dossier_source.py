from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from review.errors import NoCopyError
from review.models.dossiers import Dossier
from review.queries.dossiers import full_copy
from review.storage import StoredReader

PIECE = 1024 * 1024


@contextmanager
def source_of(dossier: Dossier) -> Iterator[Path]:
    """The complete copy as a file of this machine, gone when the block ends.

    Raises NoCopyError, DamagedFileError.
    """
    stored = full_copy(dossier)
    if stored is None:
        raise NoCopyError
    with TemporaryDirectory() as folder:
        path = Path(folder) / "dossier.pdf"
        with path.open("wb") as file:
            copyfileobj(BufferedReader(StoredReader(stored), PIECE), file, PIECE)
        yield path
