"""Benchmark: whole fits of 31 noisy and smooth problems, by each method of sheernet, by SciPy and by R's nnet.

    python benchmarks/noisy_problems.py [RESULTS.json] [--before PYTHON] [--problems NAME ...] [--methods NAME ...]

The problems are those of _noisy_problems.py, each with ten starts that all programs share; SciPy and R, which take most
of the time, can run from the first --foreign-starts of them only.  All run on one thread to a largest gradient entry of
1e-8 (sum over rows), for at most 10 000 iterations, SciPy for at most --scipy-seconds of the processor.  Methods
alternate, each with all its starts, in up to --rounds rounds; a method that has used --enough seconds gets no further
round.  Times are processor times, because other programs may run: the lowest of the rounds for each start, then the
median over the starts.  A ratio of two times is that of the medians over the starts that both methods have.

- lm before: lm of another installation of sheernet, in the environment of the interpreter --before.
- SciPy BFGS and SciPy trust-exact: scipy.optimize.minimize with sheernet's values, gradients and products.
- nnet and nnet 1e-8: R's nnet with reltol = 1e-16 and with its default value, if Rscript and the package nnet are
  installed, on problems with logistic units and an objective that nnet has.  Its ends are evaluated by sheernet.

If RESULTS.json is given, results are saved there after each problem, and problems that it contains for all methods are
not run again.
"""

from __future__ import annotations

import argparse
import json
import pickle
import shutil
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from _measuring import heading, restart_in_environment
from _noisy_fits import TOLERANCE, End
from _noisy_problems import PROBLEMS, Array, Problem

import sheernet as sn

OURS = ("auto", "lm", "hybrid", "bfgs", "lbfgs")
BEFORE = "lm before"
SCIPY = ("SciPy BFGS", "SciPy trust-exact")
NNET = {"nnet": "1e-16", "nnet 1e-8": "1e-8"}
"""reltol of each run of nnet; smaller values than the first act like it."""
KINDS = {"squared_error": "linout", "binary_cross_entropy": "entropy", "cross_entropy": "softmax"}
"""nnet's names of the costs."""

Ends = list[dict[str, Any]]
"""The fields of an End for each start."""
Results = dict[str, dict[str, Any]]
"""For each problem: "size", "decay", and the Ends of each method under "ends"."""


# ------------------------------------------------------------------------------------------ measuring


class Worker:
    """A process of _noisy_fits.py."""

    def __init__(self, python: str, problem: Path, scipy_seconds: float) -> None:
        command = [python, str(Path(__file__).with_name("_noisy_fits.py")), str(problem)]
        self._process = subprocess.Popen(
            [*command, str(scipy_seconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ends(self, method: str, starts: int) -> Ends:
        """Fits by a method from the first starts."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps((method, starts)), file=self._process.stdin, flush=True)
        answer: Ends = json.loads(self._process.stdout.readline() or "null")
        if answer is None:
            raise SystemExit(f"the worker of {method} ended with {self._process.wait()}")
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def faster(one: Ends, other: Ends) -> Ends:
    """For each start, the fit that took less time."""
    return [min(pair, key=lambda end: end["ms"]) for pair in zip(one, other, strict=True)]


def measured(
    problem: Problem, starts: list[Array], methods: list[str], given: argparse.Namespace
) -> dict[str, Ends]:
    """The Ends of each method that runs in a Worker."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "problem.pickle"
        path.write_bytes(pickle.dumps((problem, starts)))
        current = Worker(sys.executable, path, given.scipy_seconds)
        before = Worker(given.before, path, given.scipy_seconds) if BEFORE in methods else current
        found: dict[str, Ends] = {}
        used = dict.fromkeys(methods, 0.0)
        for _ in range(given.rounds):
            for method in (name for name in methods if used[name] < given.enough):
                worker, name = (before, "lm") if method == BEFORE else (current, method)
                ends = worker.ends(name, given.foreign_starts if method in SCIPY else len(starts))
                used[method] += sum(end["ms"] for end in ends) / 1e3
                found[method] = faster(found[method], ends) if method in found else ends
        for worker in {before, current}:
            worker.close()
    return found


def nnet_order(problem: Problem) -> np.ndarray:
    """For each of nnet's weights, the index of the same weight in theta: by unit, the bias first, (P,)."""
    order, begin = [], 0
    for n, m in pairwise(problem.architecture.sizes):
        numbers = begin + np.arange((n + 1) * m).reshape(n + 1, m)  # biases are the last row
        order.append(np.vstack([numbers[-1], numbers[:-1]]).T.ravel())
        begin += (n + 1) * m
    return np.concatenate(order)


def by_nnet(problem: Problem, starts: list[Array], reltol: str) -> Ends | None:
    """Fits by R's nnet, or None if it has no such network."""
    if problem.activation != "sigmoid" or problem.cost not in KINDS or len(problem.hidden) > 1:
        return None
    squared = problem.cost == "squared_error"
    order, decay = nnet_order(problem), problem.decay if squared else problem.decay / 2
    with tempfile.TemporaryDirectory() as folder:
        tables = {"X": problem.X, "y": problem.y, "starts": np.array(starts)[:, order]}
        for name, table in tables.items():
            np.savetxt(Path(folder) / f"{name}.csv", table, "%.17g", ",")
        script = Path(__file__).with_suffix(".R")
        settings = (KINDS[problem.cost], problem.hidden[0], decay, reltol)
        subprocess.run(["Rscript", script, folder, *map(str, settings)], check=True)
        rows = np.loadtxt(Path(folder) / "ends.csv", delimiter=",", ndmin=2)
    objective, ends = problem.objective(), []
    for ms, value, *weights in rows:
        theta = np.empty(len(weights))
        theta[order] = weights
        ours, gradient = objective.value_and_gradient(theta)
        # nnet's logistic units are 0 and 1 beyond -15 and 15, so its objective is not exactly ours.
        assert abs(value / (2 if squared else 1) - ours) < 1e-5 * max(1.0, abs(ours))
        ends.append(End(ms, ms, float(ours), float(np.abs(gradient).max()), "nnet")._asdict())
    return ends


def run(problem: Problem, methods: list[str], given: argparse.Namespace) -> dict[str, Any]:
    """All results of a problem."""
    starts = problem.starts(given.starts)
    here = [method for method in methods if method not in NNET]
    ends: dict[str, Ends | None] = dict(measured(problem, starts, here, given))
    for method in (name for name in methods if name in NNET):
        ends[method] = by_nnet(problem, starts[: given.foreign_starts], NNET[method])
    return {"size": problem.architecture.n_parameters, "decay": problem.decay, "ends": ends}


# ----------------------------------------------------------------------------------------- summary


def column(ends: Ends, field: str) -> np.ndarray:
    """A field of the Ends, (starts,); nan if it was not counted."""
    return np.array([np.nan if end[field] is None else end[field] for end in ends], dtype=float)


class Summary:
    """The numbers of a method for each problem that it can fit, and their means."""

    def __init__(self, results: Results, method: str) -> None:
        able = {name: found["ends"].get(method) for name, found in results.items()}
        self.ends = ends = {name: found for name, found in able.items() if found}
        self.ms = {name: median(found, "ms") for name, found in ends.items()}
        self.end = {name: median(found, "objective") for name, found in ends.items()}
        self.reached = {name: share_that_reached(found) for name, found in ends.items()}
        self.excess = {name: above_the_best(end, results[name]["ends"]) for name, end in self.end.items()}  # fmt: skip
        decayed = [self.reached[name] for name in ends if results[name]["decay"] > 0]
        self.share = float(np.mean(decayed)) if decayed else np.nan
        self.counts = {
            field: geometric(median(found, field) for found in ends.values())
            for field in ("iterations", "evaluations", "products")
        }

    def times(self, other: Summary) -> dict[str, float]:
        """Time of this method / time of another, for each problem that both can fit."""
        return {
            name: ratio(self.ends[name], other.ends[name])
            for name in self.ends
            if name in other.ends
        }


def median(ends: Ends, field: str) -> float:
    """The median of a field over the starts."""
    return float(np.median(column(ends, field)))


def ratio(ends: Ends, others: Ends) -> float:
    """The ratio of two times, from the starts that both have."""
    both = min(len(ends), len(others))
    return median(ends[:both], "ms") / median(others[:both], "ms")


def share_that_reached(ends: Ends) -> float:
    """The share of the starts whose end has a gradient within the tolerance."""
    return float(np.mean(column(ends, "gradient") <= TOLERANCE))


def above_the_best(end: float, ends: dict[str, Ends | None]) -> float:
    """By how much an end is above the best of all methods and starts, relative to it."""
    best = min(float(np.nanmin(column(found, "objective"))) for found in ends.values() if found)
    return (end - best) / abs(best)


def geometric(values: Any) -> float:
    """The geometric mean; nan if there is none."""
    numbers = np.array(list(values), dtype=float)
    return float(np.exp(np.mean(np.log(np.maximum(numbers, 1e-300))))) if numbers.size else np.nan


def number(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.3g}"


def print_problems(results: Results, summaries: dict[str, Summary]) -> None:
    """Milliseconds and the share that reached the tolerance: a row for each problem."""
    print("Median milliseconds of the processor (share of starts that reached 1e-8)\n")
    print("| problem | P |" + "".join(f" {method} |" for method in summaries))
    print("|---|---|" + "---|" * len(summaries))
    for name, found in results.items():
        cells = (
            f" {number(s.ms[name])} ({s.reached[name]:.0%}) |" if name in s.ms else " - |"
            for s in summaries.values()
        )
        print(f"| {name} | {found['size']} |" + "".join(cells))


def print_methods(summaries: dict[str, Summary], base: Summary) -> None:
    """A row for each method."""
    print("\n| method | problems | iterations | evaluations | products ", end="")
    print("| time / lm | reached, decay > 0 | median excess over the best end |")
    print("|---|---|---|---|---|---|---|---|")
    for method, s in summaries.items():
        ratios = s.times(base).values()
        span = f"{geometric(ratios):.3g} ({min(ratios):.3g} to {max(ratios):.3g})"
        counts = " | ".join(number(count) for count in s.counts.values())
        excess = float(np.median(list(s.excess.values())))
        print(f"| {method} | {len(s.ms)} | {counts} | {span} | {s.share:.1%} | {excess:.2%} |")


def largest(ratios: dict[str, float], count: int = 3) -> str:
    """The problems with the largest ratios."""
    names = sorted(ratios, key=ratios.__getitem__, reverse=True)[:count]
    return ", ".join(f"{name} {ratios[name]:.2f}" for name in names)


def print_goals(results: Results, summaries: dict[str, Summary], base: Summary) -> None:
    """Compare auto with the other methods, and with the goals."""
    auto = summaries["auto"]
    print(f"\n- lm / auto: {1 / geometric(auto.times(base).values()):.2f} (goal 2.5)")
    own = [summaries[name] for name in OURS[1:] if name in summaries]
    to_fastest = {name: ms / fastest(name, auto, own) for name, ms in auto.ms.items()}
    above = sum(ratio > 1.2 for ratio in to_fastest.values())
    print(
        f"- auto / fastest own method that reaches 1e-8 from half of the starts: above 1.2 on {above} "
        f"problems (goal 0); {largest(to_fastest)}"
    )
    for method in (name for name in NNET if name in summaries and summaries[name].ms):
        ratios = auto.times(summaries[method])
        above = sum(ratio > 1 for ratio in ratios.values())
        print(
            f"- {method} / auto: {1 / geometric(ratios.values()):.2f} (goal 4); auto is slower on {above} of "
            f"{len(ratios)} (goal 0); auto / {method}: {largest(ratios)}"
        )
    missed = {name: 1 - auto.reached[name] for name in auto.ms if results[name]["decay"] > 0}
    print(f"- reached by auto: {auto.share:.1%} (goal 97 %); missed: {largest(missed)}")
    excesses = [float(np.median(list(method.excess.values()))) for method in (auto, base)]
    both = auto.end.keys() & base.end.keys()
    higher = sum(auto.end[name] > base.end[name] for name in both)
    print(
        f"- median end above the best: auto {excesses[0]:.2%}, lm {excesses[1]:.2%}; "
        f"auto's is higher on {higher} of {len(both)} problems"
    )


def fastest(name: str, auto: Summary, own: list[Summary]) -> float:
    """The least time of our methods on a problem, of those that reach the tolerance if auto does."""
    measured = [method for method in own if name in method.ms] or [auto]
    enough = min(0.5, auto.reached[name])
    able = [method for method in measured if method.reached[name] >= enough]
    return min(method.ms[name] for method in able or measured)


def report(results: Results) -> None:
    """Print everything; the base of ratios is lm before, if it was measured."""
    methods = dict.fromkeys(method for found in results.values() for method in found["ends"])
    summaries = {method: Summary(results, method) for method in methods}
    base = summaries.get(BEFORE, summaries.get("lm"))
    print_problems(results, summaries)
    if base is not None:
        print_methods(summaries, base)
    if base is not None and "auto" in summaries:
        print_goals(results, summaries, base)


def resumed(given: argparse.Namespace, methods: list[str]) -> Results:
    """The results of the given problems, those of the file or measured now."""
    known: Results = {}
    if given.results is not None and given.results.exists():
        known = json.loads(given.results.read_text())
    for name in given.problems:
        if set(methods) <= set(known.get(name, {"ends": ()})["ends"]):
            continue
        try:
            known[name] = run(PROBLEMS[name](), methods, given)
        except ImportError as missing:
            print(f"{name} is left out: it needs {missing.name}")
            continue
        print(f"{name} is done", file=sys.stderr)
        if given.results is not None:
            given.results.write_text(json.dumps(known))
    return {name: known[name] for name in given.problems if name in known}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=Path, nargs="?")
    parser.add_argument("--before", help="interpreter of an older sheernet")
    parser.add_argument("--problems", nargs="*", default=list(PROBLEMS), choices=PROBLEMS)
    every = [*OURS, BEFORE, *SCIPY, *NNET]
    parser.add_argument("--methods", nargs="*", default=every, choices=every)
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--foreign-starts", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scipy-seconds", type=float, default=20.0, help="limit of each fit")
    parser.add_argument("--enough", type=float, default=10.0)
    given = parser.parse_args()
    restart_in_environment()
    methods = [name for name in given.methods if given.before or name != BEFORE]
    if any(name in NNET for name in methods) and not shutil.which("Rscript"):
        print("nnet is left out: it needs Rscript")
        methods = [name for name in methods if name not in NNET]
    results = resumed(given, methods)
    print(heading(sn.engines.describe(), "scipy", rounds=given.rounds))
    report(results)


if __name__ == "__main__":
    main()
