"""Choice of the method for method="auto" (`choose`), by weight decay, outputs and number of parameters.

The condition number of the Hessian decides how many iterations bfgs and lbfgs need, and weight decay bounds it: the
smallest eigenvalue is about as large as the decay.  lm needs few iterations at any condition number, and its last steps
square the error, so that a fit whose residuals can vanish ends at the rounding error; it also makes fast progress if
weights grow without bound, as for separated classes without decay.  But each iteration builds and factors a (P, P)
matrix and multiplies vectors by the exact Hessian.  bfgs builds and factors one every max(50, P) iterations.  So:

    relative decay (objective.relative_decay) below 5e-6, P K <= 150    hybrid; lm if it is 0
    otherwise, P > 500, or classes and relative decay from 1e-3 on      lbfgs
    otherwise                                                           bfgs

hybrid begins with lm and hands over to bfgs if the residuals remain large, which is not known beforehand.  An
objective without these attributes is treated as having one output and no decay; lm and hybrid need a Gauss-Newton
matrix.
Times of whole fits to a largest gradient entry of 1e-8, relative to the fastest method that reached it from half of the
starts, for some problems of benchmarks/noisy_problems.py and auto_many_rows.py (compiled engine, one thread, medians of
10 and 8 starts; +: reached from fewer than all):

    problem              N   K     P   decay      lm   bfgs  lbfgs
    two_layers         300   1   101   3e-06     1.0    1.3+   5.3+
    friedman1_exact    500   1    71   2e-06     1.0    1.3   14.8+
    mcycle             133   1    25   8e-06     1.4    1.0    5.5
    sine               200   1    25   5e-05     1.0    1.0    3.4
    friedman1          500   1    71   1e-04     1.3    1.0    7.4
    counts             400   1    41   1e-04     1.0    1.1    5.3
    diabetes           442   1    61   2e-04     2.2    1.0    2.1
    smooth             650   1    41   3e-04     1.0    1.3    4.1
    larger counts     2000   1    31   4e-04     1.0    1.5    4.8
    larger            2000   1   181   4e-04     3.5    1.0    2.9
    friedman1_noisy    400   1   331   5e-04     3.2    1.0    1.6+
    ten_outputs        300  10   295   2e-03       -    1.0    1.7
    spirals, classes   194   1    81   5e-05     2.9    1.0    3.0
    crabs              200   4    44   5e-05     1.6    1.0    5.5
    glass              214   6   134   2e-04       -    1.0    1.3
    birthwt            189   1    41   5e-04     1.8    1.2    1.0
    digits_pooled     1797  10   226   6e-04       -    1.0    1.5
    digits             600  10   385   2e-03       -    1.4    1.0
    wine               178   3    88   3e-03     2.8    1.8    1.0

On random regressions (auto_random.py) with relative decays of 5e-6 to 1.5e-4, lm took 1.44 times as long as bfgs
(geometric mean of 70 problems; above 1.2 on 43, below 1 / 1.2 on 5); both reached 1e-8 from all starts, and their
objectives differed by 0.3 %.  With decays of 5e-7 to 5e-6, bfgs can miss the tolerance.  On 42 such problems (30 of the
seeds from 100 on, 12 of those from 0 on) with 5 starts each, times are relative to the faster one of lm and bfgs:

                                  lm   bfgs  hybrid
    geometric mean of times     1.39   1.05    1.02
    above 1.2                  20/42   5/42   10/42
    objective / that of lm      1.00   1.01   0.996
    starts that reached 1e-8   100 %   99 %   100 %

On friedman1_exact and two_layers, which are almost without noise, hybrid takes as long as lm, and bfgs 1.3 times as
long.  Without decay, lm remains the choice: on sine_without_decay, whose units saturate, it reached 1e-8 from 4 of 10
starts, hybrid and bfgs from none.
"""

from __future__ import annotations

from typing import Any

LIGHT = 5e-6
"""Relative decay below which bfgs can miss the tolerance, because the Hessian is ill-conditioned."""
HEAVY = 1e-3
"""Relative decay from which lbfgs needs only slightly more iterations than bfgs, if the target is a class."""
LM_UP_TO = 150
"""Largest P K for which auto chooses lm or hybrid."""
BFGS_UP_TO = 500
"""Largest P for which auto chooses bfgs."""
CLASSES = ("binary_cross_entropy", "cross_entropy")
"""Costs of classes."""


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
    >>> [choose(sn.make_objective(arch, X, y, decay=decay), 7) for decay in (1e-6, 1e-2)]
    ['hybrid', 'bfgs']
    """
    decay = getattr(objective, "relative_decay", 0.0)
    of_classes = getattr(getattr(objective, "cost", None), "name", None) in CLASSES
    numbers = size * getattr(getattr(objective, "architecture", None), "n_outputs", 1)
    if decay < LIGHT and numbers <= LM_UP_TO and hasattr(objective, "gauss_newton"):
        return "hybrid" if decay > 0 else "lm"
    return "lbfgs" if size > BFGS_UP_TO or (of_classes and decay >= HEAVY) else "bfgs"
