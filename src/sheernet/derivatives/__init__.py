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

from sheernet.derivatives.check.gradient_check import check_around, check_gradient
from sheernet.derivatives.check.gradient_report import Entry, GradientReport
from sheernet.derivatives.check.more_checks import (
    check_hessian_vector,
    check_input_gradient,
    check_jacobian,
)
from sheernet.derivatives.check.step_errors import StepErrors, step_errors
from sheernet.derivatives.check.taylor import TaylorTest, taylor_test
from sheernet.derivatives.comparisons.directions import Power
from sheernet.derivatives.diagnosis.error_patterns import Diagnosis
from sheernet.derivatives.estimates.gradient_estimates import (
    GradientEstimate,
    complex_step_gradient,
    estimate_gradient,
    noise_level,
)
from sheernet.derivatives.estimates.numerical import numerical_gradient
from sheernet.derivatives.problem import Block, Problem

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
