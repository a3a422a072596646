"""End commands at random moments, and look for incomplete, missing and forgotten files.

    python scripts/end_at_random.py --times 100 --minutes 60

Each of fit, predict, compare and check is ended by SIGKILL, SIGTERM, SIGHUP and SIGINT, at moments drawn uniformly from
0.3 s to the time that the command takes; two run at a time.  A table is printed; the exit code is 1 if after any run

- a file is incomplete: a model that cannot be loaded, a picture or table without its end,
- another file is left: a part of a file beside the results, or an unpacked file in the temporary folder; or an empty
  folder, unless the signal was SIGKILL,
- the exit code is not in the documentation, or a traceback was printed,
- the exit code is 0 although the file of the result does not exist, or a message says that there is no result although
  the file exists.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sheernet.models.files import load
from sheernet.models.fitting import fit

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
FIRST, AT_A_TIME = 0.3, 2
"""Before the first moment, in seconds, Python has not begun to run the command."""
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


def main() -> int:
    """Run the experiment and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=25, help="runs per command and signal")
    parser.add_argument(
        "--minutes", type=float, default=15.0, help="the time of all runs; fewer if it is short"
    )
    parser.add_argument(
        "--commands", default=",".join(COMMANDS), help="commands, separated by commas"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    moments, faults = random.Random(options.seed), []
    with tempfile.TemporaryDirectory() as place:
        given = Path(place) / "given"
        given.mkdir()
        write_given(given)
        names = options.commands.split(",")
        share = (
            60.0 * options.minutes / (len(names) * len(SIGNALS))
        )  # seconds of a command and signal
        for name in names:
            usual = ended_run(name, given, signal.SIGKILL, 600.0)[0]
            for number in SIGNALS:
                drawn = [moments.uniform(FIRST, 1.02 * usual) for _ in range(options.times)]
                ends = ended_runs(name, given, number, drawn, share)
                kinds = Counter(kind for kind, _ in ends)
                faults += [f"{name}, {number.name}: {fault}" for _, fault in ends if fault]
                shown = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
                print(
                    f"{name:8} {number.name:8} {usual:5.1f} s  {len(ends):3} runs: {shown}",
                    flush=True,
                )
    print("\n".join([f"{len(faults)} faults", *faults]))
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


def ended_runs(
    name: str, given: Path, number: int, moments: list[float], seconds: float
) -> list[tuple[str, str]]:
    """Return the kind of the end of each run, and its fault with the moment; no run begins after the given seconds."""
    last = time.monotonic() + seconds

    def run(moment: float) -> tuple[str, str] | None:
        if time.monotonic() > last:
            return None
        _, kind, fault = ended_run(name, given, number, moment)
        return kind, f"after {moment:.3f} s: {fault}" if fault else ""

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return [end for end in pool.map(run, moments) if end]


def ended_run(name: str, given: Path, number: int, moment: float) -> tuple[float, str, str]:
    """Run a command in a new folder and end it; return its seconds, the kind of its end, and its fault or ""."""
    with tempfile.TemporaryDirectory() as place:
        folder, temporary = Path(place) / "here", Path(place) / "temporary"
        folder.mkdir()
        temporary.mkdir()
        for path in given.iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "sheernet", *COMMANDS[name]], cwd=folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(temporary)},
        )  # fmt: skip
        try:
            _, err = process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
            _, err = process.communicate(timeout=120)
        seconds, code = time.monotonic() - began, process.returncode
        has_result = (folder / RESULTS[name]).exists()
        kind = f"exit {code} {'with' if has_result else 'without'} result"
        return seconds, kind, fault_of(name, folder, temporary, number, code, has_result, err)


def fault_of(
    name: str, folder: Path, temporary: Path, number: int, code: int, has_result: bool, err: str
) -> str:
    """Describe the fault that a run left; return "" if there is none."""
    allowed = {0, -number if number == signal.SIGKILL else 128 + number}
    early = code == -number  # before Python could install a handler
    if code not in allowed and not early:
        return f"exit code {code}: {err[-300:]}"
    if "Traceback" in err or "Exception ignored" in err:
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
