"""Choice of the method for method="auto", by weight decay, outputs and number of parameters.

The condition number of the Hessian decides how many iterations bfgs and lbfgs need, and weight decay bounds it: the
smallest eigenvalue is about the decay's.  lm needs few iterations at any condition, but each of them builds and factors
a (P, P) matrix and multiplies with the exact Hessian; bfgs builds and factors one every P iterations.  So:

    relative decay (objective.relative_decay) below 5e-6, P K <= 250, no classes    lm
    otherwise, P > 500, or P > 170 and classes                                      lbfgs
    otherwise                                                                       bfgs

An objective without these attributes counts as one of one output and no decay, and lm needs a Gauss-Newton matrix.
Times of whole fits to a largest gradient entry of 1e-8, relative to the fastest method that reached it from half of the
starts, by problems of benchmarks/noisy_problems.py and auto_many_rows.py (compiled engine, one thread, medians of 5
starts; +: reached from fewer):

    problem              N   K     P   decay      lm   bfgs  lbfgs
    units              150   1    21   7e-07     1.0    1.0    5.0
    friedman1_exact    500   1    71   2e-06     1.0    1.3   13.9+
    two_layers         300   1   101   3e-06     1.0    0.8+   3.3+
    mcycle             133   1    25   8e-06     1.3    1.0    4.7
    sine               200   1    25   5e-05     1.2    1.0    3.8
    friedman1          500   1    71   1e-04     1.3    1.0    7.0
    counts             400   1    41   1e-04     1.0    1.1    5.4
    diabetes           442   1    61   2e-04     2.0    1.0    2.0
    smooth             650   1    41   3e-04     1.0    1.2    4.1
    larger            2000   1   181   4e-04     3.7    1.0    2.6
    friedman1_noisy    400   1   331   5e-04     4.3    1.0    1.9
    wide_regression    600   1   661   8e-04     5.0+   1.1    1.0
    diabetes_wide      442   1   241   2e-03     5.8    1.0    1.9
    crabs, classes     200   4    44   5e-05     1.4    1.0    4.7
    breast_cancer      569   1   161   2e-04     4.4    1.0    1.1
    glass              214   6   134   2e-04     2.5    1.0    1.7
    digits_pooled     1797  10   226   6e-04     5.6    1.0    1.4
    digits             600  10   385   2e-03     8.6    1.6    1.0
    wine               178   3    88   3e-03     2.4    1.3    1.0

The rule was made on the 31 problems of noisy_problems.py.  On the 15 of auto_many_rows.py, of which it knew nothing, it
took at most 1.21 times the time of the fastest method.
"""

from __future__ import annotations

from typing import Any

LIGHT = 5e-6
"""Relative decay below which the Hessian counts as ill-conditioned."""
LM_UP_TO = 250
"""Largest P K for which auto chooses lm."""
BFGS_UP_TO, BFGS_OF_CLASSES_UP_TO = 500, 170
"""Largest P for which auto chooses bfgs, and the same for classes."""
CLASSES = ("binary_cross_entropy", "cross_entropy")
"""Costs of classes, with which lbfgs needs fewer iterations than with others."""


def choose(objective: Any, size: int) -> str:
    """Choose the method for an objective of P parameters.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.optimizers.auto import choose
    >>> choose(object(), 10), choose(object(), 100_000)
    ('bfgs', 'lbfgs')
    >>> X, y = [[0.0], [1.0], [2.0]], [0.0, 1.0, 0.0]
    >>> arch = sn.Architecture((1, 2, 1))
    >>> [choose(sn.make_objective(arch, X, y, decay=decay), 7) for decay in (1e-6, 1e-2)]
    ['lm', 'bfgs']
    """
    of_classes = getattr(getattr(objective, "cost", None), "name", None) in CLASSES
    light = getattr(objective, "relative_decay", 0.0) < LIGHT and not of_classes
    numbers = size * getattr(getattr(objective, "architecture", None), "n_outputs", 1)
    if light and numbers <= LM_UP_TO and hasattr(objective, "gauss_newton"):
        return "lm"
    return "lbfgs" if size > (BFGS_OF_CLASSES_UP_TO if of_classes else BFGS_UP_TO) else "bfgs"
