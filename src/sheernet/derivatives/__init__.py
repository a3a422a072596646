"""Numerical derivatives with error estimates, and the check of a gradient against them.

problem.py    the one type this package knows: a function, a gradient of it, a point
numerical.py  central differences, extrapolated differences, complex steps; the noise of a function
check.py      check_gradient, and the rule of its verdict
report.py     what it found
"""

from sheernet.derivatives.check import check_gradient
from sheernet.derivatives.numerical import (
    GradientEstimate,
    complex_step_gradient,
    estimate_gradient,
    noise_level,
    numerical_gradient,
)
from sheernet.derivatives.problem import Problem
from sheernet.derivatives.report import Entry, GradientReport

__all__ = [
    "Entry",
    "GradientEstimate",
    "GradientReport",
    "Problem",
    "check_gradient",
    "complex_step_gradient",
    "estimate_gradient",
    "noise_level",
    "numerical_gradient",
]
