"""Run jobs in C++, several at a time: convert settings, states and results, and report progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from functools import cached_property
from math import inf, isnan
from typing import Any, Self

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.declared_fields import LARGEST_COUNT
from sheernet.foundation.interrupts import Interrupt, deferred_interrupt
from sheernet.foundation.memory import at_a_time, require_room_for
from sheernet.foundation.no_fork import NO_FORK
from sheernet.network import compiled_extension
from sheernet.objective.engines.compiled_engine import CompiledEngine
from sheernet.objective.engines.threads import blas_threads
from sheernet.optimizers import Best, Checkpoint, Record, Run, Termination, get
from sheernet.optimizers.bfgs import MATRICES as BFGS_MATRICES
from sheernet.optimizers.bfgs import RENEWED_UP_TO, BFGSState
from sheernet.optimizers.hybrid import HybridState
from sheernet.optimizers.lbfgs import LBFGSState, Pair
from sheernet.optimizers.lm import MATRICES as LM_MATRICES
from sheernet.optimizers.lm import LMState, QuadraticModel
from sheernet.optimizers.record import COLUMNS, INTEGER_COLUMNS
from sheernet.optimizers.registry import AnyState
from sheernet.optimizers.stopping import at_result, termination_by
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.training.jobs.job import BestPoint, RunContext, Status
from sheernet.training.jobs.job_results import Fits

METHODS = ("bfgs", "lbfgs", "lm", "hybrid")
NEED_LAPACK = ("lm", "hybrid")
_REST_OF_LM = ("damping", "growth", "scales", "values", "reference")
"""Fields of LMState in addition to the iteration and the model."""


def can_run(objectives: Sequence[Any], method: str, validation: Any) -> bool:
    """Whether jobs of these objectives, method and validation can run in C++."""
    if compiled_extension.NATIVE is None or method not in METHODS:
        return False
    evaluated = [*objectives, *([] if validation is None else [validation])]
    if not all(isinstance(objective, CompiledEngine) for objective in evaluated):
        return False
    return method not in NEED_LAPACK or _solves(objectives[0].size)


def _solves(size: int) -> bool:
    """Whether lm in C++ can solve systems of this size: by loops of the extension, or by SciPy's BLAS and LAPACK."""
    if size <= compiled_extension.NATIVE.LARGEST_WITHOUT_LAPACK:
        return True
    return bool(compiled_extension.NATIVE.use_lapack(lapack_functions()))


def lapack_functions() -> dict[str, Any]:
    """Return SciPy's functions that `use_lapack` of the extension takes."""
    with NO_FORK:
        from scipy.linalg import cython_blas, cython_lapack

    found = {name: cython_lapack.__pyx_capi__[name] for name in ("dpotrf", "dpotrs")}
    return found | {name: cython_blas.__pyx_capi__[name] for name in ("dtrsm", "dsyrk", "dgemm")}


def fit_compiled(
    objectives: Sequence[Any],
    starts: Sequence[Array | Checkpoint],
    method: str,
    rules: StoppingRules,
    options: Mapping[str, Any],
    context: RunContext,
) -> Fits:
    """Run jobs in C++; the arguments are those of `fit_jobs`, already checked."""
    size = objectives[0].size
    settings = _settings(objectives[0], len(starts), method, rules, options, context)
    thetas = np.array([s.state.theta if isinstance(s, Checkpoint) else s for s in starts])  # (n, P)
    resumed = {
        job: (_fields(start.state), tuple(vars(start.best).values()))
        for job, start in enumerate(starts)
        if isinstance(start, Checkpoint)
    }
    # LAPACK runs on one thread, because the rounding of a factorization depends on the number of threads.
    uses_lapack = size > compiled_extension.NATIVE.LARGEST_WITHOUT_LAPACK and (
        method in NEED_LAPACK or settings.get("renew", False)
    )
    with blas_threads(1) if uses_lapack else nullcontext(), ProgressPoller(context) as poll:
        fits = compiled_extension.NATIVE.fit(
            list(objectives),
            [each.standard_units for each in objectives],
            context.validation,
            thetas,
            resumed,
            settings,
            poll,
        )
    if len(fits) == 0:
        raise KeyboardInterrupt  # before the first point, so there is no result
    reasons = tuple(fits.reasons)
    if poll.interrupted and "interrupted" not in reasons:  # Ctrl-C after the last poll
        reasons = (*reasons[:-1], "interrupted")
    objectives_, iterations, seconds, validation_costs, first_objectives = fits.ends
    return Fits(
        objectives_,
        reasons,
        iterations.astype(np.int64),
        seconds,
        validation_costs,
        first_objectives,
        fits.best_job,
        run=lambda job: _run(
            fits, job, method, termination_by(rules, reasons[job]), context.keep_path
        ),
    )


def _settings(
    objective: Any,
    n_jobs: int,
    method: str,
    rules: StoppingRules,
    options: Mapping[str, Any],
    context: RunContext,
) -> dict[str, Any]:
    """Return the settings for C++; raise if there is not enough memory."""
    size, threads = objective.size, objective.threads
    # One of lm's matrices is the result of gauss_newton, which needs further matrices for its computation.
    of_lm = LM_MATRICES - 1 + objective.gauss_newton_matrices
    of_methods = {"bfgs": BFGS_MATRICES, "lbfgs": 0, "lm": of_lm, "hybrid": of_lm + BFGS_MATRICES}
    matrices = of_methods[method]
    stored = 1 if matrices and n_jobs > 1 else 0  # matrix in the state of the best job so far
    if matrices:
        require_room_for(method, size, matrices + stored)
    return {
        **_options(method, options, size),
        "method": method,
        "max_iter": min(rules.max_iter, LARGEST_COUNT),
        "gradient_tolerance": rules.gradient_tolerance,
        "cost_tolerance": rules.cost_tolerance,
        "max_evaluations": _limit(rules.max_evaluations, inf),
        "time_limit": _limit(rules.time_limit, inf),
        "target": _limit(rules.target, -inf),
        "patience": min(rules.patience or 0, LARGEST_COUNT),
        "keep_path": context.keep_path,
        "only_best": context.only_best,
        "threads": threads,
        "at_a_time": at_a_time(size, matrices, threads, stored),
    }


class ProgressPoller:
    """Callback that C++ calls every 50 ms: it reports progress and the best point, and ends the fits after Ctrl-C.

    The signal handler is installed in the first call: earlier, this would take a tenth of the time of a short fit.
    """

    def __init__(self, context: RunContext) -> None:
        self.report_progress = context.report_progress
        self.best_points = [each for each in context.observers if isinstance(each, BestPoint)]
        self.later = ExitStack()
        self.interrupt: Interrupt | None = None

    def __call__(
        self, job: int, finished: int, iteration: float, value: float, norm: float,
        leading: Callable[[], Array],
    ) -> bool:  # fmt: skip
        """Report the progress; return whether the fits should continue."""
        if self.interrupt is None:
            self.interrupt = self.later.enter_context(deferred_interrupt())
        if self.report_progress is not None:
            self.report_progress(Status(job, finished, int(iteration), value, norm))
        if not isnan(value):  # a first point is known
            for each in self.best_points:
                each.tell(leading)
        return not self.interrupted

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self.interrupt is not None and self.interrupt.times > 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.later.close()


def _options(method: str, options: Mapping[str, Any], size: int) -> dict[str, Any]:
    """Check the options of a method; return all options, with the defaults of its Python function."""
    known = get(method)
    assert known.check is not None
    chosen = {**known.defaults, **options}
    known.check(**chosen)
    chosen["polish"] = bool(chosen["polish"])  # not NumPy's
    if method in ("bfgs", "hybrid"):
        renews = bool(chosen.get("renew", True))
        chosen["renew"] = renews and size <= RENEWED_UP_TO and _solves(size)
    return {
        name: min(value, LARGEST_COUNT) if isinstance(value, int) else value
        for name, value in chosen.items()
    }


class LazyCheckpoint(Checkpoint):
    """A checkpoint whose state stays in C++ until it is read, because most checkpoints are never used."""

    @classmethod
    def of(cls, method: str, fits: Any, job: int) -> Self:
        """Return the checkpoint of a job."""
        checkpoint = cls.__new__(cls)
        vars(checkpoint).update(method=method, fits=fits, job=job)
        return checkpoint

    def __reduce__(self) -> tuple[type[Checkpoint], tuple[str, AnyState, Best]]:
        return Checkpoint, (self.method, self.state, self.best)

    @cached_property
    def state(self) -> AnyState:
        """The State, read from C++."""
        fits, job = vars(self)["fits"], vars(self)["job"]
        return _state(self.method, fits.state(job))

    @cached_property
    def best(self) -> Best:
        """The best iterate so far, read from C++."""
        fits, job = vars(self)["fits"], vars(self)["job"]
        return Best(*fits.best(job))


def _run(fits: Any, job: int, method: str, termination: Termination, keep_path: bool) -> Run:
    iteration, theta, value, gradient, _ = fits.result(job)
    for array in (theta, gradient):
        array.flags.writeable = False
    record = _record(fits.columns(job), fits.path(job) if keep_path else None)
    return Run(
        theta,
        value,
        gradient,
        at_result(termination, iteration, int(record.iteration[-1])),
        record,
        LazyCheckpoint.of(method, fits, job) if fits.has_state(job) else None,
        method,
    )


def _record(numbers: Array, path: Array | None) -> Record:
    """Return a record from its columns, (columns, rows)."""
    columns: dict[str, Any] = dict(zip(COLUMNS, numbers, strict=True))
    for name in INTEGER_COLUMNS:
        columns[name] = columns[name].astype(np.int64)
    return Record(**columns, path=path)


def _state(method: str, fields: dict[str, Any]) -> AnyState:
    if method == "hybrid":
        finishing = fields.pop("finishing")
        phase: Any = _state("bfgs" if "fresh" in fields else "lm", fields)
        return HybridState(phase, finishing)
    if method == "bfgs":
        return BFGSState(**fields)
    if method == "lbfgs":
        return LBFGSState(**{**fields, "pairs": tuple(Pair(*pair) for pair in fields["pairs"])})
    point = (fields[name] for name in ("theta", "value", "gradient", "matrix"))
    rest = {name: fields[name] for name in _REST_OF_LM}
    return LMState(
        fields["iteration"], QuadraticModel(*point), **rest | {"values": tuple(fields["values"])}
    )


def _fields(state: Any) -> dict[str, Any]:
    """Return the fields of a State as a dictionary for C++; the inverse of `_state`."""
    if isinstance(state, HybridState):
        return _fields(state.phase) | {"finishing": state.finishing}
    fields = dict(vars(state))
    if isinstance(state, LBFGSState):
        fields["pairs"] = [tuple(pair) for pair in state.pairs]
    if isinstance(state, LMState):
        fields |= vars(fields.pop("model"))
    return fields


def _limit(limit: float | None, unlimited: float) -> float:
    return unlimited if limit is None else float(limit)
