"""Choice of the method for method="auto": lm for small P, then bfgs, then lbfgs.

In each iteration, lm builds and factors a (P, P) matrix, bfgs updates one, and lbfgs uses 2 m vectors of length P.  The
thresholds were measured by benchmarks/auto_thresholds.py --seconds 3.  The table shows the objectives after 0.3 s and
after 3 s, each divided by the lowest objective of the three methods from the same start (geometric mean over 3 starts;
N = 1000 rows, compiled engine, one thread):

    P          41         101         201         401         801         1201        2001
    lm      1.26 1.26   1.76 1.76   1.03 1.03   1.08 1.05   2.17 1.00   93.9 1.00    964 21.7
    bfgs    1.04 1.04   1.10 1.10   1.07 1.05   1.11 1.02   2.19 1.05   3.87 1.09   27.3 1.68
    lbfgs   1.00 1.00   1.11 1.11   1.04 1.00   1.08 1.04   1.53 1.03   2.72 1.11   3.32 1.00

At P = 41 and 101 all three converged early, to different minima (with 3 starts, the ranking is not significant): for
these sizes the number of starts matters more than the method.  Up to P = 800, lm is among the best after less than a
second; at P = 1200 it is the best after three seconds, but far behind in the first second.  Above P = 400, bfgs is
never the best.
"""

from __future__ import annotations

from typing import Any

LM_UP_TO = 800
"""Largest P for which auto chooses lm, if the objective has a Gauss-Newton matrix."""
BFGS_UP_TO = 500
"""Largest P for which auto chooses bfgs, if the objective has no Gauss-Newton matrix."""


def choose(objective: Any, size: int) -> str:
    """Choose the method for an objective of P parameters.

    Examples
    --------
    >>> from sheernet.optimizers.auto import choose
    >>> choose(object(), 10), choose(object(), 100_000)
    ('bfgs', 'lbfgs')
    """
    if size <= LM_UP_TO and hasattr(objective, "gauss_newton"):
        return "lm"
    return "bfgs" if size <= BFGS_UP_TO else "lbfgs"
