"""method="auto": lm where its matrix is cheap, then bfgs, then lbfgs.

Per iteration, lm builds and factors a (P, P) matrix, bfgs updates one, lbfgs touches 2 m vectors of length P.  The
thresholds come from benchmarks/auto_thresholds.py: objective reached after 5 s, divided by the lowest of the three
methods from the same start (geometric mean over 3 starts; N = 1000 rows, one BLAS thread, reference engine):

    P          41   101   201   401   601   801  1201
    lm       1.84  1.72  1.02  1.03  1.00  1.04  2.18
    bfgs     1.04  1.07  1.05  1.13  1.84  2.12  2.22
    lbfgs    1.00  1.25  1.00  1.16  1.46  1.37  1.07

At P = 41 and 101 all three have long converged, to different minima (3 starts: read nothing into which): there the
number of starts matters more than the method.  Beyond P = 400 bfgs is no longer worth its matrix; lm is, up to P = 800,
though it needs more than the first half second for it (the benchmark prints both).
"""

from __future__ import annotations

from typing import Any

LM_UP_TO = 800
"""Largest P for which auto takes lm, where the objective has a Gauss-Newton matrix."""
BFGS_UP_TO = 500
"""Largest P for which auto takes bfgs, where it has none."""


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
