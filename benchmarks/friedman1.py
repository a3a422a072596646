"""Benchmark: time and final objective of whole fits on friedman1, by sheernet and other programs.

    python benchmarks/friedman1.py [--starts 10] [--rounds 3] [--without optimistix PyTorch] >> benchmarks/results.md

500 rows of scikit-learn's make_friedman1 with 5 inputs and noise 0.1, standardized; a 5-10-1 network of tanh units.
The objective is half the mean squared error plus 1e-4/2 times the sum of the squares of all weights and biases.  All
programs begin at the same starts, run on one thread in float64, and stop when the largest gradient entry is 1e-7 or by
a rule of their own.  Values and gradients are compared before anything is timed.

- SciPy: minimize(method="BFGS"), minimize(method="L-BFGS-B") and least_squares(method="lm") with plain backpropagation
  and the textbook Jacobian in NumPy.
- scikit-learn: MLPRegressor(solver="lbfgs").  It divides alpha by the number of rows and has no decay on biases; a
  subclass adds it, and sets the start.
- optimistix (JAX) and PyTorch's LBFGS with its strong Wolfe search, if installed; compilation is not timed.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from _measuring import heading, quartiles, restart_in_environment
from scipy.optimize import least_squares, minimize

import sheernet as sn

SIZES, DECAY, TOLERANCE, MAX_ITER = (5, 10, 1), 1e-4, 1e-7, 10_000
OUTPUT, N_WEIGHTS = 60, 60  # start of the output layer in theta; number of weights without biases


class Fit(NamedTuple):
    """How a fit ended."""

    seconds: float
    objective: float


Fitter = Callable[[np.ndarray], Fit]


class Reached(Exception):
    """Raised by a callback when the objective has reached its target."""


def data() -> tuple[np.ndarray, np.ndarray]:
    """Inputs (500, 5) and targets (500, 1), standardized."""
    from sklearn.datasets import make_friedman1

    X, y = make_friedman1(n_samples=500, n_features=SIZES[0], noise=0.1, random_state=0)
    y = y.reshape(-1, 1)
    return (X - X.mean(axis=0)) / X.std(axis=0), (y - y.mean(axis=0)) / y.std(axis=0)


class NumPyNetwork:
    """Plain backpropagation, and the Jacobian of the residuals, for SciPy."""

    def __init__(self, X: np.ndarray, y: np.ndarray) -> None:
        self.X, self.y = X, y

    def _forward(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        W1, b1 = theta[:50].reshape(5, 10), theta[50:60]
        W2, b2 = theta[60:70].reshape(10, 1), theta[70:]
        a = np.tanh(self.X @ W1 + b1)  # (N, 10)
        return W2, a, a @ W2 + b2 - self.y

    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """The objective and its gradient, (71,)."""
        W2, a, error = self._forward(theta)
        delta2 = error / len(self.X)
        delta1 = (delta2 @ W2.T) * (1.0 - a * a)
        parts = [self.X.T @ delta1, delta1.sum(axis=0), a.T @ delta2, delta2.sum(axis=0)]
        gradient = np.concatenate([part.ravel() for part in parts])
        value = 0.5 * float((error * error).mean()) + 0.5 * DECAY * float(theta @ theta)
        return value, gradient + DECAY * theta

    def residuals(self, theta: np.ndarray) -> np.ndarray:
        """Residuals, (N + 71,); half the sum of their squares is the objective."""
        error = self._forward(theta)[2] / np.sqrt(len(self.X))
        return np.concatenate([error.ravel(), np.sqrt(DECAY) * theta])

    def jacobian(self, theta: np.ndarray) -> np.ndarray:
        """Jacobian of the residuals, (N + 71, 71)."""
        W2, a, _ = self._forward(theta)
        n = len(self.X)
        delta1 = W2[:, 0] * (1.0 - a * a)  # (N, 10)
        by_W1 = (self.X[:, :, None] * delta1[:, None, :]).reshape(n, 50)
        J = np.hstack([by_W1, delta1, a, np.ones((n, 1))]) / np.sqrt(n)
        return np.vstack([J, np.sqrt(DECAY) * np.eye(theta.size)])


def sheernet(X: np.ndarray, y: np.ndarray, method: str, target: float | None = None) -> Fitter:
    """`train`, until it converges or reaches a target."""
    arch = sn.Architecture(SIZES)

    def fit(theta: np.ndarray) -> Fit:
        network = sn.Network(arch, theta)
        began = time.perf_counter()
        training = sn.train(
            network, X, y, method=method, decay=DECAY, max_iter=MAX_ITER, gradient_tolerance=TOLERANCE, target=target,
        )  # fmt: skip
        return Fit(time.perf_counter() - began, training.objective)

    return fit


def scipy(net: NumPyNetwork, method: str, target: float | None = None) -> Fitter:
    """SciPy's minimize, until it converges or reaches a target."""

    def watch(intermediate_result: Any) -> None:
        if target is not None and intermediate_result.fun <= target:
            raise Reached

    options = {"maxiter": MAX_ITER, "gtol": TOLERANCE}
    if method == "L-BFGS-B":
        options |= {"ftol": 0.0, "maxfun": 10 * MAX_ITER}

    def fit(theta: np.ndarray) -> Fit:
        began, end = time.perf_counter(), target
        with suppress(Reached):
            end = minimize(
                net.value_and_gradient, theta, jac=True, method=method, options=options,
                callback=None if target is None else watch,
            ).fun  # fmt: skip
        return Fit(time.perf_counter() - began, float(end))

    return fit


def scipy_lm(net: NumPyNetwork) -> Fitter:
    """SciPy's least_squares with MINPACK's Levenberg-Marquardt."""

    def fit(theta: np.ndarray) -> Fit:
        began = time.perf_counter()
        found = least_squares(net.residuals, theta, net.jacobian, method="lm", gtol=TOLERANCE)
        return Fit(time.perf_counter() - began, float(found.cost))

    return fit


def scikit_learn(X: np.ndarray, y: np.ndarray) -> Fitter:
    """scikit-learn's lbfgs, with this objective and a given start."""
    from sklearn.neural_network import MLPRegressor

    class Started(MLPRegressor):
        theta: np.ndarray

        def _init_coef(
            self, fan_in: int, fan_out: int, dtype: type
        ) -> tuple[np.ndarray, np.ndarray]:
            place = 0 if fan_in == SIZES[0] else OUTPUT
            middle, end = place + fan_in * fan_out, place + (fan_in + 1) * fan_out
            W = self.theta[place:middle].reshape(fan_in, fan_out)
            return W.copy(), self.theta[middle:end].copy()

        def _loss_grad_lbfgs(self, packed: np.ndarray, *arguments: Any) -> tuple[float, np.ndarray]:
            value, gradient = super()._loss_grad_lbfgs(packed, *arguments)
            biases = packed[N_WEIGHTS:]  # scikit-learn stores them after all weights
            gradient[N_WEIGHTS:] += DECAY * biases
            return value + 0.5 * DECAY * float(biases @ biases), gradient

    def fit(theta: np.ndarray) -> Fit:
        mlp = Started(
            hidden_layer_sizes=SIZES[1:-1], activation="tanh", solver="lbfgs", alpha=DECAY * len(X), tol=TOLERANCE,
            max_iter=MAX_ITER, max_fun=10 * MAX_ITER,
        )  # fmt: skip
        mlp.theta = theta
        began = time.perf_counter()
        mlp.fit(X, y.ravel())
        return Fit(time.perf_counter() - began, float(mlp.loss_))

    return fit


def optimistix(X: np.ndarray, y: np.ndarray, method: str) -> Fitter:
    """optimistix's BFGS or Levenberg-Marquardt, compiled before timing."""
    import jax
    import optimistix as optx

    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy

    def residuals(theta: Any, _: Any) -> Any:
        W1, b1, W2, b2 = theta[:50].reshape(5, 10), theta[50:60], theta[60:70], theta[70]
        error = (jnp.tanh(X @ W1 + b1) @ W2 + b2 - y[:, 0]) / np.sqrt(len(X))
        return jnp.concatenate([error, np.sqrt(DECAY) * theta])

    def value(theta: Any, _: Any) -> Any:
        r = residuals(theta, None)
        return 0.5 * (r * r).sum()

    @jax.jit
    def solve(theta: Any) -> tuple[Any, Any]:
        if method == "BFGS":
            solver, run, f = optx.BFGS(1e-8, 1e-8), optx.minimise, value
        else:
            solver, run, f = optx.LevenbergMarquardt(1e-8, 1e-8), optx.least_squares, residuals
        found = run(f, solver, theta, max_steps=MAX_ITER, throw=False).value
        return found, value(found, None)

    jax.block_until_ready(solve(jnp.zeros(71)))

    def fit(theta: np.ndarray) -> Fit:
        began = time.perf_counter()
        _, end = jax.block_until_ready(solve(jnp.asarray(theta)))
        return Fit(time.perf_counter() - began, float(end))

    return fit


def pytorch(X: np.ndarray, y: np.ndarray) -> Fitter:
    """PyTorch's LBFGS with its strong Wolfe line search."""
    import torch

    torch.set_num_threads(1)
    inputs, targets = torch.from_numpy(X), torch.from_numpy(y[:, 0])

    def value(theta: Any) -> Any:
        W1, b1, W2, b2 = theta[:50].reshape(5, 10), theta[50:60], theta[60:70], theta[70]
        error = torch.tanh(inputs @ W1 + b1) @ W2 + b2 - targets
        return 0.5 * (error * error).mean() + 0.5 * DECAY * (theta * theta).sum()

    def fit(theta: np.ndarray) -> Fit:
        began = time.perf_counter()
        weights = torch.tensor(theta, requires_grad=True)
        optimizer = torch.optim.LBFGS(
            [weights], max_iter=MAX_ITER, tolerance_grad=TOLERANCE, line_search_fn="strong_wolfe"
        )

        def closure() -> Any:
            optimizer.zero_grad()
            objective = value(weights)
            objective.backward()
            return objective

        optimizer.step(closure)
        return Fit(time.perf_counter() - began, float(value(weights)))

    return fit


OURS = ("lm", "bfgs", "lbfgs")


def programs(X: np.ndarray, y: np.ndarray, without: list[str]) -> dict[str, Fitter]:
    """All installed programs, by name."""
    net = NumPyNetwork(X, y)
    fitters = {f"sheernet {method}": sheernet(X, y, method) for method in OURS}
    fitters |= {f"SciPy {method}": scipy(net, method) for method in ("BFGS", "L-BFGS-B")}
    fitters |= {"SciPy least_squares lm": scipy_lm(net), "scikit-learn lbfgs": scikit_learn(X, y)}
    for name, make in {
        "optimistix BFGS": lambda: optimistix(X, y, "BFGS"),
        "optimistix LM": lambda: optimistix(X, y, "LM"),
        "PyTorch LBFGS": lambda: pytorch(X, y),
    }.items():
        if name.split()[0] in without:
            continue
        try:
            fitters[name] = make()
        except ImportError as missing:
            print(f"{name} is left out: it needs {missing.name}\n")
    return fitters


def check_objectives(X: np.ndarray, y: np.ndarray, theta: np.ndarray) -> None:
    """Check that SciPy and sheernet minimize the same function; the others report their final objectives."""
    objective = sn.make_objective(sn.Architecture(SIZES), X, y, decay=DECAY)
    net = NumPyNetwork(X, y)
    value, gradient = objective.value_and_gradient(theta)
    f, g = net.value_and_gradient(theta)
    r, J = net.residuals(theta), net.jacobian(theta)
    for found in (f, 0.5 * float(r @ r)):
        assert abs(found - value) < 1e-13 * value
    for found in (g, J.T @ r):
        assert np.abs(found - gradient).max() < 1e-12 * np.abs(gradient).max()


def measured(
    fitters: dict[str, Fitter], starts: list[np.ndarray], rounds: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Median seconds and final objective of each program from each start; programs alternate."""
    seconds: dict[str, list[float]] = {name: [] for name in fitters}
    objectives: dict[str, list[float]] = {name: [] for name in fitters}
    for theta in starts:
        fits = [{name: fit(theta) for name, fit in fitters.items()} for _ in range(rounds)]
        for name in fitters:
            seconds[name].append(float(np.median([done[name].seconds for done in fits])))
            objectives[name].append(fits[-1][name].objective)
    return _arrays(seconds), _arrays(objectives)


def _arrays(lists: dict[str, list[float]]) -> dict[str, np.ndarray]:
    return {name: np.array(values) for name, values in lists.items()}


def report_ends(seconds: dict[str, np.ndarray], objectives: dict[str, np.ndarray]) -> None:
    print(
        "| | ms per fit | median final objective | lowest | highest | time relative to sheernet lm |"
    )
    print("|---|---|---|---|---|---|")
    for name, ends in objectives.items():
        cells = " | ".join(f"{number:.6f}" for number in (np.median(ends), ends.min(), ends.max()))
        ratio = quartiles(seconds[name] / seconds["sheernet lm"])
        print(f"| {name} | {quartiles(seconds[name], 1e3)} | {cells} | {ratio} |")
    medians = {name: np.median(ends) for name, ends in objectives.items() if "sheernet" not in name}
    best = min(medians, key=medians.__getitem__)
    ratio = np.median(seconds["SciPy least_squares lm"]) / np.median(seconds["sheernet lm"])
    lowest, ours = f"{medians[best]:.6f}", f"{np.median(objectives['sheernet lm']):.6f}"
    print(
        f"\nUntil it stops, SciPy's least_squares lm takes {ratio:.3g} times as long as lm (medians)."
    )
    print(f"Median final objectives: lm {ours}; the best other program, {best}, {lowest}.")


def report_lm_to_a_target(
    X: np.ndarray, y: np.ndarray, starts: list[np.ndarray], rounds: int, target: float
) -> None:
    """The time of lm to the median final objective of scikit-learn's lbfgs, and of scikit-learn's whole fit."""
    pair = {"sheernet": sheernet(X, y, "lm", target), "scikit-learn": scikit_learn(X, y)}
    seconds, objectives = measured(pair, starts, rounds)
    there = objectives["sheernet"] <= target
    ours = np.median(np.where(there, seconds["sheernet"], np.inf))
    ratio = np.median(seconds["scikit-learn"]) / ours
    share = f"{there.sum()} of {there.size} starts"
    print(
        f"lm reaches {target:.6f}, scikit-learn's median, from {share}, after {1e3 * ours:.3g} ms (median);",
        end=" ",
    )
    print(f"scikit-learn's fit takes {ratio:.3g} times as long.")


def report_same_objective(
    X: np.ndarray, y: np.ndarray, starts: list[np.ndarray], rounds: int, ends: dict[str, np.ndarray]
) -> None:
    """bfgs and lbfgs against SciPy's, each pair until both reach the higher of their two final objectives."""
    net = NumPyNetwork(X, y)
    for ours, theirs in (("bfgs", "BFGS"), ("lbfgs", "L-BFGS-B")):
        ratios = []
        for i, theta in enumerate(starts):
            target = float(max(ends[f"sheernet {ours}"][i], ends[f"SciPy {theirs}"][i]))
            pair = {"ours": sheernet(X, y, ours, target), "theirs": scipy(net, theirs, target)}
            seconds, objectives = measured(pair, [theta], rounds)
            assert max(objectives["ours"][0], objectives["theirs"][0]) <= target
            ratios.append(seconds["theirs"][0] / seconds["ours"][0])
        print(
            f"To the same objective, SciPy's {theirs} takes {quartiles(ratios)} times as long as {ours}."
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without", nargs="*", default=[], help="programs to leave out")
    given = parser.parse_args()
    restart_in_environment()
    warnings.simplefilter("ignore")  # scikit-learn warns that fits did not converge
    X, y = data()
    starts = [
        np.array(sn.Network.random(sn.Architecture(SIZES), seed=i).theta)
        for i in range(given.starts)
    ]
    check_objectives(X, y, starts[0])
    peers = ("scipy", "scikit-learn", "jax", "optimistix", "torch")
    print(heading(sn.engines.describe(), *peers, rounds=given.rounds))
    fitters = programs(X, y, given.without)
    seconds, objectives = measured(fitters, starts, given.rounds)
    report_ends(seconds, objectives)
    target = float(np.median(objectives["scikit-learn lbfgs"]))
    report_lm_to_a_target(X, y, starts, given.rounds, target)
    report_same_objective(X, y, starts, given.rounds, objectives)


if __name__ == "__main__":
    main()
