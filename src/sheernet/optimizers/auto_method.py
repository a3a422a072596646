"""Choice of the method for method="auto" (`choose`), by weight decay, outputs, rows and number of parameters.

The condition number of the Hessian decides how many iterations bfgs and lbfgs need, and weight decay bounds it: the
smallest eigenvalue is about as large as the decay.  The first steps of lm approach a minimum at any condition number,
but each builds and factors a (P, P) matrix; hybrid takes 8 of them and continues as bfgs.  bfgs multiplies by a (P, P)
matrix and updates it in each iteration; lbfgs does not, and if there is much decay, needs hardly more iterations, which
then take less time if there are few rows.  Without hidden layers, the Gauss-Newton matrix is the Hessian (with the
usual output of a cost), and lm needs no other.  With the relative decay d, objective.relative_decay:

    classes, d P / (N K) >= 1e-4                lbfgs
    decay, P <= 110                             hybrid
    no decay, no hidden layers, P K <= 150      lm
    no decay, hidden layers, P <= 300           hybrid
    no decay, hidden layers, classes, P > 300   lbfgs
    otherwise, P <= 500                         bfgs
    otherwise                                   lbfgs

An objective without these attributes is treated as having one output, hidden layers and no decay; lm and hybrid need a
Gauss-Newton matrix.
Times of whole fits to a largest gradient entry of 1e-8, relative to the fastest method that reached it from half of the
starts, for some problems of benchmarks/noisy_problems.py (compiled engine, one thread, medians of 10 starts; +: reached
from fewer than all):

    problem              N   K     P   decay      lm hybrid   bfgs  lbfgs
    friedman1_exact    500   1    71   2e-06     1.2    1.0    1.3   13.7+
    two_layers         300   1   101   3e-06     1.0    1.1    1.2      -
    mcycle             133   1    25   8e-06     1.2    1.0    1.0    5.3
    crabs              200   4    44   5e-05     1.7    1.0    1.2    6.4
    spirals, classes   194   1    81   5e-05     3.0    1.0    1.1    2.8
    friedman1          500   1    71   1e-04     1.3    1.1    1.0    8.2
    breast_cancer      569   1   161   2e-04     5.7    1.5    1.0    1.2
    diabetes           442   1    61   2e-04     2.2    1.0    1.1    2.1
    glass              214   6   134   2e-04     2.6    1.1    1.0    1.7
    birthwt            189   1    41   5e-04     2.2    1.1    1.4    1.0
    airquality         111   1    43   9e-04     2.4    1.0    1.2    2.1
    diabetes_wide      442   1   241   2e-03     5.2    1.2    1.0    1.5
    wine               178   3    88   3e-03     3.6    1.8    1.8    1.0
    linnerud            20   3    31   5e-03     3.4    1.0    1.0    1.6

On random regressions of at most 150 parameters (auto_random.py), the times of hybrid relative to bfgs were:

    relative decay     seeds        problems   geometric mean   above 1.2   below 1 / 1.2
    5e-7 to 5e-6       100 to 139         40             0.93           4               9
    5e-6 to 1e-3       0 to 49            44             0.83           1              19
    1e-3 to 3e-2       200 to 223         24             0.92           0               5
    5e-7 to 1e-3       300 to 339         40             0.90           1              13

The first three rows were known when the limits were chosen, the last was not.  The limit for classes was chosen with
106 random problems (--classes): auto takes 1.05 times as long as the fastest of the three (geometric mean),
and more than 1.2 times as long on 10; with lbfgs for d >= 1e-3 and otherwise bfgs it was 1.20 times, and 45.

Without decay, hybrid returns to lm after many iterations of bfgs, and is at least as likely as lm to reach 1e-8: on
sine_without_decay, whose units saturate, from 4 of 10 starts each (bfgs from none), on quakes from 6 and 7, where lm
takes 1.7 times as long.  The rule was chosen on 40 random problems, regressions and classes of 5 to 700 parameters
(seeds 0 to 39), and checked on 40 others (40 to 79):

    auto            reached from    time / fastest    above 1.2        reached from    time / fastest    above 1.2
    this rule              78.8%              1.82     19 of 37               71.9%              1.45     10 of 31
    lm, P K <= 150         77.5%              2.39     25 of 36               68.8%              1.72     22 of 30

On classes of at least N / 5 parameters, which are often separated, lbfgs is several times as fast, but it reached 1e-8
from none of the starts of 2 of the problems to check, on which hybrid reached it from half or all.
"""

from __future__ import annotations

from math import inf
from typing import Any

LM_UP_TO = 150
"""Largest P K for which auto chooses lm, without decay and hidden layers."""
HYBRID_UP_TO = 110
"""Largest P for which auto chooses hybrid, with decay."""
HYBRID_WITHOUT_DECAY_UP_TO = 300
"""Largest P for which auto chooses hybrid, without decay."""
BFGS_UP_TO = 500
"""Largest P for which auto chooses bfgs."""
HEAVY = 1e-4
"""Relative decay times P / (N K) from which auto chooses lbfgs, if the target is a class."""
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
    >>> [choose(sn.make_objective(arch, X, y, decay=decay), 7) for decay in (0.0, 1e-2)]
    ['hybrid', 'hybrid']
    """
    decay = getattr(objective, "relative_decay", 0.0)
    architecture = getattr(objective, "architecture", None)
    outputs = getattr(architecture, "n_outputs", 1)
    of_classes = getattr(getattr(objective, "cost", None), "name", None) in CLASSES
    if of_classes and decay * size >= HEAVY * getattr(objective, "n_samples", inf) * outputs:
        return "lbfgs"
    has_matrix = hasattr(objective, "gauss_newton")
    if decay == 0 and getattr(architecture, "n_layers", inf) == 1:
        if has_matrix and size * outputs <= LM_UP_TO:
            return "lm"
    elif has_matrix and size <= (HYBRID_UP_TO if decay > 0 else HYBRID_WITHOUT_DECAY_UP_TO):
        return "hybrid"
    elif of_classes and decay == 0 and size > HYBRID_WITHOUT_DECAY_UP_TO:
        return "lbfgs"
    return "bfgs" if size <= BFGS_UP_TO else "lbfgs"
