"""Choice of the method for method="auto" (`choose`), by weight decay, outputs, rows and number of parameters.

The condition number of the Hessian decides how many iterations bfgs and lbfgs need, and weight decay bounds it: the
smallest eigenvalue is about as large as the decay.  lm needs few iterations at any condition number, but each iteration
builds and factors a (P, P) matrix and multiplies vectors by the exact Hessian.  So:

    relative decay (objective.relative_decay)
    below 1.5e-4 (light), P K <= 250                     lm
    below 6e-4, P K <= 100, from 600 rows, no classes    lm
    otherwise, P > 500                                   lbfgs
    otherwise, classes, not light or P K > N             lbfgs
    otherwise                                            bfgs

An objective without these attributes is treated as having one output and no decay; lm needs a Gauss-Newton matrix.
Times of whole fits by benchmarks/auto_thresholds.py, relative to the fastest method whose final objective is at most
5 % above the lowest (compiled engine, one thread, medians of 3 starts, so that ratios below 1.5 are not significant):

                                 P = 50               P = 200              P = 400
    kind          N   decay      lm   bfgs  lbfgs     lm   bfgs  lbfgs     lm   bfgs  lbfgs
    noisy       500   1e-3      2.1    0.6    1.0    5.4    1.0    1.1    2.0    1.2    1.0
    noisy       500   1e-4      1.0    1.2    3.1    1.1    1.0    1.0    1.6    1.0    1.2
    noisy       500   1e-5      1.1    1.0    9.4    1.0    0.6    1.4    1.0    0.6    0.8
    noisy      5000   1e-3      1.1    1.0    1.6    2.0    1.0    1.0    1.6    1.0    1.5
    smooth      500   1e-3      1.5    1.0    2.5    1.4    1.0    1.4    3.5    1.0    1.7
    smooth      500   1e-4      1.0    1.1    9.8    1.2    1.0    1.6    1.9    1.0    1.8
    smooth      500   1e-5      0.4    1.0    8.8    1.0    1.0    1.8    1.6    1.3    1.0
    classes3    500   1e-3      1.9    1.0    1.5    5.6    1.8    1.0    7.9    1.8    1.0
    classes3    500   1e-4      1.0    1.0    5.3    1.0    0.4    0.4    4.5    3.7    1.0
    classes3    500   1e-5      1.0    1.1   18.9    1.0    0.8    0.5    5.2    2.9    1.0
    classes10  5000   1e-3      3.5    1.9    1.0    4.0    1.6    1.0    4.6    1.3    1.0
    classes10  5000   1e-4      3.3    1.9    1.0    1.9    1.2    1.0    1.7    1.0    1.8

scikit-learn's digits (N = 1797, 10 classes, P = 760, decay 1e-4): lbfgs 0.1 to 0.2 s, bfgs 0.6 to 0.8 s, lm above 2 s.
The rule also suits real tables (benchmarks/noisy_problems.py).  It assumes that the curvature of a row's loss is about
1, so it is less accurate for large counts.  Near the limits, whether bfgs or lm is faster depends on the noise.

The rule for many rows was checked on eight problems not used to derive it (benchmarks/auto_many_rows.py: 650 to
3000 rows, P = 31 to 91, relative decays of 2e-4 to 4e-4, noisy, smooth, counts, Huber's cost): lm took 0.51 to
0.86 times as long as bfgs, 0.69 in the geometric mean.  With P = 101 to 211 it took 0.80 to 1.92 times as long.
"""

from __future__ import annotations

from typing import Any

LIGHT = 1.5e-4
"""Relative decay below which the Hessian counts as ill-conditioned."""
LM_UP_TO = 250
"""Largest P K for which auto chooses lm."""
LIGHT_OF_MANY, MANY_ROWS, LM_OF_MANY_UP_TO = 6e-4, 600, 100
"""The same two limits with at least MANY_ROWS rows, except for classes."""
BFGS_UP_TO = 500
"""Largest P for which auto chooses bfgs."""
CLASSES = ("binary_cross_entropy", "cross_entropy")
"""Costs with which lbfgs needs hardly more iterations than bfgs, if the decay is at least LIGHT or P K > N."""


def choose(objective: Any, size: int) -> str:
    """Choose the method for an objective of P parameters.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.optimizers.auto_method import choose
    >>> choose(object(), 10), choose(object(), 100_000)
    ('bfgs', 'lbfgs')
    >>> X, y = [[0.0], [1.0], [2.0]], [0.0, 1.0, 0.0]
    >>> arch = sn.Architecture((1, 2, 1))
    >>> [choose(sn.make_objective(arch, X, y, decay=decay), 7) for decay in (1e-5, 1e-2)]
    ['lm', 'bfgs']
    """
    of_classes = getattr(getattr(objective, "cost", None), "name", None) in CLASSES
    many = not of_classes and getattr(objective, "n_samples", 0) >= MANY_ROWS
    decay = getattr(objective, "relative_decay", 0.0)
    light = decay < LIGHT
    numbers = size * getattr(getattr(objective, "architecture", None), "n_outputs", 1)
    for_lm = (light and numbers <= LM_UP_TO) or (
        many and decay < LIGHT_OF_MANY and numbers <= LM_OF_MANY_UP_TO
    )
    if for_lm and hasattr(objective, "gauss_newton"):
        return "lm"
    as_few_iterations = of_classes and (not light or numbers > objective.n_samples)
    return "lbfgs" if size > BFGS_UP_TO or as_few_iterations else "bfgs"
