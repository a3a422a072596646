"""A model: what a person keeps of a training.  Columns in, predictions out, everything else remembered.

It holds the preprocessing with its numbers, one or more member networks with their shares, and where it all came
from.  Its file is JSON (`sheernet.files`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sheernet.arrays import Array, as_matrix
from sheernet.errors import InvalidInput, ShapeMismatch
from sheernet.network import Network
from sheernet.optimizers import Record, Termination
from sheernet.preprocessing import Scaler
from sheernet.starts import Starts
from sheernet.tables import read_table


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of a table and how they are scaled for the network.

    Parameters
    ----------
    names : tuple of str
        In the order in which the network takes or gives them.
    scaler : Scaler
        From their own units to the network's.
    """

    names: tuple[str, ...]
    scaler: Scaler


@dataclass(frozen=True, eq=False)
class Member:
    """One network of a model and its share in the prediction; shares add up to 1."""

    network: Network
    share: float


@dataclass(frozen=True)
class Fit:
    """How well predictions agree with the true values of some rows.

    Parameters
    ----------
    rows : int
        How many.
    rmse : tuple of float
        Root of the mean squared error of each target, in its own units.
    r2 : tuple of float or None
        1 - squared error / squared deviation from the mean, of each target; None where the target is constant.
    """

    rows: int
    rmse: tuple[float, ...]
    r2: tuple[float | None, ...]

    @classmethod
    def of(cls, predicted: Array, true: Array) -> Fit:
        """Compare two tables (N, K).

        Examples
        --------
        >>> import numpy as np
        >>> from sheernet.model import Fit
        >>> Fit.of(np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [2.0], [4.0]]))
        Fit(rows=3, rmse=(0.5773502691896257,), r2=(0.7857142857142857,))
        """
        with np.errstate(all="ignore"):
            middle = true[0] + (true - true[0]).mean(axis=0)  # exact where the target is constant
            error, spread = (
                _root_mean_square(predicted - true),
                _root_mean_square(true - middle),
            )  # (K,)
            r2 = tuple(
                float(1.0 - (e / s) ** 2) if s > 0 else None
                for e, s in zip(error, spread, strict=True)
            )
        return cls(len(true), tuple(map(float, error)), r2)


def _root_mean_square(deviations: Array) -> Array:
    """Of each column, (K,); of numbers near 1, so that no square overflows or vanishes."""
    largest = np.abs(deviations).max(axis=0)  # (K,)
    unit = np.where(largest > 0, largest, 1.0)
    return unit * np.sqrt(((deviations / unit) ** 2).mean(axis=0))


@dataclass(frozen=True)
class Provenance:
    """Where a model came from.

    Parameters
    ----------
    sheernet, numpy, python : str
        Versions.
    engine, method : str
        What evaluated and what optimized.
    seed : int or None
        What starts and held-out rows were drawn from.
    data : str
        Name of the table.
    data_sha256 : str
        Of the used columns' float64 values, inputs then targets, row by row.
    created : str
        UTC, ISO 8601.
    """

    sheernet: str
    numpy: str
    python: str
    engine: str
    method: str
    seed: int | None
    data: str
    data_sha256: str
    created: str


@dataclass(frozen=True, eq=False)
class Model:
    """A fitted model.  Made by `sheernet.fit` or `sheernet.load`.

    Parameters
    ----------
    inputs, targets : Columns
        What it takes and gives, by name, with their scaling.
    members : tuple of Member
        The networks whose weighted mean it predicts.
    cost, reduction : str
        What was minimized.
    decay : ndarray, (P,)
        Weight decay of the parameters.
    training_fit, held_out_fit : Fit, Fit or None
        Agreement on the rows it was trained on, and on those it never saw.
    gradient_check : mapping
        Verdict, criterion and norm ratio of the gradient check at the start.
    record, termination, starts : Record, Termination, Starts
        How the kept training went, why it stopped, and how all starts ended.
    settings : mapping
        Arguments of the training.
    provenance : Provenance
        Versions, seed and data.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(19)], "y": [(i / 10) ** 2 for i in range(19)]}
    >>> model = sn.fit(table, target="y", hidden=4, starts=2)
    >>> bool(abs(model.predict({"x": [0.5]})[0] - 0.25) < 0.02)
    True
    """

    inputs: Columns
    targets: Columns
    members: tuple[Member, ...]
    cost: str
    reduction: str
    decay: Array
    training_fit: Fit
    held_out_fit: Fit | None
    gradient_check: Mapping[str, Any]
    record: Record
    termination: Termination
    starts: Starts
    settings: Mapping[str, Any]
    provenance: Provenance

    @property
    def network(self) -> Network:
        """The network with the largest share."""
        return max(self.members, key=lambda member: member.share).network

    def predict(self, table: Any) -> Array:
        """Predict the targets of new rows.

        Parameters
        ----------
        table : path, DataFrame, mapping, Table, or array_like (N, d_0)
            Named columns are found by name, in any order; an array has them in the order of `inputs.names`.

        Returns
        -------
        ndarray, (N,) or (N, K)
            In the targets' own units; (N,) where there is one target.

        Raises
        ------
        InvalidInput
            When a column is missing, or a value is missing or not a number.
        ShapeMismatch
            When an array has another number of columns.
        """
        X = self.inputs.scaler.transform(self._input_matrix(table))
        scaled = sum(member.share * member.network.predict(X) for member in self.members)
        predicted = self.targets.scaler.inverse(scaled)  # (N, K)
        return predicted[:, 0] if len(self.targets.names) == 1 else predicted

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the model to a JSON file, whole or not at all; `sheernet.load` reads it back, bit for bit."""
        from sheernet import files  # files knows Model: on use, or each would import the other

        return files.save(self, path)

    def report(self) -> str:
        """Data, network, method, stop reason, fit and gradient verdict, for a person to read."""
        from sheernet import report  # likewise

        return report.text(self)

    def _input_matrix(self, table: Any) -> Array:
        names = self.inputs.names
        if not isinstance(table, (np.ndarray, list, tuple)):
            return read_table(table).matrix(names)
        X = as_matrix(np.asarray(table), "X")
        if X.shape[1] != len(names):
            raise ShapeMismatch(
                f"X has {X.shape[1]} columns but the model takes {len(names)}: {', '.join(names)}"
            )
        return X

    def __repr__(self) -> str:
        targets, inputs = ", ".join(self.targets.names), ", ".join(self.inputs.names)
        return f"<model of {targets} from {inputs}: {self.network.architecture}>"


def require_distinct(inputs: tuple[str, ...], targets: tuple[str, ...]) -> None:
    """Refuse a column that is both an input and a target, and tables that have no input left."""
    both = [name for name in targets if name in inputs]
    if both:
        raise InvalidInput(f"column {both[0]!r} is both an input and a target; leave it out of one")
    for noun, names in (("an input", inputs), ("a target", targets)):
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise InvalidInput(f"column {twice[0]!r} is {noun} twice; name it once")
    if not targets:
        raise InvalidInput("no target column is named; name at least one")
    if not inputs:
        raise InvalidInput(
            "no input columns are left beside the target; the table needs at least one"
        )
