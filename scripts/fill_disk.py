"""Run each command on a disk that is full, or becomes full: one sentence, exit code 2, nothing half-written.

    python scripts/fill_disk.py

The folder of the results is a file system in memory of some KiB (only root may mount one; otherwise files are limited
to as many bytes), and standard output is /dev/full, with and without PYTHONUNBUFFERED=1.  Each run is printed; the exit
code is 1 if a run ends with another exit code or a traceback, leaves an incomplete file or a part of one, or says that
it has no file although it is there.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO

from end_at_random import is_complete, write_given

SIZES = (0, 16, 600)
"""Free KiB: nothing, less than a model, and less than `require_room` tries."""
LATER = 1300
"""Free KiB of a disk that is filled when the first file of the results is there."""
WRITING = (
    "fit ../scores.csv -t score --hidden 2 -q -o result",
    "fit ../scores.csv -t score --hidden 2 --held-out 0.2 --method lm -q -o result --json",
    "predict ../model.json ../scores.csv -o result.csv",
    "predict ../model.json ../scores.csv -o result.parquet",
    "predict ../model.json ../scores.csv -o result.csv --json",
    "compare ../scores.csv -t score --methods lm,bfgs -q -o result",
    "check ../model.json ../scores.csv --pictures result",
    "demo -q -o result",
)
PRINTING = (
    *WRITING, "predict ../model.json ../scores.csv", "report ../model.json", "report ../model.json --json --verbose",
    "info", "info --json", "check ../model.json ../scores.csv", "fit --help", "--version",
)  # fmt: skip


def main() -> int:
    """Run all commands and print how they end."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    faults = 0
    with tempfile.TemporaryDirectory() as place:
        given = Path(place)
        write_given(given)
        for what, line, done, fault in runs(given):
            faults += bool(fault)
            told = (done.stderr or done.stdout or "").strip().splitlines() or [""]
            print(f"{what:22} {line}\n    {done.returncode}: {told[-1][:150]}", flush=True)
            if fault:
                print(f"    FAULT {fault}", flush=True)
    print(f"{faults} faults")
    return 1 if faults else 0


def runs(given: Path) -> Iterator[tuple[str, str, subprocess.CompletedProcess[str], str]]:
    """What is full, the command line, how it ended, and what is wrong or ""."""
    for line in WRITING:
        for size in (*SIZES, LATER):
            with small_disk(given, size) as (folder, is_mounted):
                limit = None if is_mounted else size * 1024
                with filled_later(folder) if is_mounted and size == LATER else nullcontext():
                    done = run(line, folder, limit=limit)
                what = "full later" if size == LATER else f"{size} KiB"
                yield what, line, done, fault_of(done, folder, may_succeed=True)
    for line in PRINTING:
        for unbuffered in ("", "1"):
            with (
                tempfile.TemporaryDirectory(dir=given) as place,
                Path("/dev/full").open("w") as full,
            ):
                done = run(line, Path(place), stdout=full, PYTHONUNBUFFERED=unbuffered)
                what = "output, unbuffered" if unbuffered else "output"
                yield what, line, done, fault_of(done, Path(place), may_succeed=False)


@contextmanager
def small_disk(given: Path, size: int) -> Iterator[tuple[Path, bool]]:
    """A folder with some free KiB if it can be mounted, and whether it could."""
    with tempfile.TemporaryDirectory(dir=given) as place:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={max(size, 4)}k", "tmpfs", place]
        is_mounted = os.geteuid() == 0 and subprocess.run(mount, check=False).returncode == 0
        try:
            if is_mounted and size == 0:
                (Path(place) / "full").write_bytes(bytes(4096))
            yield Path(place), is_mounted
        finally:
            if is_mounted:
                subprocess.run(["umount", place], check=True)


@contextmanager
def filled_later(folder: Path) -> Iterator[None]:
    """Fill the disk of a folder when the first file is in it."""
    is_over = threading.Event()

    def fill() -> None:
        while not is_over.wait(0.005):
            if any(path.is_file() for path in folder.rglob("*")):
                with suppress(OSError), (folder / "full").open("wb", buffering=0) as file:
                    while True:
                        file.write(bytes(4096))

    thread = threading.Thread(target=fill)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def run(
    line: str,
    folder: Path,
    limit: int | None = None,
    stdout: int | IO[str] = subprocess.PIPE,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Run a command line in a folder."""

    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "sheernet", *line.split()], cwd=folder, stdout=stdout, stderr=subprocess.PIPE, text=True,
        check=False, timeout=600, env={**os.environ, **environment}, preexec_fn=limited,
    )  # fmt: skip


def fault_of(done: subprocess.CompletedProcess[str], folder: Path, *, may_succeed: bool) -> str:
    """What is wrong; "" if nothing is."""
    if "Traceback" in done.stderr or "ignored in" in done.stderr:
        return f"a traceback: {done.stderr[-800:]}"
    if done.returncode != 2 and not (may_succeed and done.returncode == 0):
        return f"exit code {done.returncode}"
    said = done.stderr.strip() or (done.stdout or "").strip()
    if done.returncode == 2 and not said:
        return "nothing is said"
    sentences = [
        line for line in done.stderr.splitlines() if not line.startswith("sheernet: notice")
    ]
    if done.returncode == 2 and len(sentences) > 1:
        return f"more than a sentence: {done.stderr[-500:]!r}"
    for path in folder.rglob("*"):
        if path.name.startswith(".") or (path.is_dir() and not any(path.iterdir())):
            return f"left: {path.relative_to(folder)}"
        if path.suffix in (".json", ".png", ".csv") and not is_complete(path):
            return f"incomplete: {path.relative_to(folder)}"
        if path.suffix == ".parquet" and not path.read_bytes().endswith(b"PAR1"):
            return f"incomplete: {path.relative_to(folder)}"
    if done.returncode == 2 and (folder / "result.csv").exists() and "standard output" not in said:
        return "the file is there, but the command failed"
    return ""


if __name__ == "__main__":
    sys.exit(main())
