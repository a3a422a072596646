"""Trains the methods of a comparison one after the other, once all that was asked for is known to be possible."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sheernet import optimizers
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.models.comparing.comparison import Comparison
from sheernet.models.fitting import Prepared, fit_prepared, prepare
from sheernet.models.model import Model
from sheernet.optimizers.registry import OPTION_TRANSLATIONS
from sheernet.training.training import train

METHODS = ("lm", "bfgs", "lbfgs", "adam", "gd")
NOT_OPTIONS = {"network", "X", "y", "method", "target", "resume"}  # of `train`


def compare(
    table: Any, target: str | Sequence[str], methods: Sequence[str] = METHODS, **options: Any
) -> Comparison:
    """Fit one network by several methods, on the same rows and from the same starts.

    Parameters
    ----------
    table, target
        As for `fit`.
    methods : sequence of str
        Their names, each once: those of `train`.
    **options
        Everything that `fit` takes but `method`.  An option that only some methods have, such as `learning_rate`, is
        for those; budgets, such as `time_limit`, are for each method anew.

    Returns
    -------
    Comparison
        Also when Ctrl-C interrupts it: then of what was trained so far.

    Raises
    ------
    InvalidInput, ShapeMismatch, MissingDependency
        Before anything is trained, when a method, the table or an option is not allowed.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(40)], "y": [3.0 - i / 20 for i in range(40)]}
    >>> comparison = sn.compare(table, "y", methods=("bfgs", "lbfgs"), hidden=2, starts=2)
    >>> list(comparison.models)
    ['bfgs', 'lbfgs']
    >>> ax = sn.plots.comparison(comparison)
    """
    columns, training = plan(methods, options)
    return run(prepare(table, target, **columns), training)


def plan(
    methods: Sequence[str], options: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Sort the options of a comparison by whom they are for.

    Parameters
    ----------
    methods, options
        As for `compare`.

    Returns
    -------
    columns : dict
        The options of `prepare`.
    training : dict of str to dict
        Those of `fit_prepared`, by the methods' own names and in their order.

    Raises
    ------
    InvalidInput
        When a method or an option is not known.
    """
    names = _checked(methods)
    if "method" in options:
        raise InvalidInput("compare takes methods=(...) in place of method; name the methods there")
    return _sorted_options(names, options)


def run(prepared: Prepared, training: Mapping[str, Mapping[str, Any]]) -> Comparison:
    """Train methods on prepared rows, one after the other.

    Parameters
    ----------
    prepared : Prepared
        The rows.
    training : mapping of str to mapping
        Options of `fit_prepared` by method, as `plan` gives them.

    Returns
    -------
    Comparison
        Also when Ctrl-C interrupts it: then of what was trained so far.

    Raises
    ------
    InvalidInput, ShapeMismatch
        When an option is not allowed.
    """
    models: dict[str, Model] = {}
    interrupted = False
    for name, options in training.items():
        try:
            models[name] = fit_prepared(prepared, method=name, **options)
        except KeyboardInterrupt:  # before its first point
            if not models:
                raise
            interrupted = True
        else:
            interrupted = models[name].starts.reasons[-1] == "interrupted"
        if interrupted:
            break
    return Comparison(MappingProxyType(models), tuple(training), interrupted)


def _checked(methods: Sequence[str]) -> tuple[str, ...]:
    """The methods by their own names; unknown ones, and a method twice, are refused."""
    given = (methods,) if isinstance(methods, str) else tuple(methods)
    if not given:
        raise InvalidInput(
            f"there is no method to compare; name some, such as {', '.join(METHODS)}"
        )
    names = tuple("auto" if name == "auto" else optimizers.get(name).name for name in given)
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InvalidInput(f"method {twice[0]!r} is named twice; name each method once")
    return names


def _sorted_options(
    methods: tuple[str, ...], options: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The options of the preparation, and those of the training by each method; unknown ones are refused."""
    columns = _parameters(prepare) - {"table", "target"}
    shared = _parameters(fit_prepared) - {"prepared"}
    shared |= _parameters(train) - columns - NOT_OPTIONS
    training: dict[str, dict[str, Any]] = {method: {} for method in methods}
    for option, value in options.items():
        takers = [m for m in methods if option in shared or option in _own_options(m)]
        if not takers and option not in columns:
            takers = [
                m for m in methods if m.startswith("scipy:")
            ]  # their options are left to SciPy
        if not takers and option not in columns:
            raise _no_option(option, methods, columns | shared)
        for method in takers:
            training[method][option] = value
    return {name: value for name, value in options.items() if name in columns}, training


def _parameters(function: Callable[..., Any]) -> set[str]:
    parameters = inspect.signature(function).parameters.values()
    return {p.name for p in parameters if p.kind is not p.VAR_KEYWORD}


def _no_option(option: str, methods: Sequence[str], known: set[str]) -> InvalidInput:
    owners = [name for name in optimizers.METHODS if option in _own_options(name)]
    if owners:
        return InvalidInput(
            f"option {option!r} belongs to {', '.join(owners)}, but compared are {', '.join(methods)}; leave it out"
        )
    own = {name for method in methods for name in _own_options(method)}
    return unknown_name("option", option, sorted(known | own), OPTION_TRANSLATIONS)


def _own_options(method: str) -> tuple[str, ...]:
    return () if method == "auto" else optimizers.get(method).options
