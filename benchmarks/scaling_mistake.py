"""The factor by which the scaling mistake of part 7 of the videos raises the test cost, and what it depends on.

    python benchmarks/scaling_mistake.py

For each penalty, cost (a mean or a sum of the rows) and method: the median test cost over 200 starts from U[0, 1),
scaled rightly and as in the series; their ratio; and the range of 90 % of the ratios of 500 samples of the starts.
Lesson 7 tells the results: without a penalty the ratio depends on where a run stops in a flat valley; with the penalty
all runs end at one minimum.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import optimize

import sheernet as sn

N_STARTS = 200
ARCH = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
TRAIN, TEST = sn.datasets.load_sleep_study("train"), sn.datasets.load_sleep_study("test")
X, y = TRAIN.scaled
X_TEST, Y_TEST = TEST.scaled
X_SERIES = np.asarray(TEST.X)  # the series divides by the maximum of the scaled inputs, 1

Fit = Callable[[np.ndarray, str, float], np.ndarray]


def by_sheernet(start: np.ndarray, reduction: str, decay: float) -> np.ndarray:
    return sn.train(
        sn.Network(ARCH, start), X, y, method="bfgs", reduction=reduction, decay=decay, max_iter=200
    ).network.theta


def by_scipy(gtol: float) -> Fit:
    def fit(start: np.ndarray, reduction: str, decay: float) -> np.ndarray:
        objective = sn.make_objective(ARCH, X, y, reduction=reduction, decay=decay)
        options = {"maxiter": 200, "gtol": gtol}
        return optimize.minimize(
            objective.value_and_gradient, start, jac=True, method="BFGS", options=options
        ).x

    return fit


def cost_of_test_rows(theta: np.ndarray, inputs: np.ndarray) -> float:
    return 0.5 * float(((sn.Network(ARCH, theta).predict(inputs) - Y_TEST) ** 2).sum())


def main() -> None:
    methods: dict[str, Fit] = {
        "sheernet bfgs": by_sheernet,
        "SciPy BFGS, gtol 1e-5": by_scipy(1e-5),
        "SciPy BFGS, gtol 1e-9": by_scipy(1e-9),
    }
    starts = [np.random.default_rng(seed).random(9) for seed in range(N_STARTS)]
    samples = np.random.default_rng(0).integers(0, N_STARTS, (500, N_STARTS))
    for decay in (0.0, 1e-4):
        for reduction in ("mean", "sum"):
            for name, fit in methods.items():
                ends = [fit(start, reduction, decay) for start in starts]
                right = np.array([cost_of_test_rows(theta, X_TEST) for theta in ends])
                series = np.array([cost_of_test_rows(theta, X_SERIES) for theta in ends])
                ratios = np.median(series[samples], axis=1) / np.median(right[samples], axis=1)
                low, high = np.quantile(ratios, (0.05, 0.95))
                print(
                    f"lambda {decay:6g}  {reduction:4}  {name:21}  {np.median(right):.4f}  {np.median(series):.4f}  "
                    f"{np.median(series) / np.median(right):.2f} times ({low:.2f} to {high:.2f})",
                    flush=True,
                )


if __name__ == "__main__":
    main()
