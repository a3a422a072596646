"""`train`: from a network and data to the network at the optimum, with the record of the way there.

`train` puts the parts together and does nothing else: the objective evaluates, the starts are jobs
(`sheernet.training.jobs`) that an optimizer walks, stops and records, and the best of them is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet import optimizers
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, sentence
from sheernet.network import initialize
from sheernet.network.network import Network
from sheernet.objective.costs import Cost
from sheernet.objective.decay import DecayLike
from sheernet.objective.objective import Objective, make_objective
from sheernet.optimizers import Checkpoint, Record, Run, Termination
from sheernet.optimizers.driver import Observer
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.training import training_checks
from sheernet.training.jobs.fits import Fits
from sheernet.training.jobs.job import RunContext
from sheernet.training.objective_fit import fit_starts
from sheernet.training.starts import Starts, first_starts


@dataclass(frozen=True, eq=False)
class Training:
    """What a training returns.

    Parameters
    ----------
    network : Network
        The best network of all starts.
    initial : Network
        Where its start began.
    objective : float
        The objective of `network`.
    record : Record
        How its start went, a row for each iteration; row 0 is the beginning.
    termination : Termination
        Why its start stopped.
    method : str
        The method that ran ("auto" is settled here).
    engine : str
        The engine that ran.
    decay : ndarray, (P,)
        Weight decay of each parameter.
    starts : Starts
        How every start ended.
    state : Checkpoint or None
        Where its start can be resumed: `train(..., resume=training)`.
    settings : dict
        The arguments of the call, as plain values.

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


def train(
    network: Network,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    method: str = "auto",
    cost: str | Cost | None = None,
    reduction: str = "mean",
    decay: DecayLike = 0.0,
    weights: npt.ArrayLike | None = None,
    engine: str = "auto",
    threads: int | None = None,
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
    observers: Sequence[Observer] = (),
    progress: bool = False,
    keep_path: bool = False,
    resume: Training | None = None,
    check: bool = False,
    **options: Any,
) -> Training:
    """Train a network.

    Parameters
    ----------
    network : Network
        Where start 0 begins.
    X, y : array_like, (N, d_0) and (N, K)
        Inputs and targets, a sample a row.
    method : str
        "auto" (lm for few weights, then bfgs, then lbfgs), "lm", "bfgs", "lbfgs", "gd", "adam", or "scipy:NAME".
    cost, reduction, decay, weights, engine
        As in `make_objective`.
    threads : int, optional
        Threads of the compiled engine, which share starts and rows and change no bit; by default as many as there are
        processors.  The reference engine runs on one thread of BLAS, if no other number is asked for: the bits do not
        depend on the machine's processors then, and below some 100 000 rows more are seldom faster.
    starts : int
        How many networks to train; the best is kept and `Training.starts` tells how all ended.
    seed, scheme : int or None, str
        What starts 1, 2, ... are drawn from (mini-batches too), and how: see `sheernet.network.initialize`.
    max_iter : int
        Most iterations of each start.
    gradient_tolerance : float
        A start stops where the largest entry of the gradient is at most this, absolutely.
    cost_tolerance : float
        It also stops where an iteration lowers the objective by less than this, relatively; 0 is never.
    target : float, optional
        Everything stops where the objective is at most this.
    max_evaluations, time_limit : int, float (seconds), optional
        Budgets of the whole call.
    validation : tuple (X, y) or (X, y, weights), optional
        Data whose cost, without penalty, is recorded at each iteration.
    patience : int, optional
        Stop a start when the validation cost has not fallen for so many iterations; its result, and the best
        start, are then the ones with the lowest validation cost.
    observers : sequence of callable
        Each is called with every accepted `Step` and its record row.  With observers the optimizers run in Python,
        without them bfgs, lbfgs and lm run in the compiled engine: the same algorithms, many times as fast.
    progress : bool
        Show a progress bar on a terminal, lines of text elsewhere.
    keep_path : bool
        Keep theta of every iteration in the record.
    resume : Training, optional
        Go on where this one stopped: the same method, and bit for bit the iterates of a run that had not stopped.
        Of several starts it is the best that goes on; `Training.starts` keeps the others as they were.
    check : bool
        Check the gradient along a few directions where start 0 begins, and train only if it does not fail: for
        activations of your own.  It takes a complex value for each of a few directions and for each array of weights,
        beside the budgets.
    **options
        Of the method: `learning_rate`, `momentum`, `memory`, ...  Those of a resumed training are kept.

    Returns
    -------
    Training
        Also when the training was interrupted by Ctrl-C: then it holds the best point so far.

    Raises
    ------
    InvalidInput, ShapeMismatch, EngineUnavailable
        Before anything is trained, when an argument is not allowed, or the training to resume belongs to another
        objective.
    GradientMismatch
        Likewise, when the gradient is to be checked and is wrong; its message is the report.

    Warns
    -----
    SheernetWarning
        When two hidden units start identical, a target column is constant, targets lie outside the range of the output
        activation, there is a single row, or the gradient is to be checked and that cannot decide.

    Notes
    -----
    A run that ends with "line_search_failed" or "damping_limit" may do so because the gradient is wrong: then it is
    checked where the run ended, and the termination's message tells what was found.  With a budget of evaluations it is
    not, nor where no time is left.

    Examples
    --------
    The notebook's network on the notebook's data:

    >>> import sheernet as sn
    >>> X, y = sn.datasets.load_sleep_study().scaled
    >>> arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
    >>> net = sn.Network.random(arch, seed=0, scheme="uniform")
    >>> training = sn.train(net, X, y, starts=20, scheme="uniform")
    >>> training.objective < 1e-9
    True
    """
    objective = make_objective(
        network.architecture, X, y, cost=cost, reduction=reduction, decay=decay, weights=weights,
        engine=engine, threads=threads,
    )  # fmt: skip
    if resume is not None:
        # A method other than its own is refused when the state is read.
        method = resume.method if method == "auto" else method
        options = {**resume.settings["options"], **options}
    elif method in optimizers.METHODS and "seed" in optimizers.get(method).options:
        options = {"seed": 0 if seed is None else seed, **options}
    chosen = StartSettings(starts, seed, scheme)
    initialize.get(scheme)
    rules = StoppingRules(
        max_iter, gradient_tolerance, cost_tolerance, max_evaluations, time_limit, target, patience
    )
    settings = {
        "method": method, "options": options, "cost": objective.cost.name, "reduction": reduction,
        **vars(chosen), **vars(rules),
    }  # fmt: skip
    targets = training_checks.used_targets(objective, y)  # (N, K)
    training_checks.warn_of_data(targets)
    training_checks.warn_of_range(network.architecture.activations[-1], targets)
    context = RunContext(
        validation=_validation_objective(network, validation, objective), observers=observers, keep_path=keep_path,
        only_best=True, threads=threads or 1,
    )  # fmt: skip
    if resume is not None:
        state = _checked_state(objective, network, resume, starts)
        fits = fit_starts(objective, [state], method, rules, options, context, progress, check)
        run = fits[fits.best]
        run = replace(run, record=resume.record.joined(run.record))
        initial, table = resume.initial, resume.starts.with_end(*_end(run))
    else:
        thetas = first_starts(network, starts, scheme, seed)  # (starts, P)
        training_checks.warn_of_twins_among(network.architecture, thetas)
        fits = fit_starts(objective, thetas, method, rules, options, context, progress, check)
        run = fits[fits.best]
        initial = Network(network.architecture, thetas[fits.best]) if fits.best > 0 else network
        table = _table(fits, chosen)
    return Training(
        Network(initial.architecture, run.theta), initial, run.objective, run.record, run.termination, run.method,
        objective.engine, objective.decay, table, run.state, settings,
    )  # fmt: skip


def _checked_state(
    objective: Objective, network: Network, resume: Training, starts: int
) -> Checkpoint:
    """The state to resume; refused on another objective, because it holds values of the one it comes from."""
    if starts != 1:
        raise InvalidInput(
            sentence(
                "a training is resumed with {}, but {} was given",
                Setting("starts", 1),
                Setting("starts", starts),
            )
        )
    if resume.state is None:
        raise InvalidInput(
            f"a training with method {resume.method!r} keeps no state to resume from; "
            "start again from its network instead: train(training.network, ...)"
        )
    if network.architecture != resume.network.architecture:
        raise InvalidInput(
            f"the training to resume belongs to another network ({resume.network.architecture}, with "
            f"{resume.network.theta.size} weights), here it is {network.architecture}, with {network.theta.size}; "
            "pass training.network"
        )
    last = float(resume.record.objective[-1])  # the record ends where the state is
    here, _ = objective.value_and_gradient(resume.state.state.theta)
    if not np.array_equal(last, here, equal_nan=True):
        raise InvalidInput(
            f"the training to resume belongs to another objective (its last value was {last!r}, here it is {here!r}); "
            "pass the same X, y, cost, reduction, decay, weights and threads, or start from training.network"
        )
    return resume.state


def _end(run: Run) -> tuple[float, str, int, float]:
    """A start's entry in the table: objective, reason, iterations, seconds."""
    record = run.record
    return (
        run.objective,
        run.termination.reason,
        int(record.iteration[-1]),
        float(record.seconds[-1]),
    )


def _table(fits: Fits, settings: StartSettings) -> Starts:
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
    )


def _validation_objective(
    network: Network, validation: Sequence[npt.ArrayLike | None] | None, objective: Objective
) -> Objective | None:
    """The mean or summed cost, without penalty, of data that are not trained on."""
    if validation is None:
        return None
    if not isinstance(validation, (tuple, list)) or len(validation) not in (2, 3):
        raise InvalidInput(
            f"validation must be a pair (X, y), or (X, y, weights), but {type(validation).__name__} was given"
        )
    X, y, weights = validation if len(validation) == 3 else (*validation, None)
    return make_objective(
        network.architecture,
        X,
        y,
        cost=objective.cost,
        reduction=objective.reduction,
        weights=weights,
        engine=objective.engine,
    )
