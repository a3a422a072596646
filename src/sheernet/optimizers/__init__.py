"""Optimizers: textbook algorithms as generators, one per file, run by a common driver.

    gd       gradient descent: plain, momentum, Nesterov
    adam     Adam
    bfgs     BFGS with a dense inverse Hessian
    lbfgs    limited-memory BFGS
    lm       Levenberg-Marquardt, finished with the exact Hessian
    hybrid   Levenberg-Marquardt, then BFGS from its matrix
    scipy:*  any method of scipy.optimize.minimize
    auto     lm, hybrid, bfgs or lbfgs, by weight decay, outputs and number of parameters

An objective is any object with the methods value, value_and_gradient and, for lm and hybrid, gauss_newton.  If it has
hessian_vector, bfgs, lbfgs, lm and hybrid use it to determine whether a point is a minimum.
"""

from __future__ import annotations

from sheernet.optimizers.adam import adam
from sheernet.optimizers.bfgs import bfgs
from sheernet.optimizers.checkpoint import Best, Checkpoint
from sheernet.optimizers.driver import Observer, Run, minimize
from sheernet.optimizers.gd import gd
from sheernet.optimizers.hybrid import hybrid
from sheernet.optimizers.lbfgs import lbfgs
from sheernet.optimizers.line_search import strong_wolfe
from sheernet.optimizers.lm import lm
from sheernet.optimizers.optimizer_protocol import (
    TERMINATIONS,
    Objective,
    State,
    Step,
    Steps,
    Termination,
)
from sheernet.optimizers.record import COLUMNS, Record, Row
from sheernet.optimizers.registry import METHODS, Method, get
from sheernet.optimizers.scipy_methods import SCIPY_METHODS, scipy_method

__all__ = [
    "COLUMNS",
    "METHODS",
    "SCIPY_METHODS",
    "TERMINATIONS",
    "Best",
    "Checkpoint",
    "Method",
    "Objective",
    "Observer",
    "Record",
    "Row",
    "Run",
    "State",
    "Step",
    "Steps",
    "Termination",
    "adam",
    "bfgs",
    "gd",
    "get",
    "hybrid",
    "lbfgs",
    "lm",
    "minimize",
    "scipy_method",
    "strong_wolfe",
]
