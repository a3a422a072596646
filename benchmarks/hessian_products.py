"""Benchmark: the time of a Hessian-vector product relative to that of value and gradient.

    python benchmarks/hessian_products.py [--rounds 25] >> benchmarks/results.md

One thread, float64, the compiled engine: processor time, so that other programs change the ratios little.  The two
alternate.  The shapes are those of evaluation_speed.py and some with a second hidden layer.  Each product is one
call with one vector, which also computes what depends on theta only; the products of an optimizer share that.

The last two columns count multiply-adds per row: with P_1 weights of the first layer and P_2 of the others,
2 P_1 + 3 P_2 for a gradient and 3 P_1 + 8 P_2 for a product.  Activations take the same time in both.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from _measuring import alternating, heading, quartiles, restart_in_environment, seconds

import sheernet as sn

SHAPES: tuple[tuple[int, tuple[int, ...]], ...] = (
    (3, (2, 3, 1)),
    (150, (4, 5, 3)),
    (500, (5, 10, 1)),
    (10_000, (10, 32, 1)),
    (1_000, (6, 12, 12, 2)),
    (5_000, (10, 25, 25, 1)),
    (20_000, (20, 64, 64, 1)),
)


def multiply_adds(arch: sn.Architecture) -> tuple[int, int]:
    """Per row, of a gradient and of a product."""
    first = sum(block.stop - block.start for block in arch.layout.blocks if block.layer == 1)
    others = arch.n_parameters - first
    return 2 * first + 3 * others, 3 * first + 8 * others


def ratios(n: int, sizes: tuple[int, ...], rounds: int) -> tuple[sn.Architecture, np.ndarray]:
    """The network, and in each round the time of a product divided by that of a gradient."""
    rng = np.random.default_rng(0)
    arch = sn.Architecture(sizes)
    X, y = rng.normal(size=(n, sizes[0])), rng.normal(size=(n, sizes[-1]))
    objective = sn.make_objective(arch, X, y, engine="compiled", threads=1)
    theta, v = sn.Network.random(arch, seed=0).theta, rng.normal(size=arch.n_parameters)
    times = alternating(
        {
            "gradient": lambda: seconds(
                lambda: objective.value_and_gradient(theta), time.process_time
            ),
            "product": lambda: seconds(
                lambda: objective.hessian_vector(theta, v), time.process_time
            ),
        },
        rounds,
    )
    return arch, np.array(times["product"]) / np.array(times["gradient"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=25)
    given = parser.parse_args()
    restart_in_environment()
    facts = sn.engines.describe()
    if facts["engine"] != "compiled":
        raise SystemExit(f"the compiled engine is not available: {facts['because']}")
    print(heading(facts, rounds=given.rounds))
    print("| N, layers | P | product / gradient | multiply-adds, gradient | product |")
    print("|---|---|---|---|---|")
    medians = []
    for n, sizes in SHAPES:
        arch, found = ratios(n, sizes, given.rounds)
        medians.append(float(np.median(found)))
        cells = (arch.n_parameters, quartiles(found), *multiply_adds(arch))
        name = "-".join(map(str, sizes))
        print(f"| {n}, {name} | {' | '.join(map(str, cells))} |", flush=True)
    print(f"\nThe median of the {len(SHAPES)} medians: {np.median(medians):.3g}")


if __name__ == "__main__":
    main()
