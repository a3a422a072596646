"""Explorations for learners: the gradient check, a race of methods, many starts, and the cost around a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheernet.apps.page.curves import finite, numbers
from sheernet.apps.page.exercise_limits import MOST_STARTS
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.exploration_gate import ExplorationGate
from sheernet.apps.page.page_state import fault_choice
from sheernet.apps.page.page_surface import evenly
from sheernet.apps.page.protocol import (
    CheckedEntry,
    CheckResult,
    LandscapeResult,
    Plane,
    RacedPath,
    RaceResult,
    SwarmCurve,
    SwarmResult,
)
from sheernet.derivatives import check_gradient
from sheernet.foundation.arrays import Array
from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.scalars import as_whole
from sheernet.network.network import Network
from sheernet.objective.engines.threads import blas_threads
from sheernet.objective.objective import Objective
from sheernet.optimizers.registry import METHODS
from sheernet.settings.start_settings import StartSettings
from sheernet.teaching import faults
from sheernet.training.jobs.job_results import Fits
from sheernet.training.objective_fit import fit_objective
from sheernet.training.starts import first_starts
from sheernet.training.training import starts_of

GRID = 41
MARGIN = 0.15  # of the extent of the paths
MOST_ENTRIES = 200
MOST_PATH = 500  # points of a path, and of a curve
CHECKED_ROWS = 500
"""Maximum number of rows for the gradient check: a few evaluations with complex numbers per weight."""
LONGEST = 20.0
"""Maximum number of seconds that a race, or many starts, may take."""
MOST_ITERATIONS = 2000
REACH = 2.0
"""Half width of the range of weights around a point in which the cost is shown."""


@dataclass(frozen=True, eq=False)
class _Explored:
    """An experiment with a separate objective, because the run may be using the existing one."""

    experiment: Experiment
    gate: ExplorationGate
    objective: Objective

    def fit(
        self, thetas: Sequence[Array], method: str, max_iter: int, seconds: float, **options: Any
    ) -> Fits:
        """Run a method from each of some weights, without warnings."""
        with gathered():
            return fit_objective(
                self.objective, thetas, method, max_iter=max_iter, observers=[self.gate.observer(seconds)],
                gradient_tolerance=self.experiment.exercise.gradient_tolerance, **options,
            )  # fmt: skip


def _explored(experiment: Experiment, gate: ExplorationGate | None) -> _Explored:
    """Return what is explored; the caller has admitted the exploration at the gate, if it gives one."""
    objective = experiment.objective_of(experiment.prepared.training)
    return _Explored(experiment, gate or ExplorationGate(), objective)


def check(experiment: Experiment, network: Network, fault: str | None) -> CheckResult:
    """Check the gradient at a network, or the gradient computed by a wrong backpropagation.

    Raises
    ------
    InvalidInput
        If the fault is not known.
    """
    objective = experiment.objective_of(experiment.first_rows(CHECKED_ROWS), engine="reference")
    if fault is None:
        report = check_gradient(objective, network.theta)
    elif fault not in faults.ALL:
        raise unknown_name("fault", fault, faults.ALL)
    else:
        wrong = faults.problem(faults.ALL[fault], objective, network.theta)  # type: ignore[arg-type]
        report = check_gradient(wrong)
    order = np.argsort(
        -np.nan_to_num(np.abs(report.analytic - report.numeric), nan=np.inf), kind="stable"
    )
    entries = [
        CheckedEntry(
            index=int(i), name=report.names[i], backpropagation=finite(float(report.analytic[i])),
            numerical=finite(float(report.numeric[i])), agrees=report.verdicts[i] == "pass",
        )
        for i in sorted(order[:MOST_ENTRIES])
    ]  # fmt: skip
    return CheckResult(
        passed=report.verdict == "pass", verdict=report.verdict, text=str(report), entries=entries,
        fault=None if fault is None else fault_choice(faults.ALL[fault]),
    )  # fmt: skip


def race(
    experiment: Experiment, network: Network, methods: Sequence[str], max_iter: int,
    gate: ExplorationGate | None = None,
) -> RaceResult:  # fmt: skip
    """Run several methods from one start, and map the objective in the plane of their paths.

    The plane contains the final point of the best path and is spanned by the first two principal components of all
    iterates.

    Raises
    ------
    InvalidInput
        If a method is unknown, or the race was ended.
    """
    names = list(dict.fromkeys(methods)) or ["gd", "bfgs", "lm"]
    unknown = [name for name in names if name not in METHODS]
    if unknown:
        raise unknown_name("method", unknown[0], METHODS)
    max_iter = as_whole("max_iter", max_iter, 1, most=MOST_ITERATIONS)
    what = _explored(experiment, gate)
    runs: dict[str, Any] = {}
    for name in names:
        what.gate.go_to(f"Racing {name}")
        options = experiment.exercise.options if name == experiment.method else {}
        seconds = LONGEST / len(names)
        fits = what.fit([network.theta], name, max_iter, seconds, keep_path=True, **options)
        runs[name] = fits[0]
    what.gate.go_to("Mapping the cost")
    paths = {name: run.record.path for name, run in runs.items() if run.record.path is not None}
    center = min(runs.values(), key=lambda run: run.objective).theta
    axes, explained = _principal(list(paths.values()), center)
    places = {name: (path - center) @ axes.T for name, path in paths.items()}  # (n, 2) each
    plane = _plane(
        what, center, axes, np.concatenate(list(places.values())),
        ("first principal component", "second principal component"), explained,
    )  # fmt: skip
    raced = [_raced(name, runs[name], places[name]) for name in names]
    return RaceResult(paths=raced, plane=plane)


def _principal(paths: list[Array], center: Array) -> tuple[Array, float | None]:
    """Return two orthonormal directions, (2, P), and the fraction of the variance in their plane."""
    moves = np.concatenate([path[evenly(len(path), MOST_PATH)] for path in paths]) - center
    moves = moves[np.isfinite(moves).all(axis=1)]
    with blas_threads(1):  # more threads would compete with the threads of the page
        _, sizes, directions = np.linalg.svd(moves, full_matrices=False)
    axes = directions[:2]
    if len(axes) < 2:  # one weight, or paths of one point
        axes = np.vstack([axes, np.zeros((2 - len(axes), center.size))])
    total = float((sizes**2).sum())
    return axes, float((sizes[:2] ** 2).sum() / total) if total > 0 else None


def _plane(
    what: _Explored, center: Array, axes: Array, places: Array, names: Sequence[str],
    explained: float | None = None,
) -> Plane:  # fmt: skip
    """Return the objective over the part of a plane that contains the given points; `names` are its axes."""
    places = places[np.isfinite(places).all(axis=1)]
    low, high = places.min(axis=0), places.max(axis=0)
    extent = np.maximum(high - low, 0.1 * float((high - low).max()) or 1.0)
    low, high = low - MARGIN * extent, high + MARGIN * extent
    x, y = (np.linspace(low[k], high[k], GRID) for k in range(2))
    with np.errstate(all="ignore"):
        values = [
            [finite(what.objective.value(center + a * axes[0] + b * axes[1])) for a in x if what.gate.is_open()]
            for b in y
        ]  # fmt: skip
    known = explained is not None
    return Plane(
        x=x.tolist(), y=y.tolist(), values=values, x_name=names[0], y_name=names[1], explained=explained,
        sentence=f"The plane explains {explained:.0%} of the variance of the paths." if known else "",
    )  # fmt: skip


def _raced(name: str, run: Any, places: Array) -> RacedPath:
    some = evenly(len(places), MOST_PATH)
    record = run.record
    counts = record.value_evaluations + record.gradient_evaluations
    return RacedPath(
        method=name, x=numbers(places[some, 0]),
        y=numbers(places[some, 1]), iteration=record.iteration[some].tolist(),
        objective=numbers(record.objective[some]),
        evaluations=counts[some].tolist(), reason=run.termination.reason, message=str(run.termination.message),
    )  # fmt: skip


def swarm(
    experiment: Experiment, starts: int, max_iter: int, gate: ExplorationGate | None = None
) -> SwarmResult:
    """Train from many starts, and return the curve of each.

    Raises
    ------
    InvalidInput
        If a number is out of range.
    """
    starts = as_whole("starts", starts, 1, most=min(MOST_STARTS, 200))
    max_iter = as_whole("max_iter", max_iter, 1, most=MOST_ITERATIONS)
    exercise = experiment.exercise
    what = _explored(experiment, gate)
    thetas = first_starts(experiment.network, starts, exercise.scheme, exercise.seed)
    fits = what.fit(list(thetas), exercise.method, max_iter, LONGEST, **exercise.options)
    curves = []
    for start in range(len(fits.objectives)):
        record = fits[start].record
        some = evenly(len(record), MOST_PATH)
        curves.append(
            SwarmCurve(
                start=start, iteration=record.iteration[some].tolist(),
                objective=numbers(record.objective[some]), reason=fits.reasons[start], best=start == fits.best,
            )
        )  # fmt: skip
    ended = starts_of(fits, StartSettings(starts, exercise.seed, exercise.scheme))
    lowest = fits.objectives[fits.best]
    return SwarmResult(
        curves=curves,
        sentence=f"{ended.within(0.01)} of {len(ended)} starts ended within 1 % of the lowest objective, {lowest:.6g}.",
    )


def landscape(
    experiment: Experiment,
    network: Network,
    indices: Sequence[int],
    gate: ExplorationGate | None = None,
) -> LandscapeResult:
    """Return the objective as a function of two weights; by default, of the two with the largest derivatives.

    Raises
    ------
    InvalidInput
        If the indices are not two different weights, or the network has a single weight.
    """
    what = _explored(experiment, gate)
    theta, places = network.theta, list(indices)
    if theta.size < 2:
        raise InvalidInput("the network has a single weight, but the landscape needs two")
    if not places:
        _, gradient = what.objective.value_and_gradient(theta)
        places = np.argsort(-np.abs(np.nan_to_num(gradient)), kind="stable")[:2].tolist()
    if len(set(places)) != 2 or not all(0 <= place < theta.size for place in places):
        raise InvalidInput(f"indices must be two different weights from 0 to {theta.size - 1}")
    axes = np.zeros((2, theta.size))
    axes[[0, 1], places] = 1.0
    here = theta[places]
    around = here + REACH * np.array([[-1.0, -1.0], [1.0, 1.0]])
    center = theta.copy()
    center[places] = 0.0
    names = [experiment.architecture.layout.name(place) for place in places]
    plane = _plane(what, center, axes, around, names)
    return LandscapeResult(plane=plane, at_x=float(here[0]), at_y=float(here[1]))
