"""Many tests at once, and how much the true values differ.

Benjamini-Hochberg   p_(1) <= ... <= p_(m) sorted; reject the k smallest, k the largest index
                     with p_(k) <= k q / m. The expected share of false rejections is at most q.
Between variance     d_j observed, v_j its known sampling variance, w_j = 1 / v_j,
                     Q = sum w (d - mean_w)^2; tau^2 = max(0, (Q - (m - 1)) / (S1 - S2 / S1)),
                     S1 = sum w, S2 = sum w^2.
Sources              Benjamini, Hochberg, JRSS B 57 (1995) 289-300;
                     DerSimonian, Laird, Controlled Clinical Trials 7 (1986) 177-188.
"""

import numpy as np

from scoring.ratings import Floats

FDR = 0.05
"""Of the handlers named, at most this share is expected to be named wrongly."""


def rejections(p: Floats, fdr: float = FDR) -> int:
    """How many of the p values (shape (m,), each 0-1) Benjamini-Hochberg rejects: the smallest k.

    0 for no p values. Raises ValueError for a p outside 0-1 or not finite.
    """
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("a p value lies outside 0-1")
    below = np.sort(p) <= fdr * np.arange(1, p.size + 1) / max(p.size, 1)
    return int(np.flatnonzero(below)[-1]) + 1 if below.any() else 0


def between_variance(value: Floats, variance: Floats) -> tuple[float, float]:
    """Overall mean and tau^2 of ``value`` (shape (m,)) given ``variance`` (shape (m,), > 0).

    The mean is weighted with 1 / (variance + tau^2). One value alone has tau^2 = 0. Raises
    ValueError when there is no value or a variance is not positive.
    """
    if value.size == 0 or not (variance > 0).all():
        raise ValueError("needs at least one value, and a positive variance for each")
    weight = 1 / variance
    total = weight.sum()
    q = (weight * (value - (weight * value).sum() / total) ** 2).sum()
    room = total - (weight**2).sum() / total
    tau2 = max(0.0, float((q - (value.size - 1)) / room)) if value.size > 1 else 0.0
    combined = 1 / (variance + tau2)
    return float((combined * value).sum() / combined.sum()), tau2
