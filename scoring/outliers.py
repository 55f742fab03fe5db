"""Which handlers' profiles over the criteria are unlike the others', and in which criteria.

Model       x_j = mu + t_j + e_j in R^p: mean share of the points that handler j's n_j cases kept,
            by criterion; t_j ~ N(0, B) over ordinary handlers, e_j ~ N(0, W / n_j).
Estimator   mu and the covariance of x from the minimum covariance determinant, which a quarter of
            odd profiles cannot pull; B is that covariance less W mean(1 / n), without what would
            be negative; y_j = inverse(root(B + W / n_j)) (x_j - mu), alike for many and few cases;
            D_j^2 the distance of y_j by the determinant's mean and covariance of y.
Decision    D^2 (k - p) / (p (k - 1)) against F with p and k - p degrees, k = m / 2, for the most
            central half decides; Benjamini-Hochberg. The cut between the last rejected distance
            and the next is the drawn line.
Reading     z_jk = (x_jk - mu_k) / sqrt(B_kk + W_kk / n_j): the criteria with the largest |z| say
            where a handler differs, below 0 downwards. Unlike is not worse.
Limits      fewer than PER_CRITERION handlers for each criterion, and nothing is said: the
            determinant of a few points is small by chance.
Sources     Rousseeuw, Van Driessen, Technometrics 41 (1999) 212-223; Hardin, Rocke, J. Comp.
            Graph. Statistics 14 (2005) 928-946, for F in place of chi-square.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from scipy.special import fdtrc, fdtri

from scoring.inference import FDR, rejections
from scoring.ratings import Flags, Floats, Ints

PER_CRITERION = 10
"""With 20 profiles over 5 criteria the determinant found odd ones that are none; from ten handlers
for each criterion on false ones are as rare as intended."""

SUPPORT = 0.75
"""Share of profiles that the covariance is taken from: a quarter may be odd."""

DECIDING = 0.5
"""With the degrees of all m profiles innocent ones were named in 7 to 35 % of simulated rounds,
with those of half of them in 5 % at most."""

JUST_BEYOND = 0.999
"""Where nobody is rejected the line stands a hair beyond the first hurdle, which nobody passed."""


@dataclass(frozen=True, slots=True, eq=False)
class ProfileView:
    """``distance`` (m,) is the squared distance D^2, ``line`` the one value beyond which a handler
    is flagged, ``z`` (m, p) the standardised deviation in each criterion."""

    distance: Floats
    line: float
    z: Floats

    @property
    def is_flagged(self) -> Flags:
        """Shape (m,): beyond the line, and nothing else."""
        flagged: Flags = self.distance > self.line
        return flagged


def profile_view(profile: Floats, cases: Ints, within: Floats) -> ProfileView | None:
    """Judge ``profile`` (m, p), shares on 0-1, that rest on ``cases`` (m,) each.

    ``within`` (p, p) is W, the covariance of single cases around their handlers; zeros make all
    profiles equally sure. None where handlers are too few for the criteria, or some criterion
    hardly varies. Raises ValueError for a profile that is not finite or a count below 1.
    """
    if not np.isfinite(profile).all() or (cases < 1).any():
        raise ValueError("needs finite profiles of at least one case each")
    m, p = profile.shape
    if p == 0 or m < PER_CRITERION * p or (np.ptp(profile, axis=0) == 0).any():
        return None
    mean, covariance = _robust(profile)
    total = _between(covariance, within * (1 / cases).mean()) + within / cases[:, None, None]
    if np.linalg.matrix_rank(total[cases.argmax()]) < p:
        return None
    root = np.linalg.cholesky(total)
    away = profile - mean
    alike = np.linalg.solve(root, away[:, :, None])[:, :, 0]
    centre, left = _robust(alike)
    distance = ((alike - centre) @ np.linalg.inv(left) * (alike - centre)).sum(axis=1)
    spread = np.sqrt(np.diagonal(total, axis1=1, axis2=2))
    return ProfileView(distance, _line(distance, p), away / spread)


def _robust(profile: Floats) -> tuple[Floats, Floats]:
    from sklearn.covariance import MinCovDet  # noqa: PLC0415  (takes seconds: not at every start)

    found = MinCovDet(support_fraction=SUPPORT, random_state=0).fit(profile)
    return cast(Floats, found.location_), cast(Floats, found.covariance_)


def _between(covariance: Floats, chance: Floats) -> Floats:
    """B: what of the covariance chance does not explain, never negative in any direction."""
    values, vectors = np.linalg.eigh(covariance - chance)
    between: Floats = (vectors * np.maximum(values, 0)) @ vectors.T
    return between


def _line(distance: Floats, p: int) -> float:
    """The D^2 beyond which Benjamini-Hochberg rejects, or would have rejected the first."""
    known = distance.size * DECIDING
    scale = (known - p) / (p * (known - 1))
    listed = rejections(fdtrc(p, known - p, distance * scale))
    hurdle = FDR * (listed + 0.5 if listed else JUST_BEYOND) / distance.size
    return float(fdtri(p, known - p, 1 - hurdle) / scale)
