"""Benchmark: each pass of a fit of Parquet files that are read in parts, and the memory of the whole fit.

    python benchmarks/large_data_fit.py --folder FOLDER --rows 16000000 >> benchmarks/results.md

Eight files of four columns of numbers, one of three labels and a target, in row groups of 250 000 rows, about 46 bytes
a row, are made in FOLDER and removed at the end.  Passes run on one thread over the first file, and are given by
processor time, which other programs of the machine hardly change.  Beside them stands one pass of scikit-learn's
`MLPRegressor.partial_fit`, with its batches of 200 rows, over the same encoded rows.  Then all files are fitted, with
`memory_limit` a quarter of the packed rows but at least 300 MB, and the peak of the resident memory is given.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _measuring import heading
from memory import reset_peak, resident

import sheernet as sn
from sheernet.data.shards import learn_shards
from sheernet.distributed import StreamingHolder
from sheernet.objective.sharded import ShardedObjective
from sheernet.settings.table_settings import TableSettings

FILES, ROWS_OF_GROUP, LEAST_MEMORY = 8, 250_000, 300_000_000
NUMBERS = 8  # encoded inputs and target of a row


def write_file(path: Path, rows: int, seed: int) -> None:
    """Write a file."""
    rng = np.random.default_rng(seed)
    table = {f"x{j}": rng.normal(size=rows) for j in range(4)}
    table["group"] = rng.choice(["a", "b", "c"], rows)
    signal = 3 * np.sin(table["x0"]) + table["x1"] * table["x2"] + (table["group"] == "a")
    table["y"] = signal + rng.normal(size=rows)
    pd.DataFrame(table).to_parquet(path, row_group_size=ROWS_OF_GROUP)


def measured(name: str, rows: int, call: Callable[[], Any]) -> Any:
    """Call, print a line of the table, and return the result."""
    clock, cpu = time.perf_counter(), time.process_time()
    result = call()
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    print(f"| {name} | {rows / cpu / 1e6:.2f} | {rows / clock / 1e6:.2f} |", flush=True)
    return result


def passes(path: Path) -> None:
    """Print a line for each pass over a file."""
    data = sn.shards([path])
    n = data.n_rows
    print(
        "\n| pass, one thread | million rows a second of processor time | by the clock |\n|---|---|---|"
    )
    settings = TableSettings(held_out=0.1)
    learned = measured("learning the columns", n, lambda: learn_shards(data, "y", settings))
    arch = sn.Architecture((learned.inputs.n_features, 10, 1))
    theta = sn.Network.random(arch, seed=0).theta
    holder = measured(
        "reading, encoding and packing", n,
        lambda: StreamingHolder(learned.sources, arch, "squared_error", threads=1),
    )  # fmt: skip
    with holder:
        objective = ShardedObjective(arch, "squared_error", holder)
        objective.value(theta)
        n_training = holder.n_samples
        for name, call in (
            ("an evaluation: objective", objective.value),
            ("... and gradient", objective.value_and_gradient),
            ("... and Gauss-Newton matrix", objective.gauss_newton),
        ):
            measured(name, n_training, lambda call=call: call(theta))
    model = sn.fit([path], "y", starts=1, max_iter=5, threads=1)
    table = data.read(0)
    measured("predictions", len(table), lambda: model.predict_frame(table))
    measured("... with intervals", len(table), lambda: model.predict_frame(table, coverage=0.9))
    partial_fit(learned.sources)


def partial_fit(sources: Any) -> None:
    """The same for one pass of scikit-learn, over rows that are encoded already."""
    from sklearn.neural_network import MLPRegressor

    rows = [source.load("training")[:2] for source in sources[:4]]
    network = MLPRegressor(hidden_layer_sizes=(10,), activation="tanh", random_state=0)

    def one_pass() -> None:
        for X, y in rows:
            network.partial_fit(X, y[:, 0])

    measured("one pass of scikit-learn's partial_fit", sum(len(X) for X, _ in rows), one_pass)


def whole_fit(folder: Path, rows: int) -> None:
    """Print the time and the memory of a fit of all files."""
    memory = max(rows * NUMBERS * 8 // 4, LEAST_MEMORY)
    before = resident("VmRSS")
    reset_peak()
    began = time.perf_counter(), time.process_time()
    model = sn.fit(folder, "y", starts=1, max_iter=5, memory_limit=memory)
    clock, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
    peak = resident("VmHWM") - before
    print(
        f"\nA fit of {rows} rows, 5 iterations of {model.provenance.method}: {clock:.0f} s, {cpu:.0f} s of processor "
        f"time; {peak / 1e6:.0f} MB beside the {before / 1e6:.0f} MB before, {memory / 1e6:.0f} MB allowed for rows; "
        f"{model.settings['shards']['held']}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", default=None)
    parser.add_argument("--rows", type=int, default=4_000_000)
    given = parser.parse_args()
    warnings.simplefilter("ignore", sn.SheernetWarning)
    print(heading(sn.engines.describe()))
    print(f"Load of the machine: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        paths = [Path(folder) / f"part-{k}.parquet" for k in range(FILES)]
        for k, path in enumerate(paths):
            write_file(path, given.rows // FILES, k)
        passes(paths[0])
        whole_fit(Path(folder), given.rows)


if __name__ == "__main__":
    main()
