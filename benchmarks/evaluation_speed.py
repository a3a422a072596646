"""Benchmark: the speed of value and gradient, compiled engine against NumPy, scikit-learn and JAX.

    python benchmarks/evaluation_speed.py [--rounds 15] >> benchmarks/results.md

Half the mean squared error of a network with an identity output, float64; one thread, except in the last column.
Ratios are medians and quartiles over rounds in which sheernet and another program run one after the other.  Each pair
has its own process: after an array of 8 MB had been freed, malloc treated NumPy's arrays differently, and NumPy took
half the time at 10 000 rows or less.  The programs:

- NumPy: plain backpropagation, below, on one BLAS thread.
- scikit-learn: one iteration of MLPRegressor(solver="lbfgs", alpha=0), measured from its first evaluation to its last,
  without the setup of the fit.  An iteration is about one evaluation and an L-BFGS step.
- JAX, if installed: jit of value_and_grad, compiled before; the time includes waiting for the result.
- DGEMM: the rate at which NumPy's BLAS multiplies matrices of order 1000 on one thread.  An evaluation counts as 6 N P
  operations: for each weight and row two forward and four backward.

Values and gradients of all programs are compared before they are timed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from _measuring import alternating, environment, heading, seconds
from threadpoolctl import threadpool_limits

import sheernet as sn

SHAPES = [
    (3, (2, 3, 1)),
    (500, (5, 10, 1)),
    (10_000, (10, 32, 1)),
    (100_000, (20, 64, 64, 1)),
]
ACTIVATIONS = {
    "tanh": (np.tanh, lambda a: 1.0 - a * a),
    "sigmoid": (lambda z: 1.0 / (1.0 + np.exp(-z)), lambda a: a * (1.0 - a)),
    "relu": (lambda z: np.maximum(z, 0.0), lambda a: (a > 0.0).astype(float)),
}

Program = Callable[[], tuple[float, np.ndarray]]


class NumPyNetwork:
    """Plain backpropagation as in textbooks."""

    def __init__(self, sizes: tuple[int, ...], hidden: str, X: np.ndarray, y: np.ndarray) -> None:
        self.sizes, self.X, self.y = sizes, X, y
        self.activation, self.slope = ACTIVATIONS[hidden]

    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Half the mean squared error and its gradient, (P,)."""
        weights, biases, place = [], [], 0
        for n_in, n_out in zip(self.sizes, self.sizes[1:], strict=False):
            weights.append(theta[place : place + n_in * n_out].reshape(n_in, n_out))
            place += n_in * n_out
            biases.append(theta[place : place + n_out])
            place += n_out
        activations = [self.X]
        for W, b in zip(weights[:-1], biases[:-1], strict=True):
            activations.append(self.activation(activations[-1] @ W + b))
        error = activations[-1] @ weights[-1] + biases[-1] - self.y
        delta, parts = error / len(self.X), []
        for layer in reversed(range(len(weights))):
            parts += [delta.sum(axis=0), (activations[layer].T @ delta).ravel()]
            if layer:
                delta = (delta @ weights[layer].T) * self.slope(activations[layer])
        return 0.5 * float((error * error).mean()), np.concatenate(parts[::-1])


class Problem:
    """A network, random rows, and the programs that evaluate it."""

    def __init__(self, n: int, sizes: tuple[int, ...], hidden: str) -> None:
        rng = np.random.default_rng(0)
        self.n, self.sizes, self.hidden = n, sizes, hidden
        self.X, self.y = rng.normal(size=(n, sizes[0])), rng.normal(size=(n, 1))
        self.arch = sn.Architecture(sizes, hidden=hidden)
        self.theta = np.array(sn.Network.random(self.arch, seed=0).theta)

    @property
    def operations(self) -> float:
        """6 N P."""
        return 6.0 * self.n * self.arch.n_parameters

    def sheernet(self, threads: int) -> Program:
        """The compiled engine."""
        objective = sn.make_objective(self.arch, self.X, self.y, engine="compiled", threads=threads)
        return lambda: objective.value_and_gradient(self.theta)

    def numpy(self) -> Program:
        """Backpropagation in NumPy."""
        net = NumPyNetwork(self.sizes, self.hidden, self.X, self.y)
        return lambda: net.value_and_gradient(self.theta)

    def jax(self) -> Program | None:
        """Value and gradient by JAX on one thread, or None if it is not installed."""
        try:
            import jax
        except ImportError:
            return None
        jax.config.update("jax_enable_x64", True)
        jnp, layout = jax.numpy, self.arch.layout.blocks
        activation = {"tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu}[self.hidden]
        X, y, theta = (jnp.asarray(array) for array in (self.X, self.y, self.theta))

        def value(theta: Any, X: Any, y: Any) -> Any:
            arrays = [theta[block.slice].reshape(block.shape) for block in layout]
            a = X
            for W, b in zip(arrays[:-2:2], arrays[1:-2:2], strict=True):
                a = activation(a @ W + b)
            error = a @ arrays[-2] + arrays[-1] - y
            return 0.5 * (error * error).mean()

        both = jax.jit(jax.value_and_grad(value))
        return lambda: jax.block_until_ready(both(theta, X, y))

    def sklearn_iteration(self) -> float:
        """Seconds of an iteration of scikit-learn's lbfgs, whose final loss must equal sheernet's at its weights."""
        from sklearn.neural_network import MLPRegressor

        moments: list[float] = []

        class Timed(MLPRegressor):
            def _loss_grad_lbfgs(self, *arguments: Any) -> Any:
                moments.append(time.perf_counter())
                return super()._loss_grad_lbfgs(*arguments)

        mlp = Timed(
            hidden_layer_sizes=self.sizes[1:-1], activation={"sigmoid": "logistic"}.get(self.hidden, self.hidden),
            solver="lbfgs", alpha=0.0, tol=0.0, max_iter=12 if self.n < 50_000 else 3, random_state=0,
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it has not converged
            mlp.fit(self.X, self.y.ravel())
        parts = zip(mlp.coefs_, mlp.intercepts_, strict=True)
        theta = np.concatenate([array.ravel() for pair in parts for array in pair])
        ours = sn.make_objective(self.arch, self.X, self.y).value(theta)
        assert abs(ours - mlp.loss_) <= 1e-9 * abs(ours) + 1e-12, (ours, mlp.loss_)
        return (moments[-1] - moments[0]) / mlp.n_iter_


def agree(programs: dict[str, Program]) -> None:
    """Check that all programs compute the same value and gradient."""
    value, gradient = programs["sheernet"]()
    for name, program in programs.items():
        f, g = program()
        assert abs(f - value) <= 1e-11 * abs(value), (name, f, value)
        assert np.abs(np.asarray(g) - gradient).max() <= 1e-10 * np.abs(gradient).max(), name


def timed(call: Callable[[], Any]) -> Callable[[], float]:
    return lambda: seconds(call)


def compare(hidden: str, shape: int, other: str, rounds: int) -> None:
    """Print the seconds of sheernet, and the quartiles of another program's time relative to it."""
    n, sizes = SHAPES[shape]
    problem = Problem(n, sizes, hidden)
    ours, theirs, scale = problem.sheernet(1), _other(problem, other), 1.0
    if theirs is None:
        return
    measured = {"sheernet": timed(ours), other: timed(theirs)}
    if other == "scikit-learn":
        measured[other] = problem.sklearn_iteration
    elif other == "DGEMM":
        scale = problem.operations / 2e9  # 2e9 operations in a product of matrices of order 1000
    else:
        agree({"sheernet": ours, other: theirs})
    times = alternating(measured, rounds if n < 50_000 else max(5, rounds // 2))
    ours_took, theirs_took = np.array(times["sheernet"]), np.array(times[other])
    print(np.median(ours_took), *np.percentile(scale * theirs_took / ours_took, [25, 50, 75]))


def _other(problem: Problem, name: str) -> Program | None:
    return {
        "NumPy": problem.numpy,
        "JAX": problem.jax,
        "scikit-learn": lambda: problem.sklearn_iteration,
        "DGEMM": _dgemm,
        "two": lambda: problem.sheernet(2),
    }[name]()


def _dgemm() -> Program:
    A, product = np.random.default_rng(1).normal(size=(1000, 1000)), np.empty((1000, 1000))
    return lambda: np.matmul(A, A, out=product)


def compare_in_new_process(*arguments: Any) -> list[float]:
    """The numbers that `compare` prints, in a process of its own."""
    command = [sys.executable, __file__, "--one", *map(str, arguments)]
    done = subprocess.run(command, env=environment(), stdout=subprocess.PIPE, text=True, check=True)
    return [float(number) for number in done.stdout.split()]


def row(hidden: str, shape: int, rounds: int) -> str:
    """The row of the table for one shape."""
    n, sizes = SHAPES[shape]
    cells, ours = [], []
    for other in ("NumPy", "scikit-learn", "JAX", "DGEMM", "two"):
        if other == "scikit-learn" and hidden != "tanh":
            cells.append("")
            continue
        found = compare_in_new_process(hidden, shape, other, rounds)
        if not found:
            cells.append("-")
            continue
        seconds_of_ours, low, middle, high = found
        ours.append(seconds_of_ours)
        if other == "two":
            low, middle, high = 1 / high, 1 / middle, 1 / low
        cells.append(
            f"{middle:.0%}" if other == "DGEMM" else f"{middle:.3g} ({low:.3g} to {high:.3g})"
        )
    return f"| {n}, {'-'.join(map(str, sizes))} | {np.median(ours) * 1e6:.3g} us | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    rounds = given.rounds
    if given.one:
        hidden, shape, other, rounds = given.one
        with threadpool_limits(1, user_api="blas"):
            compare(hidden, int(shape), other, int(rounds))
        return
    facts = sn.engines.describe()
    if facts["engine"] != "compiled":
        raise SystemExit(f"the compiled engine is not available: {facts['because']}")
    print(heading(facts, "scikit-learn", "jax", rounds=rounds))
    for hidden in ACTIVATIONS:
        print(f"### value_and_gradient, {hidden}: time relative to sheernet, median (quartiles)\n")
        print(
            "| N, layers | sheernet | NumPy | scikit-learn, per iteration | JAX | share of DGEMM | speedup, 2 threads |"
        )
        print("|---|---|---|---|---|---|---|")
        for shape in range(len(SHAPES)):
            print(row(hidden, shape, rounds), flush=True)
        print()


if __name__ == "__main__":
    main()
