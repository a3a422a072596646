"""Run benchmarks/*.py one after the other, each in its own process, on one BLAS thread.

On small matrices, threaded BLAS would mostly measure its own waiting; benchmarks of threads set their number
themselves.
Arguments select benchmarks:

    python scripts/run_benchmarks.py memory friedman1
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

ONE_THREAD = {"MKL_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def chosen(names: list[str]) -> list[Path]:
    every = {
        path.stem: path for path in sorted(Path("benchmarks").glob("*.py")) if path.stem[0] != "_"
    }
    unknown = sorted(set(names) - set(every))
    if unknown:
        raise SystemExit(
            f"unknown benchmark: {', '.join(unknown)}; benchmarks are {', '.join(every) or 'not found'}"
        )
    return [every[name] for name in names] if names else list(every.values())


def main() -> None:
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors")
    failed = []
    for path in chosen(sys.argv[1:]):
        print(f"\n== {path}", flush=True)
        start = time.perf_counter()
        code = subprocess.run(
            [sys.executable, path], env=os.environ | ONE_THREAD, check=False
        ).returncode
        print(f"-- {time.perf_counter() - start:.1f} s" + (f", exit code {code}" if code else ""))
        if code:
            failed.append(path.name)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
