"""Best inputs against known optima: `Model.optimize` on networks fitted to ten functions.

    python benchmarks/best_inputs.py
    python benchmarks/best_inputs.py --tables    on measured tables, needs the dependency group accuracy

For each function, a network is fitted to random rows, and its best inputs are compared with

    own     the optimum of the fitted network itself, by brute force: a grid of a million rows, and finer grids around
            the best of them
    true    the known optimum of the function, the nearest if there are several

Both are the largest difference of a column in percent of its range, and "missed" is the difference of the predictions
at the best inputs and at the optimum by brute force, in percent of the range of the target.  Then the value in the
middle between the mean and the optimum is wanted, and "want" is the difference of the prediction from it, likewise.
Both searches are of the mean in the whole ranges.  The time is the processor time of both.  The program ends with an
error if a difference is above 2 percent.

With --tables, the inputs that are found by default are shown beside the best measured row and beside the largest or
smallest prediction in the whole ranges: the prediction with its 90 % interval, and the percentage of the training rows
that are nearer to the data.  The last rows are those of a table whose true strength is known: concrete mixtures of the
table of UCI with a formula of the strength, and noise of 3.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

import sheernet as sn

LIMIT = 2.0
"""Percent."""
WHOLE = {"goal": "mean", "near_data": False}
GRID = {1: 100_001, 2: 1001, 3: 101}
"""Points of each column of numbers on the first grid, by the number of columns."""
ZOOMS = 5
KEPT = 30
"""Best points around which a finer grid is laid."""


@dataclass(frozen=True)
class Case:
    """A function with known optima.

    Parameters
    ----------
    name : str
        Its name.
    function : callable
        Of arrays, one for each column.
    box : sequence of pairs, or of lists of labels
        The range or the labels of each column.
    optima : sequence of tuples
        Where it is best.
    aim : {"maximize", "minimize"}
        What the best is.
    rows : int
        Rows of the fit.
    """

    name: str
    function: Callable[..., Any]
    box: Sequence[Any]
    optima: Sequence[tuple[Any, ...]]
    aim: str = "minimize"
    rows: int = 600

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [f"x{i + 1}" for i in range(len(self.box))]

    def table(self) -> dict[str, Any]:
        """Random rows with the target."""
        rng = np.random.default_rng(0)
        columns = [
            rng.choice(ends, self.rows) if isinstance(ends, list) else rng.uniform(*ends, self.rows)
            for ends in self.box
        ]
        return dict(zip([*self.names, "y"], [*columns, self.function(*columns)], strict=True))


def branin(x: Any, y: Any) -> Any:
    """Branin's function, with three minima."""
    part = y - 5.1 / (4 * np.pi**2) * x**2 + 5 / np.pi * x - 6
    return part**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x) + 10


def hartmann(*x: Any) -> Any:
    """Hartmann's function of three variables."""
    A = np.array([[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]])
    P = 1e-4 * np.array(
        [[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]]
    )
    squares = (np.stack(x, axis=-1)[..., None, :] - P) ** 2
    return -(np.exp(-(A * squares).sum(axis=-1)) @ np.array([1.0, 1.2, 3.0, 3.2]))


def goldstein_price(x: Any, y: Any) -> Any:
    """The logarithm of Goldstein and Price's function."""
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    second = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    return np.log(first * second)


def camel(x: Any, y: Any) -> Any:
    """The six-hump camel, with two minima."""
    return (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (4 * y**2 - 4) * y**2


def peaks(x: Any, label: Any) -> Any:
    """A peak whose place and height depend on a label."""
    place = np.select([label == "a", label == "b"], [0.2, 0.5], 0.7)
    height = np.select([label == "a", label == "b"], [1.0, 0.8], 1.3)
    return height * np.exp(-20 * (x - place) ** 2)


CASES = [
    Case("x sin x", lambda x: x * np.sin(x), [(0, 10)], [(7.978666,)], "maximize", 200),
    Case("parabola", lambda x, y: (x - 0.3) ** 2 + 2 * (y + 0.2) ** 2, [(-1, 1)] * 2, [(0.3, -0.2)]),
    Case("peak", lambda x, y: np.exp(-8 * (x - 0.6) ** 2 - 5 * (y - 0.3) ** 2), [(0, 1)] * 2, [(0.6, 0.3)], "maximize"),
    Case("Booth", lambda x, y: (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2, [(-5, 5)] * 2, [(1.0, 3.0)]),
    Case(
        "McCormick", lambda x, y: np.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1,
        [(-1.5, 4), (-3, 4)], [(-0.547198, -1.547198)],
    ),
    Case("Branin", branin, [(-5, 10), (0, 15)], [(-np.pi, 12.275), (np.pi, 2.275), (9.424778, 2.475)], rows=800),
    Case("camel", camel, [(-2, 2), (-1, 1)], [(0.089842, -0.712656), (-0.089842, 0.712656)], rows=800),
    Case("Goldstein-Price", goldstein_price, [(-2, 2)] * 2, [(0.0, -1.0)], rows=2000),
    Case("Hartmann", hartmann, [(0, 1)] * 3, [(0.114614, 0.555649, 0.852547)], rows=1500),
    Case("peaks by label", peaks, [(0, 1), ["a", "b", "c"]], [(0.7, "c")], "maximize"),
]  # fmt: skip


def brute_force(model: sn.Model, case: Case) -> tuple[dict[str, Any], float]:
    """The best of a grid and of finer ones, for each combination of labels."""
    sign = -1.0 if case.aim == "maximize" else 1.0
    numbers = [c for c in model.inputs.columns if hasattr(c, "lowest")]
    labels = [list(c.labels) for c in model.inputs.columns if not hasattr(c, "lowest")]
    others = [c.name for c in model.inputs.columns if not hasattr(c, "lowest")]
    found = []
    n = GRID[len(numbers)]
    for combination in product(*labels):
        fixed = dict(zip(others, combination, strict=True))
        axes = [np.linspace(c.lowest, c.highest, n) for c in numbers]
        points = np.stack([axis.ravel() for axis in np.meshgrid(*axes)], axis=1)
        half = np.array([(c.highest - c.lowest) / (n - 1) for c in numbers])
        for _ in range(ZOOMS):
            values = sign * predicted(model, numbers, points, fixed)
            best = points[np.argsort(values)[:KEPT]]
            steps = np.stack(np.meshgrid(*[np.linspace(-1, 1, 11)] * len(numbers)), axis=-1)
            points = (best[:, None] + steps.reshape(1, -1, len(numbers)) * half).reshape(
                -1, len(numbers)
            )
            points = np.clip(points, [c.lowest for c in numbers], [c.highest for c in numbers])
            half = half / 5
        values = sign * predicted(model, numbers, points, fixed)
        row = dict(zip([c.name for c in numbers], points[values.argmin()], strict=True))
        found.append(({**row, **fixed}, sign * float(values.min())))
    return min(found, key=lambda each: sign * each[1])


def predicted(model: sn.Model, numbers: Any, points: Any, fixed: dict[str, str]) -> Any:
    """Predictions of a grid, in parts."""
    parts = []
    for first in range(0, len(points), 100_000):
        part = points[first : first + 100_000]
        table = {c.name: part[:, i] for i, c in enumerate(numbers)}
        parts.append(
            model.predict(table | {name: [label] * len(part) for name, label in fixed.items()})
        )
    return np.concatenate(parts)


def apart(case: Case, inputs: Any, optimum: Sequence[Any]) -> float:
    """The largest difference of a column in percent of its range; infinite for another label."""
    gaps = [0.0]
    for name, ends, best in zip(case.names, case.box, optimum, strict=True):
        if isinstance(ends, list):
            gaps.append(0.0 if inputs[name] == best else np.inf)
        else:
            gaps.append(100 * abs(inputs[name] - best) / (ends[1] - ends[0]))
    return max(gaps)


def known_strength(rows: Any) -> Any:
    """A formula of the strength of concrete: less water for the binder, and more age, make it stronger."""
    binder = rows["cement"] + 0.7 * rows["blast_furnace_slag"] + 0.4 * rows["fly_ash"]
    age = np.log(rows["age"] + 1) / np.log(29)
    return 120 * np.exp(-1.9 * rows["water"] / binder) * age**0.6


def tables() -> int:
    """Search the best inputs of measured tables and print them."""
    from _accuracy_tables import TARGET, delimited, from_r, keel_regression, real_estate

    concrete = from_r("modeldata", "concrete", "compressive_strength")
    noise = 3 * np.random.default_rng(0).normal(size=len(concrete))
    known = concrete.assign(**{TARGET: known_strength(concrete) + noise})
    at_28 = {"age": 28}
    sums = {"cement + blast_furnace_slag + fly_ash": 400, **at_28}
    least = {"cement": "minimize"}
    cases: list[tuple[str, Any, list[tuple[Any, dict[str, Any]]]]] = [
        ("auto MPG", keel_regression("autoMPG6/autoMPG6.dat"), [("maximize", {})]),
        ("airfoil", delimited("airfoil/airfoil_self_noise.dat.txt", "\t"), [("minimize", {})]),
        ("real estate", real_estate(), [("maximize", {})]),
        ("concrete", concrete, [
            ("maximize", {}), ("maximize", {"fixed": sums}),
            (least, {"fixed": at_28, "bounds": {TARGET: (60, None)}}),
        ]),
        ("known strength", known, [
            ("maximize", {}), ("maximize", {"fixed": sums}),
            (least, {"fixed": at_28, "bounds": {TARGET: (60, None)}}),
        ]),
    ]  # fmt: skip
    print(
        "| table | want | best measured | recommended | mean, whole ranges | s |\n|---|---|---|---|---|---|"
    )
    for name, table, wants in cases:
        model = sn.fit(table, TARGET)
        for want, limits in wants:
            began = time.process_time()
            found = model.optimize(want, table=table, **limits)
            seconds = time.process_time() - began
            row, free = found.measured, model.optimize(want, **limits, **WHOLE)
            shown = (
                "" if row is None else f"{row.values[0]:.4g}, predicted {described(row.profile)}"
            )
            if want is least:
                shown += f", cement {0 if row is None else row.profile.point['cement']:.0f}"
            parts = []
            for each in (found, free):
                text = described(each.solutions[0])
                text += f", cement {each.inputs['cement']:.0f}" if want is least else ""
                truth = known_strength(each.inputs) if table is known else None
                parts.append(text + ("" if truth is None else f", true {truth:.1f}"))
            print(
                f"| {name} | {found.title()} | {shown} | {' | '.join(parts)} | {seconds:.1f} |",
                flush=True,
            )
    return 0


def described(profile: Any) -> str:
    """The prediction, its interval and its place."""
    low, high = (float(end[0]) for end in profile.interval)
    nearer = 100 * float(profile.distance.quantile[0])
    return f"{float(profile.prediction[0]):.4g} ({low:.4g} to {high:.4g}), {nearer:.0f} % nearer"


def main() -> int:
    """Fit, search and print the table."""
    if "--tables" in sys.argv[1:]:
        return tables()
    worst = 0.0
    print(
        "| function | R² | own | missed | true | agree | want | s |\n|---|---|---|---|---|---|---|---|"
    )
    for case in CASES:
        table = case.table()
        model = sn.fit(
            table, "y", hidden=(12, 12), decay=1e-8, starts=3, held_out=0.25, max_iter=600
        )
        began = time.process_time()
        found = model.optimize(case.aim, **WHOLE)
        best = float(found.prediction[0])
        want = 0.5 * (float(np.mean(table["y"])) + best)
        reached = model.optimize(want, **WHOLE)
        seconds = time.process_time() - began
        own, value = brute_force(model, case)
        extent = float(np.ptp(table["y"]))
        gaps = [
            apart(case, found.inputs, [own[name] for name in case.names]),
            100 * abs(best - value) / extent,
            min(apart(case, found.inputs, optimum) for optimum in case.optima),
            100 * abs(float(reached.prediction[0]) - want) / extent,
        ]
        worst = max(worst, *gaps)
        print(
            f"| {case.name} | {model.held_out_fit.r2[0]:.5f} | {gaps[0]:.3f} | {gaps[1]:.1e} | {gaps[2]:.2f} "
            f"| {found.agreeing}/{found.starts} | {gaps[3]:.1e} | {seconds:.1f} |",
            flush=True,
        )
    print(f"\nlargest difference {worst:.2f} %")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
