"""Rules that choose a size and a decay: the simplest network that is good enough beside a reference on left-out rows.

    paired   mean loss <= mean loss of the default model - standard error of the mean of the row-wise differences, if
             the default model was evaluated and no network is clearly better than it; without such networks, the
             default model; otherwise mean loss <= lowest mean loss + standard error of the row-wise differences
    one_se   mean loss <= lowest mean loss + standard error of the lowest mean loss
    best     lowest mean loss

one_se is the rule of Breiman, Friedman, Olshen and Stone (1984), Classification and Regression Trees, section 3.4.3.
paired differs from it in the standard error and in the reference.

All networks are evaluated on the same rows, and a row that one network predicts badly is predicted badly by all, so
most of the standard error of a mean is common to all networks: two networks whose losses differ by less may differ
significantly.  A single outlier can make the standard error as large as the gain of a network over the linear model.
In the standard error of the difference, the common part cancels.

The lowest of many losses is too low by chance, so the rules that compare with it allow a standard error.  The default
model is not the reference because of its loss, so its loss is not too low; but some of many losses are below it by
chance.  A simpler network replaces the default model only if its loss is lower by a standard error.  On 32 synthetic
tables, the choice was then worse on new rows by more than one standard error in 2 % of the cases, and in 8 % of the
cases if an equal loss was enough.  A network is clearly better if its loss is lower by more than `CLEARLY` standard
errors of the difference.

The simplest network has decays by the evidence or, if all of these are worse, the largest decay, and then the fewest
hidden layers and the fewest weights; networks of several sizes ("auto") come after the single sizes.  The evidence
comes first, because it leaves no number to choose, and its decays are as large as the data allow.  The decay comes
before the size, because it bounds the curvature of a network of any size, and above some size the number of units does
not change this bound.
The number of effective parameters is not used: in classification it decreases again for small decays, for which
probabilities become 0 or 1, and it counts the biases of units whose weights are all 0.
"""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array, Mask

Place = tuple[int, int]
"""The indices of a size and of a decay."""

ALLOWED = 1.0
"""Standard errors of the difference by which a loss may exceed the lowest, or must be below the default model's."""
CLEARLY = 4.5
"""Minimum difference, in its standard errors, of a network that is clearly better than the default model.  For normal
differences of 36 networks that are equally good, Bonferroni's bound of the probability of 3 standard errors is 5 %.
The standard error over rows does not contain that the folds have training rows in common; with them, that of 5 folds is
1.5 times as large (C. Nadeau and Y. Bengio 2003, Machine Learning 52, 239: the root of 1 + 5 / 4)."""


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


def near_reference(
    rule: str,
    losses: Array,
    standard_errors: Array,
    behind: Array,
    reference: Place,
    allowed: float,
) -> Mask:
    """Return which networks are good enough beside the reference according to a rule, (S, D); the reference always is.

    Parameters
    ----------
    rule : {"paired", "one_se", "best"}
        The rule.
    losses, standard_errors : ndarray, (S, D)
        Mean losses, as in `lowest_place`, and their standard errors.
    behind : ndarray, (S, D)
        Differences from the loss of the reference, in standard errors of the difference.
    reference : Place
        The indices of the reference.
    allowed : float
        Maximum of `behind` according to "paired".

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.models.selecting.choice_rule import near_reference
    >>> losses, errors, behind = np.array([[3.0, 2.0, 4.0]]), np.ones((1, 3)), np.array([[2.5, 0.0, 0.9]])
    >>> for rule in ("paired", "one_se", "best"):
    ...     print(rule, near_reference(rule, losses, errors, behind, (0, 1), 1.0))
    paired [[False  True  True]]
    one_se [[ True  True False]]
    best [[False  True False]]
    """
    with np.errstate(invalid="ignore"):  # comparisons with nan are False
        if rule == "one_se":
            near = np.asarray(losses <= losses[reference] + standard_errors[reference])
        else:
            near = np.asarray(behind <= (allowed if rule == "paired" else 0.0))
    near[reference] = True
    return near & np.isfinite(losses)


def simplest_place(near: Mask) -> Place:
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
