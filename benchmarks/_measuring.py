"""Shared by the benchmarks: the environment, alternating time measurements, and the format of results."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

ONE_THREAD = {
    "MKL_NUM_THREADS": "1",
    "NPROC": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}
HELD_BACK = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Variables that can make BLAS assume an old processor or a small cache."""
ENOUGH = 0.005
"""Shortest measured time in seconds; faster calls are repeated."""


def environment(*, one_thread: bool = True) -> dict[str, str]:
    """The environment for one thread in every program, or for the default number of each.

    It has no settings that hide the processor from BLAS.
    """
    left_out = {*HELD_BACK, *ONE_THREAD}
    rest = {key: value for key, value in os.environ.items() if key not in left_out}
    return rest | ONE_THREAD if one_thread else rest


def restart_in_environment(*, one_thread: bool = True) -> None:
    """Restart the program in this environment, if necessary: BLAS read it when it was loaded."""
    wanted = environment(one_thread=one_thread)
    if wanted != dict(os.environ):
        os.execve(sys.executable, [sys.executable, *sys.argv], wanted)


def seconds(call: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds per call by a clock, from so many calls that they take ENOUGH."""
    number, total = 1, 0.0
    while True:
        began = clock()
        for _ in range(number):
            call()
        total = clock() - began
        if total >= ENOUGH:
            return total / number
        number = max(2 * number, int(1.2 * number * ENOUGH / max(total, 1e-9)))


def alternating(programs: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each program in each round; within a round they run one after the other."""
    times: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, measured in programs.items():
            times[name].append(measured())
    return times


def processor() -> str:
    """The name of the processor, if the system gives one."""
    found = Path("/proc/cpuinfo")
    if found.exists():
        for line in found.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def version(package: str) -> str:
    """A package and its version."""
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return f"no {package}"


def heading(facts: Mapping[str, str], *packages: str, rounds: int | None = None) -> str:
    """The heading of a section of results.md: benchmark, date, machine and versions.

    `facts` is the result of sheernet.engines.describe().
    """
    versions = [version(package) for package in ("sheernet", "numpy", *packages)]
    return (
        f"\n## {Path(sys.argv[0]).name}, {time.strftime('%Y-%m-%d')}\n\n"
        f"{processor()}, {facts['machine']}; {facts.get('instructions', facts['engine'])}, "
        f"{facts.get('C++ code', 'no C++ code')}\n"
        f"Python {facts['python']}, {', '.join(versions)}{'' if rounds is None else f'; {rounds} rounds'}\n"
    )


def quartiles(values: Any, scale: float = 1.0) -> str:
    """Median and quartiles: "41.2 (39.8 to 44.1)"."""
    low, middle, high = np.percentile(np.asarray(values) * scale, [25, 50, 75])
    return f"{middle:.3g} ({low:.3g} to {high:.3g})"
