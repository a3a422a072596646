"""Benchmark: the rate of the compiled Gauss-Newton matrix, as a share of the rate of BLAS for A^T A.

    python benchmarks/gauss_newton_rate.py [--rounds 7] >> benchmarks/results.md

20 000 rows, about 1000 weights, one thread, float64.  Only the N P^2 operations of the symmetric product J^T J are
counted; value, gradient and the Jacobian itself are included in the time, but not in the count.  DSYRK is SciPy's, on a
matrix with as many columns and k rows: k P^2 operations.  The two alternate.
"""

from __future__ import annotations

import argparse

import numpy as np
from _measuring import alternating, heading, quartiles, restart_in_environment, seconds
from scipy.linalg.blas import dsyrk

import sheernet as sn

N = 20_000
SHAPES = ((20, 45, 1), (10, 83, 1), (10, 25, 25, 1), (8, 50, 10))
ROWS = 4000
"""k, the rows of the matrix for DSYRK: with more, its rate no longer increases."""


def row(sizes: tuple[int, ...], rounds: int) -> str:
    """The row of the table for one network."""
    rng = np.random.default_rng(0)
    arch = sn.Architecture(sizes)
    X, y = rng.normal(size=(N, sizes[0])), rng.normal(size=(N, sizes[-1]))
    objective = sn.make_objective(arch, X, y, engine="compiled", threads=1)
    theta, size = sn.Network.random(arch, seed=0).theta, arch.n_parameters
    A = np.asfortranarray(rng.normal(size=(size, ROWS)))  # BLAS is column-major: A A^T, (P, P)
    times = alternating(
        {
            "sheernet": lambda: seconds(lambda: objective.gauss_newton(theta)),
            "DSYRK": lambda: seconds(lambda: dsyrk(1.0, A)),
        },
        rounds,
    )
    # A network of K outputs has K rows of the Jacobian for each sample.
    ours = sizes[-1] * N * size**2 / np.array(times["sheernet"])
    theirs = ROWS * size**2 / np.array(times["DSYRK"])
    cells = [
        quartiles(times["sheernet"], 1e3),
        f"{np.median(ours) / 1e9:.3g}",
        f"{np.median(theirs) / 1e9:.3g}",
        f"{np.median(ours / theirs):.0%}",
    ]
    return f"| {N}, {'-'.join(map(str, sizes))} | {size} | {' | '.join(cells)} |"


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
    print("| N, layers | P | gauss_newton, ms | GFLOP/s | GFLOP/s of DSYRK | share |")
    print("|---|---|---|---|---|---|")
    for sizes in SHAPES:
        print(row(sizes, given.rounds), flush=True)


if __name__ == "__main__":
    main()
