"""Benchmark: Parquet files of four times the memory that rows may take: learning, packing, evaluations, peak of memory.

    python benchmarks/large_data_from_parquet.py --folder FOLDER --rows 100000000 >> benchmarks/results.md

Files of 12 columns of numbers and a target, made from a seed, in row groups of 250 000 rows, are made in FOLDER by a
process of their own; the packed file is there, too.  Together they need 208 bytes a row, and are removed at the end.
There must be at least 4 million rows, so that a shard fits in the memory.
Memory is the peak of the resident memory of the process in each phase, in which pages of the mapped file are included,
minus that before.  The table of evaluations is that of large_data.py.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas  # noqa: F401  # otherwise its code would count as memory of the rows
import pyarrow as pa
import pyarrow.parquet as pq
from _measuring import heading
from large_data import ARCH, THREADS, MadeShard, evaluations, matrix_speed
from large_data_on_dask import COST
from memory import reset_peak, resident

import sheernet as sn
from sheernet.data.shards import learn_shards
from sheernet.distributed import StreamingHolder
from sheernet.models.fitting.thread_mapper import ThreadMapper
from sheernet.settings.table_settings import TableSettings

ROWS_OF_GROUP = 250_000
GROUPS_OF_FILE = 40


def write_files(folder: str, rows: int) -> None:
    """Write the files, one row group after the other."""
    names = [*(f"x{j}" for j in range(12)), "y"]
    schema = pa.schema([(name, pa.float64()) for name in names])
    numbers = range(-(-rows // ROWS_OF_GROUP))
    for first in numbers[::GROUPS_OF_FILE]:
        path = Path(folder) / f"part-{first // GROUPS_OF_FILE:03d}.parquet"
        with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
            for k in numbers[first : first + GROUPS_OF_FILE]:
                n = min(ROWS_OF_GROUP, rows - k * ROWS_OF_GROUP)
                X, y, _ = MadeShard(k, n).load("training")
                table = pa.table([*X.T, y[:, 0]], schema=schema)
                writer.write_table(table, row_group_size=ROWS_OF_GROUP)


def measured(name: str, rows: int, before: int, call: Callable[[], Any]) -> Any:
    """Call, print a line of the table, and return the result."""
    reset_peak()
    clock, cpu = time.perf_counter(), time.process_time()
    result = call()
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    peak = resident("VmHWM") - before
    print(
        f"| {name} | {rows / clock / 1e6:.2f}, {rows / cpu / 1e6:.2f} | {peak / 1e6:.0f} MB |",
        flush=True,
    )
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", default=None)
    parser.add_argument("--rows", type=int, default=5_000_000)
    given = parser.parse_args()
    print(heading(sn.engines.describe()))
    print(f"Load of the machine before: {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        writer = multiprocessing.get_context("spawn").Process(
            target=write_files, args=(folder, given.rows)
        )
        writer.start()
        writer.join()
        assert writer.exitcode == 0, "the files were not written"
        of_files(folder, given.rows)
    print(f"\nLoad of the machine afterwards: {os.getloadavg()[0]:.1f}")


def of_files(folder: str, rows: int) -> None:
    """Print the tables."""
    memory = rows * 104 // 4
    size = sum(path.stat().st_size for path in Path(folder).iterdir())
    speeds = {threads: matrix_speed(threads) for threads in THREADS}  # first: it needs memory
    before = resident("VmRSS")
    print(
        f"{rows} rows in Parquet files of {size / 1e9:.2f} GB, two threads; {memory / 1e6:.0f} MB allowed for rows; a "
        f"shard of {ROWS_OF_GROUP} rows takes {ROWS_OF_GROUP * 104 / 1e6:.0f} MB.\n"
    )
    print("Million rows a second, by the clock and by processor time:\n")
    print("| pass | speed | memory |\n|---|---|---|")
    data = measured("listing the shards", rows, before, lambda: sn.shards(folder, target="y"))
    settings, mapper = TableSettings(held_out=0.0), ThreadMapper(2)
    learned = measured(
        "learning the columns, two readings", rows, before,
        lambda: learn_shards(data, "y", settings, mapper=mapper),
    )  # fmt: skip
    holder = measured(
        "reading, encoding and packing", rows, before,
        lambda: StreamingHolder(learned.sources, ARCH, COST, folder=folder, memory=memory),
    )  # fmt: skip
    with holder:
        print(f"\n{holder.describe()}\n")
        evaluations(holder, rows, before, speeds)


if __name__ == "__main__":
    main()
