"""How the error of a numerical derivative depends on its step: why a step is neither long nor short.

    forward difference   error  h f''/2     +  noise / h      best at  eps^(1/2)
    central difference   error  h^2 f'''/6  +  noise / h      best at  eps^(1/3)
    extrapolated         error  O(h^4)      +  noise / h      best at  eps^(1/5)
    complex step         error  h^2 f'''/6                    none below eps^(1/2), however short

The error is that against the complex step where there is one, else against the careful differences of lines.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from sheernet.derivatives.check.checker import Checker
from sheernet.derivatives.check.gradient_check import as_problem
from sheernet.derivatives.comparisons.consistency import examine
from sheernet.derivatives.comparisons.directions import each_entry
from sheernet.derivatives.estimates.numerical import numerical_gradient
from sheernet.foundation.arrays import Array, read_only

STEPS = 10.0 ** np.arange(-16.0, 0.25, 0.5)


@dataclass(frozen=True, eq=False)
class StepErrors:
    """The error of each formula at each step.

    Attributes
    ----------
    steps : ndarray, (n,)
        h, of every entry.
    errors : mapping of str to ndarray, (n,)
        ||n(h) - n|| / ||n|| by formula: "forward", "central", "richardson", and "complex" where there is a complex
        value.
    reference : str
        What n is: "complex step" or "central differences".
    """

    steps: Array
    errors: Mapping[str, Array]
    reference: str

    def best(self, formula: str) -> float:
        """The step at which a formula's error is smallest."""
        return float(self.steps[np.nanargmin(self.errors[formula])])


def step_errors(subject: Any, /, *arguments: Any, seed: int = 0) -> StepErrors:
    """Compute the error of numerical derivatives at many steps.

    Parameters
    ----------
    subject, *arguments
        As for `check_gradient`: an objective and theta; or f, grad and x; or a `Problem`.
    seed : int, optional
        Of the direction in which noise is measured.

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
    checker = Checker(problem, examine(problem), "auto", seed)
    exact = checker.along(each_entry(problem)).estimate.gradient  # (P,)
    functions: dict[str, Any] = dict.fromkeys(("forward", "central", "richardson"), problem.value)
    if checker.method == "complex step":
        functions["complex"] = problem.complex_value
    norm = float(np.linalg.norm(exact))
    errors = {
        formula: read_only(
            np.array(
                [
                    np.linalg.norm(numerical_gradient(f, problem.x, float(h), formula) - exact)
                    / norm
                    for h in STEPS
                ]
            )
        )
        for formula, f in functions.items()
    }
    return StepErrors(STEPS, MappingProxyType(errors), checker.method)
