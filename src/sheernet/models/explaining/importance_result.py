"""`Importance`: the importance of the columns of a model as a table, ordered by the total Sobol' index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import ROUND_OFF, counted, listed, wrapped
from sheernet.foundation.pandas_import import frame_of, import_pandas
from sheernet.foundation.sentences import Setting, in_quotes, rendered, sentence
from sheernet.foundation.text_tables import aligned, paragraphs
from sheernet.models.explaining.uncertainty_text import BAND

if TYPE_CHECKING:
    import pandas as pd

MAIN = "total"
"""The measure by which columns are ordered."""
TITLES = {
    "total": "total", "first": "alone", "permutation": "permuted", "shapley": "Shapley", "per_std": "per sd",
    "slope": "slope", "absolute_slope": "|slope|", "slope_over_rows": "over rows",
}  # fmt: skip
"""The measures, and their column headings in the text."""
SHORT = ("total", "first", "per_std", "slope")
UPPER = ("total", "first", "permutation", "shapley")
LOWER = ("per_std", "slope", "absolute_slope", "slope_over_rows")
NONNEGATIVE = (
    "total",
    "first",
    "shapley",
    "per_std",
    "absolute_slope",
    "slope_over_rows",
)
"""Nonnegative measures, whose bands do not extend below 0."""
ONE_SIGN = 0.9
"""Minimum size of the mean slope, relative to the mean size of slopes, for which most rows have its sign."""
BOTH_SIGNS = "both signs"
SLOPES = (
    "mean over the rows, of its size, and deviation over the rows, per unit of the column; for a Boolean true minus "
    "false; for a category the mean difference of two labels"
)
MEAN_SLOPE = (
    'mean over the rows per unit of the column, for a Boolean true minus false; "both signs" if it is positive in some '
    "rows and negative in others, so that the mean is not informative"
)
LONGEST_NAME = 28
"""Maximum number of characters of the name of a column in text and pictures; longer names are cut in the middle."""


@dataclass(frozen=True, eq=False)
class Measure:
    """A measure of the importance of D columns for K predictions.

    Parameters
    ----------
    name : str
        One of `TITLES`.
    values : ndarray, (D, K)
        The measure; nan where it is not defined.
    error : ndarray, (D, K), or None
        Standard error due to sampling; None if nothing was sampled.
    spread : ndarray, (D, K), or None
        Standard deviation among the networks of the model; None for one network.
    """

    name: str
    values: Array
    error: Array | None = None
    spread: Array | None = None

    @property
    def parts(self) -> dict[str, Array | None]:
        """The parts of the uncertainty by their names."""
        return {"error": self.error, "spread": self.spread}

    @property
    def uncertainty(self) -> Array:
        """The combined standard deviation of sampling and among the networks, (D, K)."""
        parts = [part for part in self.parts.values() if part is not None]
        return np.sqrt(sum((part**2 for part in parts), np.zeros_like(self.values)))


@dataclass(frozen=True, eq=False)
class Importance:
    """The importance of the columns of a model, made by `Model.importance`.

    Parameters
    ----------
    target : str
        Names of the targets.
    task : {"regression", "classification"}
        What the model predicts.
    columns, kinds : tuple of str, length D
        Names of the columns and groups, in the order of the model, and their kinds.
    predictions : tuple of str, length K
        The targets, the second of two classes, or all classes.
    variances : ndarray, (K,)
        Variance of each prediction if the columns are independent.
    measures : mapping of str to Measure
        The measures.
    rows, judged_rows : str
        The rows that were used, and the rows on which permutation importance was measured; the second may be empty.
    n_members : int
        Number of networks of the model.
    exact_shapley : bool
        Whether Shapley values are computed for all rows and all coalitions, against sampled background rows.
    notices : tuple of str
        Notices about correlated columns and omitted measures.
    short_notices : tuple of str
        The notices about measures in the short text.
    """

    target: str
    task: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    predictions: tuple[str, ...]
    variances: Array
    measures: Mapping[str, Measure]
    rows: str
    judged_rows: str
    n_members: int
    exact_shapley: bool
    notices: tuple[str, ...] = ()
    short_notices: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Measure:
        """A measure by its name."""
        if name not in self.measures:
            raise InvalidInput(
                f"there is no measure {in_quotes(name)} of this model and table; there are "
                f"{listed(list(self.measures))}"
            )
        return self.measures[name]

    @property
    def is_pooled(self) -> bool:
        """Whether the predictions are more than two classes, whose measures are also shown together."""
        return self.task == "classification" and len(self.predictions) > 1

    def pooled(self) -> Importance:
        """All classes together: the mean of each measure, for Sobol' indices weighted by variances of the predictions.

        Slopes of several probabilities have no common sign, and are omitted.
        """
        if not self.is_pooled:
            return self
        even = np.full(len(self.variances), 1.0 / len(self.variances))
        total = float(self.variances.sum())
        by_variance = self.variances / total if total > 0 else even
        measures = {}
        for name, each in self.measures.items():
            shares = by_variance if name in ("total", "first") else even
            values = each.values
            if name == "slope":
                values = np.full_like(values, np.nan)
            parts = {
                noun: None if part is None else (part @ shares)[:, None]
                for noun, part in each.parts.items()
            }
            measures[name] = Measure(name, (values @ shares)[:, None], **parts)
        return Importance(
            **{**vars(self), "predictions": (f"all classes of {self.target}",), "measures": measures,
               "variances": np.array([total])}
        )  # fmt: skip

    def order(self, prediction: int = 0) -> Indices:
        """Indices of the columns, the most important first."""
        return np.argsort(-self.measures[MAIN].values[:, prediction], kind="stable")

    def to_frame(self, prediction: str | None = None) -> pd.DataFrame:
        """Return the table as a pandas DataFrame, the most important column first.

        Parameters
        ----------
        prediction : str, optional
            One of `predictions`; by default all, one below the other, preceded by all classes together if there are
            more than two.

        Returns
        -------
        DataFrame
            A DataFrame with "prediction" (if there are several), "column", "kind", and for each measure NAME,
            NAME_error (standard error of the sampling) and NAME_spread (standard deviation among networks), if they
            exist.

        Raises
        ------
        InvalidInput
            If there is no such prediction.
        MissingDependency
            If pandas is not installed.
        """
        parts = list(self._parts())
        if prediction is not None:
            parts = [(part, k) for part, k in parts if part.predictions[k] == prediction]
            if not parts:
                raise InvalidInput(
                    f"there is no prediction {in_quotes(prediction)}; there are {listed(self.predictions)}"
                )
        frames = [frame_of(part._columns_of(k, several=len(parts) > 1)) for part, k in parts]
        return import_pandas().concat(frames, ignore_index=True)

    def _parts(self) -> Iterator[tuple[Importance, int]]:
        """The tables: each prediction, after all classes together."""
        if self.is_pooled:
            yield self.pooled(), 0
        for k in range(len(self.predictions)):
            yield self, k

    def _columns_of(self, k: int, several: bool) -> dict[str, Any]:
        order = self.order(k)
        found: dict[str, Any] = {"prediction": self.predictions[k]} if several else {}
        found |= {
            "column": [self.columns[i] for i in order],
            "kind": [self.kinds[i] for i in order],
        }
        for name, measure in self.measures.items():
            found[name] = measure.values[order, k]
            for noun, part in measure.parts.items():
                if part is not None:
                    found[f"{name}_{noun}"] = part[order, k]
        return found

    def text(self, spell: Callable[[Setting], str] = str, all_measures: bool = False) -> str:
        """The tables, what their columns mean, and the notices, in lines of at most 100 characters.

        Parameters
        ----------
        spell : callable, Setting -> str
            How arguments are spelled in the notices; a command line spells them as options.
        all_measures : bool
            Whether to show all measures and notices about them, not only "total", "first", "per_std" and "slope".
        """
        tables = (UPPER, LOWER) if all_measures else (SHORT,)
        own = self._without_round_off()
        shown = [(own.pooled(), 0)] if self.is_pooled else list(own._parts())
        paragraphs = []
        for part, k in shown:
            title = (
                f"Importance of {self._counted} for {part.predictions[k]}, by total; {self.rows}"
            )
            paragraphs += [wrapped(title), *(_table(part, k, names) for names in tables)]
        legend = self._legend({name for names in tables for name in names})
        lines = [wrapped(rendered(line, spell), 15, head) for head, line in legend]
        paragraphs.append("\n".join(lines))
        told = self.notices if all_measures else self.short_notices
        paragraphs += [wrapped(rendered(notice, spell), 8, "Notice  ") for notice in told]
        return "\n\n".join(paragraphs)

    def _without_round_off(self) -> Importance:
        """The measures; 0 for columns whose effect is the round-off of the largest one."""
        sizes = self.measures["per_std"].values
        none = sizes < ROUND_OFF * np.nanmax(sizes, axis=0, initial=0.0)
        measures = {
            name: replace(each, values=np.where(none & ~np.isnan(each.values), 0.0, each.values))
            for name, each in self.measures.items()
        }
        return replace(self, measures=measures)

    def __str__(self) -> str:
        return self.text()

    @property
    def _counted(self) -> str:
        n_groups = self.kinds.count("group")
        groups = [counted(n_groups, "group")] if n_groups else []
        n_columns = len(self.columns) - n_groups
        return listed([*([counted(n_columns, "column")] if n_columns else []), *groups])

    def _repr_html_(self) -> str:
        """The table for a notebook."""
        frame = self._without_round_off().pooled().to_frame()
        table = frame.to_html(index=False, float_format="{:.3g}".format, na_rep="")
        return f"{paragraphs([f'{self.target}: {self.rows}'])}{table}{paragraphs(self.notices)}"

    def to_dict(self) -> dict[str, Any]:
        """The table as plain data, for JSON; undefined measures are None."""
        frame = self.to_frame()
        return {
            "target": self.target,
            "rows": self.rows,
            "judged_rows": self.judged_rows,
            "exact_shapley": self.exact_shapley,
            "table": frame.astype(object).where(frame.notna(), None).to_dict("records"),
        }

    def _legend(self, shown: set[str]) -> Iterator[tuple[str, str]]:
        """Descriptions of the shown measures."""
        unit = "as a probability" if self.task == "classification" else "in the target's units"
        yield (
            "total",
            (
                "part of the variance of predictions due to the column, alone and with others; effects are "
                "ordered by their size instead, for which rows keep their other columns"
            ),
        )
        yield (
            "alone",
            "the part without interactions; for both, columns are drawn as if they were independent (Sobol' indices)",
        )
        if "permutation" in shown and self.judged_rows:
            loss = "growth of the log loss" if self.task == "classification" else "loss of R^2"
            more = (
                ""
                if self.task == "classification"
                else "; more than 1 if that is worse than the mean of the target"
            )
            yield "permuted", f"{loss} if the column is permuted, on {self.judged_rows}{more}"
        if "shapley" in shown:
            sampled = "" if self.exact_shapley else ", of some rows"
            yield "Shapley", f"mean |Shapley value|, {unit}{sampled}"
        yield (
            "per sd",
            (
                f"mean of the slope without its sign, times the standard deviation of the column, {unit}; if effects "
                "are curved, a real step of that size changes the prediction by another amount"
            ),
        )
        if "absolute_slope" in shown:
            yield "slope", SLOPES
        else:
            yield "slope", MEAN_SLOPE
        yield "±", self._band()
        if "absolute_slope" not in shown:
            yield "", sentence("({} shows more measures)", Setting("all_measures", True))

    def _band(self) -> str:
        """A description of ±."""
        parts = ["of the random points of the calculation"]
        if self.n_members > 1:
            parts.append(f"among the {self.n_members} networks")
        return f"{BAND:g} standard deviations: {listed(parts)}"


def _table(importance: Importance, k: int, names: Sequence[str]) -> str:
    """Some measures of one prediction, as lines of a table."""
    order = importance.order(k)
    columns = [["", *(importance.columns[i] for i in order)]]
    for name in names:
        measure = importance.measures.get(name)
        if measure is None:
            continue
        cells = [_number(x, name) for x in measure.values[order, k]]
        if name == "slope" and "absolute_slope" not in names:
            cells = [_one_sign(importance, i, k) for i in order]
        columns.append([TITLES[name], *cells])
        if (name in UPPER or names == SHORT) and any(
            part is not None for part in measure.parts.values()
        ):
            half = BAND * measure.uncertainty[order, k]
            half = np.where(np.isfinite(measure.values[order, k]), half, np.nan)
            if BOTH_SIGNS in cells:
                half = np.where(np.array(cells) == BOTH_SIGNS, np.nan, half)
            columns.append(["±", *(_number(x, name) for x in half)])
    lines = list(zip(*columns, strict=True))
    return "\n".join(aligned(lines, name_width=LONGEST_NAME, indent=""))


def _one_sign(importance: Importance, i: int, k: int) -> str:
    """The mean slope of a column as text, or "both signs" if it is positive in some rows and negative in others."""
    slope, size = (importance.measures[name].values[i, k] for name in ("slope", "absolute_slope"))
    return BOTH_SIGNS if abs(slope) < ONE_SIGN * size else _number(slope, "slope")


def _number(value: float, name: str) -> str:
    """Shares and losses with three decimals, values in other units with three digits."""
    if np.isnan(value):
        return "-"
    if name in ("total", "first", "permutation"):
        return f"{value:.3f}".replace("-0.000", "0.000")
    return f"{value:.3g}"
