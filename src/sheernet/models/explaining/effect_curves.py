"""`Effect`, `PairEffect` and `Effects`: how predictions depend on columns, as numbers, text and tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import NumberColumn
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import unknown_name
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.text_tables import aligned, html_table
from sheernet.foundation.words import counted, listed

if TYPE_CHECKING:
    import pandas as pd

BAND = 2.0
"""Standard deviations on each side of a curve in its band."""
TITLES = {
    "ale": "Accumulated local effects",
    "partial dependence": "Partial dependence",
    "lek": "Lek's profile",
}
"""The kinds of effects, in words."""


@dataclass(frozen=True, eq=False)
class Effect:
    """The effect of a column on K predictions.

    Parameters
    ----------
    name : str
        Name of the column.
    kind : {"number", "boolean", "date", "time", "category"}
        Meaning of the values.
    values : ndarray, (G,)
        Numbers, days since 1970-01-01, hours since midnight, 0 and 1, or labels.
    mean : ndarray, (G, K)
        Effect at each value: the mean prediction of the rows, or its accumulated change, whose mean over the rows is 0.
    std : ndarray, (G, K)
        Standard deviation of `mean`, due to the members and, if their covariance is known, to their weights.
    importance : ndarray, (K,)
        Root mean square, over the rows, of what the column changes, alone and together with others.
    part : str
        "trend", "hour of day", "weekday" or "season" of a date or time with cycles, of which only this part changes; ""
        otherwise.
    individual : ndarray, (G, n, K)
        Curves of n rows; n is 0 if they were not asked for.
    individual_names : tuple of str, length n or 0
        What the curves belong to, of Lek's profile: quantiles of the other columns.
    """

    name: str
    kind: str
    values: npt.NDArray[Any]
    mean: Array
    std: Array
    importance: Array
    part: str
    individual: Array
    individual_names: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name of the column, and the part of it that changes."""
        return f"{self.name} ({self.part})" if self.part else self.name

    @property
    def written_values(self) -> list[str]:
        """The values as text."""
        return [written_value(value, self.kind) for value in self.values]


@dataclass(frozen=True, eq=False)
class PairEffect:
    """The effect of two columns together on K predictions.

    Parameters
    ----------
    names : tuple of two str
        The columns, or their parts.
    kinds : tuple of two str
        Meaning of the values, as in `Effect`.
    values : tuple of two ndarray, (G1,) and (G2,)
        Values of the columns.
    joint, joint_std : ndarray, (G1, G2, K)
        Effect of both columns, and its standard deviation.
    interaction, interaction_std : ndarray, (G1, G2, K)
        What is left of `joint` without the effects of each column alone, and its standard deviation.
    importance : ndarray, (K,)
        Root mean square of the interaction over the rows.
    """

    names: tuple[str, str]
    kinds: tuple[str, str]
    values: tuple[npt.NDArray[Any], npt.NDArray[Any]]
    joint: Array
    joint_std: Array
    interaction: Array
    interaction_std: Array
    importance: Array

    @property
    def title(self) -> str:
        """Names of both columns."""
        return " and ".join(self.names)


@dataclass(frozen=True, eq=False)
class Effects:
    """The effects of columns on the predictions of a model; made by `Model.effects`.

    Parameters
    ----------
    kind : {"ale", "partial dependence", "lek"}
        What was computed.
    curves : tuple of Effect
        The effects of single columns, the most important first.
    pairs : tuple of PairEffect
        The effects of pairs of columns, the most important interaction first.
    outputs : tuple of str
        Names of the K predictions.
    probabilities : bool
        Whether the predictions are probabilities of classes.
    lowest, highest : ndarray, (K,)
        Limits of the predictions; -inf and inf if they have none.
    rows : str
        The number of rows, and whether they are the training rows.
    n_members : int
        Number of networks.
    weights_known : bool
        Whether the standard deviations include the uncertainty of the weights of each network.
    n_columns : int
        Number of columns of the model.
    limited : bool
        Whether there are effects only of the columns with the largest weights.
    """

    kind: str
    curves: tuple[Effect, ...]
    pairs: tuple[PairEffect, ...]
    outputs: tuple[str, ...]
    probabilities: bool
    lowest: Array
    highest: Array
    rows: str
    n_members: int
    weights_known: bool
    n_columns: int
    limited: bool = False

    def __getitem__(self, title: str) -> Effect:
        """The effect of a column, or of a part of a date, by its name."""
        for effect in self.curves:
            if title in (effect.title, effect.name):
                return effect
        raise unknown_name("effect", title, [effect.title for effect in self.curves])

    @property
    def title(self) -> str:
        """What the effects are."""
        return f"{TITLES[self.kind]} on {listed(self._shown_outputs, most=4)}"

    @property
    def band(self) -> str:
        """What the bands are; empty if there are none."""
        sources = ["among " + counted(self.n_members, "network")] * (self.n_members > 1)
        sources += ["of their weights" if sources else "of the weights"] * self.weights_known
        return f"{BAND:g} standard deviations {listed(sources)}" if sources else ""

    @property
    def centered(self) -> bool:
        """Whether the effects are changes, with a mean of 0, and not predictions."""
        return self.kind == "ale"

    def __str__(self) -> str:
        lines = [f"{self.title}, {self.rows}", ""]
        for k in self._shown:
            lines += [f"{self.outputs[k]}:"] if len(self._shown) > 1 else []
            lines += aligned(list(self._summary(k)), left=range(6))
            if self.pairs:
                pairs = [[pair.title, f"{pair.importance[k]:.4g}"] for pair in self.pairs]
                lines += ["", *aligned([["interaction", "importance"], *pairs], left=range(2))]
            lines.append("")
        lines.append(
            "importance: standard deviation of what a column changes, alone and with others"
        )
        if self.band:
            lines.append(f"±: {self.band}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """The table of the columns for notebooks."""
        parts = [f"<p>{escape(self.title)}, {escape(self.rows)}</p>"]
        for k in self._shown:
            caption = self.outputs[k] if len(self._shown) > 1 else ""
            parts.append(html_table(list(self._summary(k)), caption))
        return "".join(parts)

    def to_frame(self) -> pd.DataFrame:
        """The curves as a DataFrame with a row for each value and prediction.

        Returns
        -------
        DataFrame
            With the columns column, part, value, prediction, effect and std; value is text.
        """
        pandas = import_pandas()
        rows = [
            (effect.name, effect.part, value, output, effect.mean[g, k], effect.std[g, k])
            for effect in self.curves
            for g, value in enumerate(effect.written_values)
            for k, output in enumerate(self.outputs)
        ]
        heads = ["column", "part", "value", "prediction", "effect", "std"]
        frame: pd.DataFrame = pandas.DataFrame(rows, columns=heads)
        return frame

    def pairs_to_frame(self) -> pd.DataFrame:
        """The effects of pairs as a DataFrame with a row for each pair of values and prediction.

        Returns
        -------
        DataFrame
            With the columns first, second, first_value, second_value, prediction, effect, std, interaction and
            interaction_std.
        """
        pandas = import_pandas()
        heads = ["first", "second", "first_value", "second_value", "prediction", "effect", "std"]
        heads += ["interaction", "interaction_std"]
        frame: pd.DataFrame = pandas.DataFrame(self._pair_rows(), columns=heads)
        return frame

    def _pair_rows(self) -> Iterator[tuple[Any, ...]]:
        for pair in self.pairs:
            first, second = (
                [written_value(value, kind) for value in values]
                for values, kind in zip(pair.values, pair.kinds, strict=True)
            )
            for i, j, k in np.ndindex(pair.joint.shape):
                numbers = (pair.joint, pair.joint_std, pair.interaction, pair.interaction_std)
                own = tuple(float(array[i, j, k]) for array in numbers)
                yield (*pair.names, first[i], second[j], self.outputs[k], *own)

    @property
    def _shown(self) -> list[int]:
        """The predictions in text: of two classes, the second says all."""
        return (
            [1] if self.probabilities and len(self.outputs) == 2 else list(range(len(self.outputs)))
        )

    @property
    def _shown_outputs(self) -> list[str]:
        names = [self.outputs[k] for k in self._shown]
        return [f"the probability of {name}" for name in names] if self.probabilities else names

    def _summary(self, k: int) -> Iterator[list[str]]:
        """The heads, and of each column its name, importance, and the lowest and highest effect with their values."""
        yield ["column", "importance", "lowest", "at", "highest", "at"]
        for effect in self.curves:
            mean, std = effect.mean[:, k], effect.std[:, k]
            row = [effect.title, f"{effect.importance[k]:.4g}"]
            for g in (int(mean.argmin()), int(mean.argmax())):
                band = f" ± {BAND * std[g]:.3g}" if self.band else ""
                row += [f"{mean[g]:.4g}{band}", effect.written_values[g]]
            yield row


def written_value(value: Any, kind: str) -> str:
    """A value of a column as text: dates as dates, times as times, 0 and 1 of Booleans as words."""
    if isinstance(value, str):
        return value
    if kind == "boolean":
        return "true" if value else "false"
    if kind in ("date", "time"):
        return NumberColumn("x", kind, 0.0, 1.0, 0.0, 0.0).written(float(value))
    return f"{float(value):.6g}"
