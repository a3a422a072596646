"""A comparison: the models of several methods, and what they reached as plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.targets.judgment import ClassificationFit, Judgment
from sheernet.foundation.optional import import_optional
from sheernet.models import report
from sheernet.models.comparing.conditions import conditions, shared
from sheernet.models.comparing.verdict_words import LEGEND, NEAR, table, verdict, wrapped
from sheernet.models.model import Model

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Comparison:
    """The models of several methods, fitted to the same rows from the same starts.

    Parameters
    ----------
    models : mapping of str to Model
        By method, in the order in which they were trained.
    methods : tuple of str
        What was asked for; where the comparison was interrupted, more than there are models.
    interrupted : bool
        Whether Ctrl-C ended it: the last model is the best point so far.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(40)], "y": [3.0 - i / 20 for i in range(40)]}
    >>> comparison = sn.compare(table, "y", methods=("lm", "gd"), hidden=2, starts=2, max_iter=50)
    >>> comparison.winner
    'lm'
    >>> [row["starts"] for row in comparison.rows()]
    [2, 2]
    """

    models: Mapping[str, Model]
    methods: tuple[str, ...]
    interrupted: bool = False

    @property
    def lowest(self) -> float:
        """The lowest final objective of all starts of all methods; nan where none is finite."""
        ends = np.concatenate([model.starts.objectives for model in self.models.values()])
        return float(np.fmin.reduce(np.where(np.isfinite(ends), ends, np.nan)))

    @property
    def floor(self) -> float:
        """Differences of objectives up to this are nothing: see `Starts.floor`."""
        return max(model.starts.floor for model in self.models.values())

    @property
    def allowed(self) -> float:
        """The objective up to which a start counts as one that found the lowest: 1 % or `floor` above it."""
        return self.lowest + max(NEAR * abs(self.lowest), self.floor)

    @property
    def winner(self) -> str | None:
        """The method that ended within 1 % of the lowest objective and took the fewest evaluations, then seconds."""
        near = [row for row in self.rows() if row["objective"] <= self.allowed]
        if not near:
            return None
        return str(min(near, key=lambda row: (row["evaluations"], row["seconds"]))["method"])

    def label(self, method: str) -> str:
        """A method's name, and what it chose where it is "auto": "auto (lm)"."""
        ran = self.models[method].provenance.method
        return method if method == ran else f"{method} ({ran})"

    def rows(self) -> list[dict[str, Any]]:
        """What each method reached, and what it took.

        Returns
        -------
        list of dict
            method; ran (what "auto" chose); objective (of the start that was kept: the lowest but under patience);
            median (of the starts); within (starts within 1 % of the lowest of all methods); starts; iterations and
            evaluations (of the objective, by the start that was kept); seconds (of all starts); reason (why it
            stopped); training and held_out (R^2, its mean over several targets, or for classes the accuracy; None where
            it is not defined; held_out is of the test table's rows where there is one).
        """
        return [self._row(method, model) for method, model in self.models.items()]

    def _row(self, method: str, model: Model) -> dict[str, Any]:
        starts, record = model.starts, model.record
        return {
            "method": method,
            "ran": model.provenance.method,
            "objective": float(starts.objectives[starts.best]),
            "median": float(starts.quantiles((0.5,))[0]),
            "within": int(np.count_nonzero(starts.objectives <= self.allowed)),
            "starts": len(starts),
            "iterations": int(record.iteration[-1]),
            "evaluations": int(record.value_evaluations[-1]),
            "seconds": float(np.sum(starts.seconds)),
            "reason": model.termination.reason,
            "training": _quality(model.training_fit),
            "held_out": _quality(model.held_out_fit),
        }

    def to_frame(self) -> pd.DataFrame:
        """Give the rows as a pandas DataFrame.

        Raises
        ------
        MissingDependency
            When pandas is not installed.
        """
        pandas = import_optional("pandas", extra="tables", purpose="data frames")
        frame: pd.DataFrame = pandas.DataFrame(self.rows())
        return frame

    @property
    def verdict(self) -> str:
        """Who won and by what, in a sentence or two.

        A method wins that ends within 1 % of the lowest objective with the fewest evaluations.
        """
        return verdict(self.rows(), self.winner, self.lowest, self.allowed)

    @property
    def problem(self) -> str:
        """What was fitted: data, target, rows and starts."""
        model = self._first
        starts = model.starts.requested
        return (
            f"{report.listed_names(model.targets.names)} in {model.provenance.data}: "
            f"{model.training_fit.rows} rows to train on, {report.judged(model)}, {starts} start{'s' * (starts != 1)}"
        )

    @property
    def notices(self) -> tuple[str, ...]:
        """What was decided about the table and about how long to try, a sentence each."""
        return tuple(dict.fromkeys(n for model in self.models.values() for n in model.notices))

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that all methods had in common, those left at their defaults too.

        Under "options" stand the options that only some methods have, by method.
        """
        common = shared([model.settings for model in self.models.values()])
        options = {name: dict(model.settings["options"]) for name, model in self.models.items()}
        return {name: common[name] for name in common if name != "method"} | {"options": options}

    @property
    def measure(self) -> str:
        """What `training` and `held_out` of the rows are."""
        return "accuracy" if isinstance(self._first.training_fit, ClassificationFit) else "R^2"

    @property
    def _first(self) -> Model:
        return next(iter(self.models.values()))

    def text(self, spell: Callable[[str], str] = str) -> str:
        """The rows as a table for a terminal, at most 100 characters wide, the verdict, and what was used.

        Parameters
        ----------
        spell : callable, str -> str
            What notices are put through before they are wrapped: a command line speaks of options.
        """
        rows = self.rows()
        judged = "held-out" if self._first.settings.get("test") is None else "test"
        parts = [
            wrapped(self.problem),
            table(rows, [self.label(method) for method in self.models], self.measure, judged),
            *([wrapped(self._interruption)] if self.interrupted else []),
            wrapped(self.verdict),
            wrapped(LEGEND),
            report.lines(conditions(self.models), spell),
        ]
        return "\n\n".join(parts)

    @property
    def _interruption(self) -> str:
        left = [method for method in self.methods if method not in self.models]
        return f"Interrupted: the last row is what there was{'; not run: ' * bool(left)}{', '.join(left)}."

    def __str__(self) -> str:
        return self.text()


def _quality(fit: Judgment | None) -> float | None:
    """Accuracy, or the mean R^2 of the targets that are not constant."""
    if fit is None:
        return None
    if isinstance(fit, ClassificationFit):
        return float(fit.accuracy)
    defined = [r2 for r2 in fit.r2 if r2 is not None]
    return float(np.mean(defined)) if defined else None
