"""Numerical derivatives with error estimates, and the check of a gradient against them.

Each line is a layer that imports only from the lines above it.

problem.py     Problem: a function, a gradient of it, and a point
estimates/     derivatives from values, with their errors
    derivative_formulas.py      forward, central, extrapolated and complex step, at one step
    line_derivative.py          the derivative along a line, with its error
    function_noise.py           the rounding noise of a function
    gradient_estimates.py       gradients with their errors
comparisons/   a gradient against numerical derivatives
    consistency.py              whether the functions are functions of x, and agree with each other
    directions.py               entries, or random directions and their power
    directional_derivatives.py  numerical derivatives along them
    verdicts.py                 the rule of the verdicts
diagnosis/     the kind of mistake
    evidence.py                 the input and the result
    hypotheses.py               all kinds, in their order
    factor_hypotheses.py        those with a number; factor_words.py: that number in words
    place_hypotheses.py         those about blocks, entries and layers
check/         the checks
    checker.py                  the comparisons of one check, by a reliable method
    bisection.py                from a failed direction to the worst entries
    gradient_check.py           check_gradient, check_around
    gradient_report.py          their result
    jacobian_checks.py          check_jacobian, check_hessian_vector, check_input_gradient
    taylor.py                   taylor_test, a second method
    error_by_step.py            step_errors: the error of each formula at each step
foreign/       problems from other libraries and classes; testing.py: assert_gradient
"""

from sheernet.derivatives.check import (
    Entry,
    GradientReport,
    StepErrors,
    TaylorTest,
    check_around,
    check_gradient,
    check_hessian_vector,
    check_input_gradient,
    check_jacobian,
    step_errors,
    taylor_test,
)
from sheernet.derivatives.comparisons import Power
from sheernet.derivatives.diagnosis import Diagnosis
from sheernet.derivatives.estimates import (
    GradientEstimate,
    complex_step_gradient,
    estimate_gradient,
    noise_level,
    numerical_gradient,
)
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
