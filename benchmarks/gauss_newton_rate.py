"""Benchmark: the rate of the compiled Gauss-Newton matrix, as a share of the rate of BLAS for A^T A.

    python benchmarks/gauss_newton_rate.py [--rounds 7] >> benchmarks/results.md

One thread, float64.  The count contains the multiply-adds of the products for each pair of layers, with their
symmetries (sheernet/network/structured_matrix.py), as two operations each; value, gradient and the factors of the
products are included in the time, but not in the count.  "fewer" is the number of multiply-adds of J^T J,
K P (P + 1) / 2 for each row, divided by that count.  DSYRK is SciPy's for a matrix
of k = 4000 rows and P = 1000 columns, k P (P + 1) operations.  The two alternate.
"""

from __future__ import annotations

import argparse

import numpy as np
from _measuring import alternating, heading, quartiles, restart_in_environment, seconds
from scipy.linalg.blas import dsyrk

import sheernet as sn

CASES: tuple[tuple[tuple[int, ...], int, dict[str, object]], ...] = (
    ((20, 45, 1), 20_000, {}),
    ((10, 83, 1), 20_000, {}),
    ((10, 25, 25, 1), 20_000, {}),
    ((200, 5, 1), 20_000, {}),
    ((10, 20, 1), 20_000, {"skip": True}),
    ((5, 10, 1), 20_000, {}),
    ((1, 8, 1), 20_000, {}),
    ((20, 20, 3), 20_000, {}),
    ((10, 25, 25, 3), 5_000, {}),
    ((4, 5, 3), 20_000, {"output": "softmax"}),
    ((13, 6, 3), 20_000, {"output": "softmax", "skip": True}),
    ((8, 50, 10), 5_000, {}),
    ((8, 50, 10), 5_000, {"output": "softmax"}),
    ((64, 20, 10), 5_000, {"output": "softmax"}),
    ((6, 20, 20, 10), 5_000, {"output": "softmax"}),
)
COLUMNS, ROWS = 1000, 4000
"""Of the matrix for DSYRK: with more of either, its rate no longer increases."""


def multiply_adds(arch: sn.Architecture) -> int:
    """Products of each pair of layers, for each row of the data."""
    layers = []  # number of inputs, with those of biases and skip connections, and of units
    for layer, width in enumerate(arch.sizes[1:], start=1):
        numbers = sum(
            block.stop - block.start for block in arch.layout.blocks if block.layer == layer
        )
        layers.append((numbers // width, width))
    total = 0
    for i, (n_in, width) in enumerate(layers):
        is_diagonal = i + 1 == len(layers) and arch.activations[-1].name != "softmax"
        total += n_in * (n_in + 1) // 2 * (width if is_diagonal else width * (width + 1) // 2)
        total += sum(n_in * width * m * n for m, n in layers[i + 1 :])
    return total


def row(sizes: tuple[int, ...], n: int, options: dict[str, object], rounds: int) -> str:
    """The row of the table for one network."""
    rng = np.random.default_rng(0)
    arch = sn.Architecture(sizes, **options)  # type: ignore[arg-type]
    X, y = rng.normal(size=(n, sizes[0])), np.eye(sizes[-1])[rng.integers(0, sizes[-1], n)]
    objective = sn.make_objective(arch, X, y, engine="compiled", threads=1)
    theta, size = sn.Network.random(arch, seed=0).theta, arch.n_parameters
    A = np.asfortranarray(rng.normal(size=(COLUMNS, ROWS)))  # BLAS is column-major: A A^T
    times = alternating(
        {
            "sheernet": lambda: seconds(lambda: objective.gauss_newton(theta)),
            "DSYRK": lambda: seconds(lambda: dsyrk(1.0, A)),
        },
        rounds,
    )
    needed = multiply_adds(arch)
    ours = 2 * n * needed / np.array(times["sheernet"])
    theirs = ROWS * COLUMNS * (COLUMNS + 1) / np.array(times["DSYRK"])
    name = "-".join(map(str, sizes)) + "".join(
        f", {'skip' if key == 'skip' else value}" for key, value in options.items()
    )
    cells = [
        f"{sizes[-1] * size * (size + 1) / 2 / needed:.3g}",
        quartiles(times["sheernet"], 1e3),
        f"{np.median(ours) / 1e9:.3g}",
        f"{np.median(theirs) / 1e9:.3g}",
        f"{np.median(ours / theirs):.0%}",
    ]
    return f"| {n}, {name} | {size} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    restart_in_environment()
    facts = sn.engines.describe()
    if facts["engine"] != "compiled":
        raise SystemExit(f"the compiled engine is not available: {facts['because']}")
    print(heading(facts, "scipy", rounds=given.rounds))
    print(
        "| N, layers | P | fewer | gauss_newton, ms | its GFLOP/s | DSYRK's GFLOP/s | share |\n"
        "|---|---|---|---|---|---|---|"
    )
    for sizes, n, options in CASES:
        print(row(sizes, n, options, given.rounds), flush=True)


if __name__ == "__main__":
    main()
