"""Benchmark: measures of importance beside what is known about the columns.

    python benchmarks/importance.py [--draws 10] [--first 0] [--rows 1000] [--only relevance|indices]

relevance    Friedman's first function of 5 columns with noise of standard deviation 1, and 15 columns that have nothing
             to do with the target; all uniform on [0, 1].  For each draw a default fit, the measures that do not put
             the 5 columns first, and three ratios of decays, among the networks that have a decay for each input:
             the smallest decay of an irrelevant column / the largest of a relevant one, in the network with the largest
             share; the same of the geometric means of the networks by their shares; and the smallest mean of an
             irrelevant column / the geometric mean of the relevant ones.
indices      Sobol' indices of default fits to Friedman's three functions, with his ranges and noise, and to the product
             of two columns that are uniform on [-1, 1], beside the exact ones by Gauss-Legendre quadrature.  Columns
             are drawn from 10 000 new rows of the same ranges, and then from the rows of the fit, which are another
             distribution: of 1000 rows, that alone moves the indices of the functions themselves by up to 0.045.

Friedman (1991), Annals of Statistics 19, 1-67, sections 4.3 and 4.4.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import sheernet as sn
from sheernet.models.explaining import Importance

Array = npt.NDArray[np.float64]
RELEVANT, IRRELEVANT = 5, 15
ENOUGH = 100.0
NEW_ROWS = 10_000


@dataclass(frozen=True)
class Case:
    """A function of independent, uniform columns, and the standard deviation of its noise."""

    name: str
    function: Callable[..., Array]
    ranges: tuple[tuple[float, float], ...]
    noise: float
    nodes: int

    def table(self, n_rows: int, seed: int, extra: int = 0) -> dict[str, Array]:
        """Rows with noise; `extra` columns, uniform on [0, 1], have nothing to do with the target."""
        rng = np.random.default_rng(seed)
        X = [rng.uniform(low, high, n_rows) for low, high in (*self.ranges, *[(0.0, 1.0)] * extra)]
        y = self.function(*X[: len(self.ranges)]) + self.noise * rng.standard_normal(n_rows)
        return {**{f"x{i + 1}": x for i, x in enumerate(X)}, "y": y}


def first(a: Array, b: Array, c: Array, d: Array, e: Array) -> Array:
    """Friedman's first function, equation 57."""
    return 10 * np.sin(np.pi * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e


def second(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Friedman's second function: the impedance of an alternating current."""
    return np.sqrt(a**2 + (b * c - 1 / (b * d)) ** 2)


def third(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Friedman's third function: its phase."""
    return np.arctan((b * c - 1 / (b * d)) / a)


CURRENT = ((0.0, 100.0), (40 * np.pi, 560 * np.pi), (0.0, 1.0), (1.0, 11.0))
CASES = (
    Case("friedman1", first, ((0.0, 1.0),) * 5, 1.0, 10),
    Case("friedman2", second, CURRENT, 125.0, 40),
    Case("friedman3", third, CURRENT, 0.1, 40),
    Case("product", lambda a, b: a * b, ((-1.0, 1.0),) * 2, 0.1, 10),
)


def exact_indices(case: Case, nodes: int) -> tuple[Array, Array]:
    """First-order and total indices, (D,) each, by Gauss-Legendre quadrature with some nodes for each column."""
    x, w = np.polynomial.legendre.leggauss(nodes)
    d = len(case.ranges)
    points = [0.5 * (high - low) * x + 0.5 * (high + low) for low, high in case.ranges]
    values = case.function(*np.meshgrid(*points, indexing="ij"))

    def mean(values: Array, axes: tuple[int, ...]) -> Array:
        for axis in sorted(axes, reverse=True):
            values = np.tensordot(values, 0.5 * w, axes=(axis, 0))
        return values

    everything = tuple(range(d))
    center = float(mean(values, everything))
    variance = float(mean((values - center) ** 2, everything))
    found = np.empty((2, d))
    for j in range(d):
        others = tuple(k for k in everything if k != j)
        found[0, j] = mean((mean(values, others) - center) ** 2, (0,)) / variance
        without = mean(values, (j,))
        found[1, j] = 1.0 - mean((without - center) ** 2, tuple(range(d - 1))) / variance
    return found[0], found[1]


def decay_ratios(model: sn.Model) -> Array:
    """Ratios of decays in the networks, as the top of this file says."""
    shares, logs = [], []
    for member in model.members:
        at = member.network.architecture.layout.block("W1").slice
        decays = member.decay[at].reshape(RELEVANT + IRRELEVANT, -1)[:, 0]
        if np.ptp(decays) > 0:
            shares.append(member.share)
            logs.append(np.log(decays / decays.mean()))  # costs have decays of different units
    if not shares:
        return np.ones(3)
    mean = np.average(logs, axis=0, weights=shares)
    leading = logs[int(np.argmax(shares))]
    lowest = mean[RELEVANT:].min()
    return np.exp(
        [
            leading[RELEVANT:].min() - leading[:RELEVANT].max(),
            lowest - mean[:RELEVANT].max(),
            lowest - mean[:RELEVANT].mean(),
        ]
    )


def misplaced(importance: Importance) -> list[str]:
    """The measures that do not put the relevant columns first."""
    relevant = {f"x{i + 1}" for i in range(RELEVANT)}
    wrong = []
    for name, measure in importance.measures.items():
        if name in ("slope", "slope_over_rows"):  # a mean may be 0 where the size is not
            continue
        order = np.argsort(-np.abs(measure.values[:, 0]), kind="stable")[:RELEVANT]
        if {importance.columns[i] for i in order} != relevant:
            wrong.append(name)
    return wrong


def relevance(seeds: range, n_rows: int) -> None:
    """Print the ratio of decays, and the measures that fail, of each draw."""
    print(f"{RELEVANT} relevant and {IRRELEVANT} irrelevant columns, {n_rows} rows")
    ratios = []
    for seed in seeds:
        table = CASES[0].table(n_rows, seed, IRRELEVANT)
        model = sn.fit(table, "y", seed=seed)
        ratios.append(decay_ratios(model))
        wrong = ", ".join(misplaced(model.importance(table))) or "none"
        told = " ".join(f"{ratio:7.0f}" for ratio in ratios[-1])
        print(f"  draw {seed}: ratios of decays {told}; measures that fail: {wrong}", flush=True)
    reached = (np.array(ratios) >= ENOUGH).sum(axis=0)
    print(f"  at least {ENOUGH:g}: {' '.join(map(str, reached))} of {len(seeds)} draws")


def indices(n_rows: int) -> None:
    """Print the indices of fits beside the exact ones."""
    print(f"Sobol' indices of default fits to {n_rows} rows, beside the exact ones")
    for case in CASES:
        exact = exact_indices(case, case.nodes)
        finer = exact_indices(case, case.nodes * 3 // 2)
        table = case.table(n_rows, seed=0)
        model = sn.fit(table, "y")
        on_many = model.importance(case.table(NEW_ROWS, seed=1), repeats=1)
        on_own = model.importance(table, repeats=1)
        for name, expected, again in zip(("first", "total"), exact, finer, strict=True):
            found = on_many[name].values[:, 0]
            print(
                f"  {case.name} {name}: {' '.join(f'{a:.3f}' for a in found)}  exact "
                f"{' '.join(f'{a:.3f}' for a in expected)} (+- {np.abs(expected - again).max():.0e})  "
                f"largest difference {np.abs(found - expected).max():.3f}, "
                f"from the rows of the fit {np.abs(on_own[name].values[:, 0] - expected).max():.3f}",
                flush=True,
            )


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="seed of the first draw")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--only", choices=("relevance", "indices"))
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", sn.SheernetWarning)
    if arguments.only != "relevance":
        indices(arguments.rows)
    if arguments.only != "indices":
        first = arguments.first
        relevance(range(first, first + arguments.draws), arguments.rows)


if __name__ == "__main__":
    main()
