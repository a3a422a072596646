"""step_errors: the error of each formula for numerical derivatives as a function of its step.

Long steps have a large truncation error, short steps a large rounding error:

    forward difference   error  h f''/2     +  noise / h      best at  eps^(1/2)
    central difference   error  h^2 f'''/6  +  noise / h      best at  eps^(1/3)
    extrapolated         error  O(h^4)      +  3 noise / h    best at  eps^(1/5)
    complex step         error  h^2 f'''/6                    below rounding for all h < eps^(1/2)

The reference is the complex step if available, otherwise the extrapolated differences of line_derivative.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheernet.derivatives.check.comparison_runner import ComparisonRunner
from sheernet.derivatives.check.gradient_check import as_problem
from sheernet.derivatives.comparisons import check_functions, each_entry
from sheernet.derivatives.estimates import numerical_gradient
from sheernet.foundation.arrays import Array, read_only
from sheernet.foundation.read_only_mapping import ReadOnlyMapping

STEP_GRID = 10.0 ** np.arange(-16.0, 0.25, 0.5)


@dataclass(frozen=True, eq=False)
class StepErrors:
    """The error of each formula at each step.

    Attributes
    ----------
    steps : ndarray, (n,)
        h, the same for every entry.
    errors : mapping of str to ndarray, (n,)
        ||n(h) - n|| / ||n|| by formula: "forward", "central", "richardson", and "complex" if there is a complex value.
    reference : str
        Method of the reference n: "complex step" or "central differences".
    """

    steps: Array
    errors: Mapping[str, Array]
    reference: str

    def best(self, formula: str) -> float:
        """Return the step with the smallest error of a formula."""
        return float(self.steps[np.nanargmin(self.errors[formula])])


def step_errors(subject: Any, /, *arguments: Any, seed: int = 0) -> StepErrors:
    """Compute the error of numerical derivatives at many steps.

    Parameters
    ----------
    subject, *arguments
        As for `check_gradient`: an objective and theta; or f, grad and x; or a `Problem`.
    seed : int, optional
        Seed of the direction in which noise is measured.

    Returns
    -------
    StepErrors

    References
    ----------
    W. H. Press et al., Numerical Recipes, 3rd ed., section 5.7; W. Squire and G. Trapp, SIAM Review 40 (1998) 110-112.

    Examples
    --------
    >>> import sheernet as sn
    >>> import numpy as np
    >>> found = sn.derivatives.step_errors(lambda x: float(np.sin(x).sum()), np.cos, [1.0])
    >>> 1e-6 <= found.best("central") <= 1e-4
    True
    """
    problem = as_problem(subject, arguments)
    runner = ComparisonRunner(problem, check_functions(problem), "auto", seed)
    exact = runner.compare_along(each_entry(problem)).estimate.gradient  # (P,)
    functions: dict[str, Any] = dict.fromkeys(("forward", "central", "richardson"), problem.value)
    if runner.method == "complex step":
        functions["complex"] = problem.complex_value
    norm = float(np.linalg.norm(exact))

    def error(formula: str, h: float) -> float:
        found = numerical_gradient(functions[formula], problem.x, h, formula)
        return float(np.linalg.norm(found - exact) / norm)

    errors = {
        formula: read_only([error(formula, h) for h in STEP_GRID.tolist()]) for formula in functions
    }
    return StepErrors(STEP_GRID, ReadOnlyMapping(errors), runner.method)
