"""`train`: minimize a network's objective on data from several starts, and return the best network and its record.

`train` combines parts: an objective, starts as jobs (`sheernet.training.jobs`) that an optimizer runs and records, and
the choice of the best start.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, wrapped
from sheernet.foundation.row_labels import require_paired
from sheernet.foundation.sentences import Setting
from sheernet.network import initialize
from sheernet.network.network import Network, column_names, in_order_of
from sheernet.objective.costs import Cost
from sheernet.objective.decay import DecayLike
from sheernet.objective.objective import Objective, make_objective
from sheernet.optimizers import Checkpoint, Record, Run, Termination
from sheernet.optimizers.driver import Observer
from sheernet.settings.network_settings import NetworkSettings
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.training_settings import TrainingSettings
from sheernet.training import training_checks
from sheernet.training.jobs.job import RunContext
from sheernet.training.jobs.job_results import Fits
from sheernet.training.objective_fit import fit_starts
from sheernet.training.remaining_error import with_error_left
from sheernet.training.starts import Starts, first_starts


@dataclass(frozen=True, eq=False)
class Training:
    """The result of `train`.

    Parameters
    ----------
    network : Network
        The best network of all starts.
    initial : Network
        The initial network of the best start.
    objective : float
        The objective of `network`.
    record : Record
        The record of the best start: one row per iteration; row 0 is the initial network.
    termination : Termination
        The reason why the best start ended.
    method : str
        The method that ran, never "auto".
    engine : str
        The engine that ran.
    decay : ndarray, (P,)
        Weight decay of each parameter.
    starts : Starts
        The result of every start.
    state : Checkpoint or None
        The state from which `train(..., resume=training)` resumes the best start; None if the method cannot be resumed.
    settings : dict
        A selection of the arguments of the call, as plain values: method and its options, cost, reduction, starts,
        seed, scheme and the stopping rules.

    Examples
    --------
    >>> import sheernet as sn
    >>> net = sn.Network.random(sn.Architecture((1, 1)))
    >>> training = sn.train(net, [0.0, 1.0, 2.0], [1.0, 3.0, 5.0])
    >>> training.network["W1"].round(6).tolist(), training.termination.converged
    ([[2.0]], True)
    """

    network: Network
    initial: Network
    objective: float
    record: Record
    termination: Termination
    method: str
    engine: str
    decay: Array
    starts: Starts
    state: Checkpoint | None
    settings: dict[str, Any]

    def __repr__(self) -> str:
        return (
            f"<training of {self.network.architecture}: {self.method}, {self.record.iteration[-1]} iterations, "
            f"objective {self.objective:.6g}, {self.termination.reason}>"
        )

    def _repr_html_(self) -> str:
        """Return the run as HTML for a notebook: termination, objective and the final objectives of the starts."""
        from sheernet.foundation.notebook_reports import with_report
        from sheernet.training.training_html import training_html

        return with_report("training_display", self, training_html(self))

    def __str__(self) -> str:
        """Return the network, the method, the starts and, in full sentences, why the best start ended."""
        iterations = counted(int(self.record.iteration[-1]), "iteration")
        reason = self.termination.reason.replace("_", " ")
        return "\n".join(
            [
                f"Training of {self.network.architecture}: {self.method}, {iterations}",
                str(self.starts),
                wrapped(f"{reason}: {self.termination.message}"),
            ]
        )


def train(
    network: Network,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    method: str = TrainingSettings.method,
    cost: str | Cost | None = NetworkSettings.cost,
    reduction: str = NetworkSettings.reduction,
    decay: DecayLike = 0.0,
    weights: npt.ArrayLike | None = None,
    engine: str = TrainingSettings.engine,
    threads: int | None = TrainingSettings.threads,
    starts: int = StartSettings.starts,
    seed: int | None = StartSettings.seed,
    scheme: str = StartSettings.scheme,
    max_iter: int = StoppingRules.max_iter,
    gradient_tolerance: float = StoppingRules.gradient_tolerance,
    cost_tolerance: float = StoppingRules.cost_tolerance,
    target: float | None = StoppingRules.target,
    max_evaluations: int | None = StoppingRules.max_evaluations,
    time_limit: float | None = StoppingRules.time_limit,
    validation: Sequence[npt.ArrayLike | None] | None = None,
    patience: int | None = StoppingRules.patience,
    observers: Sequence[Observer] = TrainingSettings.observers,
    progress: bool = TrainingSettings.progress,
    keep_path: bool = TrainingSettings.keep_path,
    resume: Training | None = None,
    check: bool = TrainingSettings.check,
    **options: Any,
) -> Training:
    """Train a network.

    Parameters
    ----------
    network : Network
        The initial network of start 0.
    X, y : array_like, (N, d_0) and (N, K)
        Inputs and targets, one row per sample.  The network keeps the names of the columns of a data frame X; if it
        has names already, the columns are matched by name.
    method : str
        "auto" (lm, hybrid, bfgs or lbfgs, by weight decay, outputs and number of weights), "lm", "hybrid",
        "bfgs", "lbfgs", "gd", "adam", or "scipy:NAME".
    cost, reduction, decay, weights, engine
        As in `make_objective`.
    threads : int, optional
        Threads of the compiled engine, by default one per processor that this process may use (its affinity, and the
        quotas of control groups); results with any number of threads are bitwise equal, with every method, because BLAS
        runs on one thread.  The reference engine runs BLAS on this number of threads, by default one; its results are
        bitwise reproducible only with the same number.  Below about 100 000 rows, more threads are rarely faster.
    starts : int
        Number of networks to train; the best is returned, and `Training.starts` records the results of all.
    seed, scheme : int or None, str
        Seed and scheme of the initial weights of starts 1, 2, ...; see `sheernet.network.initialize`.
    max_iter : int
        Maximum number of iterations per start.
    gradient_tolerance : float
        A start stops when the largest absolute entry of the gradient, in standard units, is at most this; for
        small residuals, at most this times sqrt(objective / its unit).
    cost_tolerance : float
        A start stops when the relative change of the objective in one iteration is at most this; 0 disables.
    target : float, optional
        All starts stop when the objective is at most this.
    max_evaluations, time_limit : int, float (seconds), optional
        Budgets of the whole call.
    validation : tuple (X, y) or (X, y, weights), optional
        Data whose cost, without penalty, is recorded at each iteration.
    patience : int, optional
        A start stops after this many iterations without a lower validation cost.  The result of a start is then its
        iterate with the lowest validation cost, and the start with the lowest validation cost is the best.
    observers : sequence of callable
        Each is called with every accepted `Step` and its record row.  If one returns a
        `sheernet.optimizers.Termination`, the start ends with it.  With observers the optimizers run in Python;
        without them bfgs, lbfgs, lm and hybrid run in the compiled engine: the same algorithms, many times faster.
    progress : bool
        Show a progress bar on a terminal, lines of text elsewhere.
    keep_path : bool
        Keep theta of every iteration in the record.
    resume : Training, optional
        Continue this training run with the same method; the iterates are bitwise equal to those of an uninterrupted
        run.  If it has several starts, the best continues; `Training.starts` keeps the others unchanged.
    check : bool
        Check the gradient along a few directions at the initial point of start 0, and train only if the check does not
        fail; use it for custom activations.  It needs a few evaluations with complex numbers per array of weights,
        which do not count toward the budgets.
    **options
        Options of the method: `learning_rate`, `memory`, `tau`, `scaling`, ...; see the functions in
        `sheernet.optimizers`.  A resumed run keeps its options by default.

    Returns
    -------
    Training
        The result; if Ctrl-C interrupts the call, it contains the best point so far.

    Raises
    ------
    InvalidInput, ShapeMismatch, EngineUnavailable
        If an argument is invalid, or the run to resume belongs to a different objective; in this case nothing is
        trained.
    GradientMismatch
        If `check` is set and the gradient is wrong; the message is the report.

    Warns
    -----
    SheernetWarning
        If two hidden units have identical initial weights, a target column is constant, targets lie outside the range
        of the output activation, there is a single row, or the gradient check is inconclusive.

    Notes
    -----
    A wrong gradient can end a run with "line_search_failed" or "damping_limit".  After such an end the gradient is
    checked at the last point, and the termination's message states the result.  It is not checked if `max_evaluations`
    is set, or if no time is left.

    A converged run has a small gradient, but not necessarily a good network.  If error remains after a single start
    converged, the termination's message, which `print(training)` shows, states the error, and whether the Hessian has
    eigenvalues of about 0 (a flat place) or only positive eigenvalues (a minimum); other starts may end lower.

    Examples
    --------
    The sleep study example:

    >>> import sheernet as sn
    >>> X, y = sn.datasets.load_sleep_study().scaled
    >>> arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
    >>> net = sn.Network.random(arch, seed=0, scheme="uniform")
    >>> training = sn.train(net, X, y, starts=20, scheme="uniform")
    >>> training.objective < 1e-9
    True
    """
    if not isinstance(network, Network):
        raise InvalidInput(
            f"train needs a Network, but {type(network).__name__} was given; Network.random(architecture) draws a "
            "network, and the network of a Training is training.network"
        )
    names = column_names(X) if network.input_names is None else network.input_names
    X = in_order_of(names, X)
    require_paired(X, y)
    require_paired(X, weights, ("X", "weights"))
    objective = make_objective(
        network.architecture, X, y, cost=cost, reduction=reduction, decay=decay, weights=weights,
        engine=engine, threads=threads,
    )  # fmt: skip
    _check_resume(resume)
    method, options = _method_and_options(method, options, resume)
    if names != network.input_names:
        network = replace(network, input_names=names)
    chosen = StartSettings(starts, seed, scheme)
    initialize.get(scheme)
    rules = StoppingRules(
        max_iter, gradient_tolerance, cost_tolerance, max_evaluations, time_limit, target, patience
    )
    targets = training_checks.used_targets(objective, y)  # (N, K)
    training_checks.warn_if_constant(targets)
    training_checks.warn_if_outside_range(network.architecture.activations[-1], targets)
    context = RunContext(
        validation=_validation_objective(network, validation, objective), observers=observers, keep_path=keep_path,
        only_best=True, threads=1 if objective.engine == "compiled" else threads or 1,
    )  # fmt: skip

    def fit(points: Any) -> Fits:
        return fit_starts(objective, points, method, rules, options, context, progress, check)

    if resume is None:
        initial, run, table = _from_starts(network, chosen, fit)
    else:
        state = _checked_state(objective, network, resume, starts)
        initial, run, table = _resumed(resume, state, fit)
    if len(table) == 1 and max_evaluations is None:
        run = with_error_left(run, objective)
    run = training_checks.with_advice_on_rate(run, options)
    settings = {
        "method": method, "options": options, "cost": objective.cost.name, "reduction": reduction,
        **vars(chosen), **vars(rules),
    }  # fmt: skip
    trained = Network(network.architecture, run.theta, network.input_names)
    return Training(
        trained, initial, run.objective, run.record, run.termination, run.method, objective.engine,
        objective.decay, table, run.state, settings,
    )  # fmt: skip


def _check_resume(resume: object) -> None:
    """Raise unless `resume` is a Training or None."""
    if resume is not None and not isinstance(resume, Training):
        raise InvalidInput(
            "{} must be a Training, the result of an earlier train(...), but {} was given",
            Setting("resume"), type(resume).__name__,
        )  # fmt: skip


def _method_and_options(
    method: str, options: dict[str, Any], resume: Training | None
) -> tuple[str, dict[str, Any]]:
    """Return method and options of the run to resume, or the given ones."""
    if resume is None:
        return method, options
    # A different method raises an error when the state is read.
    own = resume.method if method == "auto" else method
    return own, {**resume.settings["options"], **options}


def _from_starts(
    network: Network, settings: StartSettings, fit: Callable[[Array], Fits]
) -> tuple[Network, Run, Starts]:
    """Return the initial network and the run of the best start, and the results of all starts."""
    thetas = first_starts(network, settings.starts, settings.scheme, settings.seed)  # (starts, P)
    training_checks.warn_if_identical_units(network.architecture, thetas)
    began = time.monotonic()
    fits = fit(thetas)
    elapsed = time.monotonic() - began
    initial = replace(network, theta=thetas[fits.best]) if fits.best > 0 else network
    return initial, fits[fits.best], starts_of(fits, settings, elapsed)


def _resumed(
    resume: Training, state: Checkpoint, fit: Callable[[list[Checkpoint]], Fits]
) -> tuple[Network, Run, Starts]:
    """Return the initial network of the resumed start, its whole run, and the results of all starts."""
    (run,) = fit([state])
    run = replace(run, record=resume.record.joined(run.record))
    return resume.initial, run, resume.starts.with_end(*_end(run))


def _checked_state(
    objective: Objective, network: Network, resume: Training, starts: int
) -> Checkpoint:
    """Return the state to resume; it contains values of its objective, so another objective is an error."""
    if starts != 1:
        raise InvalidInput(
            "a training run is resumed with {}, but {} was given",
            Setting("starts", 1), Setting("starts", starts),
        )  # fmt: skip
    if resume.state is None:
        raise InvalidInput(
            f"a training run with method {resume.method!r} cannot be resumed; "
            "start a new one from its network: train(training.network, ...)"
        )
    if network.architecture != resume.network.architecture:
        raise InvalidInput(
            f"the training run to resume belongs to a different network ({resume.network.architecture}, with "
            f"{resume.network.theta.size} weights) than the given network ({network.architecture}, with "
            f"{network.theta.size}); pass training.network"
        )
    last = float(resume.record.objective[-1])  # the last row is the iterate of the state
    here, _ = objective.value_and_gradient(resume.state.state.theta)
    if not np.array_equal(last, here, equal_nan=True):
        raise InvalidInput(
            f"the training run to resume belongs to a different objective (its last value is {last!r}, but the value "
            f"of the given objective is {here!r}); pass the same X, y, cost, reduction, decay, weights and threads, or "
            "start from training.network"
        )
    return resume.state


def _end(run: Run) -> tuple[float, str, int, float]:
    """Return the entry of a start in `Starts`: objective, reason, iterations, seconds."""
    last, seconds = run.record.iteration[-1], run.record.seconds[-1]
    return run.objective, run.termination.reason, int(last), float(seconds)


def starts_of(fits: Fits, settings: StartSettings, elapsed: float | None = None) -> Starts:
    """Return the `Starts` of one call."""
    scale = abs(float(fits.first_objectives[0]))
    return Starts(
        objectives=fits.objectives,
        reasons=fits.reasons,
        iterations=fits.iterations,
        seconds=fits.seconds,
        best=fits.best,
        seed=settings.seed,
        scheme=settings.scheme,
        floor=1e-9 * scale if isfinite(scale) else 0.0,
        requested=int(settings.starts),
        elapsed=elapsed,
    )


def _validation_objective(
    network: Network, validation: Sequence[npt.ArrayLike | None] | None, objective: Objective
) -> Objective | None:
    """Return the objective, without penalty, of the validation data."""
    if validation is None:
        return None
    if not isinstance(validation, (tuple, list)) or len(validation) not in (2, 3):
        raise InvalidInput(
            "{} must be a pair (X, y), or (X, y, weights), but {} was given",
            Setting("validation"), type(validation).__name__,
        )  # fmt: skip
    X, y, weights = validation if len(validation) == 3 else (*validation, None)
    require_paired(X, y)
    X = in_order_of(network.input_names, X)
    return make_objective(
        network.architecture, X, y, cost=objective.cost, reduction=objective.reduction, weights=weights,
        engine=objective.engine,
    )  # fmt: skip
