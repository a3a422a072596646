"""How often the bands of effects contain the effects of the true function, for default fits.

    python benchmarks/effect_coverage.py [SEEDS]

Friedman's three functions (1991, Annals of Statistics 19, 1; noise as in scikit-learn's examples of about a quarter of
the spread) with 300 rows, and x1 x2 with columns of mean 0, which have no effects alone.  The true effects are computed
for the same rows: the bands say how well the function is known, not how well the rows represent others.  The coverage
is the share of the points of all curves, and of the points of the interaction, that lie within two standard deviations.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable

import numpy as np

import sheernet as sn
from sheernet.models.explaining import PairEffect
from sheernet.models.explaining.column_parts import ColumnPart, parts_of
from sheernet.models.explaining.effects import MOST_ROWS
from sheernet.models.explaining.local_effects import MOST_GAPS, local_grid, local_rows
from sheernet.models.explaining.pair_effects import MOST_GAPS as PAIR_GAPS
from sheernet.statistics.accumulated_effects import interaction

N = 300
Function = Callable[[np.ndarray], np.ndarray]


def friedman1(X: np.ndarray) -> np.ndarray:
    """10 sin(pi x1 x2) + 20 (x3 - 1/2)^2 + 10 x4 + 5 x5."""
    return 10 * np.sin(np.pi * X[:, 0] * X[:, 1]) + 20 * (X[:, 2] - 0.5) ** 2 + X[:, 3:5] @ [10, 5]


def friedman2(X: np.ndarray) -> np.ndarray:
    """Impedance of a circuit."""
    return np.hypot(X[:, 0], X[:, 1] * X[:, 2] - 1 / (X[:, 1] * X[:, 3]))


def friedman3(X: np.ndarray) -> np.ndarray:
    """Phase of a circuit."""
    return np.arctan((X[:, 1] * X[:, 2] - 1 / (X[:, 1] * X[:, 3])) / X[:, 0])


def product(X: np.ndarray) -> np.ndarray:
    """An interaction without main effects."""
    return X[:, 0] * X[:, 1]


UNIT = ([0.0] * 10, [1.0] * 10)
CIRCUIT = ([0.0, 40 * np.pi, 0.0, 1.0], [100.0, 560 * np.pi, 1.0, 11.0])
PROBLEMS: dict[str, tuple[Function, tuple[list[float], list[float]], float]] = {
    "friedman1": (friedman1, UNIT, 1.0),
    "friedman2": (friedman2, CIRCUIT, 125.0),
    "friedman3": (friedman3, CIRCUIT, 0.1),
    "x1 x2": (product, ([-1.0] * 3, [1.0] * 3), 0.05),
}


def coverage(name: str, seed: int) -> str:
    """The coverages of one fit, in words."""
    function, (low, high), noise = PROBLEMS[name]
    rng = np.random.default_rng(seed)
    X = rng.uniform(low, high, (N, len(low)))
    y = function(X) + noise * rng.normal(size=N)
    table = {f"x{j + 1}": x for j, x in enumerate(X.T)}
    model = sn.fit(table, y, seed=seed, progress=False)
    encoded = model.inputs.encode(sn.read_table(table))
    parts = parts_of(model.inputs)
    shift, scale = (
        np.array([getattr(part.column, key) for part in parts]) for key in ("shift", "scale")
    )

    def truth(rows: np.ndarray) -> np.ndarray:
        return function(rows * scale + shift)

    found, inside, even = model.effects(table, pairs=[("x1", "x2")]), [], []
    depends = model.effects(table, "partial dependence")
    for part in parts:
        effect = found[part.title]
        _, features, grid = local_grid(part, encoded, MOST_GAPS)
        rows, weights, gaps = local_rows(part, encoded, features, grid)
        differences = np.bincount(gaps, weights * truth(rows), minlength=len(grid.ends))
        error = effect.mean[:, 0] - grid.centered @ differences
        inside += (np.abs(error) <= 2.0 * effect.std[:, 0]).tolist()
        effect = depends[part.title]
        assert len(encoded) <= MOST_ROWS["partial dependence"]
        own = [truth(part.with_features(encoded, f)).mean() for f in part.encode(effect.values)]
        even += (np.abs(effect.mean[:, 0] - own) <= 2.0 * effect.std[:, 0]).tolist()
    words = f"{100 * np.mean(inside):.0f} % of local effects, {100 * np.mean(even):.0f} % of partial dependence"
    if name == "x1 x2":
        words += f", {_of_interaction(found.pairs[0], encoded, parts)}"
    return f"{name}, seed {seed}: {words}; R^2 {model.held_out_fit.r2[0]:.3f}"  # type: ignore[union-attr]


def _of_interaction(pair: PairEffect, encoded: np.ndarray, parts: list[ColumnPart]) -> str:
    """The coverage of the interaction of a product, whose second differences are the same for all rows."""
    most = min(PAIR_GAPS, int(np.sqrt(len(encoded) / 2)))
    grids = [local_grid(part, encoded, most)[2] for part in parts[:2]]
    _, _, effect = interaction(*grids)
    first, second = (
        np.diff(values[grid.ends], axis=1)[:, 0]
        for values, grid in zip(pair.values, grids, strict=True)
    )
    error = pair.interaction[:, :, 0] - effect @ np.outer(first, second).ravel()
    within = np.abs(error) <= 2.0 * pair.interaction_std[:, :, 0]
    return f"{100 * within.mean():.0f} % of the interaction (largest error {np.abs(error).max():.3f} of 1)"


if __name__ == "__main__":
    warnings.simplefilter("ignore", sn.SheernetWarning)
    for which in range(int(sys.argv[1]) if len(sys.argv) > 1 else 2):
        for problem in PROBLEMS:
            print(coverage(problem, which), flush=True)
