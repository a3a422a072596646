"""Numerical derivatives from function values, with estimates of their errors."""

from sheernet.derivatives.estimates.derivative_formulas import (
    COMPLEX_STEP,
    HALF_ULP,
    as_one_number,
    entry_function,
    numerical_gradient,
)
from sheernet.derivatives.estimates.function_noise import (
    noise_at_any_precision,
    noise_level,
    random_generator,
    value_spacing,
)
from sheernet.derivatives.estimates.gradient_estimates import (
    COMPLEX_FLOOR,
    GradientEstimate,
    complex_error,
    complex_step_gradient,
    estimate_from_complex_steps,
    estimate_from_differences,
    estimate_gradient,
)
from sheernet.derivatives.estimates.line_derivative import (
    BRIEF_STEP,
    STEP_FACTOR,
    Difference,
    Line,
    differentiate,
    differentiate_briefly,
    kinks_crossed,
)

__all__ = [
    "BRIEF_STEP",
    "COMPLEX_FLOOR",
    "COMPLEX_STEP",
    "HALF_ULP",
    "STEP_FACTOR",
    "Difference",
    "GradientEstimate",
    "Line",
    "as_one_number",
    "complex_error",
    "complex_step_gradient",
    "differentiate",
    "differentiate_briefly",
    "entry_function",
    "estimate_from_complex_steps",
    "estimate_from_differences",
    "estimate_gradient",
    "kinks_crossed",
    "noise_at_any_precision",
    "noise_level",
    "numerical_gradient",
    "random_generator",
    "value_spacing",
]
