"""Checks of gradients, Jacobians and Hessian-vector products, the Taylor test, and their results."""

from sheernet.derivatives.check.derivative_checks import (
    check_hessian_vector,
    check_input_gradient,
    check_jacobian,
)
from sheernet.derivatives.check.error_by_step import StepErrors, step_errors
from sheernet.derivatives.check.gradient_check import check_around, check_gradient
from sheernet.derivatives.check.gradient_report import Entry, GradientReport
from sheernet.derivatives.check.taylor_remainder import TaylorTest, taylor_test

__all__ = [
    "Entry",
    "GradientReport",
    "StepErrors",
    "TaylorTest",
    "check_around",
    "check_gradient",
    "check_hessian_vector",
    "check_input_gradient",
    "check_jacobian",
    "step_errors",
    "taylor_test",
]
