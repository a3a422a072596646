"""Rules that choose a size and a decay: the simplest network whose loss on left-out rows is near the lowest loss.

    one_se   mean loss <= lowest mean loss + standard error of the lowest mean loss
    paired   mean loss <= lowest mean loss + standard error of the mean of the row-wise differences
    best     lowest mean loss

one_se is the rule of Breiman, Friedman, Olshen and Stone (1984), Classification and Regression Trees, section 3.4.3.
All networks are evaluated on the same rows, and a row that one network predicts badly is predicted badly by all, so
most of the standard error of a mean is common to all networks: two networks whose losses differ by less may differ
significantly.  A single outlier can make the standard error as large as the gain of a network over the linear model.
In the standard error of the difference, the common part cancels.

The simplest network has decays by the evidence or, if all of these are worse, the largest decay, and then the fewest
hidden layers and the fewest weights; networks of several sizes ("auto") come last (`Grid.chosen`).  The evidence comes
first, because it leaves no number to choose, and its decays are as large as the data allow.  The decay comes before the
size, because it bounds the curvature of a network of any size, and above some size the number of units does not change
this bound.
The number of effective parameters is not used: in classification it decreases again for small decays, for which
probabilities become 0 or 1, and it counts the biases of units whose weights are all 0.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array

Place = tuple[int, int]
"""The indices of a size and of a decay."""


def lowest_place(losses: Array) -> Place:
    """Return the indices of the lowest loss; among equal losses, of the largest decay and then of the smallest size.

    Parameters
    ----------
    losses : ndarray, (S, D)
        Losses for sizes from small to large and decays from large to small; non-finite losses are ignored.

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
    """Return which losses are near the lowest loss according to a rule, (S, D); the lowest loss itself always is.

    Parameters
    ----------
    rule : {"paired", "one_se", "best"}
        The rule.
    losses, standard_errors : ndarray, (S, D)
        Mean losses, as in `lowest_place`, and their standard errors.
    behind : ndarray, (S, D)
        Differences from the lowest loss, in standard errors of the difference.

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
    """Return the indices of the largest decay and, for this decay, of the smallest size.

    Parameters
    ----------
    near : ndarray of bool, (S, D)
        Candidates, in the order of `lowest_place`; at least one must be true.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.models.selecting.choice_rule import simplest_place
    >>> simplest_place(np.array([[False, True], [True, True]]))
    (1, 0)
    """
    j, i = np.argwhere(near.T)[0]
    return int(i), int(j)
