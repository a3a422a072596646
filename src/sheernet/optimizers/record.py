"""Records of runs (`Record`): a row per accepted iterate and a NumPy array per column.  Row 0 is the start."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.message_text import counted
from sheernet.optimizers.evaluation_counts import Counts
from sheernet.optimizers.optimizer_protocol import EPS, Step, standard_units

if TYPE_CHECKING:
    import pandas as pd

Integers = npt.NDArray[np.int64]


class Row(NamedTuple):
    """One row of a record; see `Record` for the columns."""

    iteration: int
    objective: float
    cost: float
    penalty: float
    gradient_norm: float
    step_length: float
    damping: float
    value_evaluations: int
    gradient_evaluations: int
    seconds: float
    validation_cost: float


COLUMNS: tuple[str, ...] = Row._fields
INTEGER_COLUMNS = ("iteration", "value_evaluations", "gradient_evaluations")
# Totals that continue in a resumed run.
_COUNTED = ("value_evaluations", "gradient_evaluations", "seconds")


@dataclass(frozen=True, eq=False)
class Record:
    """The history of a run as columns, with an entry for the start and for each accepted iterate.

    Parameters
    ----------
    iteration : ndarray of int
        Number of the iterate.
    objective, cost, penalty : ndarray
        The objective, and its two parts.
    gradient_norm : ndarray
        Largest absolute entry of the gradient in the standard units of the objective (1 if it has none), which is
        compared with gradient_tolerance, for small residuals times sqrt(objective / its unit).
    step_length : ndarray
        Multiple of the search direction (gd, adam: the learning rate); nan at the start and for scipy:NAME.
    damping : ndarray
        Damping of lm; nan for other methods.
    value_evaluations, gradient_evaluations : ndarray of int
        Evaluations so far.
    seconds : ndarray
        Time so far, in seconds.
    validation_cost : ndarray
        The validation cost; nan without validation.
    path : ndarray, (rows, P), or None
        theta of each row, if requested.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.optimizers import minimize
    >>> class Bowl:
    ...     def value(self, theta):
    ...         return 0.5 * float(theta @ theta)
    ...     def value_and_gradient(self, theta):
    ...         return self.value(theta), theta.copy()
    >>> record = minimize(Bowl(), [3.0, 4.0], "bfgs").record
    >>> len(record), record["objective"].tolist(), record.gradient_norm.tolist()
    (2, [12.5, 0.0], [4.0, 0.0])
    """

    iteration: Integers
    objective: Array
    cost: Array
    penalty: Array
    gradient_norm: Array
    step_length: Array
    damping: Array
    value_evaluations: Integers
    gradient_evaluations: Integers
    seconds: Array
    validation_cost: Array
    path: Array | None = None

    def __repr__(self) -> str:
        first, last = self.objective[[0, -1]]
        return f"<record of {counted(len(self), 'row')}: objective from {first:.6g} to {last:.6g}>"

    def __len__(self) -> int:
        return len(self.iteration)

    def __getitem__(self, column: str) -> npt.NDArray[Any]:
        if column not in COLUMNS:
            raise unknown_name("record column", column, COLUMNS)
        values: npt.NDArray[Any] = getattr(self, column)
        return values

    def row_of(self, objective: float) -> int:
        """Find the row of the returned iterate by its objective; if `patience` is set, it need not be the last row.

        Parameters
        ----------
        objective : float
            The objective of the returned iterate.

        Returns
        -------
        int
            Its row: the last row if it has this objective or if no row has it, otherwise the first that has it.

        Examples
        --------
        >>> from sheernet.optimizers import minimize
        >>> class Bowl:
        ...     def value(self, theta):
        ...         return 0.5 * float(theta @ theta)
        ...     def value_and_gradient(self, theta):
        ...         return self.value(theta), theta.copy()
        >>> minimize(Bowl(), [3.0, 4.0], "bfgs").record.row_of(12.5)
        0
        """
        rows = np.flatnonzero(self.objective == objective)
        last = len(self) - 1
        return last if rows.size == 0 or rows[-1] == last else int(rows[0])

    def to_dict(self) -> dict[str, list[float]]:
        """Return the columns, without the path, as lists of Python numbers for JSON."""
        return {column: self[column].tolist() for column in COLUMNS}

    def to_frame(self) -> pd.DataFrame:
        """Return the columns as a pandas DataFrame.

        Raises
        ------
        MissingDependency
            If pandas is not installed.
        """
        from sheernet.foundation.optional import import_optional

        frame: pd.DataFrame = import_optional(
            "pandas", extra="tables", purpose="data frames"
        ).DataFrame({column: self[column] for column in COLUMNS})
        return frame

    def joined(self, later: Record) -> Record:
        """Append the record of the run that resumed this run; its row 0 is the last row of this record.

        Parameters
        ----------
        later : Record
            The record of minimize(objective, run.state, ...).

        Returns
        -------
        Record
            The record of both as a single run: iterations, counts and seconds continue.

        Raises
        ------
        InvalidInput
            If the second record does not start where the first ends.
        """
        if later.iteration[0] != self.iteration[-1] or later.objective[0] != self.objective[-1]:
            raise InvalidInput(
                f"only the record of a resumed run can be appended, but the first record ends at iteration "
                f"{self.iteration[-1]} with objective {self.objective[-1]:g} and the second starts at iteration "
                f"{later.iteration[0]} with objective {later.objective[0]:g}; pass run.state as the start"
            )
        columns: dict[str, Any] = {}
        for name in COLUMNS:
            rest = later[name][1:]
            if name in _COUNTED:
                rest = rest + (self[name][-1] - later[name][0])
            columns[name] = np.concatenate([self[name], rest])
        if self.path is not None and later.path is not None:
            columns["path"] = np.concatenate([self.path, later.path[1:]])
        return Record(**columns)


class Recorder:
    """Collects the rows of a run."""

    def __init__(self, objective: Any, counts: Counts, keep_path: bool) -> None:
        self.decay = getattr(objective, "decay", None)
        self.decayed = np.flatnonzero(() if self.decay is None else self.decay)
        self.terms = getattr(objective, "terms", None)
        _, self.units, self.unit_of_objective = standard_units(objective)
        self.counts = counts
        self.rows: list[Row] = []
        self.path: list[Array] | None = [] if keep_path else None

    def add(self, step: Step, validation_cost: float = nan) -> Row:
        """Append an accepted iterate."""
        cost, penalty = self._parts(step)
        row = Row(
            step.iteration,
            step.value,
            cost,
            penalty,
            float((np.abs(step.gradient) / self.units).max(initial=0.0)),
            step.step_length,
            step.damping,
            self.counts.value_evaluations,
            self.counts.gradient_evaluations,
            self.counts.seconds(),
            validation_cost,
        )
        self.rows.append(row)
        if self.path is not None:
            self.path.append(step.theta)
        return row

    def record(self) -> Record:
        """Return the record of all rows so far."""
        columns: dict[str, Any] = {
            name: np.array(column)
            for name, column in zip(COLUMNS, zip(*self.rows, strict=True), strict=True)
        }
        return Record(**columns, path=None if self.path is None else np.array(self.path))

    def _parts(self, step: Step) -> tuple[float, float]:
        """Return cost and penalty: from the decay of the objective, else from terms(), else without a penalty.

        If the penalty dominates the objective, terms() computes the cost, because of cancellation in the difference.
        """
        if self.decay is not None:
            theta = step.theta[self.decayed]
            penalty = 0.5 * float(self.decay[self.decayed] @ (theta * theta))
            if penalty > 0.5 * step.value and self.terms is not None and self.decayed.size:
                return float(self.terms(step.theta)[0]), penalty
            cost = step.value - penalty
            # A difference below the rounding error of its terms has no correct digit and may even be negative.
            return (0.0 if abs(cost) <= 10 * EPS * penalty else cost), penalty
        if self.terms is None:
            return step.value, 0.0
        cost, penalty, _ = self.terms(step.theta)
        return float(cost), float(penalty)
