"""From a table to a model in one call: columns, scaling, held-out rows, training, judgment."""

from __future__ import annotations

import datetime
import hashlib
import platform
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet import activations, costs
from sheernet.architecture import Architecture
from sheernet.arrays import Array
from sheernet.decay import DecayLike, weight_decay
from sheernet.derivatives import GradientReport, check_gradient
from sheernet.errors import InvalidInput, SheernetWarning
from sheernet.initialize import generator
from sheernet.model import Columns, Fit, Member, Model, Provenance, require_distinct
from sheernet.network import Network
from sheernet.objective import make_objective
from sheernet.preprocessing import Scaler
from sheernet.tables import Table, read_table
from sheernet.training import Training, train
from sheernet.version import __version__

Indices = npt.NDArray[np.intp]

DEFAULT_DECAY = (
    1e-4  # on standardized columns: enough that a minimum exists, too little to be seen in the fit
)
FEWEST_ROWS_TO_HOLD_OUT = 20
ROWS_CHECKED = 200  # of the gradient check: more rows make it slower, not sharper
HELD_OUT_STREAM = 2**32 - 1  # of the seed; the starts count up from 0


def fit(
    table: Any,
    target: str | Sequence[str],
    *,
    inputs: Sequence[str] | None = None,
    hidden: int | Sequence[int] = 10,
    activation: str = "tanh",
    decay: DecayLike = DEFAULT_DECAY,
    held_out: float = 0.25,
    starts: int = 10,
    seed: int | None = 0,
    **training: Any,
) -> Model:
    """Fit a network to the numeric columns of a table.

    Inputs and targets are standardized; the output is linear and the cost by default the mean squared error.

    Parameters
    ----------
    table : path, DataFrame, mapping of columns, or Table
        See `read_table`.
    target : str or sequence of str
        The column, or columns, to predict.
    inputs : sequence of str, optional
        The columns to predict it from; by default all others that hold numbers.
    hidden : int or sequence of int
        Units of the hidden layer, or of each; () is a linear model.
    activation : str
        Of the hidden layers.
    decay : float, array_like (P,), or mapping
        Weight decay.  A number is for weights and not for biases; else as in `make_objective`.
    held_out : float
        Share of rows that are kept from training and judged at the end; none under 20 rows.
    starts, seed : int
        How many networks are trained, and what they and the held-out rows are drawn from.
    **training
        Everything else that `train` takes: `method`, `max_iter`, `time_limit`, `progress`, ...; not `weights`,
        `validation` and `resume`, which belong to rows and units that only `train` knows.

    Returns
    -------
    Model

    Raises
    ------
    InvalidInput, ShapeMismatch, MissingDependency
        Before anything is trained, when the table or an argument is not allowed.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(40)], "y": [3.0 - i / 20 for i in range(40)]}
    >>> model = sn.fit(table, target="y", hidden=2, starts=1)
    >>> model.training_fit.rows, model.held_out_fit.rows
    (30, 10)
    """
    for name in ("weights", "validation", "resume"):
        if training.get(name) is not None:
            raise InvalidInput(
                f"fit does not take {name}; scale the columns yourself and use train(..., {name}=...)"
            )
    if training.get("cost") is not None and not costs.get(training["cost"]).allows(
        activations.identity
    ):
        raise InvalidInput(
            f"fit has a linear output: its cost is squared_error or huber, but {training['cost']!r} was given; "
            "use train with the output activation that belongs to it"
        )
    data = read_table(table)
    rows = Rows.of(
        data, inputs, (target,) if isinstance(target, str) else tuple(target), held_out, seed
    )
    widths = tuple(np.atleast_1d(np.asarray(hidden)).tolist())
    arch = Architecture(
        (len(rows.inputs.names), *widths, len(rows.targets.names)), hidden=activation
    )
    penalty = (
        weight_decay(arch, float(decay)) if isinstance(decay, (int, float, np.number)) else decay
    )
    network = Network.random(arch, seed)
    X, y = rows.scaled(rows.training)
    some = slice(0, ROWS_CHECKED)
    same = {
        name: training[name]
        for name in ("cost", "reduction", "engine", "threads")
        if name in training
    }
    check = check_gradient(
        make_objective(arch, X[some], y[some], decay=penalty, **same), network.theta
    )
    result = train(network, X, y, decay=penalty, starts=starts, seed=seed, **training)
    return assemble(rows, result, check, seed)


def check_model(model: Model, table: Any) -> GradientReport:
    """Check the gradient of a model's objective, at its weights, on the rows of a table.

    Parameters
    ----------
    model : Model
        Its network, cost, reduction and decay are taken.
    table : path, DataFrame, mapping of columns, or Table
        With the model's inputs and targets.

    Returns
    -------
    GradientReport
    """
    data = read_table(table)
    X = model.inputs.scaler.transform(data.matrix(model.inputs.names))
    y = model.targets.scaler.transform(data.matrix(model.targets.names))
    network = model.network
    objective = make_objective(
        network.architecture, X, y, cost=model.cost, reduction=model.reduction, decay=model.decay
    )
    return check_gradient(objective, network.theta)


@dataclass(frozen=True, eq=False)
class Rows:
    """The used columns of a table, which of its rows train, and how columns are scaled.

    Parameters
    ----------
    inputs, targets : Columns
        Names and scaling.
    X, y : ndarray, (N, d_0) and (N, K)
        All rows, in their own units.
    training, held_out : ndarray of int
        Numbers of the rows that train, and of those kept from it.
    source : str
        Name of the table.
    """

    inputs: Columns
    targets: Columns
    X: Array
    y: Array
    training: Indices
    held_out: Indices
    source: str

    @classmethod
    def of(
        cls,
        table: Table,
        inputs: Sequence[str] | None,
        targets: tuple[str, ...],
        held_out: float,
        seed: int | None,
    ) -> Rows:
        """Choose columns and rows of a table; the scaling is learned from the rows that train."""
        y = table.matrix(targets)
        names = _all_numeric(table, targets) if inputs is None else tuple(inputs)
        require_distinct(names, targets)
        X = table.matrix(names)
        training, kept = split_rows(len(table), held_out, seed)
        return cls(
            Columns(names, Scaler.standardize(X[training])),
            Columns(targets, Scaler.standardize(y[training])),
            X,
            y,
            training,
            kept,
            table.source,
        )

    def scaled(self, rows: Indices) -> tuple[Array, Array]:
        """Inputs and targets of some rows in the network's units."""
        return self.inputs.scaler.transform(self.X[rows]), self.targets.scaler.transform(
            self.y[rows]
        )

    def predict(self, network: Network, rows: Indices) -> Array:
        """A network's predictions for some rows in the targets' own units, (rows, K)."""
        return self.targets.scaler.inverse(
            network.predict(self.inputs.scaler.transform(self.X[rows]))
        )

    def judge(self, network: Network, rows: Indices) -> Fit:
        """Agreement of a network's predictions with the true targets of some rows."""
        return Fit.of(self.predict(network, rows), self.y[rows])


def _all_numeric(table: Table, targets: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of numbers beside the targets; those that are left out are named in a warning."""
    left_out = [name for name in table.not_numbers if name not in targets]
    if left_out:
        names = ", ".join(map(repr, left_out))
        warnings.warn(
            f"left out, because they do not hold numbers in every row: {names}; code them as numbers to use them",
            SheernetWarning,
            stacklevel=4,
        )
    return tuple(c for c in table.columns if c not in targets and c not in left_out)


def split_rows(n_rows: int, held_out: float, seed: int | None) -> tuple[Indices, Indices]:
    """Row numbers that train and row numbers that are kept from it, each in the table's order.

    Raises
    ------
    InvalidInput
        When `held_out` is not a share of the rows.
    """
    if not 0.0 <= held_out < 1.0:
        raise InvalidInput(
            f"held_out must be a share of the rows, at least 0 and below 1, but {held_out!r} was given"
        )
    n_kept = int(held_out * n_rows) if n_rows >= FEWEST_ROWS_TO_HOLD_OUT else 0
    order = generator(seed, stream=HELD_OUT_STREAM).permutation(n_rows)
    return np.sort(order[n_kept:]), np.sort(order[:n_kept])


def assemble(rows: Rows, result: Training, check: GradientReport, seed: int | None) -> Model:
    """Put a model together from a training and what it was trained on."""
    verdict = check.to_dict()
    return Model(
        inputs=rows.inputs,
        targets=rows.targets,
        members=(Member(result.network, 1.0),),
        cost=result.settings["cost"],
        reduction=result.settings["reduction"],
        decay=result.decay,
        training_fit=rows.judge(result.network, rows.training),
        held_out_fit=rows.judge(result.network, rows.held_out) if len(rows.held_out) else None,
        gradient_check={
            key: verdict[key] for key in ("verdict", "criterion", "norm_ratio", "method")
        },
        record=result.record,
        termination=result.termination,
        starts=result.starts,
        settings=result.settings,
        provenance=_provenance(rows, result, seed),
    )


def _provenance(rows: Rows, result: Training, seed: int | None) -> Provenance:
    return Provenance(
        sheernet=__version__,
        numpy=np.__version__,
        python=platform.python_version(),
        engine=result.engine,
        method=result.method,
        seed=seed,
        data=rows.source,
        data_sha256=hashlib.sha256(np.hstack([rows.X, rows.y]).tobytes()).hexdigest(),
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
