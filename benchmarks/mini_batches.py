"""Benchmark: epochs of adam with mini-batches, beside a pass over all rows, scikit-learn's adam and PyTorch's adam.

A pass is one value and gradient of all rows.  sheernet's epoch draws the order of the rows, does one update for each
batch and evaluates all rows at the end; `updates` is the part that does the updates.  scikit-learn's epoch is that of
MLPRegressor, PyTorch's is the usual loop with torch.randperm and its fused Adam; neither evaluates all rows at the end.
Without PyTorch its column is empty.  All use the same network (tanh), rows, batches and learning rate, float64, and one
thread.

First, one epoch from the same weights over the same batches must end at the same weights in all programs.  Then all
programs run alternately; times are medians, and ratios are medians of the ratios within a round, with their quartiles.

    python benchmarks/mini_batches.py [--rows 1000 10000 100000] [--batches 64 256] [--hidden 20 100] [--rounds 7]
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from _measuring import alternating, heading, quartiles, restart_in_environment
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

import sheernet as sn
from sheernet.optimizers import minimize

try:
    import torch
except ImportError:
    torch = None

N_INPUTS = 10
RATE = 1e-3
EPSILON = 1e-14
"""Of adam, in all programs: scikit-learn scales it in another way, which is visible with 1e-8."""
ROWS_TO_TIME = 20_000
"""A measurement has as many epochs as these rows need, so that what is done once per run does not count."""


class Sheernet:
    """sheernet's adam."""

    def __init__(self, X: np.ndarray, y: np.ndarray, hidden: int) -> None:
        architecture = sn.Architecture((N_INPUTS, hidden, 1), hidden="tanh")
        self.objective: Any = sn.make_objective(architecture, X, y, threads=1)
        self.theta = sn.Network.random(architecture, seed=0).theta

    def run(self, batch_size: int, epochs: int) -> None:
        """Train from the same weights."""
        minimize(
            self.objective, self.theta, "adam", batch_size=batch_size, max_iter=epochs, learning_rate=RATE,
            epsilon=EPSILON,
        )  # fmt: skip

    def updates(self, batch_size: int, order: np.ndarray) -> np.ndarray:
        """theta after the updates for batches of rows in this order."""
        zero = np.zeros_like(self.theta)
        end = self.objective.adam_batches(
            self.theta, zero, zero, 0, rows=order, batch_size=batch_size, whole_penalty=False,
            learning_rate=RATE, beta1=0.9, beta2=0.999, epsilon=EPSILON, uncorrected_epsilon=False,
        )  # fmt: skip
        return np.asarray(end[0])

    def arrays(self, theta: np.ndarray) -> dict[str, np.ndarray]:
        """Weights and biases by name."""
        blocks = self.objective.blocks.items()
        return {name: theta[block.slice].reshape(block.shape) for name, block in blocks}


class ScikitLearn:
    """scikit-learn's adam, without its penalty."""

    def __init__(self, X: np.ndarray, y: np.ndarray, hidden: int) -> None:
        self.X, self.y, self.hidden = X, y, hidden

    def network(self, batch_size: int, **given: Any) -> MLPRegressor:
        """The estimator."""
        return MLPRegressor(
            hidden_layer_sizes=(self.hidden,), activation="tanh", solver="adam", alpha=0.0, batch_size=batch_size,
            learning_rate_init=RATE, epsilon=EPSILON, tol=0.0, n_iter_no_change=10**6, random_state=0, **given,
        )  # fmt: skip

    def run(self, batch_size: int, epochs: int) -> None:
        """Train from the same weights."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.network(batch_size, max_iter=epochs).fit(self.X, self.y)

    def epoch_from(self, start: dict[str, np.ndarray], batch_size: int) -> dict[str, np.ndarray]:
        """Weights and biases after an epoch in the order of the rows."""
        network = self.network(batch_size, shuffle=False)
        with warnings.catch_warnings():  # initializes a batch that is smaller than batch_size
            warnings.simplefilter("ignore", UserWarning)
            network.partial_fit(self.X[:1], self.y[:1])
        del network._optimizer
        arrays = {
            "W1": network.coefs_[0], "W2": network.coefs_[1],
            "b1": network.intercepts_[0], "b2": network.intercepts_[1],
        }  # fmt: skip
        for name, array in arrays.items():
            array[...] = start[name].reshape(array.shape)
        network.partial_fit(self.X, self.y)
        return arrays


class PyTorch:
    """PyTorch's adam."""

    def __init__(self, X: np.ndarray, y: np.ndarray, hidden: int) -> None:
        self.X, self.y = torch.from_numpy(X), torch.from_numpy(y[:, None])
        self.model = torch.nn.Sequential(
            torch.nn.Linear(N_INPUTS, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, 1)
        ).double()

    def run(self, batch_size: int, epochs: int) -> None:
        """Train from the same weights."""
        optimizer = torch.optim.Adam(self.model.parameters(), lr=RATE, eps=EPSILON, fused=True)
        for _ in range(epochs):
            self.epoch(optimizer, batch_size, torch.randperm(len(self.X)))

    def epoch(self, optimizer: Any, batch_size: int, order: Any) -> None:
        """One update for each batch."""
        for rows in order.split(batch_size):
            optimizer.zero_grad()
            loss = 0.5 * torch.nn.functional.mse_loss(self.model(self.X[rows]), self.y[rows])
            loss.backward()
            optimizer.step()

    def epoch_from(self, start: dict[str, np.ndarray], batch_size: int) -> dict[str, np.ndarray]:
        """Weights and biases after an epoch in the order of the rows."""
        first, last = self.model[0], self.model[2]
        arrays = {"W1": first.weight.T, "b1": first.bias, "W2": last.weight.T, "b2": last.bias}
        with torch.no_grad():
            for name, array in arrays.items():
                array.copy_(torch.from_numpy(start[name].reshape(array.shape).copy()))
        optimizer = torch.optim.Adam(self.model.parameters(), lr=RATE, eps=EPSILON, fused=True)
        self.epoch(optimizer, batch_size, torch.arange(len(self.X)))
        return {name: array.detach().numpy() for name, array in arrays.items()}


def data(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (N, 10) and targets (N,)."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, N_INPUTS))
    return X, np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * rng.normal(size=rows)


def largest_difference(hidden: int, batch_size: int) -> float:
    """Largest difference of a weight after an epoch of 1000 rows, from sheernet's."""
    X, y = data(1000)
    ours = Sheernet(X, y, hidden)
    others = [
        program(X, y, hidden) for program in ((ScikitLearn, PyTorch) if torch else (ScikitLearn,))
    ]
    end = ours.arrays(ours.updates(batch_size, np.arange(len(X))))
    return max(
        float(np.abs(found - end[name].reshape(found.shape)).max())
        for other in others
        for name, found in other.epoch_from(ours.arrays(ours.theta), batch_size).items()
    )


def per_epoch(run: Callable[[int, int], None], batch_size: int, epochs: int) -> float:
    """Seconds of an epoch."""
    began = time.perf_counter()
    run(batch_size, epochs)
    return (time.perf_counter() - began) / epochs


def each(call: Callable[[], Any], number: int) -> float:
    """Seconds of a call."""
    return per_epoch(lambda _, calls: [call() for _ in range(calls)] and None, 0, number)


def compare(rows: int, batch_size: int, hidden: int, rounds: int) -> str:
    """A row of the table."""
    X, y = data(rows)
    ours, sklearn = Sheernet(X, y, hidden), ScikitLearn(X, y, hidden)
    order = np.random.default_rng(0).permutation(np.arange(rows))
    epochs = max(2, ROWS_TO_TIME // rows)
    programs: dict[str, Callable[[], float]] = {
        "pass": lambda: each(lambda: ours.objective.value_and_gradient(ours.theta), 5 * epochs),
        "updates": lambda: each(lambda: ours.updates(batch_size, order), 5 * epochs),
        "epoch": lambda: per_epoch(ours.run, batch_size, 5 * epochs),
        "scikit-learn": lambda: per_epoch(sklearn.run, batch_size, epochs),
    }
    if torch:
        pytorch = PyTorch(X, y, hidden)
        programs["PyTorch"] = lambda: per_epoch(pytorch.run, batch_size, epochs)
    times = {name: np.array(t) for name, t in alternating(programs, rounds).items()}
    epoch = times["epoch"]
    cells = [
        f"{rows}", f"{batch_size}", f"{ours.theta.size}", quartiles(times["pass"], 1e3),
        quartiles(times["updates"] / times["pass"]), quartiles(epoch / times["pass"]), quartiles(epoch, 1e3),
        f"{np.median(epoch) / rows * 1e6:.3g}",
        quartiles(times["scikit-learn"] / epoch), quartiles(times["PyTorch"] / epoch) if torch else "",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


HEADER = """
| N | B | P | pass, ms | updates / pass | epoch / pass | epoch, ms | us a row | scikit-learn / epoch | PyTorch / epoch |
|---|---|---|---|---|---|---|---|---|---|"""


def main() -> None:
    """Check that the programs compute the same, then compare their times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--batches", type=int, nargs="+", default=[64, 256])
    parser.add_argument("--hidden", type=int, nargs="+", default=[20, 100])
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    restart_in_environment()
    if torch:
        torch.set_num_threads(1)
    facts = sn.engines.describe()
    print(heading(facts, "scikit-learn", "torch", rounds=given.rounds))
    for hidden in given.hidden:
        for batch_size in given.batches:
            apart = largest_difference(hidden, batch_size)
            print(
                f"{hidden} units, B = {batch_size}: after an epoch, weights differ by {apart:.1e}"
            )
            assert apart < 1e-6, "a step is 1e-3"
    print(HEADER)
    for hidden in given.hidden:
        for batch_size in given.batches:
            for rows in given.rows:
                print(compare(rows, batch_size, hidden, given.rounds), flush=True)


if __name__ == "__main__":
    main()
