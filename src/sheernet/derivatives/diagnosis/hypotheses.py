"""Diagnose a wrong gradient: try all kinds of mistakes against the pattern of its errors.

Each kind is a hypothesis.  It is accepted only if it explains every comparison, failed or passed, within its own
tolerance (evidence.py), so a wrong diagnosis requires a coincidence to nine digits.  If no hypothesis fits, the
diagnosis has no kind.  The first that fits is taken, in this order:

    factor          g = c n                             throughout
    data factor     g - decay x = c (n - decay x)       the penalty term is right, the data term is not
    decay           g - n = c decay x, or c x           a penalty term is missing, doubled, ...
    zero            blocks of g are zero, the others right
    line            some rows or columns of one block
    entry           a few single entries
    transposed      blocks hold their entries in transposed order
    block factor    g = c n in each wrong block, the others right
    saturation      right at x / 16, wrong at x
    biases          some biases, and nothing else
    layer           one layer, and nothing else
    lower layers    all layers up to one, and none above

Letters: g analytic, n numeric, x the point.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sheernet.derivatives.diagnosis import factor_hypotheses, place_hypotheses
from sheernet.derivatives.diagnosis.evidence import Diagnosis, Evidence

HYPOTHESES: tuple[Callable[[Evidence], Diagnosis | None], ...] = (
    factor_hypotheses.factor,
    factor_hypotheses.data_factor,
    factor_hypotheses.decay,
    factor_hypotheses.hidden_penalty,
    place_hypotheses.zero,
    place_hypotheses.line,
    place_hypotheses.entry,
    place_hypotheses.transposed,
    factor_hypotheses.block_factor,
    place_hypotheses.saturation,
    place_hypotheses.biases,
    place_hypotheses.layers,
)


def diagnose(evidence: Evidence) -> Diagnosis:
    """Find the kind of mistake that explains all comparisons.

    Parameters
    ----------
    evidence : Evidence
        Of a gradient for which a comparison failed.

    Returns
    -------
    Diagnosis
        Its kind is None if no hypothesis fits.
    """
    if np.isfinite(evidence.gradient).all():
        for hypothesis in HYPOTHESES:
            found = hypothesis(evidence)
            if found is not None:
                return found
    wrong = evidence.wrong_blocks
    hint = ""
    if len(wrong) == len(evidence.blocks) > 1:
        hint = (
            " Every block is wrong, including that of the outputs: "
            "first check the derivative of the cost with respect to the outputs."
        )
    return Diagnosis(None, f"The errors fit no known kind of mistake.{hint}", tuple(wrong))
