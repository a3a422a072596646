"""Optimizers by name, their options, and their names in other packages."""

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
from sheernet.optimizers.scipy_methods import SCIPY_METHODS, scipy_method, spell
from sheernet.settings.foreign_options import answer_of_train


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
"""Names used by other packages, in lower case, each with the name used here."""

OPTION_TRANSLATIONS: Mapping[str, str] = {
    "lr": "learning_rate",
    "learning_rate_init": "learning_rate",
    "beta_1": "beta1",
    "beta_2": "beta2",
    "eps": "epsilon",
    "nesterovs_momentum": "nesterov",
    "mc": "momentum",
    "history_size": "memory",
    "maxcor": "memory",
    "m": "memory",
    "maxiter": "max_iter",
    "maxit": "max_iter",
    **dict.fromkeys(
        (
            "epochs",
            "n_epochs",
            "nepochs",
            "num_epochs",
            "maxepochs",
            "max_epochs",
            "niter",
            "n_iter",
            "num_iter",
            "max_iters",
            "max_iterations",
            "iterationlimit",
            "max_steps",
            "stepmax",
        ),
        "max_iter",
    ),
    "gtol": "gradient_tolerance",
    "ftol": "cost_tolerance",
    "tol": "cost_tolerance",
    "maxfun": "max_evaluations",
    "maxfev": "max_evaluations",
    "max_fun": "max_evaluations",
    "random_state": "seed",
    "callback": "observers",
    "optimizer": "method",
    "solver": "method",
    "algorithm": "method",
    **dict.fromkeys(("trainfcn", "train_fcn", "training_function"), "method"),
    **dict.fromkeys(("performfcn", "err_fct", "criterion", "loss_function", "objective"), "cost"),
    **dict.fromkeys(
        (
            "act_fct",
            "act",
            "activations",
            "activation_function",
            "hidden_activation",
            "transferfcn",
        ),
        "activation",
    ),
    **dict.fromkeys(
        ("output", "out_activation", "outputs_activation", "last_activation", "outputactivation"),
        "output_activation",
    ),
    **dict.fromkeys(("use_bias", "fit_intercept", "intercept", "biasconnect"), "bias"),
    **dict.fromkeys(("n_init", "nstart", "n_starts", "rep", "repeats", "n_restarts"), "starts"),
    **dict.fromkeys(("n_iter_no_change", "max_fail", "validationpatience"), "patience"),
    **dict.fromkeys(
        ("min_grad", "threshold", "gradienttolerance", "grad_tol"), "gradient_tolerance"
    ),
    **dict.fromkeys(("reltol", "abstol", "losstolerance", "rtol", "eps_cost"), "cost_tolerance"),
    **dict.fromkeys(("timeout", "max_time", "time", "maxtime", "seconds"), "time_limit"),
    **dict.fromkeys(
        (
            "size",
            "hidden_units",
            "n_hidden",
            "hidden_size",
            "hidden_sizes",
            "layersizes",
            "hiddensizes",
        ),
        "hidden",
    ),
    **dict.fromkeys(("categoricalpredictors", "categorical", "cat_cols", "factors"), "categories"),
    **dict.fromkeys(("predictors", "x_cols", "columns", "predictornames"), "inputs"),
    **dict.fromkeys(("outputs", "targets", "responses", "responsename", "labels"), "target"),
    **dict.fromkeys(("holdout", "test_fraction", "val_split"), "held_out"),
    **dict.fromkeys(("seeds", "rng", "rand_seed", "randomstate"), "seed"),
    **dict.fromkeys(("na_action", "na.action", "imputation", "nan"), "missing"),
    **dict.fromkeys(("handle_unknown", "unknown"), "unseen"),
    **dict.fromkeys(
        ("initiallearnrate", "initialstepsize", "eta", "learningrate", "stepsize"), "learning_rate"
    ),
    **dict.fromkeys(("initializer", "layerweightsinitializer", "init_scheme"), "scheme"),
    **dict.fromkeys(("callbacks", "outputfcn"), "observers"),
    "neurons": "hidden",
    "units": "hidden",
    "layers": "hidden",
    "hidden_layers": "hidden",
    "hidden_layer_sizes": "hidden",
    "iterations": "max_iter",
    "epoch": "max_iter",
    "label": "target",
    "y": "target",
    "features": "inputs",
    "x": "inputs",
    "exclude": "drop",
    "test_size": "held_out",
    "normalize": "scaling",
    "standardize": "scaling",
    "restarts": "starts",
    "loss": "cost",
    "n_jobs": "threads",
}
"""Options of other packages, in lower case, each with the name used here; some are settings of a fit."""


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
        If the name is unknown; if it is a name of another package, the message gives the name used here.

    Examples
    --------
    >>> from sheernet.optimizers import get
    >>> get("lm").options
    ('tau', 'scaling', 'polish')
    >>> get("trainlm")
    Traceback (most recent call last):
        ...
    sheernet.InvalidInput: method 'trainlm' is called 'lm' here; use method='lm'
    """
    if name in METHODS:
        return METHODS[name]
    text = str(name)
    if text.lower().startswith("scipy:"):
        spelled = spell(text[len("scipy:") :])
        return Method(
            f"scipy:{spelled}", f"SciPy's {spelled}", partial(scipy_method, name=spelled), None
        )
    if text.lower() == "trainbr":
        raise InvalidInput(
            "{} 'trainbr' (Bayesian regularization) is {} here, the default of fit, which accepts no method; train "
            "accepts {} with a given decay, such as {}",
            Setting("method"), Setting("decay", "evidence"), Setting("method", "lm"), Setting("decay", 1e-4),
        )  # fmt: skip
    raise unknown_name(Setting("method"), name, [*METHODS, "auto", "scipy:NAME"], TRANSLATIONS)


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
            if (advice := answer_of_train(option)) is not None:
                raise InvalidInput(
                    "method {!r} has no option {!r}: {}", method.name, option, advice
                )
            raise unknown_name(
                f"option of method {method.name!r}:", option, method.options, OPTION_TRANSLATIONS
            )
