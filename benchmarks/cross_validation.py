"""Times a cross-validation in one call, beside its fits one by one.

    python benchmarks/cross_validation.py [--rounds 5] [--method lm] >> benchmarks/results.md

500 rows of scikit-learn's make_friedman1 with 5 inputs and noise 0.1, standardized; a 5-10-1 network of tanh units; 5
decays x 5 folds x 5 starts, 125 fits of at most 100 iterations.  A fold is a vector of weights, 0 for the rows that are
held out, so that no fit copies the data.  One thread.  Three ways take turns:

- all jobs in one call of `sheernet.training.jobs.fit_jobs`;
- a call of `fit_jobs` for each job;
- a call of `train` for each, with everything that belongs to it.

All three end at the same objectives, which is checked first.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from _measuring import alternating, heading, quartiles, restart_in_environment

import sheernet as sn
from sheernet import jobs

N, SIZES, MAX_ITER = 500, (5, 10, 1), 100
DECAYS = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)
FOLDS, STARTS = 5, 5


def data() -> tuple[np.ndarray, np.ndarray]:
    """Inputs (500, 5) and targets (500,), standardized."""
    from sklearn.datasets import make_friedman1

    X, y = make_friedman1(n_samples=N, n_features=SIZES[0], noise=0.1, random_state=0)
    return (X - X.mean(axis=0)) / X.std(axis=0), (y - y.mean()) / y.std()


class CrossValidation:
    """The jobs, and the three ways."""

    def __init__(self, method: str) -> None:
        self.method, self.arch = method, sn.Architecture(SIZES)
        self.X, self.y = data()
        self.objective = sn.make_objective(self.arch, self.X, self.y, engine="compiled", threads=1)
        fold = np.random.default_rng(0).permutation(N) % FOLDS
        starts = [sn.Network.random(self.arch, seed=seed).theta for seed in range(STARTS)]
        self.jobs = [
            jobs.Job(start, decay=decay, weights=(fold != k).astype(float))
            for decay in DECAYS
            for k in range(FOLDS)
            for start in starts
        ]

    def in_one_call(self) -> Sequence[float]:
        """Final objectives of all jobs."""
        return self._fit(self.jobs).objectives

    def one_by_one(self) -> Sequence[float]:
        """The same, a call for each."""
        return [self._fit([job]).objectives[0] for job in self.jobs]

    def by_train(self) -> Sequence[float]:
        """The same by `train`."""
        return [
            sn.train(
                sn.Network(self.arch, job.start), self.X, self.y, method=self.method, decay=job.decay,
                weights=job.weights, engine="compiled", threads=1, max_iter=MAX_ITER,
            ).objective
            for job in self.jobs
        ]  # fmt: skip

    def _fit(self, some: list[jobs.Job]) -> Any:
        return jobs.fit_jobs(self.objective, some, method=self.method, max_iter=MAX_ITER)

    @property
    def ways(self) -> dict[str, Callable[[], Sequence[float]]]:
        """By name."""
        return {
            "fit_jobs, one call": self.in_one_call,
            "fit_jobs, a call for each": self.one_by_one,
            "train, a call for each": self.by_train,
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
    ends = [np.asarray(way()) for way in problem.ways.values()]
    assert all(np.array_equal(ends[0], other) for other in ends[1:])

    def measured(way: Callable[[], object]) -> Callable[[], float]:
        def fit() -> float:
            began = time.perf_counter()
            way()
            return (time.perf_counter() - began) / len(problem.jobs)

        return fit

    times = alternating({name: measured(way) for name, way in problem.ways.items()}, given.rounds)
    print(heading(sn.engines.describe(), "scikit-learn", rounds=given.rounds))
    print(f"{len(problem.jobs)} fits by {given.method}\n")
    print("| | ms of a fit | times as long as in one call |")
    print("|---|---|---|")
    together = np.array(times["fit_jobs, one call"])
    for name, took in times.items():
        print(f"| {name} | {quartiles(took, 1e3)} | {quartiles(np.array(took) / together)} |")


if __name__ == "__main__":
    main()
