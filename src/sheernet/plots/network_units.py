"""Names and scales of the inputs and outputs of a plain network, given separately or by a data set.

A network has only scaled inputs and outputs.  With its scalers, a picture shows it in the units of the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sheernet.data.datasets import Dataset
from sheernet.data.preprocessing import Scaler
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import counted
from sheernet.foundation.picture_texts import checked_names
from sheernet.network.architecture import Architecture


@dataclass(frozen=True, eq=False)
class NetworkUnits:
    """Names and scales of a network; None if not known.

    Parameters
    ----------
    input_names, output_names : sequence of str, optional
        Names of the inputs and the outputs.
    input_scaler, output_scaler : Scaler, optional
        Scalers of the inputs and the targets, as in training.
    """

    input_names: Sequence[str] | None = None
    output_names: Sequence[str] | None = None
    input_scaler: Scaler | None = None
    output_scaler: Scaler | None = None

    @property
    def are_given(self) -> bool:
        """Whether any of these is known."""
        return any(value is not None for value in vars(self).values())

    def with_data(self, data: Any) -> NetworkUnits:
        """Fill in unknown names and scales from a data set; unchanged if `data` is something else.

        Examples
        --------
        >>> import sheernet as sn
        >>> from sheernet.plots.network_units import NetworkUnits
        >>> NetworkUnits(output_names=["points"]).with_data(sn.datasets.load_sleep_study()).output_names
        ['points']
        """
        if not isinstance(data, Dataset):
            return self
        of_data = {
            "input_names": data.input_names, "output_names": data.target_names, "input_scaler": data.input_scaler,
            "output_scaler": data.target_scaler,
        }  # fmt: skip
        own = {name: value for name, value in vars(self).items() if value is not None}
        return NetworkUnits(**{**of_data, **own})

    def names_of(self, arch: Architecture) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of the inputs and outputs of an architecture.

        Raises
        ------
        ShapeMismatch
            If there are more or fewer names than inputs or outputs.
        """
        inputs, outputs = arch.n_inputs, arch.n_outputs
        input_names = [f"input {j + 1}" for j in range(inputs)]
        output_names = [f"output {k + 1}" for k in range(outputs)] if outputs > 1 else ["output"]
        if self.input_names is not None:
            input_names = checked_names(self.input_names, inputs, "input")
        if self.output_names is not None:
            output_names = checked_names(self.output_names, outputs, "output")
        return tuple(input_names), tuple(output_names)

    def require_scales_of(self, arch: Architecture) -> None:
        """Require a scale for each input and output, if there are scalers.

        Raises
        ------
        InvalidInput, ShapeMismatch
            If a scaler is something else, or has another number of columns.
        """
        for noun, scaler, n in (
            ("input", self.input_scaler, arch.n_inputs), ("output", self.output_scaler, arch.n_outputs),
        ):  # fmt: skip
            if scaler is None:
                continue
            if not isinstance(scaler, Scaler):
                raise InvalidInput(
                    f"{noun}_scaler must be a Scaler, such as sheernet.preprocessing.Scaler.standardize(X), but "
                    f"{type(scaler).__name__} was given"
                )
            if scaler.scale.size != n:
                raise ShapeMismatch(
                    f"{noun}_scaler has {counted(scaler.scale.size, 'column')} but the network has {counted(n, noun)}"
                )

    def scaled_inputs(self, X: Array) -> Array:
        """Scale inputs for the network, (N, d_0)."""
        return X if self.input_scaler is None else self.input_scaler.transform(X)

    def in_units(self, outputs: Array) -> Array:
        """Convert outputs to the units of the targets, (N, K)."""
        return outputs if self.output_scaler is None else self.output_scaler.inverse(outputs)


def rows_and_true(rows: Any, pair: bool = False) -> tuple[Any, Any]:
    """Inputs, and true values if known: from a data set, or a pair (X, y) if `pair` is true."""
    if isinstance(rows, Dataset):
        return rows.X, rows.y
    return rows if pair and isinstance(rows, tuple) and len(rows) == 2 else (rows, None)
