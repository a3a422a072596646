"""Benchmark: the time of a cross-validation in one call, compared with one call for each fit.

    python benchmarks/cross_validation.py [--rounds 5] [--method lm] >> benchmarks/results.md

500 rows of scikit-learn's make_friedman1 with 5 inputs and noise 0.1, standardized; a 5-10-1 network of tanh units; 5
decays x 5 folds x 5 starts, 125 fits of at most 100 iterations.  A fold is a vector of case weights, 0 for held-out
rows, so that no fit copies the data.  One thread.  Three versions are timed in turn:

- all jobs in one call of `sheernet.jobs.fit_jobs`;
- one call of `fit_jobs` for each job;
- one call of `train` for each job, including its checks of the data and its record.

First, all three are checked to end at the same objectives.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from _measuring import alternating, heading, quartiles, restart_in_environment

import sheernet as sn
from sheernet.training.jobs import Job, fit_jobs

N, SIZES, MAX_ITER = 500, (5, 10, 1), 100
DECAYS = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)
FOLDS, STARTS = 5, 5


def data() -> tuple[np.ndarray, np.ndarray]:
    """Inputs (500, 5) and targets (500,), standardized."""
    from sklearn.datasets import make_friedman1

    X, y = make_friedman1(n_samples=N, n_features=SIZES[0], noise=0.1, random_state=0)
    return (X - X.mean(axis=0)) / X.std(axis=0), (y - y.mean()) / y.std()


class CrossValidation:
    """The jobs, and the three versions."""

    def __init__(self, method: str) -> None:
        self.method, self.arch = method, sn.Architecture(SIZES)
        self.X, self.y = data()
        self.objective = sn.make_objective(self.arch, self.X, self.y, engine="compiled", threads=1)
        fold = np.random.default_rng(0).permutation(N) % FOLDS
        starts = [sn.Network.random(self.arch, seed=seed).theta for seed in range(STARTS)]
        self.jobs = [
            Job(start, decay=decay, weights=(fold != k).astype(float))
            for decay in DECAYS
            for k in range(FOLDS)
            for start in starts
        ]

    def in_one_call(self) -> Sequence[float]:
        """Final objectives of all jobs, fitted in one call."""
        return self._fit(self.jobs).objectives

    def one_by_one(self) -> Sequence[float]:
        """The same, with one call for each job."""
        return [self._fit([job]).objectives[0] for job in self.jobs]

    def by_train(self) -> Sequence[float]:
        """The same, with one call of `train` for each job."""
        return [
            sn.train(
                sn.Network(self.arch, job.start), self.X, self.y, method=self.method, decay=job.decay,
                weights=job.weights, engine="compiled", threads=1, max_iter=MAX_ITER,
            ).objective
            for job in self.jobs
        ]  # fmt: skip

    def _fit(self, some: list[Job]) -> Any:
        return fit_jobs(self.objective, some, method=self.method, max_iter=MAX_ITER)

    @property
    def versions(self) -> dict[str, Callable[[], Sequence[float]]]:
        """The three versions, by name."""
        return {
            "fit_jobs, one call": self.in_one_call,
            "fit_jobs, one call per fit": self.one_by_one,
            "train, one call per fit": self.by_train,
        }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--method", default="lm")
    given = parser.parse_args()
    restart_in_environment()
    problem = CrossValidation(given.method)
    ends = [np.asarray(version()) for version in problem.versions.values()]
    assert all(np.array_equal(ends[0], other) for other in ends[1:])

    def seconds_per_fit(version: Callable[[], object]) -> float:
        began = time.perf_counter()
        version()
        return (time.perf_counter() - began) / len(problem.jobs)

    calls = {name: partial(seconds_per_fit, version) for name, version in problem.versions.items()}
    times = alternating(calls, given.rounds)
    print(heading(sn.engines.describe(), "scikit-learn", rounds=given.rounds))
    print(f"{len(problem.jobs)} fits by {given.method}\n")
    print("| | ms per fit | time relative to one call |")
    print("|---|---|---|")
    together = np.array(times["fit_jobs, one call"])
    for name, took in times.items():
        print(f"| {name} | {quartiles(took, 1e3)} | {quartiles(np.array(took) / together)} |")


if __name__ == "__main__":
    main()
