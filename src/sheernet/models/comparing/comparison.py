"""`Comparison`: the models of several methods, and their results as plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.targets.judgment import ClassificationFit, Judgment
from sheernet.foundation.message_text import counted, wrapped
from sheernet.foundation.pandas_import import frame_of
from sheernet.foundation.sentences import Setting, rendered, sentence
from sheernet.models import report
from sheernet.models.comparing.comparison_text import (
    NEAR,
    best_prediction,
    common_setting_lines,
    legend,
    shared,
    table,
    verdict,
)
from sheernet.models.model import Model

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Comparison:
    """The models of several methods, fitted to the same rows from the same starts.

    Parameters
    ----------
    models : mapping of str to Model
        Models by method, in the order in which they were trained.
    methods : tuple of str
        The methods to compare; if Ctrl-C interrupted the comparison, `models` may have fewer.
    interrupted : bool
        Whether Ctrl-C ended the comparison.  The last model is then the best point found by an interrupted fit, unless
        Ctrl-C came before the first point of the next method.

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
        """The lowest objective of the kept starts of all methods; nan if none is finite."""
        ends = np.array([_kept_objective(model) for model in self.models.values()])
        return float(np.fmin.reduce(np.where(np.isfinite(ends), ends, np.nan)))

    @property
    def floor(self) -> float:
        """Objectives closer than this count as equal: see `Starts.floor`."""
        return max(model.starts.floor for model in self.models.values())

    @property
    def allowed(self) -> float:
        """The largest objective that counts as equal to the lowest: 1 % or `floor` above it."""
        return self.lowest + max(NEAR * abs(self.lowest), self.floor)

    @property
    def winner(self) -> str | None:
        """The method with the fewest evaluations among those within 1 %, or `floor`, of the lowest objective.

        On a tie, the fastest method.
        """
        near = [row for row in self.rows() if row["objective"] <= self.allowed]
        if not near:
            return None
        return str(min(near, key=lambda row: (row["evaluations"], row["seconds"]))["method"])

    def label(self, method: str) -> str:
        """The name of a method; for "auto", with the method that it chose: "auto (lm)"."""
        ran = self.models[method].provenance.method
        return method if method == ran else f"{method} ({ran})"

    def rows(self) -> list[dict[str, Any]]:
        """The result and the effort of each method.

        Returns
        -------
        list of dict
            method; ran (the method that ran, for "auto" the chosen one); objective (of the best start: the lowest
            one, unless `patience` is set); median (of the starts); within (number of starts at most 1 % above the
            lowest `objective` of all methods); starts; iterations, evaluations (of the best start); seconds (of all
            starts, by the clock); reason (termination reason of the best start); training and held_out (R^2, its mean
            over several targets, or for classes the accuracy; None if undefined; if there is a test table, held_out
            refers to its rows); log_density (mean logarithm of the density, or of the probability, that the held-out
            targets have; None if undefined).
        """
        return [self._row(method, model) for method, model in self.models.items()]

    def _row(self, method: str, model: Model) -> dict[str, Any]:
        starts, record = model.starts, model.record
        return {
            "method": method,
            "ran": model.provenance.method,
            "objective": _kept_objective(model),
            "median": float(starts.quantiles((0.5,))[0]),
            "within": int(np.count_nonzero(starts.objectives <= self.allowed)),
            "starts": len(starts),
            "iterations": int(record.iteration[-1]),
            "evaluations": int(record.value_evaluations[-1]),
            "seconds": starts.seconds_together,
            "reason": model.termination.reason,
            "training": _quality(model.training_fit),
            "held_out": _quality(model.held_out_fit),
            "log_density": _log_density(model.held_out_fit),
        }

    def to_frame(self) -> pd.DataFrame:
        """The rows as a pandas DataFrame.

        Raises
        ------
        MissingDependency
            If pandas is not installed.
        """
        return frame_of(self.rows())

    @property
    def verdict(self) -> str:
        """Sentences that state which method is best on the training rows, and which one predicts held-out rows best.

        The best method is the one with the fewest evaluations among those that end within 1 % of the lowest objective.
        It is only "ahead" if a limit ended it before it converged.
        """
        reached = verdict(self)
        unseen = "rows of the test table" if self._first.evaluation == "test" else "held-out rows"
        predicts = best_prediction(self.rows(), self.winner, unseen)
        return sentence("{}{}", reached, predicts) if predicts else reached

    @property
    def problem(self) -> str:
        """A line with the targets, the data, and the numbers of rows and starts."""
        model = self._first
        starts = model.starts.requested
        return (
            f"{report.listed_names(model.targets.names)} in {model.provenance.data}: "
            f"{counted(model.training_fit.rows, 'row')} for training, {report.evaluated_count(model)}, "
            f"{counted(starts, 'start')}"
        )

    @property
    def notices(self) -> tuple[str, ...]:
        """The notices of all models, each once: decisions about the table and the effort."""
        return tuple(dict.fromkeys(n for model in self.models.values() for n in model.notices))

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that all methods share, default values included.

        "options" maps each method to its options.
        """
        common = shared([model.settings for model in self.models.values()])
        options = {name: dict(model.settings["options"]) for name, model in self.models.items()}
        return {name: common[name] for name in common if name != "method"} | {"options": options}

    @property
    def measure(self) -> str:
        """The name of the measure in `training` and `held_out` of the rows: "accuracy" or "R^2"."""
        return "accuracy" if isinstance(self._first.training_fit, ClassificationFit) else "R^2"

    @property
    def _first(self) -> Model:
        return next(iter(self.models.values()))

    def text(self, spell: Callable[[Setting], str] = str) -> str:
        """A table of the results, the verdict, and the data and settings, in lines of at most 100 characters.

        Parameters
        ----------
        spell : callable, Setting -> str
            How arguments are spelled in the verdict and the notices.
        """
        parts = [
            wrapped(self.problem),
            table(self),
            *([wrapped(self._interruption)] if self.interrupted else []),
            wrapped(rendered(self.verdict, spell)),
            wrapped(legend(self)),
            report.lines(common_setting_lines(self.models, self.winner), spell),
        ]
        return "\n\n".join(parts)

    @property
    def _interruption(self) -> str:
        left = [method for method in self.methods if method not in self.models]
        not_run = f"; not run: {', '.join(left)}" if left else ""
        last = list(self.models.values())[-1]
        incomplete = last.starts.reasons[-1] == "interrupted"
        last_row = ": the last row is incomplete" if incomplete else ""
        return f"Interrupted{last_row}{not_run}."

    def __str__(self) -> str:
        return self.text()


def _kept_objective(model: Model) -> float:
    return float(model.starts.objectives[model.starts.best])


def _log_density(fit: Judgment | None) -> float | None:
    if isinstance(fit, ClassificationFit):
        return -fit.log_loss
    return None if fit is None else fit.log_density


def _quality(fit: Judgment | None) -> float | None:
    """Accuracy, or the mean R^2 of the targets that are not constant."""
    if fit is None:
        return None
    if isinstance(fit, ClassificationFit):
        return float(fit.accuracy)
    defined = [r2 for r2 in fit.r2 if r2 is not None]
    return float(np.mean(defined)) if defined else None
