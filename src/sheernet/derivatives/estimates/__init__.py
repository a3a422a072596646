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
    roughness,
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
    SHORTEST_STEP,
    STEP_FACTOR,
    Difference,
    Line,
    ascend,
    differentiate,
    differentiate_briefly,
    extrapolated,
    kinks_crossed,
    resolving_step,
)

__all__ = [
    "BRIEF_STEP",
    "COMPLEX_FLOOR",
    "COMPLEX_STEP",
    "HALF_ULP",
    "SHORTEST_STEP",
    "STEP_FACTOR",
    "Difference",
    "GradientEstimate",
    "Line",
    "as_one_number",
    "ascend",
    "complex_error",
    "complex_step_gradient",
    "differentiate",
    "differentiate_briefly",
    "entry_function",
    "estimate_from_complex_steps",
    "estimate_from_differences",
    "estimate_gradient",
    "extrapolated",
    "kinks_crossed",
    "noise_at_any_precision",
    "noise_level",
    "numerical_gradient",
    "random_generator",
    "resolving_step",
    "roughness",
    "value_spacing",
]
