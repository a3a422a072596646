"""What kind of mistake a wrong gradient holds, told from the pattern of its errors.

A kind is a hypothesis, and it is named only where it explains every comparison, those that failed and those that
passed, within their own tolerances (evidence.py).  So a wrong name takes a coincidence to nine digits; where nothing
fits, nothing is named.  The first that fits is taken, in this order:

    factor          g = c n                             throughout
    data factor     g - decay x = c (n - decay x)       the penalty is right, the data term is not
    decay           g - n = c decay x, or c x           a term of the penalty missing, doubled, ...
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

from sheernet.derivatives.diagnosis import multiples, places
from sheernet.derivatives.diagnosis.error_patterns import Diagnosis, Evidence

HYPOTHESES: tuple[Callable[[Evidence], Diagnosis | None], ...] = (
    multiples.factor,
    multiples.data_factor,
    multiples.decay,
    multiples.hidden_penalty,
    places.zero,
    places.line,
    places.entry,
    places.transposed,
    multiples.block_factor,
    places.saturation,
    places.biases,
    places.layers,
)


def diagnose(evidence: Evidence) -> Diagnosis:
    """Name the kind of a mistake, if one explains all that was compared.

    Parameters
    ----------
    evidence : Evidence
        Of a gradient of which some comparison failed.

    Returns
    -------
    Diagnosis
        Its kind is None where no pattern was found.
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
            " Every block is wrong, that of the outputs too: "
            "look first at the derivative of the cost by the outputs."
        )
    return Diagnosis(None, f"No pattern was found in the errors.{hint}", tuple(wrong))
