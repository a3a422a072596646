"""Benchmark: each method on random problems without decay, for the rule of auto (see optimizers/auto_method.py).

    python benchmarks/auto_without_decay.py [RESULTS.json] [--first 0] [--problems 40] [--starts 4] [--seconds 2]
        [--methods lm hybrid bfgs lbfgs]

Each number from --first on is the seed of a problem, whose rows (40 to 2500), inputs and parameters (5 to 700) are
random.  The kinds alternate: noisy regressions, smooth regressions, classes that overlap, and classes that a smooth
function separates.  All methods fit from the same starts to a largest gradient entry of 1e-8 (sum over rows), for at
most 10 000 iterations and --seconds of wall time.  A row shows, for each method, the median processor milliseconds and
the share of starts that reached 1e-8.  If no fit reaches it, the objectives of the ends say more than the times.

For each method, the summary has two means.  The time per success is the time of all fits of a problem divided by the
number that reached 1e-8 (the expected running time of Hansen et al., COCO, Optimization Methods and Software 36, 2021),
relative to the lowest of the methods, a geometric mean over the problems that any method solves; a method that never
reached counts as if its next fit did.  The excess is the median objective minus the best of all ends, relative to the
objective of the mean of the target.  If RESULTS.json is given, the ends are saved there, and those that it has are not
measured again.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from _measuring import restart_in_environment
from _noisy_fits import TOLERANCE, fit
from _noisy_problems import BINARY, SOFTMAX, TANH, Problem, column, indicators
from auto_many_rows import regression
from auto_random import between

METHODS = ("lm", "hybrid", "bfgs", "lbfgs")
KINDS = ("noisy", "smooth", "overlapping", "separable")

Ends = list[dict[str, Any]]
"""The fields of an End for each start."""


def problem(seed: int) -> Problem:
    """The problem of a seed."""
    rng = np.random.default_rng([seed, 77])
    kind = KINDS[seed % len(KINDS)]
    rows, inputs, size = int(between(rng, 40, 2500)), int(rng.integers(1, 11)), between(rng, 5, 700)
    shared = float(rng.choice([0.0, 0.0, 0.5, 0.9])) if inputs > 1 else 0.0
    activation = TANH if rng.random() < 0.5 else {}
    classes = int(rng.choice([2, 2, 3, 4]))
    outputs = 1 if kind in ("noisy", "smooth") or classes == 2 else classes
    units = max(1, round((size - outputs) / (inputs + 1 + outputs)))
    noise = {"noisy": between(rng, 0.2, 1.5), "smooth": between(rng, 1e-4, 0.1)}.get(kind, 0.0)
    if noise > 0:
        X, y = regression(seed, rows, inputs, noise, shared)
        return Problem(f"{seed} {kind}", X, y, (units,), 0.0, **activation)
    X, scores = regression(seed, rows, inputs, 0.0, shared, outputs)
    if kind == "overlapping":
        scores = scores * between(rng, 1.5, 6.0) + rng.gumbel(size=scores.shape)
    if outputs == 1:
        return Problem(
            f"{seed} {kind}", X, column(scores[:, 0] > 0), (units,), 0.0, **activation, **BINARY
        )
    y = indicators(np.argmax(scores, axis=1))
    return Problem(f"{seed} {kind}", X, y, (units,), 0.0, **activation, **SOFTMAX)


def measured(made: Problem, methods: list[str], starts: int, seconds: float) -> dict[str, Ends]:
    """The Ends of each method; methods alternate."""
    objective = made.objective()
    ends: dict[str, Ends] = {method: [] for method in methods}
    for start in made.starts(starts):
        for method in methods:
            ends[method].append(fit(objective, start, method, seconds)._asdict())
    return ends


def share(ends: Ends) -> float:
    """The share of the starts that reached the tolerance."""
    return float(np.mean([end["gradient"] <= TOLERANCE for end in ends]))


def median(ends: Ends, field: str) -> float:
    """The median of a field over the starts."""
    return float(np.median([end[field] for end in ends]))


def main() -> None:
    """Print a row for each problem."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=Path, nargs="?")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--problems", type=int, default=40)
    parser.add_argument("--starts", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--methods", nargs="+", default=METHODS)
    given = parser.parse_args()
    restart_in_environment()
    known = {}
    if given.results and given.results.exists():
        known = json.loads(given.results.read_text())
    print(f"| problem | P | N | K | {' | '.join(given.methods)} |")
    print("|---|---|---|---|" + "---|" * len(given.methods))
    for seed in range(given.first, given.first + given.problems):
        made = problem(seed)
        found = known.setdefault(made.name, {"ends": {}})
        sizes = (made.architecture.n_parameters, len(made.X), made.y.shape[1])
        found["sizes"] = sizes
        missing = [method for method in given.methods if method not in found["ends"]]
        found["ends"].update(measured(made, missing, given.starts, given.seconds))
        cells = (
            f"{median(found['ends'][m], 'ms'):.3g} ({share(found['ends'][m]):.0%}, {median(found['ends'][m], 'objective'):.3g})"
            for m in given.methods
        )
        print(f"| {made.name} | {' | '.join(map(str, (*sizes, *cells)))} |", flush=True)
        if given.results:
            given.results.write_text(json.dumps(known))


if __name__ == "__main__":
    main()
