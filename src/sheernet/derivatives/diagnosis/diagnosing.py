"""Diagnose a wrong gradient: find the kind of mistake that explains all its errors.

Each kind is a hypothesis.  Those that predict a corrected gradient are accepted only if it agrees in every comparison,
failed or passed, within twice its tolerance (diagnosis_data.py): to about nine digits with complex steps, fewer with
differences.  If no hypothesis is accepted, the diagnosis has no kind.  Otherwise it is the first, in this order:

    factor          g = c n in all comparisons
    data factor     g - decay x = c (n - decay x)       the penalty term is right, the data term is wrong
    decay           g - n = c decay x, or c x           a penalty term is missing, doubled, ...
    data factor     g - b x = c (n - b x)               as above, for a penalty with unknown b (hidden_penalty)
    stale forward   right only after a forward pass at the same x                    (if the problem can repair it)
    output slope    delta of the output layer lacks f'                               (as above)
    slope argument  f' is evaluated at the activation a                              (as above)
    block order     the blocks are joined in another order than in x
    zero            blocks of g are zero, the others right
    line            only some rows or columns of one block are wrong
    transposed      blocks have their entries in transposed order
    entry           only a few single entries are wrong, and no whole block
    block factor    g = c n in each wrong block, the others right
    saturation      right at x / 16 (x / 8 with differences), wrong at x
    biases          only biases are wrong
    layer           only one layer is wrong
    lower layers    all layers up to one are wrong, and none above

Notation: g analytic, n numeric, x the point.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sheernet.derivatives.diagnosis import factor_hypotheses, pass_hypotheses, place_hypotheses
from sheernet.derivatives.diagnosis.diagnosis_data import Diagnosis, Evidence

HYPOTHESES: tuple[Callable[[Evidence], Diagnosis | None], ...] = (
    factor_hypotheses.common_factor,
    factor_hypotheses.data_factor,
    factor_hypotheses.wrong_decay,
    factor_hypotheses.hidden_penalty,
    pass_hypotheses.repaired_mistake,
    pass_hypotheses.wrong_order,
    place_hypotheses.zero_blocks,
    place_hypotheses.wrong_lines,
    place_hypotheses.transposed_blocks,
    place_hypotheses.wrong_entries,
    factor_hypotheses.block_factor,
    place_hypotheses.saturation,
    place_hypotheses.wrong_biases,
    place_hypotheses.wrong_layers,
)


def diagnose(evidence: Evidence) -> Diagnosis:
    """Find the kind of mistake that explains all comparisons.

    Parameters
    ----------
    evidence : Evidence
        The evidence; a comparison failed.

    Returns
    -------
    Diagnosis
        Its kind is None if no hypothesis is accepted.
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
