"""Benchmark: the time that a fit is expected to take (statistics/fit_time.py), beside the time that it took.

    python benchmarks/fit_times.py [NAME ...]

Both are times of the processor, on one thread, so that other programs that run at the same time change neither.  Short
fits, whose time is not told, can be compared as well.
"""

from __future__ import annotations

import argparse
import time
import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np

import sheernet as sn
from sheernet.models.comparing.compare_methods import METHODS, settings_by_method
from sheernet.models.fitting import fit_prepared, prepare, time_expected
from sheernet.models.fitting.fit_plan import plan_of
from sheernet.settings.fit_settings import FitSettings
from sheernet.statistics import fit_time
from sheernet.training import evaluation_time

ONE: dict[str, Any] = {"decay": 1e-4}
CASES: dict[str, tuple[int, int, int, dict[str, Any]]] = {
    "small, chosen": (300, 5, 0, {}),
    "rows, chosen": (2000, 10, 0, {}),
    "many rows, chosen": (20_000, 10, 0, {}),
    "columns, chosen": (1000, 100, 0, {}),
    "classes, chosen": (1000, 10, 5, {}),
    "given size, chosen": (1000, 10, 0, {"hidden": (8, 8)}),
    "rows, one": (2000, 10, 0, ONE),
    "many rows, one": (200_000, 10, 0, ONE),
    "columns, one": (1000, 200, 0, ONE),
    "classes, one": (3000, 20, 60, ONE),
    "layers, one": (2000, 10, 0, {**ONE, "hidden": (40, 40, 40), "starts": 3}),
    "many starts, one": (1000, 10, 0, {**ONE, "starts": 40}),
    "lm, one": (20_000, 10, 0, {**ONE, "method": "lm", "starts": 5}),
    "cv": (500, 10, 0, {"decay": "cv"}),
    "compare": (1000, 10, 0, {}),
}
"""Rows, columns, classes (0 for numbers), and settings."""


def table(rows: int, columns: int, classes: int) -> tuple[Any, Any]:
    """Inputs and a target that depends on them, with noise."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, columns))
    if not classes:
        return X, np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + 0.3 * rng.normal(size=rows)
    scores = X @ rng.normal(size=(columns, classes)) + rng.gumbel(size=(rows, classes))
    return X, [f"class {k}" for k in np.argmax(scores, axis=1)]


def expected_and_measured(name: str) -> tuple[float, float, float]:
    """Seconds of the estimate, the time it took to make, and the time of the fit."""
    rows, columns, classes, given = CASES[name]
    all_settings = (
        settings_by_method(METHODS, {**given, "threads": 1})
        if name == "compare"
        else {"fit": FitSettings.of({**given, "threads": 1})}
    )
    first = next(iter(all_settings.values()))
    prepared = prepare(*table(rows, columns, classes), first.rows, first.start.seed)
    began = time.process_time()
    plans = [plan_of(prepared, settings) for settings in all_settings.values()]
    expected = sum(map(time_expected.expected_seconds, plans))
    told = time.process_time()
    for settings in all_settings.values():
        fit_prepared(prepared, settings)
    return expected, told - began, time.process_time() - told


def main() -> None:
    """Print a line for each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(CASES))
    warnings.simplefilter("ignore", sn.SheernetWarning)
    time_expected.LONG = fit_time.LONG = 0.0
    evaluation_time.time = SimpleNamespace(monotonic=time.process_time)
    print(f"{'':22}{'expected':>10}{'measured':>10}{'ratio':>8}{'estimating':>12}")
    for name in parser.parse_args().names:
        expected, estimating, measured = expected_and_measured(name)
        print(
            f"{name:22}{expected:9.1f}s{measured:9.1f}s{measured / expected:8.2f}{estimating:11.2f}s",
            flush=True,
        )


if __name__ == "__main__":
    main()
