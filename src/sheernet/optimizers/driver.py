"""The one loop around every method: stopping, recording, validation, budgets, observers, Ctrl-C.

    for step in method: record it, keep the best, tell the observers, stop if a rule says so

A method knows none of this, and this knows no method.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, nan
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_float
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.optimizers.auto import choose
from sheernet.optimizers.counting import BudgetSpent, Counted, Counts
from sheernet.optimizers.interrupts import Interrupt, deferred_interrupt
from sheernet.optimizers.record import Record, Recorder, Row
from sheernet.optimizers.registry import METHODS, Method, check_options, get
from sheernet.optimizers.step import EPS, Objective, State, Step, Steps, Termination
from sheernet.optimizers.stopping import stop_by_rules
from sheernet.settings.stopping_rules import StoppingRules

Validation = Callable[[Array], float]
Observer = Callable[[Step, Row], object]


@dataclass(frozen=True, eq=False)
class Best:
    """The best iterate: with the lowest objective or, under patience, with the lowest validation cost."""

    iteration: int
    theta: Array  # (P,)
    value: float
    gradient: Array  # (P,)
    validation_cost: float


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What a run goes on from: the method, its State, and the best iterate so far.

    Pass it as the start of `minimize`, with the same objective.
    """

    method: str
    state: State
    best: Best


@dataclass(frozen=True, eq=False)
class Run:
    """What `minimize` returns.

    Parameters
    ----------
    theta : ndarray, (P,)
        The best iterate: the last one, unless an earlier one is lower (gd, adam) or patience chose it.  Read-only.
    objective : float
        The objective there.
    gradient : ndarray, (P,)
        Its gradient there.
    termination : Termination
        Why the run ended.
    record : Record
        A row per accepted iterate.
    state : Checkpoint or None
        To go on from the last iterate: minimize(objective, run.state).  None where that cannot be: after scipy:NAME.
    method : str
        The method that ran; for "auto" the one that was chosen.
    """

    theta: Array
    objective: float
    gradient: Array
    termination: Termination
    record: Record
    state: Checkpoint | None
    method: str


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
        With value(theta) -> float and value_and_gradient(theta) -> (float, (P,)).  lm also needs
        gauss_newton(theta) -> (float, (P,), (P, P)); batch sizes need weights (N,) and replace(weights=...).  Used
        where they are there: decay (P,), terms(theta), hessian_vector(theta, v).  It may return inf or nan.
    start : array_like, (P,), Checkpoint or State
        Where to begin; the state of an earlier run on the same objective resumes it, bit for bit.
    method : str
        "auto", "gd", "adam", "bfgs", "lbfgs", "lm" or "scipy:NAME".  When resuming, the method that ran.
    max_iter : int
        Iterations of this call; 0 evaluates the start.
    gradient_tolerance : float
        Stop when the largest absolute entry of the gradient is not above it.
    cost_tolerance : float
        Stop when an iteration changed the objective by no more than this, relatively; 0 never stops.
    max_evaluations : int, optional
        Evaluations of this call; never exceeded.
    time_limit : float, optional
        Seconds of this call; no evaluation begins after it, but for the first.
    target : float, optional
        Stop when the objective is at or below it.
    validation : callable, optional
        theta -> float, called for every row of the record.
    patience : int, optional
        Stop after so many iterations without a lower validation cost; the best iterate is then the one with the
        lowest.  Without patience the validation cost is recorded, and decides nothing.
    observers : sequence of callable
        Each is called with the Step and its row of the record, after each iteration.  A KeyboardInterrupt that it
        raises ends the run like Ctrl-C.
    keep_path : bool
        Whether the record keeps every theta.
    clock : callable
        Seconds from some origin.
    **options
        Of the method.

    Returns
    -------
    Run
        The best iterate, why the run ended, the record, and the state to go on from.

    Raises
    ------
    InvalidInput
        When a setting is not allowed or not known, or a state belongs to another method.
    ShapeMismatch
        When the start is not a vector, or not as long as the objective's.

    Notes
    -----
    Ctrl-C ends the run after the step at hand, with termination "interrupted" and everything found so far; a second
    one raises KeyboardInterrupt at once.  NumPy's floating-point warnings are off meanwhile.

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
    """Minimize as `minimize` does, with its stopping rules in one object; the other parameters are its own."""
    rules.require_validation(validation)
    chosen, begin, best = beginning(objective, start, method)
    check_options(chosen, options)
    seconds = inf if rules.time_limit is None else rules.time_limit
    counts = Counts(
        clock, clock(), max_evaluations=rules.max_evaluations or inf, time_limit=seconds
    )
    counted = Counted(objective, counts)
    loop = _Loop(rules, Recorder(objective, counts, keep_path), validation, tuple(observers), best)
    steps = chosen.run(counted, begin, **options)
    with deferred_interrupt() as interrupt, np.errstate(all="ignore"):
        termination = loop.run(steps, interrupt)
    if interrupt.times and termination.reason != "interrupted":
        termination = Termination("interrupted")
    return loop.finish(chosen, termination)


class _Loop:
    """One run: goes through the Steps, keeps the best and the record, and finds out when to stop."""

    def __init__(
        self,
        rules: StoppingRules,
        recorder: Recorder,
        validation: Validation | None,
        observers: tuple[Observer, ...],
        best: Best | None,
    ) -> None:
        self.rules = rules
        self.recorder = recorder
        self.validation = validation
        self.observers = observers
        self.best = best
        self.last: Step | None = None

    def run(self, steps: Steps, interrupt: Interrupt) -> Termination:
        """Run to the end, whatever ends it."""
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
        """Record a step, keep it if it is the best, show it, and ask the rules."""
        self.last, validation_cost = step, nan
        try:
            if self.validation is not None:
                validation_cost = float(self.validation(step.theta))
        finally:  # the record ends where the state does, even when the validation is interrupted
            row = self.recorder.add(step, validation_cost)
        if self.best is None or self._rank(step.value, validation_cost) < self._rank(
            self.best.value, self.best.validation_cost
        ):
            self.best = Best(step.iteration, step.theta, step.value, step.gradient, validation_cost)
        for observer in self.observers:
            observer(step, row)
        rows = self.recorder.rows
        previous = rows[-2] if len(rows) > 1 else None
        return stop_by_rules(self.rules, rows[0], previous, row, self.best.iteration)

    def _rank(self, value: float, validation_cost: float) -> float:
        rank = value if self.rules.patience is None else validation_cost
        return rank if isfinite(rank) else inf

    def finish(self, method: Method, termination: Termination) -> Run:
        """Put the result together."""
        assert self.last is not None
        assert self.best is not None
        best, last = self.best, self.last
        if self.rules.patience is None and last.value <= best.value + 10 * EPS * abs(best.value):
            # Equal to rounding: the last one has the smaller gradient, and is what the tolerance was met at.
            best = Best(last.iteration, last.theta, last.value, last.gradient, best.validation_cost)
        state = None
        if last.state is not None:
            state = Checkpoint(method.name, last.state.snapshot(), self.best)
        return Run(
            best.theta,
            best.value,
            best.gradient,
            termination,
            self.recorder.record(),
            state,
            method.name,
        )


def beginning(objective: Any, start: Any, name: str) -> tuple[Method, Any, Best | None]:
    """Find the method, what it starts from (theta or its State), and the best iterate so far."""
    best = None
    if isinstance(start, Checkpoint):
        best, resumed, start = start.best, start.method, start.state
        if name not in ("auto", resumed):
            raise _other_method(resumed, name)
        name = resumed
    for method in METHODS.values():
        if method.state is not None and isinstance(start, method.state):
            if name not in ("auto", method.name):
                raise _other_method(method.name, name)
            size = getattr(objective, "size", start.theta.size)
            if start.theta.size != size:
                raise ShapeMismatch(
                    f"the state is one of {start.theta.size} parameters but the objective expects {size}; "
                    "resume a run on the objective it ran on"
                )
            return method, start, best
    theta = as_float(start, "start")  # (P,)
    size = getattr(objective, "size", theta.size)
    if theta.ndim != 1 or theta.size != size:
        raise ShapeMismatch(
            f"start has shape {theta.shape} but the objective expects a vector of {size} parameters: ({size},)"
        )
    return get(choose(objective, theta.size) if name == "auto" else name), theta, None


def _other_method(resumed: str, name: str) -> InvalidInput:
    return InvalidInput(
        f"the state is one of method {resumed!r} and cannot be resumed by {name!r}; "
        f"leave the method out, or start {name!r} from the run's theta"
    )
