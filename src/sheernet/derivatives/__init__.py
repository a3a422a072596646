"""Numerical derivatives with error estimates, and the check of a gradient against them.

Each folder imports only from folders and files above it.

problem.py     Problem: a function, its gradient, and a point
estimates/     derivatives from function values, with error estimates
    derivative_formulas.py      forward, central and extrapolated differences and the complex step, at a given step
    line_derivative.py          the derivative along a line, with a step chosen by its error
    function_noise.py           measures the rounding noise of a function
    gradient_estimates.py       the derivative with respect to each entry, with its error
comparisons/   a gradient against numerical derivatives
    function_checks.py          checks of the functions before a comparison: deterministic, consistent
    directions.py               the directions: unit vectors or random, and the power of random ones
    directional_derivatives.py  numerical derivatives along the directions
    confirmation.py             shorter steps for comparisons that did not pass, or passed without evidence
    verdicts.py                 the rule for "pass", "fail" and "inconclusive"
diagnosis/     the kind of mistake in a wrong gradient
    diagnosis_data.py           Evidence, the input of a diagnosis, and Diagnosis, its result
    diagnosing.py               diagnose: tries all kinds of mistakes in order
    factor_hypotheses.py        wrong factors, their names, such as 1/N, and penalty terms
    pass_hypotheses.py          mistakes in the passes, and blocks in the wrong order
    place_hypotheses.py         wrong blocks, entries and layers
check/         the checks
    comparison_runner.py        runs the comparisons of one check with complex steps or differences
    bisection.py                finds the worst entries from a direction that failed
    gradient_check.py           check_gradient
    gradient_report.py          GradientReport, their result
    derivative_checks.py        check_jacobian, check_hessian_vector
    error_by_step.py            step_errors: the error of each formula at each step
foreign/       problems from PyTorch and user classes
testing.py     assert_gradient, for test suites
"""

from sheernet.derivatives.check import (
    Entry,
    GradientReport,
    StepErrors,
    check_gradient,
    check_hessian_vector,
    check_jacobian,
    step_errors,
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
    "check_gradient",
    "check_hessian_vector",
    "check_jacobian",
    "complex_step_gradient",
    "estimate_gradient",
    "noise_level",
    "numerical_gradient",
    "step_errors",
]
