"""Optimizers by name, and their options."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.message_text import listed
from sheernet.foundation.sentences import Setting
from sheernet.optimizers.adam import AdamState, adam
from sheernet.optimizers.bfgs import BFGSState, bfgs, check_bfgs
from sheernet.optimizers.gd import GDState, gd
from sheernet.optimizers.hybrid import HybridState, check_hybrid, hybrid
from sheernet.optimizers.lbfgs import LBFGSState, check_lbfgs, lbfgs
from sheernet.optimizers.lm import LMState, check_lm, lm
from sheernet.optimizers.optimizer_protocol import Steps
from sheernet.optimizers.scipy_methods import scipy_method, spell


@dataclass(frozen=True)
class Method:
    """An optimizer and its options.

    Parameters
    ----------
    name : str
        The name of the method.
    summary : str
        A one-line description.
    run : callable
        The generator function, called with an objective, a start and the options as keywords.
    state : type or None
        The class of its State; None if runs cannot be resumed.
    check : callable, optional
        Called with all options as keywords; raises `InvalidInput` if one is invalid.
    """

    name: str
    summary: str
    run: Callable[..., Steps]
    state: type[Any] | None
    check: Callable[..., None] | None = None

    @cached_property
    def options(self) -> tuple[str, ...]:
        """The names of the options; empty for scipy:NAME, whose options are SciPy's."""
        return tuple(self.defaults)

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """The options and their default values."""
        if self.state is None:
            return {}
        parameters = inspect.signature(self.run).parameters.values()
        return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}


AnyState = GDState | AdamState | BFGSState | LBFGSState | LMState | HybridState
"""The State of one of the methods."""

METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        Method(
            "gd", "gradient descent, optionally with momentum or Nesterov momentum", gd, GDState
        ),
        Method("adam", "Adam", adam, AdamState),
        Method("bfgs", "BFGS with a dense inverse Hessian", bfgs, BFGSState, check_bfgs),
        Method("lbfgs", "limited-memory BFGS", lbfgs, LBFGSState, check_lbfgs),
        Method("lm", "Levenberg-Marquardt, finished with the exact Hessian", lm, LMState, check_lm),
        Method(
            "hybrid",
            "Levenberg-Marquardt, then BFGS from its matrix",
            hybrid,
            HybridState,
            check_hybrid,
        ),
    )
}
"""The methods of this package, by name, without "auto" and "scipy:NAME"."""


def get(name: str) -> Method:
    """Look up a method by name.

    Parameters
    ----------
    name : str
        One of `METHODS`, or "scipy:NAME" with a method of scipy.optimize.minimize.

    Returns
    -------
    Method
        The method and its generator function.

    Raises
    ------
    InvalidInput
        If the name is unknown.

    Examples
    --------
    >>> from sheernet.optimizers import get
    >>> get("lm").options
    ('tau', 'scaling', 'polish')
    """
    if name in METHODS:
        return METHODS[name]
    text = str(name)
    if text.lower().startswith("scipy:"):
        spelled = spell(text[len("scipy:") :])
        return Method(
            f"scipy:{spelled}", f"SciPy's {spelled}", partial(scipy_method, name=spelled), None
        )
    raise unknown_name(Setting("method"), name, [*METHODS, "auto", "scipy:NAME"])


def check_options(method: Method, options: Mapping[str, Any]) -> None:
    """Raise `InvalidInput` for options that a method does not have; SciPy checks those of scipy:NAME."""
    for option in options:
        if method.state is not None and option not in method.options:
            owners = [other.name for other in METHODS.values() if option in other.options]
            if owners:
                raise InvalidInput(
                    "option of method {!r}: {!r} belongs to {}; omit it, or give {}",
                    method.name, option, listed(owners), Setting("method", owners[0]),
                )  # fmt: skip
            raise unknown_name(f"option of method {method.name!r}:", option, method.options)
