"""Test whether counts vary more around the predictions of a network than under a Poisson distribution.

    dispersion = sum w (y - mu)^2 / mu / W,    W = sum w

Its expectation is at most 1 for Poisson's distribution, and the standard error of W dispersion is
sqrt(2 W + sum w / mu).  The parameters are not subtracted from W, so the estimate is biased downward (McCullagh and
Nelder 1989, Generalized Linear Models, section 4.5, whose estimate divides by N - P).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sheernet.data.targets import Targets
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.density import POISSON
from sheernet.models.fitting.preparation import Encoded
from sheernet.models.member import Member
from sheernet.models.output_layer import dispersion_of

NOTED = 1.25
"""Minimum dispersion for a notice: a 90 % interval then contains about 86 % of the counts."""
CERTAIN = 3.0
"""Minimum number of standard errors above 1 for a notice."""


def notices_of_overdispersion(member: Member, targets: Targets, rows: Encoded) -> Iterator[str]:
    """Yield a notice for each target whose counts vary more around predictions than a Poisson variable.

    Parameters
    ----------
    member : Member
        The network.
    targets : NumberTargets or ClassTarget
        Its targets.
    rows : Encoded
        The training rows.
    """
    if member.cost != POISSON or dispersion_of(targets, POISSON, rows.truth) is None:
        return
    weights = rows.case_weights
    means = np.maximum(targets.decode(member.location(rows.X)).reshape(rows.truth.shape), 1e-300)
    for name, y, mu in zip(targets.names, rows.truth.T, means.T, strict=True):
        total, squares = weights.sum(), weights @ ((y - mu) ** 2 / mu)
        if squares < NOTED * total or squares - total < CERTAIN * np.sqrt(
            2.0 * total + weights @ (1.0 / mu)
        ):
            continue
        zeros, expected = (float(weights @ each / total) for each in (y == 0, np.exp(-mu)))
        yield sentence(
            "the counts of {!r} vary more around their predictions than Poisson's distribution does, so intervals and "
            "standard errors are too narrow: (count - prediction)^2 / prediction has the mean {:.3g} in the training "
            "rows, not 1, and {:.0f} % of the counts are 0, where {:.0f} % are expected; {} shows whether the network "
            "underfits the data, and without {}, the noise is learned from the data",
            name, squares / total, 100 * zeros, 100 * expected, Setting("decay", "cv"), Setting("cost", POISSON),
        )  # fmt: skip
