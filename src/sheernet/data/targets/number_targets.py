"""`NumberTargets`: columns of numbers as targets, scaled as (y - shift) / scale, with one output each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import require_columns
from sheernet.data.columns.cells import (
    AS_FITTED,
    NAME_ANOTHER,
    Gap,
    as_numbers,
    listed_labels,
    missing_values_error,
    require_finite,
)
from sheernet.data.preprocessing import Scaler
from sheernet.data.tables.table import Table
from sheernet.data.targets.judgment import Judgment, RegressionFit
from sheernet.foundation.arrays import Array, as_matrix
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.scalars import finite_number
from sheernet.foundation.sentences import Setting, in_quotes, sentence


@dataclass(frozen=True)
class NumberTargets:
    """Columns of numbers to predict.

    Parameters
    ----------
    names : tuple of str, length K
        Names of the columns.
    shift, scale : tuple of float, length K
        Network target = (y - shift) / scale; scale is positive, in units of y.
    lowest, highest : tuple of float, length K
        Range of y in the training rows.
    output : str
        Activation of the output layer.

    Raises
    ------
    InvalidInput
        If a parameter has the wrong type, is not finite or is outside its range, or the lengths differ.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.targets import NumberTargets
    >>> targets = NumberTargets(("score",), (50.0,), (10.0,), (30.0,), (90.0,))
    >>> targets.decode(np.array([[0.0], [2.0]]))
    array([50., 70.])
    """

    names: tuple[str, ...]
    shift: tuple[float, ...]
    scale: tuple[float, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    output: str = "identity"

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", distinct_names(self.names))
        for key in ("shift", "scale", "lowest", "highest"):
            values = getattr(self, key)
            if not isinstance(values, list | tuple) or len(values) != len(self.names):
                raise InvalidInput(
                    f"{key} of the targets must have {counted(len(self.names), 'number')}, as many as names, but is "
                    f"{values!r:.40}"
                )
            numbers = tuple(finite_number(v, f"{key} of a target") for v in values)
            object.__setattr__(self, key, numbers)
        if min(self.scale) <= 0:
            raise InvalidInput(f"scale of a target must be positive, but is {min(self.scale)!r}")
        for name, low, high in zip(self.names, self.lowest, self.highest, strict=True):
            if low > high:
                raise InvalidInput(
                    f"lowest of target {in_quotes(name)} must not be above highest, but they are {low!r} and {high!r}"
                )

    @property
    def task(self) -> str:
        """The task: "regression"."""
        return "regression"

    @property
    def n_outputs(self) -> int:
        """Number of outputs of the network: one per column, K."""
        return len(self.names)

    @property
    def default_cost(self) -> str:
        """Default cost of this output."""
        return "squared_error"

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the network's outputs: the names of the columns."""
        return self.names

    def truth(self, table: Table) -> Array:
        """Read the targets of a table.

        Parameters
        ----------
        table : Table
            N rows; columns are found by name.

        Returns
        -------
        ndarray, (N, K)
            In the units of the table.

        Raises
        ------
        InvalidInput
            If a column is missing or does not hold numbers, or a value is missing or infinite.
        """
        require_columns(table, self.names)
        truth = np.column_stack([target_numbers(table, name, AS_FITTED) for name in self.names])
        require_no_missing(
            table, [Gap.among(n, np.isnan(t)) for n, t in zip(self.names, truth.T, strict=True)]
        )
        require_finite(table.source, self.names, truth)
        return truth

    def encode(self, truth: npt.ArrayLike) -> Array:
        """Convert true values y (N, K) to network targets: (y - shift) / scale, (N, K)."""
        return self._scaler.transform(truth)

    def decode(self, outputs: npt.ArrayLike) -> Array:
        """Convert network outputs (N, K) to predictions in the units of the targets: (N, K), or (N,) if K is 1."""
        predicted = self._scaler.inverse(outputs)
        return predicted[:, 0] if self.n_outputs == 1 else predicted

    def judge(
        self,
        outputs: npt.ArrayLike,
        truth: npt.ArrayLike,
        weights: npt.ArrayLike | None = None,
        training: Judgment | None = None,  # used only by ClassTarget
    ) -> RegressionFit:
        """Compare network outputs (N, K) with true values (N, K), with case weights (N,)."""
        return RegressionFit.of(
            self._scaler.inverse(outputs), as_matrix(truth, "the truth"), weights
        )

    @property
    def _scaler(self) -> Scaler:
        return Scaler(np.array(self.shift), np.array(self.scale))


def target_numbers(table: Table, name: str, advice: str = NAME_ANOTHER) -> Array:
    """Return the numbers of a target, (N,): of times of day the hours since midnight, because they may be durations.

    Parameters
    ----------
    table, name, advice
        As in `as_numbers`.
    """
    kind = "time" if table.kind(name) == "time" else "number"
    return as_numbers(table, name, kind, advice=advice)


def distinct_names(names: Any) -> tuple[str, ...]:
    """Check the names of target columns and return them as a tuple."""
    if (
        not isinstance(names, list | tuple)
        or not names
        or not all(isinstance(n, str) for n in names)
    ):
        raise InvalidInput(
            f"names of targets must be a list of at least one text, but are {names!r:.40}"
        )
    if len(set(names)) != len(names):
        raise InvalidInput(f"names of targets must be distinct, but are {listed_labels(names)}")
    return tuple(names)


def require_no_missing(table: Table, gaps: Sequence[Gap | None]) -> None:
    """Raise if target columns have missing values, which are never filled."""
    found = [gap for gap in gaps if gap is not None]
    if found:
        advice = "targets are never filled: remove these rows, or fit with {}"
        raise missing_values_error(
            table.source, found, sentence(advice, Setting("missing", "drop"))
        )
