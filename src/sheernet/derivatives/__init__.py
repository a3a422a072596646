"""Numerical derivatives with error estimates, and the check of a gradient against them.

problem.py      the one type this package knows: a function, a gradient of it, a point
numerical.py    plain numerical derivatives: forward, central, extrapolated, complex step
lines.py        the derivative along one line, with its error
estimates.py    gradients with their errors, and the noise of a function
consistency.py  whether the functions do what functions do
directions.py   along what is compared: each entry, or random directions; their power
comparison.py   the rule of the verdict
bisection.py    from a direction that failed to the worst entries
diagnosis.py    what kind of mistake it is; evidence.py: what that goes by; multiples.py, places.py: the hypotheses;
                naming.py: numbers in words
checker.py      the comparisons of one check, by a method that can be trusted
check.py        check_gradient
report.py       what it found
more_checks.py  check_jacobian, check_hessian_vector, check_input_gradient
taylor.py       the Taylor remainder: a second opinion; step_errors.py: the error of a derivative against its step
"""

from sheernet.derivatives.check import check_around, check_gradient
from sheernet.derivatives.directions import Power
from sheernet.derivatives.estimates import (
    GradientEstimate,
    complex_step_gradient,
    estimate_gradient,
    noise_level,
)
from sheernet.derivatives.evidence import Diagnosis
from sheernet.derivatives.more_checks import (
    check_hessian_vector,
    check_input_gradient,
    check_jacobian,
)
from sheernet.derivatives.numerical import numerical_gradient
from sheernet.derivatives.problem import Block, Problem
from sheernet.derivatives.report import Entry, GradientReport
from sheernet.derivatives.step_errors import StepErrors, step_errors
from sheernet.derivatives.taylor import TaylorTest, taylor_test

__all__ = [
    "Block",
    "Diagnosis",
    "Entry",
    "GradientEstimate",
    "GradientReport",
    "Power",
    "Problem",
    "StepErrors",
    "TaylorTest",
    "check_around",
    "check_gradient",
    "check_hessian_vector",
    "check_input_gradient",
    "check_jacobian",
    "complex_step_gradient",
    "estimate_gradient",
    "noise_level",
    "numerical_gradient",
    "step_errors",
    "taylor_test",
]
