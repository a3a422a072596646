"""Hypotheses about the passes of backpropagation, and about the order in which its results are joined.

A wrong pass shows no pattern in the values of the gradient.  A problem with access to the passes returns the gradient
with the mistake repaired (`Problem.repaired`); if that gradient is right, the mistake is found.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, permutations

import numpy as np

from sheernet.derivatives.diagnosis.diagnosis_data import Diagnosis, Evidence, short_list

MAX_ORDERS = 120  # of five blocks

MISTAKES = (
    Diagnosis(
        "stale forward",
        "The gradient is right only directly after a forward pass at the same parameters: it uses z and a of an "
        "earlier pass.",
    ),
    Diagnosis(
        "output slope",
        "The delta of the output layer lacks the derivative of its activation, f'(z), as if the output were linear.",
    ),
    Diagnosis(
        "slope argument", "f' is evaluated at the activation a instead of the pre-activation z."
    ),
)
"""The mistakes that a problem may be able to repair; `Problem.repaired` has their kinds as keys."""


def repaired_mistake(evidence: Evidence) -> Diagnosis | None:
    """Test whether the gradient with one mistake repaired is right."""
    repaired = evidence.problem.repaired or {}
    for mistake in MISTAKES:
        repair = repaired.get(str(mistake.kind))
        if repair and evidence.is_explained_by(np.asarray(repair(evidence.problem.x.copy()))):
            return replace(mistake, where=tuple(evidence.wrong_blocks))
    return None


def wrong_order(evidence: Evidence) -> Diagnosis | None:
    """Test whether the blocks are right but joined in another order than in x."""
    names, g = list(evidence.blocks), evidence.gradient
    sizes = {name: int(np.prod(block.shape)) for name, block in evidence.blocks.items()}
    for order in islice(permutations(names), 1, MAX_ORDERS):  # the first is the order of x
        ends = np.cumsum([sizes[name] for name in order])
        parts = dict(zip(order, np.split(g, ends[:-1]), strict=True))
        if evidence.is_explained_by(np.concatenate([parts[name] for name in names])):
            sentence = (
                f"The blocks of the gradient are right, but their order is {short_list(order)}; "
                f"the order of the parameters is {short_list(names)}."
            )
            return Diagnosis("block order", sentence, tuple(evidence.wrong_blocks))
    return None
