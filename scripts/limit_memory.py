"""Run each command under limits of memory: it succeeds, or says in a sentence that the memory is not enough.

    python scripts/limit_memory.py --limits 300,500,1000,2000

A limit is that of the address space (ulimit -v), in MB.  The commands that read a table read it as CSV, Excel and
Parquet.  A table of the exit codes is printed; the exit code is 1 if any run neither ends with 0 and its result, nor
with 2, one sentence about memory, and nothing left behind.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas
from end_at_random import write_given

ENDINGS = ("csv", "xlsx", "parquet")
COMMANDS = {
    "fit": "fit scores.{} -t score --hidden 2 -q -o result",
    "predict": "predict model.json scores.{} -o result.csv",
    "compare": "compare scores.{} -t score --methods lm,bfgs -q -o result",
    "check": "check model.json scores.{}",
    "check --pictures": "check model.json scores.{} --pictures result",
    "report": "report model.json",
    "info": "info",
}
AT_A_TIME = 2


def main() -> int:
    """Run all commands and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limits", default="300,500,1000,2000", help="in MB, separated by commas")
    parser.add_argument("--commands", default=",".join(COMMANDS), help="separated by commas")
    options = parser.parse_args()
    limits = [int(limit) for limit in options.limits.split(",")]
    lines = list(command_lines(options.commands.split(",")))
    with tempfile.TemporaryDirectory() as place:
        given = Path(place)
        write_given(given)
        table = pandas.read_csv(given / "scores.csv")
        table.to_excel(given / "scores.xlsx", index=False)
        table.to_parquet(given / "scores.parquet")
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            runs = [
                [pool.submit(limited_run, line, limit, given) for limit in limits] for line in lines
            ]
            found = [[run.result() for run in row] for row in runs]
    print(f"{'MB':60}{''.join(f'{limit:>7}' for limit in limits)}")
    for line, row in zip(lines, found, strict=True):
        print(f"{line:60}{''.join(f'{code:>7}' for code, _ in row)}")
    faults = [
        f"{limit} MB, {line}: exit code {code}, {fault}"
        for line, row in zip(lines, found, strict=True)
        for limit, (code, fault) in zip(limits, row, strict=True)
        if fault
    ]
    print("\n".join([f"{len(faults)} faults in {len(lines) * len(limits)} runs", *faults]))
    return 1 if faults else 0


def command_lines(names: list[str]) -> Iterator[str]:
    """The command lines of commands, for tables in each format."""
    for name in names:
        line = COMMANDS[name]
        yield from map(line.format, ENDINGS) if "{}" in line else [line]


def limited_run(line: str, megabytes: int, given: Path) -> tuple[int, str]:
    """Run a command line under a limit; return its exit code, and what is wrong or ""."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for path in given.iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        before = set(folder.iterdir())
        program = (
            "import os, resource, sys; n = int(sys.argv[1]); resource.setrlimit(resource.RLIMIT_AS, (n, n)); "
            "os.execv(sys.executable, [sys.executable, '-m', 'sheernet', *sys.argv[2:]])"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(megabytes * 10**6), *line.split()],
            cwd=folder, capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        return done.returncode, fault_of(done, line, sorted(set(folder.iterdir()) - before))


def fault_of(done: subprocess.CompletedProcess[str], line: str, left: list[Path]) -> str:
    """What is wrong with a run that left new files; "" if nothing is."""
    if "Traceback" in done.stderr or "ignored in" in done.stderr:
        return f"a traceback: {done.stderr[-500:]}"
    if done.returncode == 0:
        is_expected = "result" in line
        if is_expected and not left:
            return "no result"
        return "" if is_expected or done.stdout else "nothing is printed"
    if done.returncode != 2 or done.stderr.count("\n") != 1 or "memory" not in done.stderr:
        return f"not one sentence about memory: {done.stderr[-500:]!r}"
    return f"left: {left}" if left else ""


if __name__ == "__main__":
    sys.exit(main())
