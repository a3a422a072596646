"""Checks of gradients, Jacobians and Hessian-vector products, and their results."""

from sheernet.derivatives.check.derivative_checks import (
    check_hessian_vector,
    check_jacobian,
)
from sheernet.derivatives.check.error_by_step import StepErrors, step_errors
from sheernet.derivatives.check.gradient_check import check_gradient
from sheernet.derivatives.check.gradient_report import Entry, GradientReport

__all__ = [
    "Entry",
    "GradientReport",
    "StepErrors",
    "check_gradient",
    "check_hessian_vector",
    "check_jacobian",
    "step_errors",
]
