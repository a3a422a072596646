"""`Experiment`: an exercise with its data, its network and its objective, ready to be trained.

    exercise -> table -> rows of each share -> prepare -> architecture, cost, decay -> objective

The parts are the same as in `sheernet.fit`, so that `sheernet predict` reads the model of the page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sheernet.apps.page.exercise_limits import require_limits
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_table import PageTable
from sheernet.apps.page.row_shares import SHARES, Rows, notices_of_shares, rows_of_shares
from sheernet.foundation.arrays import Array
from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import InvalidInput
from sheernet.models.fitting.fit_plan import cost_of
from sheernet.models.fitting.preparation import Encoded, Prepared, prepare
from sheernet.network.architecture import Architecture
from sheernet.network.network import Network
from sheernet.objective import costs
from sheernet.objective.decay import weight_decay
from sheernet.objective.objective import Objective, make_objective
from sheernet.optimizers import auto_method
from sheernet.optimizers.registry import check_options, get
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.table_settings import TableSettings

MOST_WEIGHTS = 20_000
"""Maximum number of weights of a network that the page trains; a matrix of lm then takes 3 GB."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """The checked settings of an exercise, with its data, network and cost.

    Parameters
    ----------
    exercise : Exercise
        The settings.
    source : PageTable
        The table.
    prepared : Prepared
        Encoders and encoded rows.
    rows : mapping of str to ndarray of int
        The rows of the table in each share.
    architecture : Architecture
        The network.
    cost : str
        The cost.
    notices : tuple of str
        Decisions about the table, and warnings.
    """

    exercise: Exercise
    source: PageTable
    prepared: Prepared
    rows: dict[str, Rows]
    architecture: Architecture
    cost: str
    notices: tuple[str, ...]

    @classmethod
    def of(cls, exercise: Exercise) -> Experiment:
        """Check an exercise, and encode its table.

        Raises
        ------
        InvalidInput, ShapeMismatch, MissingDependency
            If a setting is not allowed, or the table cannot be used.
        """
        require_limits(exercise)
        source = PageTable.of(exercise)
        with gathered() as notices:
            rows, prepared = _prepared(exercise, source)
        targets = prepared.targets
        architecture = Architecture(
            (prepared.inputs.n_features, *exercise.hidden, targets.n_outputs),
            hidden=exercise.activation, output=targets.output, bias=exercise.bias, skip=exercise.skip,
        )  # fmt: skip
        _require_few_weights(architecture)
        StoppingRules(patience=exercise.patience).require_validation(prepared.validation)
        cost = costs.get(cost_of(exercise.cost, targets)).name
        of_shares = notices_of_shares(exercise, source.table, rows)
        told = dict.fromkeys(map(str, (*of_shares, *prepared.notices, *notices)))
        found = cls(exercise, source, prepared, rows, architecture, cost, tuple(told))
        _require_method(exercise, found)
        return found

    @property
    def minimized(self) -> dict[str, Any]:
        """Arguments of `make_objective` and `train`, without the rows."""
        return {"cost": self.cost, "reduction": self.exercise.reduction, "decay": self.decay}

    @property
    def decay(self) -> Array | float:
        """The weight decay of each weight, (P,); 0.0 without decay."""
        if not self.exercise.decay:
            return 0.0
        return weight_decay(self.architecture, self.exercise.decay)

    def objective_of(self, rows: Encoded, **changes: Any) -> Objective:
        """Return the objective of some rows."""
        how = {**self.minimized, **changes}
        return make_objective(self.architecture, rows.X, rows.y, weights=rows.weights, **how)

    @cached_property
    def objective(self) -> Objective:
        """The objective of the training rows."""
        return self.objective_of(self.prepared.training)

    @cached_property
    def _references(self) -> dict[str, Objective]:
        return {
            share: self.objective_of(rows, engine="reference")
            for share, rows in self.shares.items()
        }

    def reference_of(self, share: str) -> Objective:
        """Return the objective of a share in the reference engine, for the passes of a row."""
        return self._references[share]

    @cached_property
    def costs(self) -> dict[str, Objective]:
        """The objective without the penalty, for each share that has rows."""
        return {share: self.objective_of(rows, decay=0.0) for share, rows in self.shares.items()}

    @property
    def validation(self) -> tuple[Any, ...] | None:
        """The validation rows as an argument of `train`."""
        rows = self.prepared.validation
        return None if rows is None else (rows.X, rows.y, rows.weights)

    @cached_property
    def network(self) -> Network:
        """The initial network of start 0."""
        if self.exercise.weights:
            return Network(self.architecture, np.array(self.exercise.weights))
        return Network.random(self.architecture, self.exercise.seed, self.exercise.scheme)

    @cached_property
    def method(self) -> str:
        """The method that runs: "auto" is resolved."""
        given = self.exercise.method
        if given != "auto":
            return given
        return auto_method.choose(self.objective, self.architecture.n_parameters)

    def cells(self, row: int) -> dict[str, Any]:
        """Return the cells of a row of the table in the columns that the network uses, in the units of the table."""
        if row not in self._cells:
            names = (*self.prepared.inputs.names, *self.prepared.targets.names)
            values = self.source.table.frame[list(names)].iloc[row]
            self._cells.clear()
            self._cells[row] = {
                name: _plain(value) for name, value in zip(names, values, strict=True)
            }
        return self._cells[row]

    @cached_property
    def _cells(self) -> dict[int, dict[str, Any]]:
        return {}

    @cached_property
    def shares(self) -> dict[str, Encoded]:
        """The encoded rows of each share that has rows."""
        parts = (self.prepared.training, self.prepared.validation, self.prepared.evaluation)
        found = zip(SHARES, parts, strict=True)
        return {share: rows for share, rows in found if rows is not None}

    def first_rows(self, most: int) -> Encoded:
        """Return the first training rows, up to a maximum number."""
        rows = self.prepared.training
        return rows.take(np.arange(min(len(rows), most)))

    def place_of(self, row: int) -> tuple[str, int]:
        """Return the share of a row and its position in it; for an unused row, those of the first training row."""
        for share, rows in self.rows.items():
            found = np.flatnonzero(rows == row)
            if found.size:
                return share, int(found[0])
        return "training", 0

    def with_exercise(self, exercise: Exercise) -> Experiment:
        """Return the same data and network with another exercise that does not change them; check its limits."""
        require_limits(exercise)
        found = replace(self, exercise=exercise)
        _require_method(exercise, found)
        return found


def _plain(value: Any) -> Any:
    """Return a cell for JSON."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if isinstance(value, (int, str)) else str(value)


def _prepared(exercise: Exercise, source: PageTable) -> tuple[dict[str, Rows], Prepared]:
    """Return the rows of each share, and the encoded table."""
    table, target = source.table, exercise.target or source.target
    table.require([target, *(exercise.inputs or ())])
    rows = rows_of_shares(exercise, table, target)
    parts = {share: table.take(rows[share]) for share in SHARES[1:] if len(rows[share])}
    settings = TableSettings(
        inputs=exercise.inputs, task=exercise.task_kind, scaling=exercise.scaling,
        missing="impute" if exercise.missing == "impute" else "refuse", output_activation=exercise.output,
        validation=parts.get("validation"), test=parts.get("test"), held_out=None if "test" in parts else 0.0,
    )  # fmt: skip
    training = table.take(rows["training"])
    return rows, prepare(training, target, settings, exercise.seed, folds=False)


def _require_few_weights(architecture: Architecture) -> None:
    if architecture.n_parameters > MOST_WEIGHTS:
        raise InvalidInput(
            f"the network has {architecture.n_parameters:,} weights, but the page trains up to {MOST_WEIGHTS:,}; use "
            "fewer units or fewer inputs"
        )


def _require_method(exercise: Exercise, experiment: Experiment) -> None:
    """Require that the method exists and has the options; start it, because methods check their option values."""
    method = get(experiment.method)
    check_options(method, exercise.options)
    steps = method.run(experiment.objective, experiment.network.theta, **exercise.options)
    with np.errstate(all="ignore"):
        next(steps, None)
    steps.close()
