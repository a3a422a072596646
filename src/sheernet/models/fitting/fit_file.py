"""`FitFile`: keep the state of a fit in a file, so that an interrupted fit continues, with a bitwise equal result.

A fit is a sequence of series.  A series has the runs of an optimizer from all starts, or its runs between two
steps of the search for the highest evidence.  The file contains the state of the search, the completed runs of the
current series, and the last state of the latest run with the rows of its record.  The whole file is replaced after each
iteration.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.declared_fields import require_declared
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, in_quotes
from sheernet.foundation.time_limits import end_of, seconds_left
from sheernet.optimizers import Checkpoint, Record, Row, Run, Step, Termination
from sheernet.optimizers.checkpoint import better, require_resumable
from sheernet.optimizers.driver import resolve_start
from sheernet.optimizers.record import INTEGER_COLUMNS
from sheernet.optimizers.stopping import is_flat
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.statistics.evidence_search import SearchState
from sheernet.training.checkpoint_file import (
    read_arrays,
    refusing_damage,
    restored,
    write_value,
)
from sheernet.training.jobs import Fits, Job, fit_jobs

FORMAT = "sheernet fit 1"
PAUSES = ("interrupted", "time_limit", "max_evaluations")
"""Termination reasons of a run that is incomplete: the next fit continues it."""
AFTER_COST_TOLERANCE = ("max_iterations", "validation_patience")
"""Termination reasons that count only if the cost tolerance is not met, see `stop_by_rules`."""

OneRun = Callable[[Checkpoint | None, StoppingRules, Sequence[Any]], Fits]
"""A function that runs one start, from its initial weights or from a checkpoint, with stopping rules and observers."""


@dataclass(frozen=True, eq=False)
class _EndedRuns:
    """Completed runs as a few arrays; one contains the rows of all records."""

    rows: Annotated[Array, "all rows", "columns"]
    lengths: Annotated[npt.NDArray[np.int64], "runs"]  # rows of each record
    thetas: Annotated[Array, "runs", "P"]
    gradients: Annotated[Array, "runs", "P"]
    objectives: Annotated[Array, "runs"]
    texts: Annotated[npt.NDArray[np.str_], "runs", "texts"]  # method, reason, message


@dataclass(frozen=True, eq=False)
class _Content:
    """What a file contains."""

    key: str
    is_running: bool
    rows: Annotated[Array, "rows", "columns"]  # of the record of the latest run
    ended: _EndedRuns | None
    search: SearchState | None
    latest: Checkpoint | None


class FitFile:
    """The file of a fit, which is also an observer of its runs.

    Parameters
    ----------
    path : path
        The file; if it exists, the fit continues from it.
    key : str
        Identifies the fit by its data, network and settings.
    size : int
        Number P of parameters.

    Attributes
    ----------
    search : SearchState or None
        The search for the evidence.

    Raises
    ------
    InvalidInput
        If the file cannot be read, is damaged, or belongs to another fit.
    """

    def __init__(self, path: str | os.PathLike[str], key: str, size: int) -> None:
        self.path, self.key, self.size = Path(path), key, size
        self.search: SearchState | None = None
        self._by_validation = False
        self._begin()
        self.is_resumed = self.path.exists()
        if self.is_resumed:
            self._read()

    def _begin(self) -> None:
        """Start a series."""
        self._ended: list[Run] = []
        self._latest: Checkpoint | None = None  # of the current run, or of the last completed run
        self._rows: list[Row] = []
        self._is_running = False

    # --- runs ------------------------------------------------------------------------------------------

    def run_each(self, runs: Sequence[OneRun], rules: StoppingRules) -> Fits:
        """Run a series, one start after the other; completed runs are read from the file.

        Parameters
        ----------
        runs : sequence of callable
            The starts.
        rules : StoppingRules
            `max_iter` limits all iterations of each start, `max_evaluations` the evaluations of all starts,
            and `time_limit` the seconds of this call.
        """
        ends = end_of(rules.time_limit)
        self._by_validation = rules.patience is not None
        self._go_on_with_latest(rules)
        pause: list[Run] = []
        try:
            while not pause and len(self._ended) < len(runs) and not self._has_reached_target():
                pause = self._run(runs[len(self._ended)], self._rules_left(rules, ends))
        except KeyboardInterrupt:
            # Ctrl-C between two runs, or twice during one: the earlier runs are kept.
            if not self._ended:
                raise
            pause = [replace(self._ended.pop(), termination=Termination("interrupted"))]
        return Fits.of([*self._ended[: len(runs)], *pause], by_validation=self._by_validation)

    def fit_jobs(self, objective: Any, jobs: Sequence[Job], method: str, **given: Any) -> Fits:
        """Run jobs as `sheernet.jobs.fit_jobs` does, one after the other."""
        limits = {name: given.pop(name) for name in vars(StoppingRules()) if name in given}
        first = objective.replace(decay=jobs[0].decay)
        # The first job determines the method of all jobs.
        own = resolve_start(first, jobs[0].start, method)[0].name

        def one(job: Job, begun: Any, rules: StoppingRules, observers: Sequence[Any]) -> Fits:
            job = job if begun is None else replace(job, start=begun)
            return fit_jobs(objective, [job], own, **vars(rules), observers=observers, **given)

        return self.run_each([partial(one, job) for job in jobs], StoppingRules(**limits))

    def keep_search(self, search: SearchState) -> None:
        """Write the state of the search, and start a new series."""
        self.search = search
        self._begin()
        self._write()

    def __call__(self, step: Step, row: Row) -> None:
        """Write the state of a step of the current run."""
        if self._is_running and row.iteration == self._rows[-1].iteration:
            return  # the step from which the run was resumed
        if step.state is None:
            raise InvalidInput(
                "runs of this method have no state that {} could keep; use another", Setting("checkpoint")
            )  # fmt: skip
        best = self._latest.best if self._is_running and self._latest is not None else None
        best = better(best, step, row.validation_cost, by_validation=self._by_validation)
        self._rows = [*self._rows, row] if self._is_running else [row]
        self._latest, self._is_running = Checkpoint.at(step.state, best), True
        self._write()

    def _run(self, run_from: OneRun, rules: StoppingRules) -> list[Run]:
        """Run a start until it ends; return the run if it is incomplete, otherwise an empty list."""
        begun, rows = (self._latest, self._rows) if self._is_running else (None, [])
        left, was_flat = rules, False
        if begun is not None and rows:
            left = replace(rules, max_iter=max(rules.max_iter - rows[-1].iteration, 0))
            was_flat = len(rows) > 1 and is_flat(rules, *rows[-2:])
            left = replace(left, max_iter=0) if was_flat else left
        fits = run_from(begun, left, [self])
        run = fits[fits.best]
        if rows:
            run = replace(run, record=_record(np.array(rows)).joined(run.record))
        if was_flat and run.termination.reason in AFTER_COST_TOLERANCE:
            run = replace(run, termination=Termination("cost_tolerance"))
        if run.termination.reason in PAUSES:
            return [run]
        self._ended.append(run)
        self._latest, self._is_running = run.state, False
        self._write()
        return []

    def _go_on_with_latest(self, rules: StoppingRules) -> None:
        """Continue the last completed run if more iterations are allowed; raise if an earlier run has to continue."""
        cut = [
            run.termination.reason == "max_iterations" and run.record.iteration[-1] < rules.max_iter
            for run in self._ended
        ]
        if any(cut[:-1]) or (any(cut) and self._is_running):
            iterations = int(self._ended[cut.index(True)].record.iteration[-1])
            raise InvalidInput(
                "start {} of {!r} ended with {}, and only the latest start can continue; give the same number, or "
                "another file",
                cut.index(True) + 1, str(self.path), Setting("max_iter", iterations),
            )  # fmt: skip
        if any(cut):
            self._ended.pop()
            self._is_running = True

    def _has_reached_target(self) -> bool:
        return bool(self._ended) and self._ended[-1].termination.reason == "target_reached"

    def _rules_left(self, rules: StoppingRules, ends: float) -> StoppingRules:
        """Return the rules of the next run, with the time and the evaluations that are left."""
        most = rules.max_evaluations
        used = [run.record.value_evaluations[-1] for run in self._ended]
        used += [self._rows[-1].value_evaluations] if self._is_running else []
        return replace(
            rules,
            time_limit=seconds_left(ends),
            max_evaluations=None if most is None else max(most - int(sum(used)), 1),
        )

    # --- the file --------------------------------------------------------------------------------------

    def _write(self) -> None:
        write_value(self.path, FORMAT, self._content())

    def _content(self) -> _Content:
        rows = np.array(self._rows, dtype=np.float64).reshape(-1, len(Row._fields))
        ended = _as_arrays(self._ended) if self._ended else None
        return _Content(self.key, self._is_running, rows, ended, self.search, self._latest)

    def _read(self) -> None:
        arrays = read_arrays(self.path, FORMAT)
        if str(arrays.get("key")) != self.key:
            raise InvalidInput(
                f"{in_quotes(str(self.path))} belongs to another fit: its data, network, seed, decay, method or "
                "tolerances differ; give the same ones, or another file"
            )
        with refusing_damage(self.path):
            lengths = {"P": self.size, "columns": len(Row._fields), "texts": 3}
            content: _Content = restored(_Content, arrays, lengths)
            self._is_running, self.search = content.is_running, content.search
            self._rows = [_row(each) for each in content.rows]
            self._ended = [] if content.ended is None else _runs_of(content.ended)
            self._latest = content.latest
            self._require_consistent()

    def _require_consistent(self) -> None:
        """Raise unless the search has possible weights, and the latest run a record that ends with its state."""
        last = [(row.iteration, row.objective) for row in self._rows[-1:]]
        points = []
        if self._latest is not None:
            require_resumable(self._latest)
            points = [(self._latest.state.iteration, self._latest.state.value)]
        search = self.search
        if search is not None and not (
            np.isfinite([search.thetas, search.decays]).all() and (search.decays >= 0).all()
        ):
            raise ValueError("the weights or decays of the search are out of range")
        has_begun = self._is_running or bool(self._ended)
        if has_begun != bool(points) or not np.array_equal(last, points, equal_nan=True):
            raise ValueError("the record and the state of the latest run differ")


def _as_arrays(runs: Sequence[Run]) -> _EndedRuns:
    records = [np.column_stack([run.record[name] for name in Row._fields]) for run in runs]
    texts = [(run.method, run.termination.reason, run.termination.message) for run in runs]
    return _EndedRuns(
        np.concatenate(records),
        np.array([len(each) for each in records], dtype=np.int64),
        np.array([run.theta for run in runs]),
        np.array([run.gradient for run in runs]),
        np.array([run.objective for run in runs]),
        np.array(texts),
    )


def _runs_of(ended: _EndedRuns) -> list[Run]:
    """Return the runs from the result of `_as_arrays`."""
    if min(ended.lengths) < 1 or sum(ended.lengths) != len(ended.rows):
        raise ValueError("the records and their lengths differ")
    records = map(_record, np.split(ended.rows, np.cumsum(ended.lengths)[:-1]))
    each = zip(ended.thetas, ended.gradients, ended.objectives, ended.texts, records, strict=True)
    return [
        Run(
            theta,
            float(value),
            gradient,
            Termination(*map(str, texts[1:])),
            record,
            None,
            str(texts[0]),
        )
        for theta, gradient, value, texts, record in each
    ]


def _row(numbers: Any) -> Row:
    """Return a row of a record from floats, some of which become integers."""
    row = Row._make(
        int(number) if name in INTEGER_COLUMNS else float(number)
        for name, number in zip(Row._fields, numbers, strict=True)
    )
    require_declared("row", Row, row, {})
    return row


def _record(rows: Any) -> Record:
    """Return a record from its rows, (n, number of columns)."""
    columns = zip(*map(_row, rows), strict=True)
    return Record(**{n: np.array(c) for n, c in zip(Row._fields, columns, strict=True)})
