"""Benchmark: two methods on random problems, for the limits of auto (see optimizers/auto_method.py).

    python benchmarks/auto_random.py [--first 0] [--problems 60] [--starts 5] [--decays 5e-7 1e-3]
        [--rows N | --classes] [--methods lm bfgs]

Each number from --first on is the seed of a problem: the numbers of rows, inputs and hidden units, the noise and the
relative decay are random.  Both methods fit it from the same starts to a largest gradient entry of 1e-8 (sum over rows,
or mean over rows if --rows is given).  Problems are regressions, or of two to six classes, and have up to 150
parameters.  A row shows the median processor times (of two fits from each start, the faster one counts), the ratios of
the median times, evaluations and objectives of the first method to those of the second, and the shares of starts that
reached 1e-8.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
from _measuring import restart_in_environment
from _noisy_fits import TOLERANCE, End, fit
from _noisy_problems import BINARY, SOFTMAX, TANH, Array, Problem, column, indicators, standardized

MOST_PARAMETERS = 150
SECONDS = 100.0
"""Limit of each fit."""
FIELDS = ("ms", "evaluations", "objective")


def regression(
    seed: int, rows: int, inputs: int, noise: float, shared: float = 0.0, outputs: int = 1
) -> tuple[Array, Array]:
    """Four ridge functions and a product; a part of each input is `shared` by all."""
    rng = np.random.default_rng(seed)
    mixed = (1 - shared) * np.eye(inputs) + shared * np.ones((inputs, inputs)) / np.sqrt(inputs)
    X = rng.standard_normal((rows, inputs)) @ mixed
    ridges = np.tanh(1.5 * X @ rng.standard_normal((inputs, 4)) / np.sqrt(inputs))
    y = ridges @ rng.standard_normal((4, outputs)) + 0.3 * X[:, :1] * X[:, -1:]
    return standardized(X), standardized(y + noise * rng.standard_normal((rows, outputs)))


def between(rng: np.random.Generator, least: float, most: float) -> float:
    """A number whose logarithm is uniformly distributed."""
    return float(np.exp(rng.uniform(np.log(least), np.log(most))))


def problem(seed: int, decays: tuple[float, float], rows: int | None) -> Problem:
    """A smooth function of independent or collinear inputs, and noise."""
    rng = np.random.default_rng(seed)
    drawn, inputs, units = int(between(rng, 40, 2500)), rng.integers(1, 11), rng.integers(2, 13)
    decay, noise = between(rng, *decays), between(rng, 0.01, 1.5)
    shared = rng.choice([0.0, 0.0, 0.5, 0.9]) if inputs > 1 else 0.0
    X, y = regression(seed, rows or drawn, int(inputs), noise, shared)
    activation = TANH if rng.random() < 0.5 else {}
    made = Problem(f"{seed}", X, y, (int(units),), decay, reduction="mean", **activation)
    return made if rows else replace(made, decay=decay * len(X), reduction="sum")


def problem_of_classes(seed: int, decays: tuple[float, float]) -> Problem:
    """Classes whose log odds are smooth functions; two classes have one output."""
    rng = np.random.default_rng(seed)
    rows, inputs, units = int(between(rng, 80, 1500)), rng.integers(2, 13), rng.integers(2, 9)
    outputs, noise = int(rng.choice([1, 1, 2, 3, 5])), between(rng, 0.1, 2.0)
    shared, decay = rng.choice([0.0, 0.0, 0.5, 0.9]), between(rng, *decays) * rows
    X, scores = regression(seed, rows, int(inputs), 0.0, shared, outputs)
    scores *= 3 / noise
    if outputs == 1:
        y, kind = column(scores[:, 0] + rng.logistic(size=rows) > 0), BINARY
    else:
        scores = np.column_stack([scores, np.zeros(rows)])
        y = indicators(np.argmax(scores + rng.gumbel(size=scores.shape), axis=1))
        kind = SOFTMAX
    activation = TANH if rng.random() < 0.5 else {}
    return Problem(f"{seed}", X, y, (int(units),), decay, **activation, **kind)


def measured(made: Problem, starts: int, methods: tuple[str, str]) -> list[list[End]]:
    """The faster of two fits from each start, by each method; methods alternate."""
    objective = made.objective()
    ends: list[list[End]] = [[] for _ in methods]
    for start in made.starts(starts):
        rounds = [[fit(objective, start, method, SECONDS) for method in methods] for _ in range(2)]
        for found, both in zip(ends, zip(*rounds, strict=True), strict=True):
            found.append(min(both, key=lambda end: end.ms))
    return ends


def median(ends: list[End], field: str) -> float:
    """The median of a field over the starts."""
    return float(np.median([getattr(end, field) for end in ends]))


def compared(made: Problem, starts: int, methods: tuple[str, str]) -> tuple[list[float], str]:
    """The ratios of FIELDS, first method / second, and the row of the table."""
    first, second = ends = measured(made, starts, methods)
    ratios = [median(first, field) / median(second, field) for field in FIELDS]
    shares = [np.mean([end.gradient <= TOLERANCE for end in found]) for found in ends]
    objective = made.objective()
    cells = [
        *(made.name, f"{objective.size}", f"{objective.n_samples}", f"{objective.relative_decay:.1e}"),
        *(f"{median(found, 'ms'):.3g}" for found in ends),
        *(f"{ratio:.3g}" for ratio in ratios),
        "{:.0%}, {:.0%}".format(*shares),
    ]  # fmt: skip
    return ratios, f"| {' | '.join(cells)} |"


def main() -> None:
    """Print a row for each problem, then the geometric means."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--problems", type=int, default=60)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--decays", type=float, nargs=2, default=(5e-7, 1e-3))
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--rows", type=int)
    kind.add_argument("--classes", action="store_true")
    parser.add_argument("--methods", nargs=2, default=("lm", "bfgs"))
    given = parser.parse_args()
    restart_in_environment()
    named = ", ms | ".join(given.methods)
    print(f"| seed | P | N | relative decay | {named}, ms | time | evaluations | end | reached |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    ratios: list[list[float]] = []
    for seed in range(given.first, given.first + given.problems):
        drawn = (seed, given.decays)
        made = problem_of_classes(*drawn) if given.classes else problem(*drawn, given.rows)
        if made.architecture.n_parameters <= MOST_PARAMETERS:
            found, row = compared(made, given.starts, given.methods)
            ratios.append(found)
            print(row, flush=True)
    time, evaluations, end = np.exp(np.mean(np.log(ratios), axis=0))
    times = np.array(ratios)[:, 0]
    print("\n" + " / ".join(given.methods), end="")
    print(
        f", geometric means of {len(times)} problems: time {time:.2f}, above 1.2 on {np.sum(times > 1.2)}, "
        f"below 1 / 1.2 on {np.sum(times < 1 / 1.2)}; evaluations {evaluations:.2f}; end {end:.3f}"
    )


if __name__ == "__main__":
    main()
