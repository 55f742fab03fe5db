"""Random numbers of the demo province: one independent stream for each named part of a seed.

A part that draws more or fewer numbers than before leaves every other part as it was.
"""

import base64
import zlib

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

PUBLIC_ID_BYTES = 16


def stream(seed: int, part: str) -> Generator:
    return np.random.default_rng([seed, zlib.crc32(part.encode())])


def public_ids(rng: Generator, size: int) -> list[str]:
    """``size`` identifiers in the form of ``secrets.token_urlsafe(16)``; demo data only."""
    raw = rng.bytes(PUBLIC_ID_BYTES * size)
    pieces = (raw[i : i + PUBLIC_ID_BYTES] for i in range(0, len(raw), PUBLIC_ID_BYTES))
    return [base64.urlsafe_b64encode(piece).rstrip(b"=").decode() for piece in pieces]


def shares(weights: ArrayLike, total: int) -> NDArray[np.int64]:
    """Whole numbers in proportion to ``weights`` that add up to ``total`` (largest remainders)."""
    exact = np.asarray(weights, dtype=float)
    exact = exact / exact.sum() * total
    whole: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    largest = np.argsort(whole - exact, kind="stable")[: total - int(whole.sum())]
    whole[largest] += 1
    return whole
