"""Compare a gradient with numerical derivatives, and decide the verdict of each comparison."""

from sheernet.derivatives.comparisons.consistency import (
    Consistency,
    examine,
    gradient_at,
    magnitude,
    misbehavior,
)
from sheernet.derivatives.comparisons.directional_derivatives import (
    by_complex_step,
    by_differences,
    complex_slope,
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
    "Consistency",
    "Directions",
    "Power",
    "Verdict",
    "by_complex_step",
    "by_differences",
    "compare",
    "complex_slope",
    "each_entry",
    "entry_line",
    "examine",
    "gaussian_directions",
    "gradient_at",
    "gradient_noise",
    "gradient_sizes",
    "magnitude",
    "misbehavior",
    "overall_verdict",
    "power",
    "vector_line",
]
