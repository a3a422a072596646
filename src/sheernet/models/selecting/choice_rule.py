"""Rules that choose a size and a decay by their losses on left-out rows: the simplest of those near the lowest.

    one_se   mean loss <= lowest mean loss + standard error of the lowest mean loss
    paired   mean loss <= lowest mean loss + standard error of the difference of the two, row by row
    best     the lowest mean loss

one_se is the rule of Breiman, Friedman, Olshen and Stone (1984), Classification and Regression Trees, section 3.4.3.
All networks are judged on the same rows, and a row that is far from one prediction is far from all, so most of the
standard error of a mean is common to all of them: networks within it of each other may differ clearly.  A single
outlier makes it as large as the gain of a network beside the linear model.  The standard error of the difference has no
common part.

The simplest network has the largest decay, then the fewest hidden layers, then the fewest weights.  The decay comes
first, because it bounds how much a network of any size can bend, and above some size the number of units makes no
difference to it.  The number of effective parameters is not used: it falls again for small decays of classes, whose
probabilities become 0 or 1, and it counts the biases of units that are switched off.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array

Place = tuple[int, int]
"""The indices of a size and of a decay."""


def lowest_place(losses: Array) -> Place:
    """Where the lowest loss is; of equal ones, that of the larger decay and then the smaller size.

    Parameters
    ----------
    losses : ndarray, (S, D)
        Sizes from small to large, decays from large to small; what is not finite is never the lowest.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.models.selecting.choice_rule import lowest_place
    >>> lowest_place(np.array([[3.0, 2.0], [2.0, np.nan]]))
    (1, 0)
    """
    finite = np.where(np.isfinite(losses), losses, np.inf)
    j, i = np.unravel_index(np.argmin(finite.T), finite.T.shape)  # in the order of the decays
    return int(i), int(j)


def near_lowest(
    rule: str, losses: Array, standard_errors: Array, behind: Array
) -> npt.NDArray[np.bool_]:
    """Which losses are near the lowest by a rule, (S, D); the lowest itself always is.

    Parameters
    ----------
    rule : {"paired", "one_se", "best"}
        The rule.
    losses, standard_errors : ndarray, (S, D)
        Mean losses, as of `lowest_place`, and their standard errors.
    behind : ndarray, (S, D)
        Differences to the lowest loss, in standard errors of the difference.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.models.selecting.choice_rule import near_lowest
    >>> losses, errors, behind = np.array([[3.0, 2.0, 4.0]]), np.ones((1, 3)), np.array([[2.5, 0.0, 0.9]])
    >>> [near_lowest(rule, losses, errors, behind).tolist() for rule in ("paired", "one_se", "best")]
    [[[False, True, True]], [[True, True, False]], [[False, True, False]]]
    """
    place = lowest_place(losses)
    with np.errstate(invalid="ignore"):  # comparisons with nan are False
        if rule == "one_se":
            near = np.asarray(losses <= losses[place] + standard_errors[place])
        else:
            near = np.asarray((behind <= 1.0) & (rule == "paired"))
    near[place] = True
    return near & np.isfinite(losses)


def simplest_place(near: npt.NDArray[np.bool_]) -> Place:
    """Where the largest decay is, and of equal ones the smallest size.

    Parameters
    ----------
    near : ndarray of bool, (S, D)
        Where to look, as of `lowest_place`; at least at one place.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.models.selecting.choice_rule import simplest_place
    >>> simplest_place(np.array([[False, True], [True, True]]))
    (1, 0)
    """
    j, i = np.argwhere(near.T)[0]
    return int(i), int(j)
