"""The faults that change the gradient of a given network: many faults concern parts that a small network lacks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_theta
from sheernet.objective.engines.reference_engine import ReferenceEngine
from sheernet.teaching.faults import backpropagation
from sheernet.teaching.faults.bank import ALL
from sheernet.teaching.faults.fault import Fault

SHOWN = 1e-6
"""Minimum difference of an entry that counts as a change, relative to the largest entry of both gradients."""


def applying(objective: ReferenceEngine, theta: npt.ArrayLike) -> dict[str, Fault]:
    """Return the faults of `sheernet.faults.ALL` that change the gradient of an objective, by name.

    Parameters
    ----------
    objective : ReferenceEngine
        Made by `sheernet.make_objective` with engine="reference".
    theta : array_like, (P,)
        The point; choose one with weights of both signs.

    Returns
    -------
    dict of str to Fault
        Some of these faults also exist as changes of the notebook's class, with the same names in
        `sheernet.faults.NOTEBOOK`.

    Examples
    --------
    >>> import sheernet as sn
    >>> arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
    >>> X, y = sn.datasets.load_sleep_study().scaled
    >>> objective = sn.make_objective(arch, X, y, reduction="sum", engine="reference")
    >>> found = sn.faults.applying(objective, sn.Network.random(arch, seed=0).theta)
    >>> "hidden sign" in found, "biases missing" in found, len(found) < len(sn.faults.ALL) / 2
    (True, False, True)
    """
    theta = as_theta(theta, objective.size)
    X, y, w = objective.rows
    with np.errstate(all="ignore"):
        right = backpropagation.gradient(
            objective.architecture, theta, X, y, w, objective.decay, objective.cost
        )
    return {name: fault for name, fault in ALL.items() if _shows(fault, objective, theta, right)}


def _shows(fault: Fault, objective: ReferenceEngine, theta: Array, right: Array) -> bool:
    """Whether a fault changes the gradient; false if shapes do not match, as for a transposed matrix."""
    try:
        wrong = fault.gradient(objective, theta)
    except ValueError:
        return False
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(wrong), np.abs(right))
        return not bool(np.all(np.abs(wrong - right) <= SHOWN * np.max(size, initial=0.0)))
