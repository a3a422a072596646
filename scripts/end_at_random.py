"""End commands at random moments, and look for incomplete, missing and forgotten files.

    python scripts/end_at_random.py --times 100 --minutes 60 --progress runs.jsonl

Each of fit, predict, compare and check is ended by SIGKILL, SIGTERM, SIGHUP and SIGINT.  The moments are drawn from the
processor time that the command takes, so that a busy machine does not move them to the beginning; a run that is over
before its moment is repeated with another one.  Two commands run at a time, and the commands and signals take turns, so
that their runs are about equally many when the time is over.  Each run is written to the file of progress, and the same
command line goes on where the last one ended.
A table is printed; the exit code is 1 if after any run

- a file is incomplete: a model that cannot be loaded, a picture or table without its end,
- another file is left: a part of a file beside the results, or an unpacked file in the temporary folder; or an empty
  folder, unless the signal was SIGKILL,
- the command has not ended after ten minutes,
- the exit code is not in the documentation, or a traceback was printed,
- the exit code is 0 although the file of the result does not exist, or a message says that there is no result although
  the file exists.

What Ctrl-C does before Python runs the first line of sheernet is no fault: Python then prints a traceback of its own
start, in which no file of the package stands.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import math
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import sheernet
from sheernet.models.files import load
from sheernet.models.fitting import fit

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
AT_A_TIME = 2
PAUSE = 0.005
"""Seconds between two looks at the processor time of a command."""
PATIENCE = 600
"""Seconds within which a command has to end after its signal; long, because the machine may be busy."""
PACKAGE = Path(sheernet.__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")
GIVEN = {"scores.csv", "scores.csv.gz", "model.json"}
COMMANDS = {
    "fit": ("fit", "scores.csv.gz", "-t", "score", "--hidden", "2", "--starts", "3", "-q", "-o", "result"),
    "predict": ("predict", "model.json", "scores.csv.gz", "--append", "-o", "result.csv"),
    "compare": ("compare", "scores.csv.gz", "-t", "score", "--methods", "lm,bfgs", "-q", "-o", "result"),
    "check": ("check", "model.json", "scores.csv.gz", "--pictures", "result"),
}  # fmt: skip
RESULTS = {
    "fit": "result/model.json", "predict": "result.csv", "compare": "result/comparison.csv",
    "check": "result/gradient_agreement.png",
}  # fmt: skip


class Run(NamedTuple):
    """A run of a command that was ended.

    Parameters
    ----------
    command, signal : str
        Their names.
    number : int
        Number of the run, from 0, among those of the command and the signal.
    moment : float
        The processor time, in seconds, after which the signal was sent.
    kind : str
        The end: exit code, and whether there was a result.
    fault : str
        What is wrong; "" if nothing is.
    """

    command: str
    signal: str
    number: int
    moment: float
    kind: str
    fault: str


def main() -> int:
    """Run the experiment and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=100, help="runs per command and signal")
    parser.add_argument(
        "--minutes", type=float, default=60.0, help="time after which no run begins"
    )
    parser.add_argument("--commands", default=",".join(COMMANDS), help="separated by commas")
    parser.add_argument(
        "--progress", type=Path, help="file of the runs, to which new ones are added"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    names = options.commands.split(",")
    # Children would inherit from nohup that signals are ignored, but not a handler.
    for number in SIGNALS[1:]:
        signal.signal(number, keep_on if number == signal.SIGHUP else signal.default_int_handler)
    done = read_progress(options.progress)
    with tempfile.TemporaryDirectory() as place:
        given = Path(place) / "given"
        given.mkdir()
        write_given(given)
        lasts = {name: processor_time(name, given) for name in names}
        wanted = wanted_runs(names, options.times, {run[:3] for run in done})
        last = time.monotonic() + 60.0 * options.minutes

        def run(cell: tuple[str, str, int]) -> Run | None:
            if time.monotonic() > last:
                return None
            moments, end = random.Random(f"{options.seed} {cell}"), None
            while end is None:
                moment = lasts[cell[0]] * moments.random()
                end = ended_run(cell[0], given, signal.Signals[cell[1]], moment)
            ended = Run(*cell, moment, *end)
            if options.progress:
                with options.progress.open("a") as file:
                    file.write(json.dumps(ended) + "\n")
            return ended

        with ThreadPoolExecutor(AT_A_TIME) as pool:
            done += [ended for ended in pool.map(run, wanted) if ended]
    return print_table(done)


def keep_on(number: int, frame: FrameType | None) -> None:
    """Go on after a hangup."""


def read_progress(path: Path | None) -> list[Run]:
    """The runs of earlier calls."""
    if path is None or not path.exists():
        return []
    return [Run(*json.loads(line)) for line in path.read_text().splitlines()]


def wanted_runs(
    names: list[str], times: int, done: set[tuple[str, str, int]]
) -> list[tuple[str, str, int]]:
    """Command, signal and number of each run that is not done; commands and signals take turns."""
    every = itertools.product(range(times), names, (number.name for number in SIGNALS))
    return [(name, by, i) for i, name, by in every if (name, by, i) not in done]


def print_table(runs: list[Run]) -> int:
    """Print how the runs ended, and what is wrong; return the exit code."""
    cells = Counter((run.command, run.signal) for run in runs)
    for (command, by), count in cells.items():
        kinds = Counter(run.kind for run in runs if (run.command, run.signal) == (command, by))
        shown = ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items()))
        print(f"{command:8} {by:8} {count:3} runs: {shown}")
    faults = [run for run in runs if run.fault]
    print(f"{len(faults)} faults in {len(runs)} runs")
    for run in faults:
        print(f"{run.command}, {run.signal} {run.number}, after {run.moment:.2f} s: {run.fault}")
    return 1 if faults else 0


def write_given(folder: Path) -> None:
    """Write a packed table and a model of it."""
    rows = random.Random(0)
    lines = ["asleep,studying,score"]
    for _ in range(300):
        a, s = rows.uniform(3, 10), rows.uniform(0, 6)
        lines.append(f"{a!r},{s!r},{50 + 3 * a + 2 * s - 0.1 * a * s + rows.gauss(0, 0.1)!r}")
    text = "\n".join(lines) + "\n"
    (folder / "scores.csv").write_text(text)
    (folder / "scores.csv.gz").write_bytes(gzip.compress(text.encode()))
    fit(folder / "scores.csv", "score", hidden=2, starts=1, decay=0.01).save(folder / "model.json")


def processor_time(name: str, given: Path) -> float:
    """The processor time of a command that is not ended, in seconds."""
    times = []
    for _ in range(2):  # the first run also fills caches
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        if ended_run(name, given, signal.SIGKILL, math.inf) is not None:
            raise SystemExit(f"{name} fails without a signal")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def ended_run(name: str, given: Path, number: int, moment: float) -> tuple[str, str] | None:
    """Run a command in a new folder and end it.

    Returns
    -------
    (str, str) or None
        The kind of its end, and what is wrong or ""; None if it was over, with its result, before the moment.
    """
    with tempfile.TemporaryDirectory() as place:
        folder, temporary = Path(place) / "here", Path(place) / "temporary"
        folder.mkdir()
        temporary.mkdir()
        for path in given.iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        with (Path(place) / "err").open("w+") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "sheernet", *COMMANDS[name]], cwd=folder, stdout=subprocess.DEVNULL,
                stderr=errors, env={**os.environ, "TMPDIR": str(temporary)},
            )  # fmt: skip
            is_sent = send_after(process, number, moment)
            try:
                code = process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                return "no end", f"no end within {PATIENCE} s of the signal"
            errors.seek(0)
            err = errors.read()
        has_result = (folder / RESULTS[name]).exists()
        if not is_sent and code == 0 and has_result:
            return None
        kind = f"exit {code} {'with' if has_result else 'without'} result"
        return kind, fault_of(name, folder, temporary, number, code, has_result, err)


def send_after(process: subprocess.Popen[bytes], number: int, moment: float) -> bool:
    """Send a signal when a process has used some processor time; return whether it had not ended before."""
    used = Path(f"/proc/{process.pid}/stat")
    while process.poll() is None:
        times = used.read_text().rpartition(")")[2].split()[11:13]
        if sum(map(int, times)) / TICKS >= moment:
            process.send_signal(number)
            return True
        time.sleep(PAUSE)
    return False


def fault_of(
    name: str, folder: Path, temporary: Path, number: int, code: int, has_result: bool, err: str
) -> str:
    """Describe the fault that a run left; return "" if there is none."""
    allowed = {0, -number if number == signal.SIGKILL else 128 + number}
    is_early = code == -number  # before the handlers were installed
    is_before = number == signal.SIGINT and "KeyboardInterrupt" in err and str(PACKAGE) not in err
    if code not in allowed and not is_early and not is_before:
        return f"exit code {code}: {err[-300:]}"
    if ("Traceback" in err or "Exception ignored" in err) and not is_before:
        return f"a traceback: {err[-300:]}"
    if code == 0 and not has_result:
        return "exit code 0 without a result"
    if has_result and "before there were any results" in err:
        return "the message denies the result"
    for path in folder.rglob("*"):
        is_empty = path.is_dir() and not any(path.iterdir())
        if path.name.startswith(".") or (is_empty and number != signal.SIGKILL):
            return f"left: {path.relative_to(folder)}"
        if path.is_file() and path.name not in GIVEN and not is_complete(path):
            return f"incomplete: {path.relative_to(folder)}"
    left = sorted(
        path.name
        for path in temporary.iterdir()
        if not path.name.startswith(("matplotlib", "pymp"))
    )
    return f"left in the temporary folder: {', '.join(left)}" if left else ""


def is_complete(path: Path) -> bool:
    """Whether a file ends as its format does."""
    content = path.read_bytes()
    if path.suffix == ".json":
        load(path)
    return content.endswith(b"IEND\xaeB`\x82" if path.suffix == ".png" else (b"\n", b"}"))


if __name__ == "__main__":
    sys.exit(main())
