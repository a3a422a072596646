"""The loop that runs every method (`minimize`): records, validation, observers, stopping rules, budgets and Ctrl-C.

    for each step of the method: record it, keep the best, call the observers, and apply the stopping rules

Methods and the driver interact only through `Step`, `State` and `Termination`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, nan
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_float
from sheernet.foundation.declared_fields import require_declared
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.interrupts import Interrupt, deferred_interrupt
from sheernet.foundation.message_text import counted
from sheernet.foundation.scalars import as_flag, in_brief
from sheernet.optimizers.auto_method import choose
from sheernet.optimizers.checkpoint import Best, Checkpoint, better, require_resumable
from sheernet.optimizers.evaluation_counts import BudgetSpent, Counted, Counts
from sheernet.optimizers.optimizer_protocol import (
    EPS,
    Objective,
    State,
    Step,
    Steps,
    Termination,
    rounding,
)
from sheernet.optimizers.option_checks import check_observers
from sheernet.optimizers.record import Record, Recorder, Row
from sheernet.optimizers.registry import METHODS, Method, check_options, get
from sheernet.optimizers.stopping import at_result, stop_by_rules
from sheernet.optimizers.termination_check import confirmed
from sheernet.settings.stopping_rules import StoppingRules

Validation = Callable[[Array], float]
Observer = Callable[[Step, Row], object]


@dataclass(frozen=True, eq=False)
class Run:
    """The result of `minimize`.

    Parameters
    ----------
    theta : ndarray, (P,)
        The best iterate, read-only: the last one, unless the objective of an earlier one is lower by more than its
        rounding error (gd, adam) or, if `patience` is set, its validation cost is lower.
    objective : float
        The objective at theta.
    gradient : ndarray, (P,)
        The gradient at theta; read-only.
    termination : Termination
        The reason why the run ended.
    record : Record
        One row per accepted iterate.
    state : Checkpoint or None
        State at the last iterate; minimize(objective, run.state) resumes the run.  None for scipy:NAME, which cannot
        be resumed.
    method : str
        The method that ran; for "auto", the chosen one.
    """

    theta: Array
    objective: float
    gradient: Array
    termination: Termination
    record: Record
    state: Checkpoint | None
    method: str

    def __repr__(self) -> str:
        iterations = counted(int(self.record.iteration[-1]), "iteration")
        return f"<run: {self.method}, {iterations}, objective {self.objective:.6g}, {self.termination.reason}>"


def minimize(
    objective: Objective,
    start: npt.ArrayLike | State | Checkpoint,
    method: str = "auto",
    *,
    max_iter: int = StoppingRules.max_iter,
    gradient_tolerance: float = StoppingRules.gradient_tolerance,
    cost_tolerance: float = StoppingRules.cost_tolerance,
    max_evaluations: int | None = StoppingRules.max_evaluations,
    time_limit: float | None = StoppingRules.time_limit,
    target: float | None = StoppingRules.target,
    validation: Validation | None = None,
    patience: int | None = StoppingRules.patience,
    observers: Sequence[Observer] = (),
    keep_path: bool = False,
    clock: Callable[[], float] = time.perf_counter,
    **options: Any,
) -> Run:
    """Minimize an objective from a start.

    Parameters
    ----------
    objective : object
        Has value(theta) -> float and value_and_gradient(theta) -> (float, (P,)); both may return inf or nan.  Instead
        of the second, gradient(theta) -> (P,) suffices, as in the `Problem` of `sheernet.foreign.from_object`.  lm also
        needs gauss_newton(theta) -> (float, (P,), (P, P)).  Optional: decay (P,), terms(theta), and
        hessian_vector(theta, v), which bfgs, lbfgs, lm and hybrid use.
    start : array_like, (P,), Checkpoint or State
        Initial point, or the state of an earlier run on the same objective; a resumed run is bitwise equal to an
        uninterrupted run, unless an option is a function with a state of its own.
    method : str
        "auto", "gd", "adam", "bfgs", "lbfgs", "lm", "hybrid" or "scipy:NAME".  A resumed run requires "auto" or its own
        method.
    max_iter : int
        Maximum number of iterations of this call; 0 only evaluates the start.
    gradient_tolerance : float
        Stop when the largest absolute entry of the gradient, in standard units, is at most this; for small
        residuals, at most this times sqrt(objective / its unit).
    cost_tolerance : float
        Stop when the relative change of the objective in one iteration is at most this; 0 disables.
    max_evaluations : int, optional
        Maximum number of evaluations of this call, including Hessian-vector products; never exceeded.
    time_limit : float, optional
        Time limit of this call in seconds.  No evaluation starts after it, except the first.
    target : float, optional
        Stop when the objective is at most this.
    validation : callable, optional
        Function theta -> float, the validation cost; called at each iterate.
    patience : int, optional
        Stop after this many iterations without a lower validation cost; the best iterate is then the one with the
        lowest validation cost.  If it is not set, the validation cost is only recorded.
    observers : sequence of callable
        Each is called with every accepted Step and its row of the record.  If one returns a Termination, the run ends
        with it after this Step; other returned values are ignored.  If one raises KeyboardInterrupt, the run ends in
        the same way as after Ctrl-C.
    keep_path : bool
        Whether the record contains theta of every iterate.
    clock : callable
        A monotonic clock in seconds.
    **options
        Options of the method.

    Returns
    -------
    Run
        The best iterate, the termination reason, the record, and the state to resume.

    Raises
    ------
    InvalidInput
        If a setting is invalid or unknown, or the state belongs to a different method.
    ShapeMismatch
        If the start is not a vector, or its length is not the objective's number of parameters.

    Notes
    -----
    Ctrl-C ends the run after the current step, and within an evaluation of shards after the current shards: the
    termination is "interrupted" and the Run contains the best point so far.  A second Ctrl-C raises KeyboardInterrupt
    immediately.  NumPy's floating-point warnings are disabled during a run.

    Examples
    --------
    >>> from sheernet.optimizers import minimize
    >>> class Bowl:
    ...     def value(self, theta):
    ...         return 0.5 * float(theta @ theta)
    ...     def value_and_gradient(self, theta):
    ...         return self.value(theta), theta.copy()
    >>> run = minimize(Bowl(), [3.0, 4.0], "bfgs")
    >>> run.objective, run.termination.reason, len(run.record)
    (0.0, 'gradient_tolerance', 2)
    """
    rules = StoppingRules(
        max_iter, gradient_tolerance, cost_tolerance, max_evaluations, time_limit, target, patience
    )
    return minimize_by_rules(
        objective, start, method, rules, validation=validation, observers=observers, keep_path=keep_path,
        clock=clock, options=options,
    )  # fmt: skip


def minimize_by_rules(
    objective: Objective,
    start: npt.ArrayLike | State | Checkpoint,
    method: str,
    rules: StoppingRules,
    *,
    validation: Validation | None,
    observers: Sequence[Observer],
    keep_path: bool,
    options: Mapping[str, Any],
    clock: Callable[[], float] = time.perf_counter,
) -> Run:
    """Minimize as `minimize` does, with the stopping rules and the options grouped in objects."""
    rules.require_validation(validation)
    check_observers(observers)
    if validation is not None and not callable(validation):
        raise InvalidInput(
            f"validation must be a function of theta, but {in_brief(validation)} was given"
        )
    keep_path = as_flag("keep_path", keep_path)
    objective = _with_both(objective)
    chosen, begin, best = resolve_start(objective, start, method)
    check_options(chosen, options)
    seconds = inf if rules.time_limit is None else rules.time_limit
    counts = Counts(
        clock, clock(), max_evaluations=rules.max_evaluations or inf, time_limit=seconds
    )
    counted = Counted(objective, counts)
    loop = _RunLoop(
        counted, rules, Recorder(objective, counts, keep_path), validation, tuple(observers), best
    )
    steps = chosen.run(counted, begin, **options)
    with deferred_interrupt() as interrupt, np.errstate(all="ignore"):
        termination = loop.run(steps, interrupt)
    if interrupt.times and termination.reason != "interrupted":
        termination = Termination("interrupted")
    return loop.finish(chosen, termination)


class _RunLoop:
    """The loop over the Steps of one run, with its record and its best iterate."""

    def __init__(
        self,
        counted: Counted,
        rules: StoppingRules,
        recorder: Recorder,
        validation: Validation | None,
        observers: tuple[Observer, ...],
        best: Best | None,
    ) -> None:
        self.counted = counted
        self.rules = rules
        self.recorder = recorder
        self.validation = validation
        self.observers = observers
        self.best = best
        self.last: Step | None = None
        self.noise = 0.0  # of the objective at an iterate that meets gradient_tolerance

    def run(self, steps: Steps, interrupt: Interrupt) -> Termination:
        """Iterate until the method ends, a rule or a budget stops it, or Ctrl-C is pressed."""
        try:
            while True:
                try:
                    step = next(steps)
                except StopIteration as end:
                    own: Termination = end.value
                    return own
                termination = self._accept(step)
                if interrupt.times:
                    return Termination("interrupted")
                termination = termination or self._by_rules(step)
                if termination is not None:
                    return termination
        except BudgetSpent as spent:
            return Termination(spent.reason)
        except KeyboardInterrupt:
            if interrupt.times > 1 or self.best is None:
                raise
            return Termination("interrupted")
        finally:
            steps.close()

    def _accept(self, step: Step) -> Termination | None:
        """Record a step, keep it if it is the best, and call the observers; return the first of their Terminations."""
        self.last, validation_cost = step, nan
        try:
            if self.validation is not None:
                validation_cost = float(self.validation(step.theta))
        finally:  # the record ends with the iterate of the state, even if the validation is interrupted
            row = self.recorder.add(step, validation_cost)
        by_validation = self.rules.patience is not None
        self.best = better(self.best, step, validation_cost, by_validation=by_validation)
        answers = [observer(step, row) for observer in self.observers]
        return next((answer for answer in answers if isinstance(answer, Termination)), None)

    def _by_rules(self, step: Step) -> Termination | None:
        """Apply the stopping rules to an accepted step."""
        assert self.best is not None
        rows = self.recorder.rows
        previous = rows[-2] if len(rows) > 1 else None
        unit = self.recorder.unit_of_objective
        end = stop_by_rules(self.rules, rows[0], previous, rows[-1], self.best.iteration, unit)
        if end is not None and end.reason == "gradient_tolerance":
            self.noise = rounding(self.counted, step.theta, step.value)
            return confirmed(self.counted, step, end)
        return end

    def finish(self, method: Method, termination: Termination) -> Run:
        """Build the result."""
        assert self.last is not None
        assert self.best is not None
        best, last = self.best, self.last
        noise = max(self.noise, 10 * EPS * abs(best.value))
        if self.rules.patience is None and last.value <= best.value + noise:
            # Equal up to rounding: return the last iterate, whose gradient was compared with the tolerance.
            best = Best(last.iteration, last.theta, last.value, last.gradient, best.validation_cost)
        termination = at_result(termination, best.iteration, last.iteration)
        state = None
        if last.state is not None:
            state = Checkpoint.at(last.state.snapshot(), self.best)
        return Run(
            best.theta,
            best.value,
            best.gradient,
            termination,
            self.recorder.record(),
            state,
            method.name,
        )


def resolve_start(objective: Any, start: Any, name: str) -> tuple[Method, Any, Best | None]:
    """Determine the method, its start (theta or its State), and the best iterate so far (None for a new run)."""
    best = None
    if isinstance(start, Checkpoint):
        require_resumable(start)
        best, resumed, start = start.best, start.method, start.state
        if name not in ("auto", resumed):
            raise _other_method(resumed, name)
        name = resumed
    for method in METHODS.values():
        if method.state is not None and isinstance(start, method.state):
            require_declared("state", method.state, start, {})
            if name not in ("auto", method.name):
                raise _other_method(method.name, name)
            size = getattr(objective, "size", start.theta.size)
            if start.theta.size != size:
                raise ShapeMismatch(
                    f"the state has {start.theta.size} parameters but the objective expects {size}; "
                    "resume a run with its own objective"
                )
            return method, start, best
    theta = as_float(start, "start")  # (P,)
    size = getattr(objective, "size", theta.size)
    if theta.ndim != 1 or theta.size != size:
        raise ShapeMismatch(
            f"start has shape {theta.shape} but the objective expects a vector of {size} parameters: ({size},)"
        )
    return get(choose(objective, theta.size) if name == "auto" else name), theta, None


def _with_both(objective: Any) -> Objective:
    """Return the objective with value and value_and_gradient; the latter can be made from value and gradient."""
    functions = ("value", "gradient", "value_and_gradient")
    has = {name for name in functions if callable(getattr(objective, name, None))}
    if has >= {"value", "value_and_gradient"}:
        return objective
    if has == {"value", "gradient"}:
        return _Separate(objective.value, objective.gradient)
    missing = "value" if "value" not in has else "value_and_gradient"
    raise InvalidInput(
        f"a {type(objective).__name__} cannot be minimized: it has no method {missing}(theta); give an object "
        "whose value(theta) is a number and whose value_and_gradient(theta) is that number and the gradient, or, for a "
        "network of a class of your own, sn.foreign.from_object(network, X, y)"
    )


@dataclass(frozen=True)
class _Separate:
    """An objective made from an object with separate value and gradient."""

    value: Callable[[Array], float]
    gradient: Callable[[Array], Array]

    def value_and_gradient(self, theta: Array) -> tuple[float, Array]:
        return float(self.value(theta)), np.asarray(self.gradient(theta), dtype=np.float64)


def _other_method(resumed: str, name: str) -> InvalidInput:
    return InvalidInput(
        f"the state belongs to method {resumed!r} and cannot be resumed by {name!r}; "
        f"omit the method, or start {name!r} from the run's theta"
    )
