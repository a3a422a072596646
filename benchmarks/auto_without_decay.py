"""Benchmark: each method on random problems without decay, for the rule of auto (see optimizers/auto_method.py).

    python benchmarks/auto_without_decay.py [RESULTS.json] [--first 0] [--problems 40] [--starts 4] [--seconds 2]
        [--methods lm hybrid bfgs lbfgs]

Each number from --first on is the seed of a problem, whose rows (40 to 2500), inputs and parameters (5 to 700) are
random.  The kinds alternate: noisy regressions, smooth regressions, classes that overlap, and classes that a smooth
function separates.  All methods fit from the same starts to a largest gradient entry of 1e-8 (sum over rows), for at
most 10 000 iterations and --seconds of wall time.  A row shows, for each method, the median processor milliseconds, the
share of starts that reached 1e-8 and the median objective.

The summary has a row for each method, and for auto, which runs the method that it chooses: the share of all starts that
reached 1e-8, and its median time relative to the fastest method that reached 1e-8 from as many starts as it did or from
half of them, a geometric mean over the problems of which it reached 1e-8 at all.  If RESULTS.json is given, the ends
are saved there, and those that it has are not measured again.
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

from sheernet.optimizers.auto_method import choose

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


def print_summary(found: list[dict[str, Ends]], chosen: list[str]) -> None:
    """Print a row for each method and for auto, whose method for each problem is given."""
    print("\n| method | reached | time / fastest | above 1.2 | problems |\n|---|---|---|---|---|")
    for method in (*dict.fromkeys(name for ends in found for name in ends), "auto"):
        picked = [name if method == "auto" else method for name in chosen]
        shares = [share(ends[name]) for ends, name in zip(found, picked, strict=True)]
        ratios = np.array([
            median(ends[name], "ms") / fastest(ends, min(0.5, reached))
            for ends, name, reached in zip(found, picked, shares, strict=True)
            if reached > 0
        ])  # fmt: skip
        mean = np.exp(np.mean(np.log(ratios)))
        cells = (f"{np.mean(shares):.1%}", f"{mean:.2f}", np.sum(ratios > 1.2), len(ratios))
        print(f"| {method} | {' | '.join(map(str, cells))} |")


def fastest(ends: dict[str, Ends], enough: float) -> float:
    """The least median time of the methods that reached the tolerance from this share of the starts."""
    return min(median(each, "ms") for each in ends.values() if share(each) >= enough)


def main() -> None:
    """Print a row for each problem, then the summary."""
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
    all_ends, chosen = [], []
    for seed in range(given.first, given.first + given.problems):
        made = problem(seed)
        ends = known.setdefault(made.name, {})
        missing = [method for method in given.methods if method not in ends]
        ends.update(measured(made, missing, given.starts, given.seconds))
        cells = (
            f"{median(ends[method], 'ms'):.3g} ({share(ends[method]):.0%}, {median(ends[method], 'objective'):.3g})"
            for method in given.methods
        )
        size = made.architecture.n_parameters
        sizes = (size, len(made.X), made.y.shape[1])
        print(f"| {made.name} | {' | '.join(map(str, (*sizes, *cells)))} |", flush=True)
        if given.results:
            given.results.write_text(json.dumps(known))
        all_ends.append(ends)
        chosen.append(choose(made.objective(), size))
    print_summary(all_ends, chosen)


if __name__ == "__main__":
    main()
