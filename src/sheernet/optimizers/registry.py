"""The methods by name, the names that other packages give them, and the options that each takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.optimizers.adam import AdamState, adam
from sheernet.optimizers.bfgs import BFGSState, bfgs
from sheernet.optimizers.gd import GDState, gd
from sheernet.optimizers.lbfgs import LBFGSState, check_lbfgs, lbfgs
from sheernet.optimizers.line_search import check_constants
from sheernet.optimizers.lm import LMState, check_lm, lm
from sheernet.optimizers.scipy_methods import SCIPY_METHODS, scipy_method, spell
from sheernet.optimizers.step import Steps


@dataclass(frozen=True)
class Method:
    """A method and what may be said to it.

    Parameters
    ----------
    name : str
        Its name here.
    summary : str
        What it is, in a line.
    run : callable
        The generator function, called with an objective, a start and the options by name.
    state : type or None
        Its State; None where it cannot be resumed.
    check : callable, optional
        Called with all its options by name; refuses those that are not allowed.
    """

    name: str
    summary: str
    run: Callable[..., Steps]
    state: type[Any] | None
    check: Callable[..., None] | None = None

    @cached_property
    def options(self) -> tuple[str, ...]:
        """The options it takes; empty for scipy:NAME, whose options are SciPy's."""
        return tuple(self.defaults)

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """Its options and what they are where they are not given."""
        if self.state is None:
            return {}
        parameters = inspect.signature(self.run).parameters.values()
        return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}


METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        Method(
            "gd",
            "gradient descent, with momentum or Nesterov's, full-batch or mini-batch",
            gd,
            GDState,
        ),
        Method("adam", "Adam, full-batch or mini-batch", adam, AdamState),
        Method("bfgs", "BFGS with a dense inverse Hessian", bfgs, BFGSState, check_constants),
        Method("lbfgs", "limited-memory BFGS", lbfgs, LBFGSState, check_lbfgs),
        Method("lm", "Levenberg-Marquardt with a gain ratio", lm, LMState, check_lm),
    )
}
"""The methods of this package, by name.  Beside them there are "auto" and "scipy:NAME"."""

TRANSLATIONS: Mapping[str, str] = {
    "trainlm": "lm",
    "levenberg-marquardt": "lm",
    "levenberg_marquardt": "lm",
    "marquardt": "lm",
    "trainbfg": "bfgs",
    "trainscg": "lbfgs",
    "traincgf": "lbfgs",
    "traincgb": "lbfgs",
    "traincgp": "lbfgs",
    "trainoss": "lbfgs",
    "l-bfgs": "lbfgs",
    "traingd": "gd",
    "traingdm": "gd",
    "traingdx": "gd",
    "sgd": "gd",
    "gradient-descent": "gd",
    "gradient_descent": "gd",
    "backprop": "gd",
    **{name.lower(): f"scipy:{name}" for name in SCIPY_METHODS if name != "BFGS"},
}
"""Names of other packages, in lower case, with ours."""

OPTION_TRANSLATIONS: Mapping[str, str] = {
    "lr": "learning_rate",
    "learning_rate_init": "learning_rate",
    "beta_1": "beta1",
    "beta_2": "beta2",
    "eps": "epsilon",
    "nesterovs_momentum": "nesterov",
    "history_size": "memory",
    "maxcor": "memory",
    "m": "memory",
    "maxiter": "max_iter",
    "maxit": "max_iter",
    "epochs": "max_iter",
    "n_epochs": "max_iter",
    "gtol": "gradient_tolerance",
    "ftol": "cost_tolerance",
    "tol": "gradient_tolerance",
    "maxfun": "max_evaluations",
    "maxfev": "max_evaluations",
    "max_fun": "max_evaluations",
    "random_state": "seed",
    "callback": "observers",
}
"""Options of other packages, in lower case, with ours; some are settings of minimize."""


def get(name: str) -> Method:
    """Look a method up.

    Parameters
    ----------
    name : str
        One of `METHODS`, or "scipy:NAME" with a method of scipy.optimize.minimize.

    Returns
    -------
    Method
        With its generator function.

    Raises
    ------
    InvalidInput
        When it is not known; names of other packages are answered with ours.

    Examples
    --------
    >>> from sheernet.optimizers import get
    >>> get("lm").options
    ('tau',)
    >>> get("trainlm")
    Traceback (most recent call last):
        ...
    sheernet.InvalidInput: method 'trainlm' is called 'lm' here
    """
    if name in METHODS:
        return METHODS[name]
    text = str(name)
    if text.lower().startswith("scipy:"):
        ours = spell(text[len("scipy:") :])
        return Method(f"scipy:{ours}", f"SciPy's {ours}", partial(scipy_method, name=ours), None)
    if text.lower() == "trainbr":
        raise InvalidInput(
            "method 'trainbr' (Bayesian regularization) is not part of this version; "
            "use method='lm' with a small decay, such as decay=1e-4"
        )
    raise unknown_name("method", name, [*METHODS, "auto", "scipy:NAME"], TRANSLATIONS)


def check_options(method: Method, options: Mapping[str, Any]) -> None:
    """Refuse options that a method does not have; those of scipy:NAME are left to SciPy."""
    for option in options:
        if method.state is not None and option not in method.options:
            raise unknown_name(
                f"option of method {method.name!r}:", option, method.options, OPTION_TRANSLATIONS
            )
