"""Run a law on many mutants, in processes whose memory and time are limited; used by the other fuzz_*.py.

A mutant is made from a number and the seed alone, so that each finding can be repeated: `fuzz_tables.py --only NUMBER`.
Each process handles a few hundred mutants.  It may take 1 GB beyond its imports, and a mutant may take 5 seconds of
processor time.  A process that waits, as for a lock, takes none, so it is ended after a minute without any.  Whatever
ends a process is a finding, and the next process goes on with the next mutant.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sheernet as sn

MEMORY = 2**30
SECONDS = 5.0
WAITING = 60.0
"""Seconds without processor time, on a busy machine, after which a process hangs."""
PAUSE = 0.02
BATCH = 250


@dataclass(frozen=True)
class Mutant:
    """The bytes of a changed file, with what a law needs to know about it.

    Parameters
    ----------
    name : str
        File name, with the extension.
    content : bytes
        The file.
    about : object
        Whatever the law needs.
    """

    name: str
    content: bytes
    about: object = None


Make = Callable[[random.Random], Mutant]
Law = Callable[[Mutant, Path], str]
"""A law returns what happened, such as "read" or "refused", and raises if it is broken."""


class Broken(AssertionError):
    """A mutant breaks the law."""


def refused(error: sn.SheernetError, path: Path) -> str:
    """Return "refused" if an error is one printable sentence; raise `Broken` otherwise."""
    said = str(error)
    if not said or "\n" in said or len(said) > 1000 + len(str(path)):
        raise Broken(f"the message is not one sentence: {said[:300]!r}")
    return "refused"


def outcome(make: Make, law: Law, number: int, seed: int, folder: Path) -> tuple[str, str]:
    """Return what happened to a mutant, and how it breaks the law ("" if it does not); a broken one is kept."""
    path = folder / "not made"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", sn.SheernetWarning)
            mutant = make(random.Random(f"{seed} {number}"))
            path = folder / f"{number}_{mutant.name}"
            path.write_bytes(mutant.content)
            told = law(mutant, path)
    # The exception of a panic in Rust is not a subclass of Exception.
    except BaseException as error:
        is_broken = isinstance(error, Broken)
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = "" if is_broken else f" in {Path(last.filename).name}:{last.lineno}"
        return "broken", f"{'' if is_broken else type(error).__name__ + ': '}{error}"[:500] + where
    path.unlink()
    return told, ""


def _limit() -> None:
    """Limit the address space of this process to what it has and `MEMORY`."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _batch(make: Make, law: Law, numbers: range, seed: int, folder: Path, log: int) -> None:
    """Handle mutants in a process of its own, and write a line before and after each."""
    _limit()
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    for number in numbers:
        os.write(log, f"{json.dumps([number])}\n".encode())
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        told = outcome(make, law, number, seed, folder)
        signal.setitimer(signal.ITIMER_PROF, 0)
        os.write(log, f"{json.dumps([number, *told])}\n".encode())


def _forked(make: Make, law: Law, numbers: range, seed: int, folder: Path) -> list[list[str]]:
    """Handle mutants in a new process, and return what it wrote; the last is unfinished if the process was ended."""
    log = folder / "log"
    log.write_bytes(b"")
    child = os.fork()
    if child == 0:
        with log.open("ab", buffering=0) as file:
            try:
                _batch(make, law, numbers, seed, folder, file.fileno())
            finally:
                os._exit(0)
    status, is_hanging = _wait(child, log)
    found = [json.loads(line) for line in log.read_text().splitlines()]
    if found and len(found[-1]) == 1:
        found[-1] += ["broken", f"waits for {WAITING:g} seconds" if is_hanging else _ending(status)]
    return [line for line in found if len(line) == 3]


def _wait(child: int, log: Path) -> tuple[int, bool]:
    """Wait for the end of a process; kill it if it only waits.  Return its status, and whether it was killed."""
    before, last = "", time.monotonic()
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status, False
        if (now := _work(child, log)) != before:
            before, last = now, time.monotonic()
        if time.monotonic() - last > WAITING:
            os.kill(child, signal.SIGKILL)
            return os.waitpid(child, 0)[1], True
        time.sleep(PAUSE)


def _work(child: int, log: Path) -> str:
    """What grows while a process works: its output, and on Linux its processor time."""
    state = Path(f"/proc/{child}/stat")
    times = state.read_text().rpartition(")")[2].split()[11:13] if state.exists() else []
    return f"{log.stat().st_size} {times}"


def _ending(status: int) -> str:
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return f"more than {SECONDS:g} seconds" if name == "SIGPROF" else f"ended by {name}"
    return f"ended with exit code {os.WEXITSTATUS(status)}"


def run(make: Make, law: Law, numbers: range, seed: int, folder: Path) -> dict[int, str]:
    """Run a law on the mutants of these numbers, print a summary, and return the findings by number."""
    findings: dict[int, str] = {}
    counts: Counter[str] = Counter()
    started, number = time.monotonic(), numbers.start
    while number < numbers.stop:
        done = _forked(make, law, range(number, min(number + BATCH, numbers.stop)), seed, folder)
        if not done:
            raise SystemExit("a process ended before its first mutant; is there enough memory?")
        for at, told, broken in done:
            counts[told] += 1
            if broken:
                findings[int(at)] = broken
                print(f"{at}: {broken}", flush=True)
        number = int(done[-1][0]) + 1
    (folder / "log").unlink()
    told = ", ".join(f"{n} {what}" for what, n in sorted(counts.items()))
    print(
        f"{sum(counts.values())} mutants of seed {seed} in {time.monotonic() - started:.0f} s: {told}"
    )
    return findings


def main(make: Make, law: Law, what: str) -> None:
    """Read the command line, and exit with 1 if a mutant breaks the law."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--count", type=int, default=10_000, help="number of mutants")
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="number of the only mutant to try, without limits")
    parser.add_argument("--keep", type=Path, help="folder for the mutants that break the law")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="fuzz-"))
    folder.mkdir(parents=True, exist_ok=True)
    if given.only is not None:
        print(*outcome(make, law, given.only, given.seed, folder))
        return
    numbers = range(given.first, given.first + given.count)
    findings = run(make, law, numbers, given.seed, folder)
    if findings:
        print(f"{len(findings)} mutants break the law; they are in {folder}")
        raise SystemExit(1)
