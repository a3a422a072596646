"""Record fits of every kind, and compare them bit for bit with those of the reference commit.

    make golden                                          compare the working tree with the reference commit
    PYTHONPATH=tests python -m golden record FILE [FIT ...]
    PYTHONPATH=tests python -m golden compare [FIT ...] [--commit COMMIT] [--tolerance 1e-12]
    PYTHONPATH=tests python -m golden compare --files FILE FILE
    PYTHONPATH=tests python -m golden build [--commit COMMIT]    print the interpreter of the built commit

FIT is the name of a recorded fit, or a pattern such as "train:*"; without one, all of them are recorded (fits.py).

Processors round differently, so a recording serves one machine only: `compare` clones the commit, builds it with the
installed dependencies and records it, all in a folder of the system for temporary files, then records the working tree.
The first comparison with a commit takes some minutes; the recording is kept there for the next one.

The reference commit is the last one that changed ANSWERS.md: a commit that changes answers on purpose adds a line
there, and so becomes the reference.
"""

from __future__ import annotations

import os

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}  # read when NumPy is imported

import argparse
import fnmatch
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import version
from pathlib import Path

import sheernet
from golden.differences import Recording, differences, read, write
from golden.fits import FITS, record_of

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PROCESSES = 2
PACKAGES = ("numpy", "scipy", "pandas", "scikit-learn", "pyarrow", "distributed")
"""Packages whose releases may change a recording."""


def chosen(patterns: list[str]) -> list[str]:
    """Names of fits."""
    found = [
        name for name in FITS if not patterns or any(fnmatch.fnmatch(name, p) for p in patterns)
    ]
    if not found:
        raise SystemExit(f"no recorded fit is called {' or '.join(patterns)}: {', '.join(FITS)}")
    return found


def recorded(names: list[str]) -> Recording:
    """The fits of some names, in two processes."""
    began = time.perf_counter()
    with ProcessPoolExecutor(PROCESSES) as pool:
        found = dict(pool.map(record_of, names))
    seconds = time.perf_counter() - began
    print(
        f"{len(found)} fits of {Path(sheernet.__file__).parent} took {seconds:.0f} s",
        file=sys.stderr,
    )
    return found


def git(*words: str, folder: Path = ROOT) -> str:
    """The output of a command of git."""
    return subprocess.run(
        ["git", *words], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def built(commit: str) -> Path:
    """The interpreter of a commit, which is built in a folder of its own; a second call finds it there."""
    releases = "-".join([platform.python_version(), *map(version, PACKAGES)])
    folder = Path(tempfile.gettempdir(), "sheernet-golden", f"{commit[:12]}-{releases}")
    tree, environment = folder / "tree", folder / "venv"
    place = partial(sysconfig.get_path, scheme="venv", vars={"base": str(environment)})
    python, paths = Path(place("scripts"), "python"), environment / "dependencies.txt"
    if paths.exists():
        return python
    print(f"building {commit[:12]} in {folder}", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    git("clone", "--quiet", "--no-checkout", str(ROOT), str(tree))
    git("checkout", "--quiet", "--detach", commit, folder=tree)
    variables = os.environ | {"SHEERNET_REQUIRE_COMPILED": "1"}
    for words in (
        [sys.executable, "-m", "venv", environment],
        [python, "-m", "pip", "install", "--quiet", "--no-deps", tree],
    ):
        subprocess.run(words, check=True, env=variables, stdout=sys.stderr)
    # After its own packages come the installed ones, whose .pth files, as of an editable sheernet, are not read.
    paths.write_text("".join(f"{p}\n" for p in sys.path if p.endswith("site-packages")))
    shutil.copy(paths, Path(place("purelib"), "dependencies.pth"))
    return python


def recording_of(commit: str) -> Recording:
    """The recording of a commit by its own programs; a second call reads it."""
    python = built(commit)
    folder = python.parents[2]
    kept, unfinished = folder / "recording.json.gz", folder / "unfinished.json.gz"
    if not kept.exists():
        tree = folder / "tree"
        variables = os.environ | {"PYTHONPATH": str(tree / "tests")}
        words = [python, "-m", "golden", "record", unfinished]
        subprocess.run(words, cwd=tree, check=True, env=variables)
        unfinished.rename(kept)
    return read(kept)


def commit_of(name: str | None) -> str:
    """The commit of a name, or else the reference commit."""
    name = name or git("log", "-1", "--format=%H", "--", str(HERE / "ANSWERS.md"))
    if not name:
        raise SystemExit("no commit has changed tests/golden/ANSWERS.md; give one with --commit")
    return git("rev-parse", "--verify", f"{name}^{{commit}}")


def main() -> int:
    """Record, or compare and print the differences; the exit code is 1 if there are any."""
    parser = argparse.ArgumentParser(
        prog="golden", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    record, compare, build = map(commands.add_parser, ("record", "compare", "build"))
    record.add_argument("file", type=Path)
    compare.add_argument("--files", type=Path, nargs=2, metavar="FILE")
    compare.add_argument("--tolerance", type=float, default=0.0, help="times the largest number")
    for command in (compare, build):
        command.add_argument("--commit", help="default: the last one that changed ANSWERS.md")
    for command in (record, compare):
        command.add_argument("fits", nargs="*", metavar="FIT")
    given = parser.parse_args()
    if given.command == "build":
        print(built(commit_of(given.commit)))
        return 0
    names = chosen(given.fits)
    if given.command == "record":
        write(recorded(names), given.file)
        return 0
    if given.files:
        old, new = map(read, given.files)
    else:
        old, new = recording_of(commit_of(given.commit)), recorded(names)
    if given.fits:
        old, new = ({k: v for k, v in each.items() if k in names} for each in (old, new))
    lines = differences(old, new, given.tolerance)
    quantities = sum(len(facts) for facts in new.values())
    print(*lines, f"{len(new)} fits, {quantities} quantities, {len(lines)} differences", sep="\n")
    return int(bool(lines))


if __name__ == "__main__":
    raise SystemExit(main())
