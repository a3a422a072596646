"""Benchmark: sheernet's MLPRegressor and MLPClassifier against scikit-learn's, with the same parameters.

'lbfgs'.  Five data sets that scikit-learn ships, all real: diabetes (442 rows, 10 columns), iris (150, 4), wine (178,
13), breast_cancer (569, 30) and digits (1 797, 64).  Each of ten random states divides the rows (three quarters train,
with the shares of the classes) and draws the initial weights, the same for both programs.  Inputs are standardized by
the training rows; targets are as they are.  Parameters are scikit-learn's default values (100 relu units, alpha=1e-4,
max_iter=200, tol=1e-4) except solver='lbfgs'.  The loss is computed here from coefs_ and intercepts_ of either program,
by the formula of scikit-learn's user guide with penalty and without clipping; the score is R^2 or accuracy on the other
rows.  Goals: the median over the random states of the ratio of losses, ours to theirs, is at most 1.001 for four of the
five; the median of the ratio of times, theirs to ours, is at least 4 for all.

'clock'.  The fits of 'lbfgs' as a user runs them: time by the clock, and the default number of threads of each program,
which are those of NumPy's BLAS for scikit-learn.  It depends on what else the machine runs, and has no goal.

'adam'.  scikit-learn's default values; standard normal inputs, 1 000, 10 000 and 100 000 rows of 20 columns, and a
smooth target with noise.  The time of an epoch is the difference of a fit of many epochs and one of few, divided by the
difference of their epochs; tol=0 and n_iter_no_change=inf let all epochs run.  Goal: at least 3 times as fast.

'products'.  What is left to gain on digits: the time of an evaluation, and of the five products of matrices in it by
NumPy's BLAS; each the least of 300 by the clock.

Both programs run alternately in one process.  Except for 'clock' they use one thread, and times are those of the
processor, so that other processes on the machine matter less.  A number with two in parentheses is a median with its
quartiles.  'clock' alone: --only clock, on a machine without other work.

    python benchmarks/mlp_against_sklearn.py [--states 10] [--rounds 5] [--only adam]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import timeit
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from _measuring import alternating, heading, quartiles, restart_in_environment
from scipy.special import logsumexp
from sklearn import datasets, neural_network
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_info

import sheernet as sn
from sheernet.objective.engines.compiled_engine import default_threads

TABLES = {
    "diabetes": datasets.load_diabetes,
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
    "digits": datasets.load_digits,
}
SIZES = {1_000: (10, 210), 10_000: (2, 42), 100_000: (1, 5)}
"""Rows, and the epochs of the short and the long fit."""
LBFGS = (
    "| table | loss, ours | scikit-learn | ratio | score, ours | scikit-learn | iterations "
    "| ms, ours | scikit-learn | ratio |"
)
CLOCK = "| table | ms by the clock with default threads, ours | scikit-learn | ratio |"
ADAM = "| rows | ms an epoch, ours | scikit-learn | ratio |"


class End(NamedTuple):
    """How a fit ended."""

    loss: float
    score: float
    iterations: int
    seconds: float


def logits(estimator: Any, X: np.ndarray) -> np.ndarray:
    """The outputs of a relu network before its last activation, (N, K)."""
    for coef, intercept in zip(estimator.coefs_[:-1], estimator.intercepts_[:-1], strict=True):
        X = np.maximum(X @ coef + intercept, 0)
    return X @ estimator.coefs_[-1] + estimator.intercepts_[-1]


def loss(estimator: Any, X: np.ndarray, y: np.ndarray) -> float:
    """The loss of a network with its penalty, from its weights alone."""
    z = logits(estimator, X)
    if not hasattr(estimator, "classes_"):
        data = 0.5 * np.mean((z[:, 0] - y) ** 2)
    elif z.shape[1] == 1:
        data = np.mean(np.logaddexp(0, np.where(y == 1, -z[:, 0], z[:, 0])))
    else:
        data = np.mean(logsumexp(z, axis=1) - z[np.arange(len(y)), y])
    squares = sum(np.sum(coef**2) for coef in estimator.coefs_)
    return float(data + 0.5 * estimator.alpha * squares / len(y))


def fitted(home: Any, name: str, rows: Any, state: int, clock: Callable[[], float]) -> End:
    """Fit a network of one of the two programs."""
    X, X_test, y, y_test = rows
    kind = home.MLPRegressor if name == "diabetes" else home.MLPClassifier
    estimator = kind(solver="lbfgs", random_state=state)
    began = clock()
    estimator.fit(X, y)
    seconds = clock() - began
    return End(loss(estimator, X, y), estimator.score(X_test, y_test), estimator.n_iter_, seconds)


def divided(name: str, state: int) -> Any:
    """Training and test rows, standardized."""
    X, y = TABLES[name](return_X_y=True)
    X, X_test, y, y_test = train_test_split(
        X, y, random_state=state, stratify=None if name == "diabetes" else y
    )
    scaler = StandardScaler().fit(X)
    return scaler.transform(X), scaler.transform(X_test), y, y_test


def paired_ends(name: str, states: int, clock: Callable[[], float]) -> tuple[Any, Any]:
    """The ends of fits for each random state, ours and theirs: rows of loss, score, iterations and seconds."""
    ours, theirs = [], []
    for state in range(states):
        rows = divided(name, state)
        programs = [(ours, sn), (theirs, neural_network)]
        for ends, home in programs if state % 2 else programs[::-1]:
            ends.append(fitted(home, name, rows, state, clock))
    return np.array(ours).T, np.array(theirs).T


def compare_lbfgs(states: int) -> tuple[int, int]:
    """Print a line per table; return how many reach the goal of the loss and of the time."""
    print(f"solver='lbfgs', {states} random states\n\n{LBFGS}\n{'|---' * 10}|")
    good = fast = 0
    for name in TABLES:
        a, b = paired_ends(name, states, time.process_time)
        losses, times = a[0] / b[0], b[3] / a[3]
        good, fast = good + (np.median(losses) <= 1.001), fast + (np.median(times) >= 4)
        cells = (
            name, f"{np.median(a[0]):.4g}", f"{np.median(b[0]):.4g}", quartiles(losses), f"{a[1].mean():.3f}",
            f"{b[1].mean():.3f}", f"{np.median(a[2]):.0f}, {np.median(b[2]):.0f}", quartiles(a[3], 1000),
            quartiles(b[3], 1000), quartiles(times),
        )  # fmt: skip
        print(f"| {' | '.join(cells)} |", flush=True)
    return good, fast


def compare_by_clock(states: int) -> None:
    """Print a line per table."""
    blas = {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}
    print(
        f"solver='lbfgs', {states} random states; threads: {default_threads()}, of BLAS: {max(blas)}\n"
    )
    print(f"{CLOCK}\n{'|---' * 4}|")
    for name in TABLES:
        ours, theirs = (ends[3] for ends in paired_ends(name, states, time.perf_counter))
        cells = (quartiles(ours, 1000), quartiles(theirs, 1000), quartiles(theirs / ours))
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def epoch_seconds(home: Any, rows: int) -> Callable[[], float]:
    """A measurement of the seconds of an epoch."""
    rng = np.random.default_rng(rows)
    X = rng.normal(size=(rows, 20))
    y = np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * rng.normal(size=rows)

    def measured() -> float:
        ends = []
        for epochs in SIZES[rows]:
            estimator = home.MLPRegressor(
                max_iter=epochs, tol=0, n_iter_no_change=np.inf, random_state=0
            )
            began = time.process_time()
            estimator.fit(X, y)
            ends.append(time.process_time() - began)
        short, long = SIZES[rows]
        return (ends[1] - ends[0]) / (long - short)

    return measured


def compare_adam(rounds: int) -> int:
    """Print a line per number of rows; return how many reach the goal."""
    print(f"\nsolver='adam', {rounds} rounds\n\n{ADAM}\n{'|---' * 4}|")
    fast = 0
    for rows in SIZES:
        programs = {"ours": epoch_seconds(sn, rows), "theirs": epoch_seconds(neural_network, rows)}
        times = alternating(programs, rounds)
        ratios = np.array(times["theirs"]) / times["ours"]
        fast += bool(np.median(ratios) >= 3)
        cells = (quartiles(times[name], 1000) for name in ("ours", "theirs"))
        print(f"| {rows} | {' | '.join(cells)} | {quartiles(ratios)} |", flush=True)
    return fast


def compare_products() -> None:
    """Print the times of an evaluation of the network for digits, and of its products by NumPy."""
    X, _, y, _ = divided("digits", 0)
    architecture = sn.Architecture((64, 100, 10), "relu", "softmax")
    objective = sn.make_objective(architecture, X, np.eye(10)[y], threads=1)
    network = sn.Network.random(architecture, seed=0)
    W1, W2, theta = network["W1"], network["W2"], network.theta
    H, P = np.maximum(X @ W1, 0), np.zeros((len(X), 10))
    D = P @ W2.T
    products = [(X, W1), (H, W2), (P, W2.T), (H.T, P), (X.T, D)]
    ours = min(timeit.repeat(lambda: objective.value_and_gradient(theta), number=1, repeat=300))
    blas = sum(min(timeit.repeat(lambda: a @ b, number=1, repeat=300)) for a, b in products)  # noqa: B023
    print(f"\ndigits: {1e3 * ours:.2f} ms an evaluation; {1e3 * blas:.2f} ms its products by NumPy")


def main() -> None:
    """Print the tables and how many goals are reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=["lbfgs", "adam", "clock", "products"])
    parser.add_argument("--states", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    restart_in_environment(one_thread=arguments.only != "clock")
    warnings.simplefilter("ignore")  # both warn when a fit reaches max_iter
    print(heading(sn.engines.describe(), "scikit-learn", "scipy", rounds=arguments.rounds))
    if arguments.only == "clock":
        compare_by_clock(arguments.states)
    if arguments.only in ("lbfgs", None):
        good, fast = compare_lbfgs(arguments.states)
        print(f"\nloss no worse on {good} of 5 (goal 4); 4 times as fast on {fast} of 5 (goal 5)")
    if arguments.only in ("adam", None):
        print(f"\n3 times as fast on {compare_adam(arguments.rounds)} of 3 (goal 3)")
    if arguments.only in ("products", None):
        compare_products()
    if arguments.only is None:  # BLAS reads its number of threads when it is loaded
        subprocess.run([sys.executable, *sys.argv, "--only", "clock"], check=True)


if __name__ == "__main__":
    main()
