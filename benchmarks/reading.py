"""Benchmark: reading CSV files of numbers, as times of pandas.read_csv with its defaults.

    python benchmarks/reading.py [--rows 200000] [--rounds 7]

Files of 8 columns: 17 digits; whole numbers; three decimals; 17 digits and whole numbers with 5 % blank cells; a column
of labels; labels and missing values (NA) in quotation marks; rows as R's write.csv writes them, with names of rows and
labels in quotation marks.  And a quarter as many rows of 50 columns of 17 digits.  Both programs read the file within
the same round, from the cache of the system; the numbers that they read are first compared.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from _measuring import alternating, heading, quartiles

import sheernet as sn


def frames(n_rows: int) -> Iterator[tuple[str, pd.DataFrame, dict[str, object]]]:
    """The name of each file, its content and the arguments with which pandas writes it."""
    rng = np.random.default_rng(0)

    def columns(values: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(values, columns=[f"x{j}" for j in range(values.shape[1])])

    numbers = columns(rng.normal(size=(n_rows, 8)))
    whole = columns(rng.integers(0, 10_000, size=(n_rows, 8)))
    present = rng.random((n_rows, 8)) > 0.05
    labeled = numbers.assign(x3=rng.choice(["red", "green", "blue"], n_rows))
    digits = {"float_format": "%.17g"}
    yield "17 digits", numbers, digits
    yield "whole numbers", whole, {}
    yield "3 decimals", numbers, {"float_format": "%.3f"}
    yield "17 digits, blank cells", numbers.where(present), digits
    yield "whole numbers, blank cells", whole.where(present), {"float_format": "%.0f"}
    yield "a column of labels", labeled, digits
    gaps = labeled.where(present | (labeled.columns == "x3"))
    yield (
        "labels and NA in quotation marks",
        gaps,
        {"quoting": csv.QUOTE_NONNUMERIC, "na_rep": "NA"},
    )
    quoted = gaps.assign(x3='"' + gaps["x3"] + '"').rename(columns='"{}"'.format)
    quoted.insert(0, '""', [f'"{number}"' for number in range(1, n_rows + 1)])
    yield "as R writes it", quoted, {"quoting": csv.QUOTE_NONE, "quotechar": "'", "na_rep": "NA"}
    yield "50 columns", columns(rng.normal(size=(n_rows // 4, 50))), digits


def ratios(path: Path, rounds: int) -> tuple[str, str]:
    """Times of sheernet divided by those of pandas in the same round, by the clock and by the processor."""
    expected = pd.read_csv(path).rename(columns={"Unnamed: 0": "row"})  # names of rows
    pd.testing.assert_frame_equal(sn.read_table(path).frame, expected, check_dtype=False)
    found = []
    for clock in (time.perf_counter, time.process_time):

        def seconds(read: Callable[[Path], object], clock: Callable[[], float] = clock) -> float:
            began = clock()
            read(path)
            return clock() - began

        programs = {
            "sheernet": lambda seconds=seconds: seconds(sn.read_table),
            "pandas": lambda seconds=seconds: seconds(pd.read_csv),
        }
        times = alternating(programs, rounds)
        found.append(quartiles(np.divide(times["sheernet"], times["pandas"])))
    return found[0], found[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    print(heading(sn.engines.describe(), "pandas", rounds=given.rounds))
    print(f"{given.rows} rows: times of pandas.read_csv, median (quartiles)\n")
    print("| file | by the clock | processor time |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, frame, how in frames(given.rows):
            path = Path(folder, "table.csv")
            frame.to_csv(path, index=False, **how)
            clock, processor = ratios(path, given.rounds)
            print(f"| {name} | {clock} | {processor} |", flush=True)


if __name__ == "__main__":
    main()
