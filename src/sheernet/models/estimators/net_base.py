"""`NetBase`: parameters, the fit by `sheernet.fit`, and rows to predict, for `NetRegressor` and `NetClassifier`.

The parameters have the names and default values of `sheernet.fit`.  Omitted are the arguments that require other rows
(`test`, `validation`, `patience`), those of a single call (`observers`, `keep_path`, `check`), `reduction`, `task`,
which the class determines, and `held_out`: all rows are used in training, because scikit-learn holds rows out itself.
`random_state` (seed), `verbose` (progress) and `sample_weight` (weights) have the names of scikit-learn.
`sample_weight` and `groups` are arguments of `fit`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from numbers import Integral
from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sheernet.foundation.arrays import Array
from sheernet.foundation.caller_warnings import gathered, warn
from sheernet.foundation.message_text import listed
from sheernet.foundation.notebook_reports import with_report
from sheernet.models.estimators.estimator_base import ShownInNotebook, keep_arguments
from sheernet.models.estimators.net_data import (
    checked_groups,
    checked_rows,
    column_names,
    is_frame,
    named,
)
from sheernet.models.fitting import fit
from sheernet.models.model import Model
from sheernet.models.model_html import fit_html
from sheernet.models.rows_in import Rows, rows_in
from sheernet.objective import costs
from sheernet.objective.decay import DecayLike
from sheernet.settings.network_settings import NetworkSettings
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.table_settings import TableSettings
from sheernet.settings.training_settings import EffortSettings, TrainingSettings

SEEDS = 2**31 - 1
"""Number of seeds that a RandomState chooses from."""


class NetBase(ShownInNotebook, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no type annotations
    """Parameters and fit of `NetRegressor` and `NetClassifier`, whose docstrings describe them."""

    model_: Model
    n_features_in_: int
    n_iter_: int

    def __init__(
        self,
        hidden: int | str | Sequence[int] = NetworkSettings.hidden,
        *,
        activation: str = NetworkSettings.activation,
        bias: bool = NetworkSettings.bias,
        decay: DecayLike | str = NetworkSettings.decay,
        cost: str | costs.Cost | None = NetworkSettings.cost,
        inputs: Sequence[str] | None = TableSettings.inputs,
        drop: Sequence[str] = TableSettings.drop,
        categories: Sequence[str] = TableSettings.categories,
        scaling: str = TableSettings.scaling,
        rare: float = TableSettings.rare,
        unseen: str = TableSettings.unseen,
        missing: str = TableSettings.missing,
        cycles: str = TableSettings.cycles,
        method: str = TrainingSettings.method,
        options: Mapping[str, Any] | None = None,
        starts: int | None = EffortSettings.starts,
        scheme: str = StartSettings.scheme,
        max_iter: int = StoppingRules.max_iter,
        gradient_tolerance: float = StoppingRules.gradient_tolerance,
        cost_tolerance: float | None = EffortSettings.cost_tolerance,
        max_evaluations: int | None = StoppingRules.max_evaluations,
        time_limit: float | None = StoppingRules.time_limit,
        engine: str = TrainingSettings.engine,
        threads: int | None = TrainingSettings.threads,
        random_state: int | np.random.RandomState | None = StartSettings.seed,
        verbose: bool | int = TrainingSettings.progress,
    ) -> None:
        keep_arguments(self, locals())

    def to_model(self) -> Model:
        """Return the fitted `sheernet.Model` (`model_`), with its report, effects, importance and summary."""
        check_is_fitted(self)
        return self.model_

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the fitted model to a JSON file; `sheernet.load` reads a bitwise equal `sheernet.Model`."""
        return self.to_model().save(path)

    def _fit_html(self) -> str:
        if not hasattr(self, "model_"):
            return ""
        return with_report("model_display", self.model_, fit_html(self.model_))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.missing == "impute"
        tags.input_tags.string = True
        # "categorical" stays false, as in HistGradientBoostingRegressor: it is for inputs that consist of codes only.
        return tags

    def _fit(self, X: Any, target: Any, weights: Array | None, groups: Any, task: str) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : DataFrame or array, (N, d)
            As returned by `checked_rows`.
        target : DataFrame (N, K) or Series (N,)
            The targets.
        weights : ndarray, (N,), or None
            Case weights.
        groups : array_like (N,), str or None
            The group of each row, or the column with the groups.
        task : {"regression", "classification"}
            The task.
        """
        settings = self.get_params(deep=False)
        options = settings.pop("options") or {}
        seed, progress = _seed(settings.pop("random_state")), bool(settings.pop("verbose"))
        with gathered():
            self.model_ = fit(
                X, target, weights=weights, groups=checked_groups(groups, X), task=task, held_out=0, seed=seed,
                progress=progress, **settings, **options,
            )  # fmt: skip
        self.n_iter_ = max(len(self.model_.record) - 1, 1)  # row 0 is the start
        self._columns = column_names(X)
        self._is_named = is_frame(X)
        self._tell_unused(X, groups)
        return self

    def _tell_unused(self, X: Any, groups: Any) -> None:
        """Warn once about non-constant columns that the fit does not use, although the caller did not drop them."""
        if self.inputs is not None:
            return
        used = {*self.model_.inputs.names, *self.model_.settings["drop"]}
        used |= {groups} if isinstance(groups, str) else set()
        unused = [name for name in self._columns if name not in used]
        if unused:
            frame = named(X, self._columns)
            unused = [repr(name) for name in unused if frame[name].astype(str).nunique() > 1]
        if unused:
            warn(
                f"{type(self).__name__} does not use {listed(unused, most=5)}; model_.notices says why, and how to "
                "keep them"
            )

    def _rows(self, X: Any) -> Rows:
        """Encode rows to predict; raise if a row cannot be predicted."""
        check_is_fitted(self)
        X = checked_rows(self, X, reset=False)
        model = self.model_
        if is_frame(X) != self._is_named or (
            not is_frame(X) and self._columns != list(model.inputs.names)
        ):
            X = named(X, self._columns)
        with gathered():
            return rows_in(model.inputs, X, complete=True, like=model.reading)


def _seed(random_state: Any) -> int | None:
    """Return the seed of a fit; it is drawn from a RandomState."""
    generator = check_random_state(random_state)  # raises for other types
    if random_state is None:
        return None
    return (
        int(random_state) if isinstance(random_state, Integral) else int(generator.randint(SEEDS))
    )
