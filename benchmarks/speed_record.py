"""Benchmark: the times that a change must not raise, of two installations of sheernet alternately.

    python benchmarks/speed_record.py [--before PYTHON] [--rounds 8] [JOB ...]

PYTHON is the interpreter of another installation, such as .venv/bin/python of another checkout, or what
`PYTHONPATH=tests python -m golden build` prints for a commit.  Without it, the program compares its own with itself,
which shows the spread of the ratios.  JOB is a name of JOBS, or the beginning of one.

Each job has three pairs of processes, one of each installation, which answer alternately; the order changes from round
to round.  A time is the lowest of a fifth of a second of repetitions: processor time, which other programs change
least, or time by the clock for two threads.  The last column divides the present time by that of a program that does
the same (NumPy, SciPy, pandas, the notebook's code, one thread).  The exit code is 1 if both the median ratio of a job
and the ratio of its lowest times are above 1.15.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import default_fit
import evaluation_speed
import friedman1
import notebook_fit
import numpy as np
import pandas as pd
from _measuring import environment, heading, quartiles
from _noisy_problems import PROBLEMS
from scipy.optimize import minimize

import sheernet as sn

PAIRS, ENOUGH, MOST = 3, 0.2, 1.15
NUMPY = "import numpy"

Job = tuple[Callable[[], object], ...]  # what is measured, and perhaps another program


def each(points: Any, *functions: Callable[[Any], object]) -> Job:
    """A job whose programs call a function with each point."""
    return tuple(lambda f=f: [f(point) for point in points] for f in functions)


def notebook(starts: int) -> Job:
    """The notebook's fit from 50 starts, one by one, or from more in one call."""
    X, y = sn.datasets.load_sleep_study().scaled
    ours, theirs = notebook_fit.Sheernet(X, y), notebook_fit.Notebook(X, y)
    if starts > 1:
        return (lambda: ours.train(notebook_fit.start(0), starts),)
    return each([notebook_fit.start(seed) for seed in range(50)], ours.train, theirs.train)


def evaluation(case: int, repeats: int) -> Job:
    """Values and gradients of a network of evaluation_speed.py."""
    problem = evaluation_speed.Problem(*evaluation_speed.SHAPES[case], "tanh")
    ours, theirs = problem.sheernet(threads=1), problem.numpy()
    return each(range(repeats), lambda _: ours(), lambda _: theirs())


def friedman(method: str) -> Job:
    """Three fits of friedman1.py."""
    X, y, arch = *friedman1.data(), sn.Architecture(friedman1.SIZES)
    theirs = friedman1.scipy(friedman1.NumPyNetwork(X, y), "BFGS")
    starts = [sn.Network.random(arch, seed=seed).theta for seed in range(3)]
    return each(starts, friedman1.sheernet(X, y, method), theirs)


def noisy(name: str) -> Job:
    """Three fits of a problem of noisy_problems.py, and by SciPy's BFGS with sheernet's gradients."""
    problem = PROBLEMS[name]()
    settings = {"cost": problem.cost, "decay": problem.decay, "reduction": problem.reduction}
    train = partial(sn.train, X=problem.X, y=problem.y, threads=1, max_iter=2000, **settings)
    function, options = problem.objective().value_and_gradient, {"gtol": 1e-8, "maxiter": 2000}
    theirs = partial(minimize, function, jac=True, options=options)
    return each(problem.starts(3), lambda x: train(sn.Network(problem.architecture, x)), theirs)


def default(rows: int, inputs: int) -> Job:
    """The default fit of a table of default_fit.py."""
    sn.fit(*default_fit.data(30, 4), hidden=0)  # imports
    return (partial(sn.fit, *default_fit.data(rows, inputs)),)


def reading() -> Job:
    """A file of 200 000 rows and 8 columns of 17 digits."""
    path = Path(tempfile.gettempdir(), "sheernet-200000x8.csv")
    if not path.exists():
        pd.DataFrame(default_fit.data(200_000, 8)[0]).add_prefix("x").to_csv(path, index=False)
    return lambda: sn.read_table(path), lambda: pd.read_csv(path)


def command(*words: str) -> Job:
    """A new process, and one that imports NumPy."""
    call = partial(subprocess.run, check=True, capture_output=True)
    return each([[sys.executable]], lambda x: call([*x, *words]), lambda x: call([*x, "-c", NUMPY]))


def two_threads() -> Job:
    """Sixty iterations of bfgs for 10 000 rows on two threads, and on one."""
    start = sn.Network.random(sn.Architecture((10, 32, 1)), seed=0)
    settings = {"method": "bfgs", "max_iter": 60, "gradient_tolerance": 0.0, "decay": 1e-4}
    train = partial(sn.train, start, *default_fit.data(10_000, 10), **settings)
    return lambda: train(threads=2), lambda: train(threads=1)


NOISY = ("diabetes", "iris", "friedman1_noisy", "heavy_tails", "two_layers")
JOBS: dict[str, Callable[[], Job]] = {
    "notebook fit": partial(notebook, 1),
    "notebook, 1000 starts": partial(notebook, 1000),
    "evaluation, 3 rows": partial(evaluation, 0, 5000),
    "evaluation, 500 rows": partial(evaluation, 1, 500),
    "evaluation, 10 000 rows": partial(evaluation, 2, 10),
    "evaluation, 100 000 rows": partial(evaluation, 3, 1),
    "friedman1, bfgs": partial(friedman, "bfgs"),
    "friedman1, lm": partial(friedman, "lm"),
    **{f"noisy, {name}": partial(noisy, name) for name in NOISY},
    "default fit, 100 x 4": partial(default, 100, 4),
    "default fit, 500 x 8": partial(default, 500, 8),
    "reading": reading,
    "import": partial(command, "-c", "import sheernet"),
    "sheernet --version": partial(command, "-m", "sheernet", "--version"),
    "two threads": two_threads,
}


def processor_time() -> float:
    """Seconds of the processors, of this process and of those that it started and that have ended."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in used)


def answer(name: str) -> None:
    """Answer each line, a number of programs, with the lowest times of that many."""
    warnings.simplefilter("ignore")
    programs = JOBS[name]()
    clock = time.perf_counter if name == "two threads" else processor_time
    for line in sys.stdin:
        for program in programs[: int(line)]:
            times: list[float] = []
            while sum(times) < ENOUGH:
                began = clock()
                program()
                times.append(clock() - began)
            print(min(times), end=" ")
        print(flush=True)


def measured(name: str, other: str, rounds: int) -> list[list[float]]:
    """For each round of a pair, the times before, now and of the other program."""
    table, words = [], [__file__, "--answer", name]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "bufsize": 1, "text": True}
    start = partial(subprocess.Popen, env=environment(), **pipes)
    with start([other, *words]) as before, start([sys.executable, *words]) as now:
        for number in range(rounds):
            found = {}
            for worker, programs in ((before, 1), (now, 2))[:: 1 if number % 2 else -1]:
                print(programs, file=worker.stdin)
                found[programs] = [float(word) for word in worker.stdout.readline().split()]
            table.append([*found[1], *found[2]])
    return table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--answer", choices=JOBS, help=argparse.SUPPRESS)
    parser.add_argument("jobs", nargs="*", metavar="JOB")
    given = parser.parse_args()
    if given.answer:
        answer(given.answer)
        return 0
    print(heading(sn.engines.describe(), "scipy", "pandas", rounds=PAIRS * given.rounds))
    print("| job | seconds | now / before: median (quartiles) | of the lowest | now / other |")
    print("|---|---|---|---|---|", flush=True)
    slower = []
    for name in (job for job in JOBS if job.startswith(tuple(given.jobs or [""]))):
        pairs = [measured(name, given.before, given.rounds) for _ in range(PAIRS)]
        before, now, *other = np.concatenate(pairs).T
        lowest, ratios = now.min() / before.min(), now / before
        beside = quartiles(now / other[0]) if other else ""
        ours = f"{now.min():.3g} | {quartiles(ratios)} | {lowest:.3g}"
        print(f"| {name} | {ours} | {beside} |", flush=True)
        slower += [name] if min(np.median(ratios), lowest) > MOST else []
    print(f"\nSlower: {', '.join(slower) or 'none'}.")
    return int(bool(slower))


if __name__ == "__main__":
    raise SystemExit(main())
