"""`Effect`, `PairEffect` and `Effects`: how predictions depend on columns, as numbers and tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import NumberColumn
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.errors import unknown_name
from sheernet.foundation.message_text import in_digits, listed
from sheernet.foundation.pandas_import import frame_of
from sheernet.foundation.text_tables import html_table, paragraphs
from sheernet.models.explaining.dependence import Dependence
from sheernet.models.explaining.effects_text import summary_rows, text_of
from sheernet.models.explaining.uncertainty_text import band_in_words

if TYPE_CHECKING:
    import pandas as pd

TITLES = {
    "ale": "Accumulated local effects",
    "partial dependence": "Partial dependence",
}
"""Titles of the kinds of effects."""
LABELS = ("category", "boolean")
"""The kinds of columns whose values are labels."""


@dataclass(frozen=True, eq=False)
class Difference:
    """The difference of the effects of two labels on K predictions.

    Parameters
    ----------
    label, other : int
        Indices of the labels.
    mean, std : ndarray, (K,)
        Effect of `label` minus that of `other`, and its standard deviation.
    """

    label: int
    other: int
    mean: Array
    std: Array


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
        Root mean square, over the rows, of the change due to the column, alone and together with others.
    part : str
        "trend", "hour of day", "weekday" or "season" of a date or time with cycles, of which only this part changes; ""
        otherwise.
    individual : ndarray, (G, n, K)
        Curves of n rows; n is 0 if they were not requested.
    differences : tuple of Difference
        Differences of labels: all pairs of up to four labels, otherwise each label and the most frequent one; may be
        ().
    raw : ndarray, (G, K) or (G, 0)
        Mean of the true values of the rows with each label; nan for numbers, and (G, 0) if they are not known.
    at_ends : bool
        Whether the first and the last value are the smallest and the largest number of the rows.
    end_stds : ndarray, (2, G, K) or (0, G, K)
        Standard deviation of the difference of each effect from that at the first and at the last value; empty for
        labels and cycles, which have no ends.
    places : ndarray, (N,)
        Positions of the rows on the axis of a numeric column; (0,) for labels and cycles.
    alone : ndarray, (K,)
        Root mean square, over the rows, of the curve: the part of `importance` without other columns.
    counts : ndarray of int, (G,)
        Number of rows with each label or weekday; (0,) for numbers and other cycles.
    """

    name: str
    kind: str
    values: npt.NDArray[Any]
    mean: Array
    std: Array
    importance: Array
    part: str
    individual: Array
    differences: tuple[Difference, ...] = ()
    raw: Array = field(default_factory=lambda: np.zeros((0, 0)))
    at_ends: bool = False
    end_stds: Array = field(default_factory=lambda: np.zeros((0, 0, 0)))
    places: Array = field(default_factory=lambda: np.zeros(0))
    alone: Array = field(default_factory=lambda: np.zeros(0))
    counts: Indices = field(default_factory=lambda: np.zeros(0, dtype=np.intp))

    @property
    def title(self) -> str:
        """Name of the column, and the part of it that changes."""
        return f"{self.name} ({self.part})" if self.part else self.name

    @property
    def written_values(self) -> list[str]:
        """The values as text."""
        return [written_value(value, self.kind) for value in self.values]

    def is_joint(self, k: int) -> bool:
        """Whether the curve has less than half of the variance of the effect, which needs the other columns."""
        return bool(2.0 * self.alone[k] ** 2 < self.importance[k] ** 2)

    def raw_mean(self, g: int, k: int) -> float:
        """The mean of the true values of the rows with a label; nan if it is not known."""
        return float(self.raw[g, k]) if self.raw.size else np.nan


@dataclass(frozen=True, eq=False)
class PairEffect:
    """The joint effect of two columns on K predictions.

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
        `joint` minus the effects of each column alone, and its standard deviation.
    importance : ndarray, (K,)
        Root mean square of the interaction over the rows.
    importance_std : ndarray, (K,)
        Standard deviation of the size of this interaction, that is, of its projection onto itself.
    places : tuple of two ndarray, (N,)
        Positions of the rows: numbers, or indices of labels in `values`; (0,) for a cycle.
    remoteness : ndarray, (G1, G2)
        Distance of values from the rows; up to 1, there are rows near them (`nearby_rows.remoteness`).
    dependences : tuple of K Dependence or None
        How the effect of one column depends on the other one.
    """

    names: tuple[str, str]
    kinds: tuple[str, str]
    values: tuple[npt.NDArray[Any], npt.NDArray[Any]]
    joint: Array
    joint_std: Array
    interaction: Array
    interaction_std: Array
    importance: Array
    importance_std: Array
    places: tuple[Array, Array]
    remoteness: Array
    dependences: tuple[Dependence | None, ...]

    @property
    def title(self) -> str:
        """Names of both columns."""
        return " and ".join(self.names)

    @property
    def has_labels(self) -> tuple[bool, bool]:
        """Whether the values are labels or Booleans."""
        return self.kinds[0] in LABELS, self.kinds[1] in LABELS

    def written_values(self, i: int) -> list[str]:
        """The values of the first or the second column as text."""
        return [written_value(value, self.kinds[i]) for value in self.values[i]]

    def short_values(self, i: int) -> list[str]:
        """The values as text for a sentence: numbers with four digits, or with all digits of their integer part."""
        if self.kinds[i] != "number":
            return self.written_values(i)
        return [in_digits(value, 4) for value in self.values[i]]


@dataclass(frozen=True, eq=False)
class Effects:
    """The effects of columns on the predictions of a model; made by `Model.effects`.

    Parameters
    ----------
    kind : {"ale", "partial dependence"}
        The kind of effects.
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
    means : ndarray, (K,)
        Mean prediction of the rows; accumulated local effects are changes from it.
    deviations : ndarray, (K,)
        Standard deviation of the predictions of the rows.
    rows : str
        The number of rows, and whether they are the training rows.
    n_members : int
        Number of networks.
    weights_known : bool
        Whether the standard deviations include the uncertainty of the weights of each network.
    n_columns : int
        Number of columns of the model.
    limited : bool
        Whether only the columns with the largest weights have effects.
    searched : float
        Size of interactions, in standard deviations of the predictions, up to which pairs were omitted; 0 if
        pairs or their number were given.
    notices : tuple of str
        Columns whose effects the rows cannot separate, and numeric columns that may be codes.
    """

    kind: str
    curves: tuple[Effect, ...]
    pairs: tuple[PairEffect, ...]
    outputs: tuple[str, ...]
    probabilities: bool
    lowest: Array
    highest: Array
    means: Array
    deviations: Array
    rows: str
    n_members: int
    weights_known: bool
    n_columns: int
    limited: bool = False
    searched: float = 0.0
    notices: tuple[str, ...] = ()

    def __getitem__(self, title: str) -> Effect:
        """The effect of a column, or of a part of a date, by its name."""
        for effect in self.curves:
            if title in (effect.title, effect.name):
                return effect
        raise unknown_name("effect", title, [effect.title for effect in self.curves])

    @property
    def title(self) -> str:
        """The title of the effects."""
        return f"{TITLES[self.kind]} on {listed(self.shown_outputs, most=4)}"

    @property
    def band(self) -> str:
        """A description of the bands; empty if there are none."""
        return band_in_words(self.n_members, self.weights_known)

    @property
    def centered(self) -> bool:
        """Whether the effects are changes with a mean of 0, not predictions."""
        return self.kind == "ale"

    def __str__(self) -> str:
        return text_of(self)

    def _repr_html_(self) -> str:
        """The table of the columns for notebooks."""
        tables = [
            html_table(list(summary_rows(self, k)), self.outputs[k] if len(self.shown) > 1 else "")
            for k in self.shown
        ]
        title = f"{self.title}, {self.rows}"
        return "".join([paragraphs([title]), *tables, paragraphs(self.notices)])

    def to_frame(self) -> pd.DataFrame:
        """Return the curves as a DataFrame with a row for each value and prediction.

        Returns
        -------
        DataFrame
            A DataFrame with the columns column, part, value, prediction, effect, std and raw_mean; value is text, and
            raw_mean the mean of the true values of the rows with a label.
        """
        rows = [
            (
                effect.name,
                effect.part,
                value,
                output,
                effect.mean[g, k],
                effect.std[g, k],
                effect.raw_mean(g, k),
            )
            for effect in self.curves
            for g, value in enumerate(effect.written_values)
            for k, output in enumerate(self.outputs)
        ]
        heads = ["column", "part", "value", "prediction", "effect", "std", "raw_mean"]
        return frame_of(rows, heads)

    def differences_to_frame(self) -> pd.DataFrame:
        """Return the differences of labels as a DataFrame with a row for each pair of labels and prediction.

        Returns
        -------
        DataFrame
            A DataFrame with the columns column, label, other, prediction, difference, std and raw_difference (of the
            means of the true values).
        """
        rows = [
            (
                effect.name,
                effect.written_values[each.label],
                effect.written_values[each.other],
                output,
                each.mean[k],
                each.std[k],
                effect.raw_mean(each.label, k) - effect.raw_mean(each.other, k),
            )
            for effect in self.curves
            for each in effect.differences
            for k, output in enumerate(self.outputs)
        ]
        heads = ["column", "label", "other", "prediction", "difference", "std", "raw_difference"]
        return frame_of(rows, heads)

    def pairs_to_frame(self) -> pd.DataFrame:
        """Return the effects of pairs as a DataFrame with a row for each pair of values and prediction.

        Returns
        -------
        DataFrame
            A DataFrame with the columns first, second, first_value, second_value, prediction, effect, std, interaction
            and interaction_std.
        """
        heads = ["first", "second", "first_value", "second_value", "prediction", "effect", "std"]
        heads += ["interaction", "interaction_std"]
        return frame_of(self._pair_rows(), heads)

    def values_to_frame(self) -> pd.DataFrame:
        """Return the curves and the effects of pairs as one DataFrame, for a file.

        Returns
        -------
        DataFrame
            A DataFrame with the columns of `to_frame`, and if there are pairs second, second_value, interaction and
            interaction_std, which are empty for curves.
        """
        curves = self.to_frame()
        if not self.pairs:
            return curves
        pairs = self.pairs_to_frame().rename(columns={"first": "column", "first_value": "value"})
        rows = [*curves.to_dict("records"), *pairs.to_dict("records")]
        extra = ["second", "second_value", "interaction", "interaction_std"]
        return frame_of(rows, [*curves.columns, *extra])

    def _pair_rows(self) -> Iterator[tuple[Any, ...]]:
        for pair in self.pairs:
            first, second = pair.written_values(0), pair.written_values(1)
            for i, j, k in np.ndindex(pair.joint.shape):
                numbers = (pair.joint, pair.joint_std, pair.interaction, pair.interaction_std)
                own = tuple(float(array[i, j, k]) for array in numbers)
                yield (*pair.names, first[i], second[j], self.outputs[k], *own)

    @property
    def shown(self) -> list[int]:
        """The predictions to show: for two classes, only the second."""
        return (
            [1] if self.probabilities and len(self.outputs) == 2 else list(range(len(self.outputs)))
        )

    @property
    def shown_outputs(self) -> list[str]:
        """The names of the shown predictions."""
        names = [self.outputs[k] for k in self.shown]
        return [f"the probability of {name}" for name in names] if self.probabilities else names


def written_value(value: Any, kind: str) -> str:
    """A value of a column as text: dates as dates, times as times, 0 and 1 of Booleans as words."""
    if isinstance(value, str):
        return value
    if kind == "boolean":
        return "true" if value else "false"
    if kind in ("date", "time"):
        return NumberColumn("x", kind, 0.0, 1.0, 0.0, 0.0).written(float(value))
    return in_digits(float(value), 6)
