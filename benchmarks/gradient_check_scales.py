"""Benchmark: the gradient check on functions of other scales, or that are inexact (see docs/gradient-check.md).

Correct gradients, from formulas (for the differential equations from their sensitivities), of functions of x near 1e-9
to 1e9, of functions with structure much narrower than x, and of functions that are rounded or integrated numerically.
The first table counts the verdicts: a "fail" is a false alarm.  For the second, faults are planted in such gradients:
a "pass" is a miss.

    python benchmarks/gradient_check_scales.py [--each 52] [--faults 12] [--show]
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy.integrate import solve_ivp

import sheernet as sn

Function = Callable[[np.ndarray], Any]
SCALES = 10.0 ** np.arange(-9, 10)


class Case(NamedTuple):
    """A function, its correct gradient, and a point."""

    f: Function
    gradient: Function
    x: np.ndarray


def decay_time(rng: np.random.Generator) -> Case:
    """A least-squares fit of one decay time in seconds: sum_t (exp(-t / x) - 1/2)^2, x near 1e-9."""
    t = 5e-9 * np.sort(rng.random(20))
    x = np.array([1e-9 * rng.uniform(0.3, 3)])
    return Case(
        lambda x: np.sum((np.exp(-t / x) - 0.5) ** 2),
        lambda x: np.array([np.sum(2 * (np.exp(-t / x) - 0.5) * np.exp(-t / x) * t) / x[0] ** 2]),
        x,
    )


def in_units(rng: np.random.Generator) -> Case:
    """A smooth function of x / s, for one s from 1e-9 to 1e9 for all entries, P from 1 to 12."""
    s, size = rng.choice(SCALES), rng.integers(1, 13)
    A = rng.standard_normal((size + 3, size)) / np.sqrt(size)
    return Case(
        lambda x: np.sum(np.log(np.cosh(A @ (x / s)))) + np.sum(np.cos(x / s)),
        lambda x: (A.T @ np.tanh(A @ (x / s)) - np.sin(x / s)) / s,
        s * rng.standard_normal(size),
    )


def own_units(rng: np.random.Generator) -> Case:
    """The same with another s from 1e-9 to 1e9 for each entry, P from 2 to 50."""
    size = rng.integers(2, 51)
    s = rng.choice(SCALES, size)
    A = rng.standard_normal((size + 3, size)) / np.sqrt(size)
    return Case(
        lambda x: np.sum(np.log(np.cosh(A @ (x / s)))) + np.sum(np.cos(x / s)),
        lambda x: (A.T @ np.tanh(A @ (x / s)) - np.sin(x / s)) / s,
        s * rng.standard_normal(size),
    )


def narrow_at_0(rng: np.random.Generator) -> Case:
    """cos(x / s) or log1p((x / s)^2), s from 1e-9 to 1e-8, at x from 0.1 s to 10 s."""
    s = 10 ** rng.uniform(-9, -8)
    x = np.array([s * 10 ** rng.uniform(-1, 1)])
    if rng.random() < 0.5:
        return Case(lambda x: np.cos(x[0] / s), lambda x: -np.sin(x / s) / s, x)
    return Case(lambda x: np.log1p((x[0] / s) ** 2), lambda x: 2 * x / s**2 / (1 + (x / s) ** 2), x)


def reciprocal(rng: np.random.Generator) -> Case:
    """sum c_p / x_p or a power law, x from 1e-9 to 1e9."""
    size = rng.integers(1, 6)
    c, power = rng.uniform(0.5, 2, size), rng.choice([-1.0, -0.5, 1.5, 2.0])
    x = rng.choice([-1.0, 1.0], size) * 10 ** rng.uniform(-9, 9, size)
    if power % 1:
        x = np.abs(x)
    c = c * np.abs(x) ** -power  # all terms of comparable size
    return Case(lambda x: np.sum(c * x**power), lambda x: c * power * x ** (power - 1), x)


def far_peak(rng: np.random.Generator) -> Case:
    """A sum of peaks of width about 1 at 1e7 to 1e9, like a bump in Unix time."""
    size = rng.integers(1, 5)
    place, width = 10 ** rng.uniform(7, 9, size), 10 ** rng.uniform(-0.5, 1, size)
    x = place + width * rng.uniform(-1.5, 1.5, size)
    if rng.random() < 0.5:
        return Case(
            lambda x: np.sum(np.exp(-(((x - place) / width) ** 2) / 2)),
            lambda x: -(x - place) / width**2 * np.exp(-(((x - place) / width) ** 2) / 2),
            x,
        )
    return Case(
        lambda x: np.sum(1 / (1 + ((x - place) / width) ** 2)),
        lambda x: -2 * (x - place) / width**2 / (1 + ((x - place) / width) ** 2) ** 2,
        x,
    )


def far_waves(rng: np.random.Generator) -> Case:
    """A sum of sines at x near 1e7."""
    size = rng.integers(1, 20)
    return Case(
        lambda x: np.sum(np.sin(x)), np.cos, 1e7 * rng.uniform(0.5, 2, size) * np.ones(size)
    )


def seasons(rng: np.random.Generator) -> Case:
    """A model with a season in Unix time: amplitude, phase in seconds, period in seconds, level."""
    t = 1.7e9 + np.sort(rng.uniform(0, 4 * 86400, 60))
    y = rng.standard_normal(60)

    def parts(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        angle = 2 * np.pi * (t - x[1]) / x[2]
        return angle, np.sin(angle), x[0] * np.sin(angle) + x[3] - y

    def gradient(x: np.ndarray) -> np.ndarray:
        angle, wave, r = parts(x)
        slope = 2 * x[0] * r * np.cos(angle)
        return np.array(
            [
                np.sum(2 * r * wave),
                np.sum(slope) * -2 * np.pi / x[2],
                np.sum(-slope * angle) / x[2],
                np.sum(2 * r),
            ]
        )

    x = np.array([rng.uniform(0.5, 2), 1.7e9 + rng.uniform(0, 86400), 86400.0, rng.normal()])
    return Case(lambda x: np.sum(parts(x)[2] ** 2), gradient, x)


def smooth(rng: np.random.Generator) -> Case:
    """A smooth function of 8 numbers of size 1."""
    A = rng.standard_normal((12, 8))
    return Case(
        lambda x: np.sum(np.log(np.cosh(A @ x))) + 0.1 * np.sum(x * x),
        lambda x: A.T @ np.tanh(A @ x) + 0.2 * x,
        rng.standard_normal(8),
    )


def in_float32(rng: np.random.Generator) -> Case:
    """A value rounded to float32, of entries of one size from 1e-9 to 1e9."""
    f, gradient, x = smooth(rng)
    s = rng.choice(SCALES)
    return Case(lambda x: np.float32(f(x / s)), lambda x: gradient(x / s) / s, s * x)


def whole_numbers(rng: np.random.Generator) -> Case:
    """A value rounded to whole numbers, such as cents or counts, of size 1e3 to 1e7."""
    f, gradient, x = smooth(rng)
    c = 10 ** rng.uniform(2, 6)
    return Case(lambda x: np.round(c * f(x)), lambda x: c * gradient(x), x)


def tiny_values(rng: np.random.Generator) -> Case:
    """1e-300 times a function."""
    f, gradient, x = smooth(rng)
    return Case(lambda x: 1e-300 * f(x), lambda x: 1e-300 * gradient(x), x)


def kinetics(rng: np.random.Generator) -> Case:
    """Sum of squared errors of A -> B -> C, integrated to rtol 1e-6; nan for rates that are not between 0 and 100."""
    times, scale = np.linspace(0.3, 3, 8), 10.0 ** rng.choice([-9, -3, 0, 0, 3])
    y, x = rng.uniform(0.2, 0.8, 8), np.array([rng.uniform(0.4, 2), rng.uniform(0.4, 2)])

    def rates(_: float, c: np.ndarray, k: np.ndarray) -> list[float]:
        return [-k[0] * c[0], k[0] * c[0] - k[1] * c[1]]

    def with_sensitivities(_: float, c: np.ndarray, k: np.ndarray) -> list[float]:
        a, b, a1, b1, b2 = c
        return [-k[0] * a, k[0] * a - k[1] * b, -a - k[0] * a1, a + k[0] * a1 - k[1] * b1, -b - k[1] * b2]  # fmt: skip

    def solve(right: Callable[..., Any], start: list[float], x: np.ndarray, rtol: float) -> Any:
        k = x / scale
        if not np.all((k > 0) & (k < 100)):
            return np.full((5, 8), np.nan)
        return solve_ivp(
            right, (0, 3), start, t_eval=times, args=(k,), rtol=rtol, atol=rtol / 1e3
        ).y

    def gradient(x: np.ndarray) -> np.ndarray:
        _, b, _, b1, b2 = solve(with_sensitivities, [1, 0, 0, 0, 0], x, 1e-9)
        return np.array([np.sum(2 * (b - y) * b1), np.sum(2 * (b - y) * b2)]) / scale

    return Case(lambda x: np.sum((solve(rates, [1, 0], x, 1e-6)[1] - y) ** 2), gradient, scale * x)


def pendulum(rng: np.random.Generator) -> Case:
    """The last angle of a damped pendulum, integrated to rtol 1e-6; parameters: g / l and the damping."""
    start, end = rng.uniform(0.5, 2), rng.uniform(2, 6)
    x = np.array([rng.uniform(0.5, 2), rng.uniform(0.05, 0.4)])

    def swing(_: float, u: np.ndarray, p: np.ndarray) -> list[float]:
        return [u[1], -p[0] * np.sin(u[0]) - p[1] * u[1]]

    def with_sensitivities(_: float, u: np.ndarray, p: np.ndarray) -> list[float]:
        a, v, a0, v0, a1, v1 = u
        c, d = -p[0] * np.cos(a), p[1]
        return [v, -p[0] * np.sin(a) - d * v, v0, c * a0 - np.sin(a) - d * v0, v1, c * a1 - v - d * v1]  # fmt: skip

    def solve(right: Callable[..., Any], u: list[float], x: np.ndarray, rtol: float) -> Any:
        return solve_ivp(right, (0, end), u, args=(x,), rtol=rtol, atol=rtol / 1e3).y[:, -1]

    return Case(
        lambda x: solve(swing, [start, 0], x, 1e-6)[0],
        lambda x: solve(with_sensitivities, [start, 0, 0, 0, 0, 0], x, 1e-9)[[2, 4]],
        x,
    )


KINDS = (
    decay_time, in_units, own_units, narrow_at_0, reciprocal, far_peak, far_waves, seasons, smooth, in_float32,
    whole_numbers, tiny_values, kinetics, pendulum,
)  # fmt: skip


def one_entry(g: np.ndarray, factor: float) -> np.ndarray:
    """Multiply the entry of median size by a factor."""
    g = np.array(g, dtype=float)
    g[np.argsort(np.abs(g))[g.size // 2]] *= factor
    return g


FAULTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sign": np.negative,
    "factor 2": lambda g: 2 * g,
    "zero": np.zeros_like,
    "entry zero": lambda g: one_entry(g, 0.0),
    "entry sign": lambda g: one_entry(g, -1.0),
    "entry 1.05": lambda g: one_entry(g, 1.05),
}


def verdict(case: Case, gradient: Function, seed: int) -> Any:
    """Check a gradient entry by entry, even if the function is slow."""
    return sn.check_gradient(case.f, gradient, case.x, extent="entries", seed=seed)


def cases(make: Callable[[np.random.Generator], Case], count: int) -> Iterator[tuple[int, Case]]:
    """The cases of a kind, with their numbers."""
    for number in range(count):
        yield number, make(np.random.default_rng([KINDS.index(make), number]))


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=52, help="correct functions of each kind")
    parser.add_argument("--faults", type=int, default=12, help="functions of each kind with faults")
    parser.add_argument("--show", action="store_true", help="print the reports of false alarms")
    parser.add_argument("--kinds", nargs="*", help="only these kinds")
    options = parser.parse_args()
    kinds = [kind for kind in KINDS if not options.kinds or kind.__name__ in options.kinds]

    print(f"{'correct':15} {'pass':>6} {'FAIL':>6} {'incon.':>6} {'evaluations per entry':>22}")
    total = Counter[str]()
    for make in kinds:
        found, evaluations = Counter[str](), list[float]()
        for number, case in cases(make, options.each):
            report = verdict(case, case.gradient, number)
            found[report.verdict] += 1
            evaluations.append(report.evaluations / case.x.size)
            if options.show and report.verdict != "pass":
                print(f"--- {make.__name__} {number} x = {case.x}\n{report}")
        total += found
        print(_row(make.__name__, found), f"{np.median(evaluations):22.1f}", flush=True)
    print(_row("all", total), "\n")

    print(f"{'faults':15} {'pass':>6} {'FAIL':>6} {'incon.':>6}   passed or undecided")
    total = Counter[str]()
    for make in kinds:
        found, missed = Counter[str](), Counter[str]()
        for number, case in cases(make, options.faults):
            for name, fault in FAULTS.items():
                report = verdict(case, lambda x, c=case, f=fault: f(c.gradient(x)), number)
                found[report.verdict] += 1
                if report.verdict != "fail":
                    missed[f"{name} {report.verdict}"] += 1
        total += found
        print(_row(make.__name__, found), " ", dict(missed) or "", flush=True)
    print(_row("all", total))


def _row(name: str, found: Counter[str]) -> str:
    return f"{name:15} {found['pass']:6} {found['fail']:6} {found['inconclusive']:6}"


if __name__ == "__main__":
    main()
