"""The methods of scipy.optimize.minimize ("scipy:NAME") as generators of Steps.

SciPy's loop runs unchanged, so the iterates are bitwise equal to SciPy's.  A second thread turns the loop into a
generator: SciPy runs in it, and waits in its callback until the next Step is requested.  Only one of the two threads
runs at a time.

Source: SciPy's documentation of scipy.optimize.minimize.  Deviations from the source:

1. For methods that use gradients, SciPy's tolerances and limits are disabled (0 or very large) unless given as options,
   so that the driver's rules apply.  Methods without gradients keep SciPy's tolerances.
2. An iterate whose value or gradient is not finite ends the run with `non_finite`.
3. If SciPy did not request the gradient at an iterate, the gradient is evaluated for the Step.
4. Hessian-vector products are passed to the methods that use them, if the objective has them.
5. There is no State: the internal variables of SciPy's loop cannot be resumed.
"""

from __future__ import annotations

import contextvars
import threading
from collections import deque
from dataclasses import dataclass
from math import nan
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.no_fork import NO_FORK
from sheernet.foundation.sentences import Setting
from sheernet.optimizers.optimizer_protocol import (
    Differentiable,
    Step,
    Steps,
    Termination,
    freeze,
    is_finite,
)

_MANY = 2**31 - 1
_NO_LIMITS: dict[str, dict[str, Any]] = {
    "Nelder-Mead": {"maxiter": _MANY, "maxfev": _MANY},
    "Powell": {"maxiter": _MANY, "maxfev": _MANY},
    "CG": {"gtol": 0.0, "maxiter": _MANY},
    "BFGS": {"gtol": 0.0, "maxiter": _MANY},
    "Newton-CG": {"xtol": 0.0, "maxiter": _MANY},
    "L-BFGS-B": {"gtol": 0.0, "ftol": 0.0, "maxiter": _MANY, "maxfun": _MANY},
    "TNC": {"gtol": 0.0, "ftol": 0.0, "xtol": 0.0, "maxfun": _MANY},
    "COBYLA": {"maxiter": 10**6},
    "COBYQA": {"maxiter": 10**6, "maxfev": 10**6},
    "SLSQP": {"ftol": 1e-30, "maxiter": 10**6},
    "trust-constr": {"gtol": 0.0, "xtol": 1e-16, "maxiter": _MANY},
    "dogleg": {"gtol": 0.0, "maxiter": _MANY},
    "trust-ncg": {"gtol": 0.0, "maxiter": _MANY},
    "trust-exact": {"gtol": 0.0, "maxiter": _MANY},
    "trust-krylov": {"gtol": 0.0, "maxiter": _MANY},
}
SCIPY_METHODS: tuple[str, ...] = tuple(_NO_LIMITS)
"""The methods of scipy.optimize.minimize, in SciPy's spelling."""

_WITHOUT_GRADIENT = {"Nelder-Mead", "Powell", "COBYLA", "COBYQA"}
_WITH_PRODUCT = {"Newton-CG", "trust-ncg", "trust-krylov"}  # hessp; optional for the first
_WITH_HESSIAN = {"dogleg", "trust-exact"}
_NEEDS_HESSIAN = {"trust-ncg", "trust-krylov", "dogleg", "trust-exact"}


def spell(name: str) -> str:
    """Return the name of a method in SciPy's spelling, ignoring case."""
    for spelled in SCIPY_METHODS:
        if spelled.lower() == name.lower():
            return spelled
    raise unknown_name("SciPy method", name, SCIPY_METHODS)


def scipy_method(objective: Differentiable, start: Array, *, name: str, **options: Any) -> Steps:
    """Minimize by a method of scipy.optimize.minimize.

    Parameters
    ----------
    objective : object
        Has value(theta) and value_and_gradient(theta); for some methods hessian_vector(theta, v).
    start : ndarray, (P,)
        The start.
    name : str
        The method, such as "BFGS" or "L-BFGS-B".
    **options
        SciPy's options of this method.

    Yields
    ------
    Step
        The start, then one per callback of SciPy; step_length and damping are nan, state is None.

    Returns
    -------
    Termination
        The reason why SciPy's loop ended, with SciPy's message.

    Raises
    ------
    InvalidInput
        If the method needs Hessians and the objective has none.
    """
    method = spell(name)
    if method in _NEEDS_HESSIAN and not hasattr(objective, "hessian_vector"):
        raise InvalidInput(
            "method 'scipy:{}' requires an objective with hessian_vector(theta, v); use {}",
            method, Setting("method", "scipy:BFGS"),
        )  # fmt: skip
    loop = _SciPyThread(objective, method, options)
    theta = np.array(start, dtype=np.float64)  # (P,)
    point = loop.evaluate(theta)
    iteration = 0
    yield _step(iteration, point)
    if not is_finite(point.value, point.gradient):
        return Termination("non_finite")
    loop.start(theta)
    try:
        while isinstance(reply := loop.next(), _Point):
            if not is_finite(reply.value, reply.gradient):
                return Termination("non_finite")
            point, iteration = reply, iteration + 1
            yield _step(iteration, point)
    finally:
        loop.stop()
    return _termination(method, options, reply, point)


@dataclass(frozen=True, eq=False)
class _Point:
    theta: Array
    value: float
    gradient: Array

    def __post_init__(self) -> None:
        freeze(self, "theta", "gradient")


class _Stopped(BaseException):
    """Raised to end SciPy's loop; SciPy does not catch BaseException."""


class _SciPyThread:
    """SciPy's loop in its thread, one callback at a time."""

    def __init__(self, objective: Differentiable, method: str, options: dict[str, Any]) -> None:
        self.objective = objective
        self.method = method
        self.options = {**_NO_LIMITS[method], **options}
        self.last: _Point | None = None  # passed to the generator last
        self.recent: deque[_Point] = deque(maxlen=32)  # the latest evaluations since then
        # To the generator: points, then a result or an exception.
        self.steps: SimpleQueue[Any] = SimpleQueue()
        self.turns: SimpleQueue[bool] = SimpleQueue()  # to SciPy: True to continue
        self.waiting = False  # whether SciPy waits for its turn
        self.stopped = False

    def start(self, theta: Array) -> None:
        """Start SciPy in a daemon thread with the context of the caller (np.errstate)."""
        context = contextvars.copy_context()
        self.thread = threading.Thread(target=context.run, args=(self._run, theta), daemon=True)
        self.thread.start()

    def next(self) -> Any:
        """Wait for the next iterate or SciPy's result; raise the exceptions of the objective."""
        if self.waiting:
            self.waiting = False
            self.turns.put(True)
        reply = self._wait()
        self.waiting = isinstance(reply, _Point)
        if isinstance(reply, BaseException):
            raise reply
        return reply

    def _wait(self) -> Any:
        """Wait in short intervals, so that signal handlers can run in between."""
        while True:
            try:
                return self.steps.get(timeout=0.1)
            except Empty:
                continue

    def stop(self) -> None:
        """End the thread: immediately if SciPy waits, otherwise (an interruption) before its next evaluation."""
        self.stopped = True
        self.turns.put(False)
        if self.waiting:
            self.thread.join()

    def evaluate(self, theta: Array) -> _Point:
        """Return the value and gradient at theta, evaluated once even if SciPy requests them repeatedly."""
        if self.stopped:
            raise _Stopped
        for point in reversed(self.recent):
            if np.array_equal(point.theta, theta):
                return point
        point = _Point(theta.copy(), *self.objective.value_and_gradient(theta))
        self.recent.append(point)
        return point

    def _run(self, theta: Array) -> None:
        """Run SciPy's loop, in the second thread."""
        with NO_FORK:
            from scipy.optimize import minimize

        try:
            result = minimize(
                x0=theta,
                method=self.method,
                callback=self._callback,
                options=self.options,
                **self._functions(),
            )
            if self.last is None or not np.array_equal(result.x, self.last.theta):
                self._callback(result.x)
            self.steps.put(result)
        except _Stopped:
            pass
        except BaseException as error:
            self.steps.put(error)

    def _callback(self, theta: Array, *_: Any) -> None:
        """Pass an iterate to the generator and wait."""
        point = self.evaluate(np.array(theta, dtype=np.float64))
        self.last = point
        self.recent.clear()
        self.recent.append(point)
        self.steps.put(point)
        if not self.turns.get():
            raise _Stopped

    def _functions(self) -> dict[str, Any]:
        """Return the functions for SciPy: fun, and jac, hess or hessp if the method uses them."""
        if self.method in _WITHOUT_GRADIENT:
            return {"fun": self._value}
        given: dict[str, Any] = {"fun": self._value_and_gradient, "jac": True}
        objective: Any = self.objective
        if hasattr(objective, "hessian_vector"):
            if self.method in _WITH_PRODUCT:
                given["hessp"] = objective.hessian_vector
            if self.method in _WITH_HESSIAN:
                given["hess"] = self._hessian
        return given

    def _value(self, theta: Array) -> float:
        if self.stopped:
            raise _Stopped
        return self.objective.value(theta)

    def _value_and_gradient(self, theta: Array) -> tuple[float, Array]:
        point = self.evaluate(theta)
        return point.value, point.gradient.copy()

    def _hessian(self, theta: Array) -> Array:
        """Return the Hessian (P, P), computed column by column."""
        objective: Any = self.objective
        return np.column_stack(
            [objective.hessian_vector(theta, unit) for unit in np.eye(theta.size)]
        )


def _termination(method: str, options: dict[str, Any], result: Any, point: _Point) -> Termination:
    """Return the reason why SciPy's loop ended, with SciPy's message."""
    message = f"SciPy's {method}: {result.message}"
    if not np.isfinite(result.fun):
        return Termination("non_finite", message)
    if not result.success:
        limited = "maxiter" in options and result.get("nit", 0) >= options["maxiter"]
        return Termination("max_iterations" if limited else "line_search_failed", message)
    if np.abs(point.gradient).max() <= options.get("gtol", 0.0):
        return Termination("gradient_tolerance", message)
    own = method in _WITHOUT_GRADIENT or {"ftol", "xtol", "xrtol", "tol"} & options.keys()
    return Termination("cost_tolerance" if own else "precision_reached", message)


def _step(iteration: int, point: _Point) -> Step:
    return Step(iteration, point.theta, point.value, point.gradient, nan, nan, None)
