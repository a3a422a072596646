"""Compare a gradient with numerical derivatives, and decide the verdict of each comparison."""

from sheernet.derivatives.comparisons.confirmation import Confirmation, with_small_error
from sheernet.derivatives.comparisons.directional_derivatives import (
    complex_slope,
    differentiate_with_complex_steps,
    differentiate_with_differences,
    entry_line,
    vector_line,
)
from sheernet.derivatives.comparisons.directions import (
    K_DIRECTIONS,
    Directions,
    Power,
    each_entry,
    gaussian_directions,
    power,
)
from sheernet.derivatives.comparisons.function_checks import (
    Consistency,
    check_functions,
    gradient_at,
    input_modification_messages,
    magnitude,
)
from sheernet.derivatives.comparisons.verdicts import (
    CRITERION,
    K_NUMERIC,
    RESOLUTION,
    Comparisons,
    Verdict,
    compare,
    gradient_noise,
    gradient_sizes,
    overall_verdict,
)

__all__ = [
    "CRITERION",
    "K_DIRECTIONS",
    "K_NUMERIC",
    "RESOLUTION",
    "Comparisons",
    "Confirmation",
    "Consistency",
    "Directions",
    "Power",
    "Verdict",
    "check_functions",
    "compare",
    "complex_slope",
    "differentiate_with_complex_steps",
    "differentiate_with_differences",
    "each_entry",
    "entry_line",
    "gaussian_directions",
    "gradient_at",
    "gradient_noise",
    "gradient_sizes",
    "input_modification_messages",
    "magnitude",
    "overall_verdict",
    "power",
    "vector_line",
    "with_small_error",
]
