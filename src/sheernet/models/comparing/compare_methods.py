"""`compare`: train a network by several methods, one after the other, after a check of all settings."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Any

from sheernet import optimizers
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.message_text import listed
from sheernet.foundation.read_only_mapping import ReadOnlyMapping
from sheernet.foundation.scalars import in_brief
from sheernet.foundation.sentences import Setting, in_quotes
from sheernet.foundation.time_limits import end_of
from sheernet.models.comparing.comparison import Comparison
from sheernet.models.fitting import Prepared, TableClock, fit_prepared, prepare
from sheernet.models.fitting.fit_plan import plan_of
from sheernet.models.fitting.time_of_one_network import require_time_for_iteration
from sheernet.models.model import Model
from sheernet.network.architecture import Architecture
from sheernet.network.network import Network
from sheernet.settings.fit_settings import FitSettings, names_of_fit
from sheernet.settings.network_settings import CROSS_VALIDATION, EVIDENCE
from sheernet.training.training import Training

METHODS = ("lm", "bfgs", "lbfgs", "adam", "gd")


def compare(
    table: Any, target: Any, methods: Sequence[str] = METHODS, **options: Any
) -> Comparison:
    """Fit one network by several methods, on the same rows and from the same starts.

    Parameters
    ----------
    table, target
        As in `fit`.
    methods : sequence of str
        Names of methods, as in `train`, each once.
    **options
        Arguments of `fit`, except `method`, for single networks: `decay` is a number, by default 1e-4, and there are 10
        hidden units if `hidden` is not given.  An option that only some methods have, such as `learning_rate`, is
        passed to these; `max_evaluations` and `max_iter` apply to each method separately.  `time_limit` limits the
        whole comparison: the time left after the preparation of the table is divided equally among the methods.

    Returns
    -------
    Comparison
        If Ctrl-C interrupts the call, it contains the methods that were trained until then.

    Raises
    ------
    InvalidInput, ShapeMismatch, MissingDependency
        If a method, the table or an option is invalid; in this case nothing is trained.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(40)], "y": [3.0 - i / 20 for i in range(40)]}
    >>> comparison = sn.compare(table, "y", methods=("bfgs", "lbfgs"), hidden=2, starts=2)
    >>> list(comparison.models)
    ['bfgs', 'lbfgs']
    >>> ax = sn.plots.cost(comparison.models)
    """
    began = time.monotonic()
    if isinstance(table, (Network, Architecture, Training)):
        raise InvalidInput(
            f"compare needs a table and the name of its target, or X and y, but a {type(table).__name__} was given; "
            "it draws the networks itself, with the layers of hidden=..."
        )
    settings = settings_by_method(methods, options)
    first = next(iter(settings.values()))
    ends = end_of(first.rules.time_limit, began)
    prepared = prepare(
        table, target, first.rows, first.start.seed, TableClock(ends), first.has_folds
    )
    return run(prepared, settings, ends)


def settings_by_method(methods: Sequence[str], given: Mapping[str, Any]) -> dict[str, FitSettings]:
    """Sort the arguments of a comparison by method.

    Parameters
    ----------
    methods, given
        The methods, and the arguments of `fit` for all of them.

    Returns
    -------
    dict of str to FitSettings
        Settings by the names of the methods used here, in their order; the settings of the table are the same for all.

    Raises
    ------
    InvalidInput
        If a method or an argument is unknown, or `decay` is "evidence" or "cv".
    """
    names = _checked(methods)
    if "method" in given:
        raise InvalidInput("compare takes {} instead of {}", Setting("methods"), Setting("method"))
    # The search for the decay is not in the records that are compared.
    if isinstance(decay := given.get("decay"), str) and decay in (EVIDENCE, CROSS_VALIDATION):
        raise InvalidInput(
            "compare cannot use {}; give {} as a number",
            Setting("decay", decay), Setting("decay"),
        )  # fmt: skip
    common = {name: value for name, value in given.items() if name in names_of_fit()}
    own = {name: value for name, value in given.items() if name not in common}
    for option in own:
        if not any(_takes(method, option) for method in names):
            raise _no_option(option, names)
    return {
        method: replace(
            FitSettings.of(
                common
                | {"method": method}
                | {option: value for option, value in own.items() if _takes(method, option, names)}
            ),
            one_network=True,
        )
        for method in names
    }


def run(prepared: Prepared, settings: Mapping[str, FitSettings], ends: float = inf) -> Comparison:
    """Train methods on prepared rows, one after the other.

    Parameters
    ----------
    prepared : Prepared
        The rows.
    settings : mapping of str to FitSettings
        The settings of each method.
    ends : float
        End of the time limit, as a time of `time.monotonic`; each method gets an equal part of the time left.

    Returns
    -------
    Comparison
        If Ctrl-C interrupts the call, it contains the methods that were trained until then.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If a setting is invalid.
    """
    plans = [plan_of(prepared, each) for each in settings.values()]
    part = (ends - time.monotonic()) / len(settings)
    for plan in plans:
        require_time_for_iteration(plan, time.monotonic() + part)
    part = (ends - time.monotonic()) / len(settings)
    models: dict[str, Model] = {}
    interrupted = False
    for name, method_settings in settings.items():
        try:
            now = time.monotonic()
            own_end = now + min(part, (ends - now) / (len(settings) - len(models)))
            models[name] = fit_prepared(prepared, method_settings, own_end)
        except KeyboardInterrupt:  # before the first point of this method
            if not models:
                raise
            interrupted = True
        else:
            interrupted = models[name].starts.reasons[-1] == "interrupted"
        if interrupted:
            break
    return Comparison(ReadOnlyMapping(models), tuple(settings), interrupted)


def _checked(methods: Sequence[str]) -> tuple[str, ...]:
    """The names of the methods as used here; raise if one occurs twice."""
    given = (
        (methods,)
        if isinstance(methods, str) or not isinstance(methods, Iterable)
        else tuple(methods)
    )
    if not given:
        raise InvalidInput(
            "{} is empty; give at least one of {}", Setting("methods"), listed(METHODS)
        )
    wrong = [name for name in given if not isinstance(name, str)]
    if wrong:
        raise InvalidInput(
            "{} must be names of methods, but {} was given; compare takes a table and the name of its target, or "
            "X and y, and draws the networks itself",
            Setting("methods"), in_brief(wrong[0]),
        )  # fmt: skip
    names = tuple("auto" if name == "auto" else optimizers.get(name).name for name in given)
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InvalidInput(
            "{} contains {!r} twice; give each method once", Setting("methods"), twice[0]
        )
    return names


def _takes(method: str, option: str, methods: Sequence[str] = ()) -> bool:
    """Whether a method takes an option; SciPy's methods take options that no other method of the comparison has."""
    if method.startswith("scipy:"):
        return not any(option in _own_options(other) for other in methods)
    return option in _own_options(method)


def _no_option(option: str, methods: Sequence[str]) -> InvalidInput:
    owners = [name for name in optimizers.METHODS if option in _own_options(name)]
    if owners:
        return InvalidInput(
            f"option {in_quotes(option)} belongs to {listed(owners)}, but the methods to compare are "
            f"{listed(methods)}; omit it"
        )
    own = {name for method in methods for name in _own_options(method)}
    return unknown_name("option", option, sorted({*names_of_fit(), *own}))


def _own_options(method: str) -> tuple[str, ...]:
    return () if method == "auto" else optimizers.get(method).options
