"""`Model`: predicts columns of a table from other columns, and records how it was fitted.

It has the encoders of the columns, one or more members (networks with their shares and the history of their fits), and
the evaluation of their mean.
`sheernet.models.files` writes and reads it as JSON.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import Inputs
from sheernet.data.tables import read_table
from sheernet.data.targets import ClassTarget, Judgment, Targets
from sheernet.foundation.arrays import Array, as_float
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.optional import import_optional
from sheernet.models.member import Member, mean_location
from sheernet.network.network import Network
from sheernet.optimizers import Record, Termination
from sheernet.training.starts import Starts

if TYPE_CHECKING:
    import pandas as pd

EVALUATIONS = ("held out", "test", "folds")
"""Rows that a model may be evaluated on: held out of its table, of another table, or of the table in folds."""


@dataclass(frozen=True)
class Provenance:
    """Where a model came from.

    Parameters
    ----------
    sheernet, numpy, python : str
        Versions.
    engine, method : str
        The engine and the optimizer.
    seed : int or None
        Seed of the starts and of the held-out rows.
    data, reading : str
        Name of the table, and how its file was read.
    data_sha256 : str
        Hash of the encoded rows as float64: inputs, then targets, row by row; training rows first.
    created : str
        Time in UTC, as in ISO 8601.
    """

    sheernet: str
    numpy: str
    python: str
    engine: str
    method: str
    seed: int | None
    data: str
    reading: str
    data_sha256: str
    created: str


@dataclass(frozen=True, eq=False)
class Model:
    """A fitted model, made by `sheernet.fit` or `sheernet.load`.

    Parameters
    ----------
    inputs : Inputs
        The input columns, by name, and their encoders.
    targets : NumberTargets or ClassTarget
        The predicted columns, and the decoder of the network's outputs.
    members : tuple of Member
        The networks, each with its cost, decay and history; the model predicts their weighted mean.
    reduction : {"mean", "sum"}
        How the losses of the rows were combined.
    training_fit, held_out_fit : RegressionFit or ClassificationFit; the second may be None
        Quality of the fit on the training rows, and on the held-out rows or those of a test table.
    gradient_check : mapping
        Verdict, criterion, norm ratio and method of the gradient check at the start.
    settings : mapping
        Settings of the table, the network, the method, the starts and the stopping rules, default values included.
    origins : mapping of str to str
        Whether each setting was "given" or had its "default" value when the model was fitted; empty if unknown.
    notices : tuple of str
        Decisions about the table: columns and rows that were left out, values that were filled.
    provenance : Provenance
        Versions, seed and data.
    spread : float
        Factor on the standard deviation of the density of each member.
    comparisons : mapping of str to RegressionFit or ClassificationFit
        Quality of other predictions of the rows of `held_out_fit`, such as "mean of target", by name.
    evaluation : {"held out", "test", "folds"}
        Which rows `held_out_fit` is about; "test" or "held out", by the settings, if not given.

    Raises
    ------
    InvalidInput
        If `spread` is not finite and positive, or `evaluation` is not known.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(19)], "y": [(i / 10) ** 2 for i in range(19)]}
    >>> model = sn.fit(table, target="y", hidden=4, starts=2)
    >>> bool(abs(model.predict({"x": [0.5]})[0] - 0.25) < 0.02)
    True
    """

    inputs: Inputs
    targets: Targets
    members: tuple[Member, ...]
    reduction: str
    training_fit: Judgment
    held_out_fit: Judgment | None
    gradient_check: Mapping[str, Any]
    settings: Mapping[str, Any]
    origins: Mapping[str, str]
    notices: tuple[str, ...]
    provenance: Provenance
    spread: float = 1.0
    comparisons: Mapping[str, Judgment] = field(default_factory=dict)
    evaluation: str = ""

    def __post_init__(self) -> None:
        if not (self.spread > 0 and isfinite(self.spread)):
            raise InvalidInput(f"spread must be finite and positive, but {self.spread!r} was given")
        if not self.evaluation:
            has_test = self.settings.get("test") is not None
            object.__setattr__(self, "evaluation", "test" if has_test else "held out")
        if self.evaluation not in EVALUATIONS:
            raise unknown_name("evaluation", self.evaluation, EVALUATIONS)

    @property
    def leading(self) -> Member:
        """The member with the largest share, the first of them on ties."""
        return max(self.members, key=lambda member: member.share)

    @property
    def network(self) -> Network:
        """The network of the leading member."""
        return self.leading.network

    @property
    def cost(self) -> str:
        """The cost that the leading member minimized."""
        return self.leading.cost

    @property
    def decay(self) -> Array:
        """Weight decay of the parameters of the leading member, (P,)."""
        return self.leading.decay

    @property
    def record(self) -> Record:
        """The record of the best start of the leading member."""
        return self.leading.record

    @property
    def termination(self) -> Termination:
        """Why the training of the leading member ended."""
        return self.leading.termination

    @property
    def starts(self) -> Starts:
        """How the starts of the leading member ended."""
        return self.leading.starts

    @property
    def evidence(self) -> Mapping[str, Any]:
        """Facts about the evidence of the leading member, if it chose the decay; otherwise empty."""
        return self.leading.evidence

    @property
    def task(self) -> str:
        """The kind of prediction: "regression" or "classification"."""
        return self.targets.task

    def predict(self, table: Any) -> npt.NDArray[Any]:
        """Predict the targets of new rows.

        Parameters
        ----------
        table : path, DataFrame, mapping, Table, or array_like (N, number of inputs)
            Named columns are found by name, in any order.  An array has the columns `inputs.names` in their order, if
            all are numbers; rows of an array outside the range of the training rows cause no warning.

        Returns
        -------
        ndarray, (N,) or (N, K)
            Numbers in the targets' own units, (N,) if there is one target; or labels, (N,).

        Raises
        ------
        InvalidInput
            If a column is missing, or contains a value that the model cannot encode.
        ShapeMismatch
            If an array has a different number of columns.

        Warns
        -----
        SheernetWarning
            If rows lie outside the range of the training rows, where predictions are unreliable, or if missing values
            are filled.
        """
        return self.targets.decode(self.outputs(table))

    def probabilities(self, table: Any) -> Array:
        """The probability of each class for new rows, (N, number of classes), in the order of `targets.classes`.

        Parameters
        ----------
        table
            As for `predict`.

        Raises
        ------
        InvalidInput
            As for `predict`, or if the model predicts numbers.
        """
        if not isinstance(self.targets, ClassTarget):
            raise InvalidInput("this model predicts numbers and has no classes; use predict")
        return self.targets.probabilities(self.outputs(table))

    def predict_frame(self, table: Any) -> pd.DataFrame:
        """Predictions as a DataFrame: a column for each target, and one for the probability of each class.

        Parameters
        ----------
        table
            As for `predict`.

        Raises
        ------
        InvalidInput, ShapeMismatch
            As for `predict`.
        """
        pandas = import_optional("pandas", extra="tables", purpose="tables")
        outputs = self.outputs(table)
        predicted = self.targets.decode(outputs)
        frame: pd.DataFrame
        if isinstance(self.targets, ClassTarget):
            frame = pandas.DataFrame({self.targets.name: pandas.Series(predicted).infer_objects()})
            shares = self.targets.probabilities(outputs)
            for label, share in zip(self.targets.classes, shares.T, strict=True):
                frame[_free_name(f"probability_{label}", frame)] = share
        else:
            frame = pandas.DataFrame(
                predicted.reshape(len(outputs), -1), columns=self.targets.names
            )
        return frame

    def outputs(self, table: Any) -> Array:
        """The weighted mean of the members' outputs, (N, K), before it is decoded.

        Parameters
        ----------
        table
            As for `predict`.
        """
        mean = self.mean_output(self._encoded(table))  # (N, K)
        bad = ~np.isfinite(mean).all(axis=1)
        if bad.any():
            raise InvalidInput(
                f"the network's output for data row {int(bad.argmax()) + 1} is not finite; check the units"
            )
        return mean

    def mean_output(self, X: Array) -> Array:
        """The weighted mean of the members' outputs for encoded rows, (N, K); of two outputs per target, the location.

        Parameters
        ----------
        X : ndarray, (N, d_0)
            Encoded rows, as from `inputs.encode`.
        """
        return mean_location(self.members, X)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the model to a JSON file, whole or not at all.  `sheernet.load` reads a bitwise equal model."""
        from sheernet.models.files.saving import save

        return save(self, path)

    def report(self) -> str:
        """Gradient check, reason for the stop, quality of the fit, data, network and settings as text."""
        from sheernet.models import report

        return report.text(self)

    def _encoded(self, table: Any) -> Array:
        if isinstance(table, (np.ndarray, list, tuple)):
            X = as_float(table, "X")
            return self.inputs.encode_matrix(X.reshape(-1, 1) if X.ndim == 1 else X)
        rows = read_table(table)
        X = self.inputs.encode(rows)
        for notice in (*self.inputs.fill_messages(rows), *self.inputs.range_messages(rows)):
            warn(notice)
        return X

    def __repr__(self) -> str:
        targets, inputs = ", ".join(self.targets.names), ", ".join(self.inputs.names)
        return f"<model of {targets} from {inputs}: {self.network.architecture}>"


def _free_name(name: str, frame: pd.DataFrame) -> str:
    """A column name that is not in use: the name of the target may also begin with "probability_"."""
    while name in frame:
        name = f"predicted_{name}"
    return name
