"""Means per closing quarter, charted without crossing a change of grading scheme.

Model       per quarter the design-weighted mean of ``estimation``; between quarters the
            individuals chart of ``control_chart``, one for each run of one scheme.
"""

from itertools import groupby

import numpy as np

from scoring.control_chart import ControlChart, xmr_chart
from scoring.estimation import Design, Estimate, domain_mean
from scoring.ratings import Floats, Texts


def quarter_means(
    design: Design, value: Floats, quarter: Texts, wanted: list[str]
) -> dict[str, Estimate]:
    """Mean of ``value`` (shape (n,)) in each of the ``wanted`` quarters that has a drawn case."""
    means = {q: domain_mean(design, value, quarter == q) for q in wanted}
    return {q: mean for q, mean in means.items() if mean is not None}


def unbroken_charts(
    quarter: list[str], scheme: list[str], value: list[float]
) -> list[tuple[str, ControlChart]]:
    """One chart per run of quarters under one scheme, in time order: a line never joins two.

    The three lists have one entry per quarter and scheme, in any order.
    """
    rows = sorted(zip(quarter, scheme, value, strict=True))
    runs = [(key, list(run)) for key, run in groupby(rows, key=lambda row: row[1])]
    return [
        (key, xmr_chart(np.array([r[0] for r in run]), np.array([r[2] for r in run])))
        for key, run in runs
    ]
