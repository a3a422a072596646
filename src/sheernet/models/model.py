"""`Model`: predicts columns of a table from other columns, and records how it was fitted.

It contains the encoders of the columns, one or more members (networks with their shares and the history of their fits),
and the evaluation of their mean.  `sheernet.models.files` writes and reads it as JSON.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.columns import Inputs
from sheernet.data.tables.column_names import listed_names
from sheernet.data.tables.reading import Reading
from sheernet.data.targets import ClassTarget, Judgment, Targets
from sheernet.foundation.arrays import Array, Indices, as_case_weights, as_float, read_only
from sheernet.foundation.errors import InvalidInput, ShapeMismatch, require_known
from sheernet.foundation.message_text import counted
from sheernet.foundation.pandas_import import import_pandas
from sheernet.models.data_region import DataRegion
from sheernet.models.member import Member, mean_location
from sheernet.models.row_roles import RowRoles
from sheernet.models.rows_in import Rows, class_probabilities, predictions, rows_in
from sheernet.network.network import Network
from sheernet.optimizers import Record, Termination
from sheernet.training.starts import Starts

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.models.best_inputs import BestInputs
    from sheernet.models.explaining import (
        Contributions,
        DataDistance,
        Effects,
        Importance,
        Profile,
        RowExplanation,
        Summary,
    )
    from sheernet.models.streamed_predictions import PredictedFile
    from sheernet.statistics import CountPrediction, Prediction

EVALUATIONS = ("held out", "test", "folds")
"""Rows that a model may be evaluated on: rows held out of its table, of another table, or held out in folds."""


@dataclass(frozen=True, eq=False)
class FoldOutputs:
    """Outputs for training rows, computed by networks that were not fitted to these rows.

    Parameters
    ----------
    rows : ndarray of int, (n,)
        Indices of the training rows; a row whose weight is divided among folds occurs several times.
    outputs : ndarray, (n, K)
        As returned by `Model.mean_output`.
    """

    rows: Indices
    outputs: Array


@dataclass(frozen=True)
class Provenance:
    """Versions, seed and data of the fit of a model.

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
        Hash of the encoded rows as float64: inputs, then targets, row by row; training rows first.  For data in shards,
        the hash of the hashes of the shards.
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
    reading : Reading
        How the file of the columns was read; other files are read in the same way.
    region : DataRegion, optional
        A typical row, and where the training rows lie; None if unknown.
    spread : float
        Factor on the standard deviation of the density of each member.
    comparisons : mapping of str to RegressionFit or ClassificationFit
        Quality of other predictions of the rows of `held_out_fit`, such as "mean of target", by name.
    evaluation : {"held out", "test", "folds"}
        Which rows `held_out_fit` is about; "test" or "held out", by the settings, if not given.
    scores : ndarray, (n, K)
        |y - mean| / standard deviation for some of these rows, for conformal intervals; may be empty.
    score_weights : ndarray, (n,), optional
        Case weights of these rows; None without weights.
    fold_outputs : FoldOutputs, optional
        Predictions of the rows of `held_out_fit` if they are folds; a model file does not contain them.
    rows : RowRoles, optional
        Indices of the rows of the table that were held out, and of those that were left out; None if unknown.

    Raises
    ------
    InvalidInput
        If `spread` is not finite and positive, or `evaluation` is not known.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(19)], "y": [(i / 10) ** 2 for i in range(19)]}
    >>> model = sn.fit(table, target="y", hidden=2, decay=1e-4, starts=1)
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
    scores: Array = field(default_factory=lambda: np.zeros((0, 0)))
    score_weights: Array | None = None
    fold_outputs: FoldOutputs | None = None
    rows: RowRoles | None = None
    reading: Reading = field(default_factory=Reading)
    region: DataRegion | None = None

    def __post_init__(self) -> None:
        if not (self.spread > 0 and isfinite(self.spread)):
            raise InvalidInput(f"spread must be finite and positive, but {self.spread!r} was given")
        if not self.evaluation:
            has_test = self.settings.get("test") is not None
            object.__setattr__(self, "evaluation", "test" if has_test else "held out")
        require_known("evaluation", self.evaluation, EVALUATIONS)
        scores = as_float(self.scores, "scores")
        if scores.size and scores.shape[1:] != (self.targets.n_outputs,):
            raise ShapeMismatch(
                f"scores must have {counted(self.targets.n_outputs, 'column')}, one per target, but their shape is "
                f"{scores.shape}"
            )
        object.__setattr__(self, "scores", read_only(scores))
        if self.score_weights is not None:
            weights = as_case_weights(self.score_weights, len(scores))
            object.__setattr__(self, "score_weights", read_only(weights))

    @property
    def leading(self) -> Member:
        """The member with the largest share, the first of them on ties."""
        return max(self.members, key=lambda member: member.share)

    @property
    def network(self) -> Network:
        """The network of the leading member."""
        return self.leading.network

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs of `network`."""
        return self.names_of_outputs(self.leading)

    def names_of_outputs(self, member: Member) -> tuple[str, ...]:
        """Names of the outputs of the network of a member."""
        names = self.targets.output_names
        if member.transform is not None:
            names = tuple(f"transformed {name}" for name in names)
        if member.outputs_per_target == 1:
            return names
        return (*names, *(f"log squared scale of {name}" for name in names))

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
    def name_of_validation_cost(self) -> str:
        """The rows of `record.validation_cost`: "validation cost", or without them "held-out cost" or "test cost"."""
        if self.settings.get("validation") is not None:
            return "validation cost"
        return "test cost" if self.evaluation == "test" else "held-out cost"

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

    def predict(self, table: Any, return_std: bool = False, unseen: str | None = None) -> Any:
        """Predict the targets of new rows.

        Parameters
        ----------
        table : path, DataFrame, mapping, Table, array_like (N, number of inputs), Series, or number
            Named columns are found by name, in any order.  An array has the columns `inputs.names` in their order; rows
            of an array of numbers outside the range of the training rows cause no warning.

            A mapping of names to single values is one row, and so is a Series whose index has the names of the inputs.
            If the model has one input, a number is one row, and any other Series or one-dimensional array has a row in
            each element.
        return_std : bool
            Whether to return the standard deviation of each prediction too.
        unseen : {"refuse", "rare", "missing"}, optional
            What to do about labels that the training rows do not have: raise an error, treat them as rare, or give
            their rows no prediction; by default "rare" for columns that the fit treats so, and "missing" for others.

        Returns
        -------
        mean : ndarray, (N,) or (N, K)
            Numeric targets in their own units, (N,) if there is one target; or labels, (N,).  The prediction of one row
            (not of a table with one row) is a number or a label, or has the shape (K,).  A row with a missing input has
            no prediction, nan or None, if missing values are not filled (`missing` of `sheernet.fit`); nor has one with
            a label that the training rows do not have, unless it is treated as rare.
        std : ndarray, of the shape of mean
            Only if `return_std` is true: the standard deviation of a new value of the target around mean, noise
            included, in the targets' units, as in `distribution`.

        Raises
        ------
        InvalidInput
            If a column is missing, or contains a value that the model cannot encode; or, if `return_std` is true, as
            for `distribution`.
        ShapeMismatch
            If an array has a different number of columns.

        Warns
        -----
        SheernetWarning
            If rows lie outside the range of the training rows, where predictions are unreliable; if rows have missing
            inputs or unseen labels and get no prediction; or if missing values are filled.

        Examples
        --------
        >>> import sheernet as sn
        >>> table = {"x": [i / 10 for i in range(19)], "y": [(i / 10) ** 2 for i in range(19)]}
        >>> model = sn.fit(table, target="y", hidden=2, decay=1e-4, starts=1)
        >>> model.predict({"x": [0.5, 1.0]}).shape, model.predict([0.5, 1.0]).shape
        ((2,), (2,))
        >>> bool(model.predict({"x": 0.5}) == model.predict(0.5) == model.predict([0.5])[0])
        True
        >>> mean, std = model.predict([0.5, 1.0, 9.0], return_std=True)
        >>> std.shape, bool(std[2] > 5 * std[0])
        ((3,), True)
        """
        from sheernet.models.uncertainty import distribution_of, of_rows, require_numbers

        if return_std:
            require_numbers(self.targets)
        rows = rows_in(self.inputs, table, unseen=unseen, like=self.reading)
        mean = rows.shaped(predictions(self.targets, self.outputs_of_rows(rows)))
        if not return_std:
            return mean
        return mean, of_rows(rows, distribution_of(self, rows).std())

    def predict_interval(
        self, table: Any, coverage: float = 0.9, method: str = "density"
    ) -> tuple[Any, Any]:
        """Compute an interval for each row that contains the target of a new row with a given probability.

            density      the quantiles (1 - coverage) / 2 and (1 + coverage) / 2 of `distribution`
            conformal    mean +- factor std, with the conformal factor of `scores`

        Parameters
        ----------
        table
            As for `predict`.
        coverage : float
            The probability, above 0 and below 1.
        method : {"density", "conformal"}
            "density" is the default, because its intervals have the shape of the noise (a lower and an upper half of
            different lengths, or heavy tails), and the spread of the densities was set on rows that were held out.
            The intervals of "conformal" are symmetric; they have the coverage on average over new rows that come from
            the same source as the training rows, regardless of the shape of the noise.  It needs coverage / (1 -
            coverage) held-out rows, rounded up.

        Returns
        -------
        lower, upper : ndarray, (N,) or (N, K)
            In the targets' units, in the shape of the result of `predict`; nan for a row with a missing input.  The
            coverage holds for each target separately.

        Raises
        ------
        InvalidInput
            As for `distribution`, except for rows with missing inputs; if `coverage` or `method` is not allowed; or if
            the model keeps the errors of too few held-out rows for "conformal".
        ShapeMismatch
            As for `predict`.

        Warns
        -----
        SheernetWarning
            As for `predict`.

        References
        ----------
        For "conformal" see `sheernet.statistics.conformal_factor`.

        Examples
        --------
        >>> import numpy as np
        >>> import sheernet as sn
        >>> x = np.linspace(0.0, 1.0, 40)
        >>> y = 3.0 * x + 0.1 * np.random.default_rng(0).normal(size=40)
        >>> model = sn.fit({"x": x, "y": y}, target="y", hidden=0, decay=0.0, starts=1)
        >>> lower, upper = model.predict_interval({"x": [0.5]}, coverage=0.9)
        >>> bool(lower[0] < 1.5 < upper[0]), bool(0.2 < upper[0] - lower[0] < 0.5)
        (True, True)
        """
        from sheernet.models.uncertainty import (
            distribution_of,
            interval_of,
            of_rows,
            require_interval,
            require_numbers,
        )

        require_numbers(self.targets)
        share = require_interval(coverage, method)
        rows = rows_in(self.inputs, table, like=self.reading)
        lower, upper = interval_of(self, distribution_of(self, rows), share, method)
        return of_rows(rows, lower), of_rows(rows, upper)

    def distribution(self, table: Any) -> Prediction | CountPrediction:
        """Compute the predictive distribution of the targets of new rows.

        It is the mixture of the densities of the members by their shares.  The density of a member is a normal or
        Student t distribution; its variance is the sum of the noise variance and of the variance due to the uncertainty
        of the weights.  With the cost poisson it is a negative binomial distribution: Poisson noise, and a gamma
        distribution of the rate, whose variance is due to the uncertainty of the weights.

        Parameters
        ----------
        table
            As for `predict`.

        Returns
        -------
        sheernet.statistics.Prediction, or sheernet.statistics.CountPrediction for counts
            The distribution of N rows (1 for a single row) and K targets, in the targets' units, with the methods of a
            distribution of scipy.stats: `mean`, `std`, `ppf`, `interval`, `cdf`, `logpdf` (`logpmf` of counts), `rvs`.

        Raises
        ------
        InvalidInput
            If a column is missing, or contains a value that the model cannot encode; if a row has a missing input and
            the model was not fitted with `missing="impute"`; if the model predicts classes; or if its uncertainty is
            not known, because the cost is not a density or the covariance of its weights is not known.
        ShapeMismatch
            As for `predict`.

        Warns
        -----
        SheernetWarning
            If rows lie outside the range of the training rows, or missing values are filled.

        Examples
        --------
        >>> import numpy as np
        >>> import sheernet as sn
        >>> x = np.linspace(0.0, 1.0, 40)
        >>> y = 3.0 * x + 0.1 * np.random.default_rng(0).normal(size=40)
        >>> model = sn.fit({"x": x, "y": y}, target="y", hidden=0, decay=0.0, starts=1)
        >>> distribution = model.distribution({"x": [0.5, 1.0]})
        >>> distribution
        Prediction(2 rows, 1 target, 1 member)
        >>> (distribution.sf(2.0) > 0.5).tolist(), distribution.rvs(size=(1000, 2), random_state=0).shape
        ([False, True], (1000, 2))
        """
        from sheernet.models.uncertainty import distribution_of, require_numbers

        require_numbers(self.targets)
        return distribution_of(self, rows_in(self.inputs, table, complete=True, like=self.reading))

    def probabilities(self, table: Any, unseen: str | None = None) -> Array:
        """The probability of each class for new rows, (N, number of classes), in the order of `targets.classes`.

        For a single row, the shape is (number of classes,); a row without a prediction gets nan.

        Parameters
        ----------
        table, unseen
            As for `predict`.

        Raises
        ------
        InvalidInput
            As for `predict`, or if the model predicts numbers.
        """
        if not isinstance(self.targets, ClassTarget):
            raise InvalidInput("this model predicts numbers and has no classes; use predict")
        rows = rows_in(self.inputs, table, unseen=unseen, like=self.reading)
        return rows.shaped(class_probabilities(self.targets, self.outputs_of_rows(rows)))

    def predict_frame(
        self,
        table: Any,
        coverage: float | None = None,
        std: bool = False,
        method: str = "density",
        unseen: str | None = None,
    ) -> pd.DataFrame:
        """Return predictions as a DataFrame: a column for each target, and a column for the probability of each class.

        Parameters
        ----------
        table
            As for `predict`.
        coverage : float, optional
            Adds the columns NAME_lower and NAME_upper for each target: an interval, as returned by `predict_interval`.
        std : bool
            Adds a column NAME_std for each target: the standard deviation, as returned by `predict`.
        method : {"density", "conformal"}
            As for `predict_interval`.
        unseen : {"refuse", "rare", "missing"}, optional
            As for `predict`.

        Raises
        ------
        InvalidInput, ShapeMismatch
            As for `predict` and `predict_interval`.

        Notes
        -----
        A name that is in use gets the prefix `"predicted_"` until it is unique.
        """
        from sheernet.models.uncertainty import require_columns_of_numbers, uncertainty_columns

        pandas = import_pandas()
        require_columns_of_numbers(self.targets, coverage, std, method)
        rows = rows_in(self.inputs, table, unseen=unseen, like=self.reading)
        outputs = self.outputs_of_rows(rows)
        predicted = predictions(self.targets, outputs)
        frame: pd.DataFrame
        if isinstance(self.targets, ClassTarget):
            labels = pandas.Series(predicted)
            if not labels.isna().any():  # 1 and None would become 1.0 and nan
                labels = labels.infer_objects()
            frame = pandas.DataFrame({self.targets.name: labels})
            shares = class_probabilities(self.targets, outputs)
            for label, share in zip(self.targets.classes, shares.T, strict=True):
                frame[_free_name(f"probability_{label}", frame)] = share
        else:
            frame = pandas.DataFrame(
                predicted.reshape(len(outputs), -1), columns=self.targets.names
            )
        if coverage is not None or std:
            for name, values in uncertainty_columns(self, rows, coverage, std, method):
                frame[_free_name(name, frame)] = values
        return frame

    def predict_files(
        self,
        files: Any,
        folder: str | os.PathLike[str],
        *,
        append: bool = False,
        overwrite: bool = False,
        coverage: float | None = None,
        std: bool = False,
        method: str = "density",
        unseen: str | None = None,
    ) -> tuple[PredictedFile, ...]:
        """Predict the targets of the rows of files that need not fit in memory, and write a file for each.

        Parameters
        ----------
        files : Shards, or what `sheernet.shards` takes
            The files: a pattern, a folder, or a list.
        folder : path
            Folder for the predictions; it is made if it does not exist.  Parquet files give Parquet files, text files
            CSV files.
        append : bool
            Whether the output files also contain the columns of the table.
        overwrite : bool
            Whether to replace existing files.
        coverage, std, method, unseen
            As for `predict_frame`.

        Returns
        -------
        tuple of PredictedFile
            The path of each file, its number of rows, and the number of rows without a prediction.

        Raises
        ------
        InvalidInput
            As for `predict_frame`; or if a file exists.  A file is written completely or not at all; files that were
            complete before an error are kept.

        Warns
        -----
        SheernetWarning
            As for `predict`, for blocks of rows: the first few warnings, and the number of the others.
        """
        from sheernet.data.shards import Shards, shards
        from sheernet.models.streamed_predictions import predict_files

        data = files if isinstance(files, Shards) else shards(files)
        return predict_files(
            self, data, folder, append=append, overwrite=overwrite, coverage=coverage, std=std, method=method,
            unseen=unseen,
        )  # fmt: skip

    def outputs(self, table: Any) -> Array:
        """Return the weighted mean of the members' outputs, (N, K), before it is decoded.

        For a single row, the shape is (K,); a row with a missing input gets nan.

        Parameters
        ----------
        table
            As for `predict`.
        """
        rows = rows_in(self.inputs, table, like=self.reading)
        return rows.shaped(self.outputs_of_rows(rows))

    def outputs_of_rows(self, rows: Rows) -> Array:
        """Return the weighted mean of outputs for encoded rows, as `outputs` does, (N, K)."""
        from sheernet.models.density import require_finite_rows

        mean = self.mean_output(rows.X)  # (N, K)
        require_finite_rows("output", mean)
        return rows.known(mean)

    def score(self, table: Any, target: Any = None) -> float:
        """Return R^2 of numeric predictions, or the accuracy of predicted labels, on rows with known targets.

            R^2 = 1 - sum_n w_n (p_n - t_n)^2 / sum_n w_n (t_n - m)^2
            accuracy = sum of w_n over the rows predicted correctly / sum_n w_n

        p_n is the prediction, t_n the true value, w_n the case weight and m the weighted mean of t.  The R^2 of several
        targets is the mean of their R^2 (scikit-learn's "uniform_average").

        Parameters
        ----------
        table : path, DataFrame, mapping of columns, Table, or array_like (N, number of inputs)
            The rows; with the target columns if `target` is not given.  If the model was fitted with case weights and
            the table has their column, it is used.
        target : array_like (N,) or (N, K), Series, or columns, optional
            The true values.

        Returns
        -------
        float
            At most 1; nan if a target is constant.

        Raises
        ------
        InvalidInput
            If a column or a value is missing, unless the model was fitted to fill it or to leave out its row.
        ShapeMismatch
            If an array has a different number of columns or rows.

        Warns
        -----
        SheernetWarning
            If rows are left out, missing values are filled, or a target is constant.

        Examples
        --------
        >>> import sheernet as sn
        >>> X = [[i / 10] for i in range(19)]
        >>> y = [(i / 10) ** 2 for i in range(19)]
        >>> model = sn.fit(X, y, hidden=2, decay=1e-4, starts=1)
        >>> model.score(X, y) > 0.99
        True
        """
        from sheernet.models.scoring import rows_to_score, score_of

        rows = rows_to_score(self, table, target)
        outputs = self.outputs_of_rows(Rows.complete(rows.X))
        return score_of(self.targets.judge(outputs, rows.truth, rows.weights))

    def mean_output(self, X: Array) -> Array:
        """Return the mean of the members' outputs for encoded rows, (N, K); of two outputs per target, the location.

        Parameters
        ----------
        X : ndarray, (N, d_0)
            Encoded rows, as returned by `inputs.encode`.
        """
        return mean_location(self.members, X)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the model to a JSON file, whole or not at all.  `sheernet.load` reads a bitwise equal model."""
        from sheernet.models.files.saving import save

        return save(self, path)

    def importance(
        self,
        table: Any = None,
        target: Any = None,
        *,
        groups: Sequence[Sequence[str]] | Mapping[str, Sequence[str]] = (),
        repeats: int = 10,
        points: int = 1024,
        correlated: float = 0.7,
        seed: int | None = 0,
    ) -> Importance:
        """Compute how important each column is for the predictions, by several measures.

            total            E(Var(prediction | all other columns)) / Var(prediction): the total Sobol' index
            first            Var(E(prediction | column)) / Var(prediction): the part of the column alone
            permutation      decrease of R^2, or for classes increase of the log loss, if the column is permuted
            shapley          mean over rows of |Shapley value|
            per_std          change of the prediction per standard deviation of the column
            slope, ...       derivative with respect to the column: mean, mean size, deviation over the rows

        The table is ordered by the total index: it needs no targets, has the same meaning for numbers, dates and
        categories, counts what a column does together with others, and is 0 only if the column changes no prediction.

        Parameters
        ----------
        table : path, DataFrame, mapping of columns, Table, array_like (N, number of inputs) or pair (X, y), optional
            Rows, such as the rows that the model was fitted to.  If they have the targets, permutation importance is
            measured too, on the held-out rows if this is the table of the fit.  By default up to 100 rows that the
            model stores, which stand for its training rows.
        target : array_like (N,) or (N, K), optional
            The true values, if the table does not have them.
        groups : sequence of lists of str, or mapping of str to lists of str
            Columns that are drawn, permuted and exchanged together, such as correlated ones.
        repeats : int
            Permutations of each column.
        points : int
            Number of points of each of 8 Sobol' sequences, a power of 2; fewer if there are many columns.
        correlated : float
            Correlation above which columns are reported in a notice.
        seed : int or None
            Seed of all sampling.

        Returns
        -------
        Importance
            Prints as a table; `to_frame()` is a DataFrame, and `["total"]` returns a measure.

        Raises
        ------
        InvalidInput
            If a column is missing or has a value that the model cannot encode, if fewer than two rows can be used, or
            if an argument is not allowed.
        ShapeMismatch
            If an array has a different number of columns or rows.

        Warns
        -----
        SheernetWarning
            As for `predict` and `score`.

        References
        ----------
        `sheernet.statistics`: `sobol_indices`, `permutation_losses`, `shapley_values` and `input_gradients`.

        Examples
        --------
        >>> import numpy as np
        >>> import sheernet as sn
        >>> rng = np.random.default_rng(0)
        >>> table = {"a": rng.normal(size=60), "b": rng.normal(size=60)}
        >>> table["y"] = 3.0 * table["a"] + table["b"]
        >>> importance = sn.fit(table, "y", hidden=0, decay=0.0, starts=1).importance(table)
        >>> frame = importance.to_frame()
        >>> frame["column"].tolist(), frame["slope"].round(6).tolist()
        (['a', 'b'], [3.0, 1.0])
        """
        from sheernet.models.explaining.importance import importance_of

        return importance_of(
            self, table, target, groups=groups, repeats=repeats, points=points, correlated=correlated, seed=seed
        )  # fmt: skip

    def report(self, verbose: bool = False) -> str:
        """Describe the model: figures on unseen rows, compared with other predictions, a verdict, and the network.

        Parameters
        ----------
        verbose : bool
            Whether to add the data, the training, each network, and the settings.

        Examples
        --------
        >>> import sheernet as sn
        >>> table = {"x": [i / 10 for i in range(40)], "y": [(i / 10) ** 2 for i in range(40)]}
        >>> print(sn.fit(table, "y", hidden=2, decay=1e-4, starts=1).report().splitlines()[0])
        y from 1 column of the table, 40 rows; figures on 10 held-out rows, model trained on the other 30
        """
        from sheernet.models import report

        return report.text(self, verbose=verbose)

    def effects(
        self,
        table: Any = None,
        kind: str = "ale",
        columns: Sequence[str] | None = None,
        pairs: Sequence[tuple[str, str]] | int | None = None,
        individual: bool = False,
    ) -> Effects:
        r"""Compute how the predictions depend on each column, and on pairs of columns.

        .. math:: \mathrm{ALE}(x) = \int^x E\left[\frac{\partial f}{\partial x_j}(X) \mid X_j = z\right] dz - c

        Parameters
        ----------
        table : path, DataFrame, mapping, Table or array_like, optional
            Rows, as for `predict`; of the table of the fit, the training rows are used.  By default up to 100 rows that
            the model stores, which stand for its training rows.
        kind : {"ale", "partial dependence"}
            "ale" accumulates the changes of the predictions of the rows near each value (accumulated local effects):
            for columns that depend on each other, no predictions far from the data are needed.  The mean of each curve
            over the rows is 0.  "partial dependence" is the mean prediction of all rows with the same value of the
            column.
        columns : sequence of str, optional
            The columns; by default all, or the 40 with the largest weights.  The trend and the cycles of a date have
            separate effects, "day (trend)" and "day (season)".
        pairs : sequence of two names each, or int
            Pairs of columns whose joint effect and interaction are computed; or the number of pairs, those with the
            largest interactions among the six most important columns.  By default (None) up to three, those with an
            interaction of more than 1 % of the standard deviation of the predictions; 0 omits the search.  For a pair
            with a category or a Boolean, "ale" takes the mean predictions of the rows with each label at each value of
            the other column.
        individual : bool
            Whether to keep the curves of single rows, for partial dependence.

        Returns
        -------
        Effects
            Curves with standard deviations, the most important column first; `print` shows a summary, `to_frame` all
            values, `differences_to_frame` the differences of labels, and `sheernet.plots.effects` draws them.  If the
            table has the targets, labels have the means of their true values as well.

        Raises
        ------
        InvalidInput
            If an option or a column is not known, or no row is complete.

        Warns
        -----
        SheernetWarning
            As for `predict`.

        Notes
        -----
        The standard deviations are due to differences among the members and, if the covariance of their weights is
        known, to the uncertainty of the weights (Laplace's approximation).  Of more than 1000 rows, 1000 are drawn at
        random, or 300 for partial dependence.

        References
        ----------
        D. W. Apley, J. Zhu, Visualizing the effects of predictor variables in black box supervised learning models,
        J. R. Statist. Soc. B 82 (2020) 1059, eq. 15 to 20.  J. H. Friedman, Greedy function approximation, Annals of
        Statistics 29 (2001) 1189.

        Examples
        --------
        >>> import sheernet as sn
        >>> table = {"x": [i / 10 for i in range(30)], "w": [i * i % 7 / 7 for i in range(30)]}
        >>> model = sn.fit({**table, "y": [3 * x for x in table["x"]]}, "y", hidden=0, decay=0.0, starts=1, held_out=0)
        >>> effect = model.effects(table)["x"]
        >>> bool(abs(effect.mean[-1, 0] - effect.mean[0, 0] - 3 * 2.9) < 1e-6)
        True
        """
        from sheernet.models.explaining import effects_of

        return effects_of(self, table, kind, columns, pairs, individual)

    def contributions(self, rows: Any, table: Any = None, *, std: bool = False) -> Contributions:
        r"""Compute how much each column contributes to the predictions of rows: Shapley values.

        .. math:: c_j = \sum_{S \not\ni j} \frac{|S|! \, (C - |S| - 1)!}{C!} (v(S + j) - v(S)), \quad
            v(S) = \frac{1}{B} \sum_b f(x \text{ in the columns of } S, b \text{ in all others})

        Parameters
        ----------
        rows
            As for `predict`.
        table : path, DataFrame, mapping, Table or array_like, optional
            Rows b, such as the training rows; if this is the table of the fit, its training rows are used; of more than
            100 rows, 100 representative ones.  Without a table, if `rows` is the table of the fit, its training rows.
            Otherwise the columns of numbers are set to their means over the training rows if the inputs are
            standardized, or to the centers of their ranges, and all labels are equally frequent.
        std : bool
            Whether to compute the standard deviation of each contribution; this takes several times as long.

        Returns
        -------
        Contributions
            Contributions for each row, column, and target or class; they add up to the difference between the
            prediction of the row and the mean prediction of the rows b.  `to_frame` makes a table.

        Raises
        ------
        InvalidInput
            As for `predict`.

        Warns
        -----
        SheernetWarning
            As for `predict`.

        Notes
        -----
        All features of a category, like the trend and the cycles of a date, are one column.  Up to 5 columns, all
        subsets S are used.  If there are more, columns are exchanged one after the other, in 100 random orders and
        their reverses.

        References
        ----------
        S. M. Lundberg, S.-I. Lee, A unified approach to interpreting model predictions, NeurIPS 30 (2017), eq. 8.
        D. Janzing, L. Minorics, P. Bloebaum, Feature relevance quantification in explainable AI: a causal problem,
        AISTATS 2020, PMLR 108, 2907: columns outside of S come from rows b regardless of the values in S.

        Examples
        --------
        >>> import sheernet as sn
        >>> table = {"x": [i / 10 for i in range(30)], "w": [i * i % 7 / 7 for i in range(30)]}
        >>> model = sn.fit({**table, "y": [3 * x for x in table["x"]]}, "y", hidden=0, decay=0.0, starts=1, held_out=0)
        >>> model.contributions({"x": [2.45], "w": [0.5]}, table).values[0, :, 0].round(6).tolist()
        [3.0, 0.0]
        """
        from sheernet.models.explaining import contributions_of

        return contributions_of(self, rows, table, std)

    def explain_row(self, row: Any, table: Any = None) -> RowExplanation:
        """Explain where the prediction of a row comes from, and how far the row is from the training rows.

        Parameters
        ----------
        row
            A single row, as for `predict`: a mapping of names to values, a Series, or a table with one row.
        table : path, DataFrame, mapping, Table or array_like, optional
            Rows to compare it with, such as the training rows; of the table of the fit, the training rows are used.

        Returns
        -------
        RowExplanation
            The contributions of the columns, as returned by `contributions`, with standard deviations; values outside
            the range of the training rows; with a table, also the nearest rows of the table, and the uncertainty of
            this prediction compared with other rows.  `print` shows it.

        Raises
        ------
        InvalidInput
            As for `distribution` and `contributions`, or if there are several rows.

        Warns
        -----
        SheernetWarning
            As for `predict`.

        Examples
        --------
        >>> import sheernet as sn
        >>> table = {"x": [i / 10 for i in range(30)], "w": [i * i % 7 / 7 for i in range(30)]}
        >>> model = sn.fit({**table, "y": [3 * x for x in table["x"]]}, "y", hidden=0, decay=0.0, starts=1, held_out=0)
        >>> explanation = model.explain_row({"x": 2.45, "w": 0.5}, table)
        >>> explanation.to_frame()["column"].tolist(), explanation.neighbors.numbers[0].item()
        (['x', 'w'], 27)
        """
        from sheernet.models.explaining import explanation_of

        return explanation_of(self, row, table)

    def profile(
        self,
        at: Any = None,
        columns: Sequence[str] | None = None,
        points: int = 41,
        coverage: float | None = None,
    ) -> Profile:
        """Compute the prediction at a point, and how it changes as each column changes alone.

        Parameters
        ----------
        at : mapping, Series, or a single row as for `predict`, optional
            The point.  Columns that a mapping lacks have the values of a typical row, which is also the default:
            the medians of the training rows and the most frequent labels that occur together.
        columns : sequence of str, optional
            The columns that change; by default all.
        points : int
            Values of each column of numbers, in equal steps over the range of the training rows.  A date with an hour
            of day or weekday changes in whole days or weeks.
        coverage : float, optional
            If given, adds to each curve an interval of new values, as returned by `predict_interval`.

        Returns
        -------
        Profile
            Curves with standard deviations, the prediction at the point with its interval, and the distance of the
            point from the training rows; `print` shows a summary, `to_frame` all values, and `sheernet.plots.profile`
            draws them.  The predictions are bitwise equal to those of `predict`, or `probabilities`, for the same rows.

        Raises
        ------
        InvalidInput
            If a name is not known, a value cannot be encoded or is missing, there are several rows, or an option is not
            allowed.

        Warns
        -----
        SheernetWarning
            As for `predict`, about the point.

        Notes
        -----
        The other columns keep the values of the point, so a profile shows the model and not the data: a combination of
        values may be one that no row has.  `effects` averages over the rows of a table.

        Examples
        --------
        >>> import sheernet as sn
        >>> table = {"x": [i / 10 for i in range(31)], "w": [i * i % 7 / 7 for i in range(31)]}
        >>> model = sn.fit({**table, "y": [3 * x for x in table["x"]]}, "y", hidden=0, decay=0.0, starts=1, held_out=0)
        >>> profile = model.profile({"w": 0.5})
        >>> profile.point
        {'x': 1.5, 'w': 0.5}
        >>> profile.prediction.round(6).tolist(), profile["x"].mean[[0, -1], 0].round(6).tolist()
        ([4.5], [0.0, 9.0])
        """
        from sheernet.models.explaining import profile_of

        return profile_of(self, at, columns, points, coverage)

    def data_distance(self, table: Any) -> DataDistance:
        r"""Compute how far rows lie from the training rows: column by column, and in combination.

        .. math:: d^2(x) = (x - m)^T A^{-1} (x - m), \quad A = C + \frac{1}{N^2} \mathrm{diag}(C)

        with the mean m and the covariance C of the encoded training rows.  It is 0 at their center and grows with
        unusual combinations of values, each of which may be usual alone.

        Parameters
        ----------
        table
            As for `predict`.

        Returns
        -------
        DataDistance
            Values outside of the ranges and labels of the training rows; the distance d; and the fraction of training
            rows that are nearer, each to the center of the others.  A model with more than 200 features
            contains only the ranges, and d is nan.

        Raises
        ------
        InvalidInput, ShapeMismatch
            As for `predict`.

        Warns
        -----
        SheernetWarning
            As for `predict`.

        Notes
        -----
        A distance from the center cannot show a gap between the training rows; `explain_row` finds the nearest
        rows of a table.

        References
        ----------
        P. C. Mahalanobis, On the generalized distance in statistics, Proc. Nat. Inst. Sci. India 2 (1936) 49.

        Examples
        --------
        >>> import sheernet as sn
        >>> x = [i / 10 for i in range(31)]
        >>> table = {"x": x, "z": [2 * a + (-1) ** i / 10 for i, a in enumerate(x)], "y": x}
        >>> model = sn.fit(table, "y", hidden=0, decay=1e-6, starts=1, held_out=0)
        >>> found = model.data_distance({"x": [1.5, 0.5], "z": [3.1, 5.0]})  # z is not near 2 x in the second row
        >>> found.is_outside.tolist(), found.quantile.round(1).tolist()
        ([False, False], [0.0, 1.0])
        """
        from sheernet.models.explaining import data_distance_of

        return data_distance_of(self, table)

    def optimize(
        self,
        want: Any,
        fixed: Mapping[str, Any] = MappingProxyType({}),
        bounds: Mapping[str, Any] = MappingProxyType({}),
        *,
        table: Any = None,
        goal: str = "interval",
        near_data: bool = True,
        starts: int = 16,
        seed: int | None = 0,
    ) -> BestInputs:
        """Search the inputs with which the model predicts a wanted value, or the largest or smallest prediction.

        By default, the lower end of the 90 % interval is maximized, or its upper end minimized, but not beyond the best
        measured value, and only inputs near the data are searched: each value lies in its range in the training rows,
        and the combination is as near to the data as 95 % of these rows.

        Parameters
        ----------
        want : "maximize", "minimize", number, label, or mapping of names to these
            The wanted prediction.  For several targets, a mapping of their names; wanted values are reached
            exactly, if they can be, and other targets are maximized or minimized subject to them (several of these by
            their sum, in units of the ranges of the targets in the training rows).  For classes, a label whose
            probability is maximized, or a mapping of labels to probabilities, "maximize" or "minimize".  A column, or a
            sum of columns such as "cement + slag", may be maximized or minimized, too.
        fixed : mapping of str to object
            Fixed values of columns, and of sums of columns, such as {"cement + slag + ash": 400}.
        bounds : mapping of str to tuple of two values, or list of labels
            Narrower ranges of columns, some of their labels, ranges of sums of columns, and ranges of predictions, such
            as {"strength": (60, None)}, in which None is an open end.  The range of a prediction contains its whole
            90 % interval.  A range of a column beyond that of the training rows is narrowed to it.
        table : path, DataFrame, mapping of columns, Table, or tuple (X, y), optional
            Measured rows, such as those of the fit: the best one that satisfies `fixed` and `bounds` is shown beside
            the best inputs, and the search may start from them.
        goal : {"interval", "mean"}
            Whether the worse end of the 90 % interval is optimized and kept in the bounds, or the prediction.  If the
            best measured value is reached, an end beyond it is no better, because no row supports it.  Of inputs that
            give a wanted value, those of the narrowest interval are preferred.  For classes, counts, and models without
            intervals, it is always the prediction.
        near_data : bool
            Whether to search only inputs whose distance from the data (`data_distance`) is at most that of 95 % of the
            training rows.  Otherwise, each value lies in its range, but their combination may be one that no row has.
        starts : int
            Number of starts that are optimized.
        seed : int or None
            Seed of the starts.

        Returns
        -------
        BestInputs
            `inputs` are the best inputs, as `predict` accepts them, and `prediction` is their prediction, with its
            interval, the distance from the data, the best measured row, the number of starts that agree, and other
            solutions.  `print` shows them, and `to_frame` is a table of the solutions.  If no inputs near the data
            satisfy all limits, `reached` is false, and the inputs are those that come nearest.

        Raises
        ------
        InvalidInput
            If a name is not known, a value cannot be predicted or lies outside of the training rows, no inputs satisfy
            the sums of columns, the fixed values are far from the data, or nothing is left to search.

        Notes
        -----
        SLSQP of SciPy starts from the best Sobol' points.  Up to 256 combinations of labels, Booleans and whole numbers
        from 0 to 20 are all tried; of more, those of each start are exchanged one by one as long as that improves the
        result, which then says so.  If many inputs are equally good, those nearest to the center of the data are
        preferred.  Rare labels share a feature, and one of them stands for all.

        Examples
        --------
        >>> import sheernet as sn
        >>> table = {"x": [i / 10 for i in range(31)], "w": [i * i % 7 / 7 for i in range(31)]}
        >>> table["y"] = [3 * x - w for x, w in zip(table["x"], table["w"])]
        >>> model = sn.fit(table, "y", hidden=0, decay=0.0, starts=1, held_out=0)
        >>> found = model.optimize("maximize", fixed={"w": 0.5}, near_data=False)
        >>> found.inputs, found.prediction.round(6).tolist()
        ({'x': 3.0, 'w': 0.5}, [8.5])
        >>> least = model.optimize({"x": "minimize"}, bounds={"y": (4, None)}, goal="mean", near_data=False)
        >>> round(least.inputs["x"], 6), least.prediction.round(6).tolist()
        (1.333333, [4.0])
        """
        from sheernet.models.best_inputs import best_inputs_of

        return best_inputs_of(self, want, fixed, bounds, table, goal, near_data, starts, seed)

    def summary(self, table: Any = None, member: int | None = None) -> Summary:
        """Summarize the networks and their weights: effective parameters, noise, AIC and BIC, coefficients, diagnosis.

        Without a hidden layer, the coefficients are those of a regression in the units of the columns, with standard
        errors, t or z statistics, p values and intervals: without weight decay those of least squares, of logistic or
        of multinomial regression.  With hidden layers, they are the weights of the network with standard errors.

        Parameters
        ----------
        table : path, DataFrame, mapping of columns, Table, or tuple (X, y), optional
            The table of the fit: standard errors that the model does not keep are computed, and inputs are found that
            determine each other.
        member : int, optional
            Index in `members` of the network whose coefficients are shown; by default the one with the largest share.

        Returns
        -------
        Summary
            `print` shows it as text, a notebook as tables, and `to_frame()` returns the coefficients.

        Raises
        ------
        InvalidInput, ShapeMismatch
            If the member does not exist, or the model cannot read the table.

        Notes
        -----
        Standard errors are those of Laplace's approximation, which is exact for linear least squares.  A case weight of
        k counts as k rows.  AIC and BIC count the effective parameters, which are all parameters without decay, and the
        noise variance, as in R.

        Examples
        --------
        >>> import numpy as np
        >>> import sheernet as sn
        >>> x = np.arange(8.0)
        >>> model = sn.fit({"x": x, "y": 3.0 + 2.0 * x + [0.1, -0.1, -0.1, 0.1, 0.1, -0.1, -0.1, 0.1]}, "y", hidden=0,
        ...                decay=0.0, starts=1)
        >>> model.summary().to_frame().round(4)[["term", "estimate", "std_error"]]
                  term  estimate  std_error
        0  (intercept)       3.0     0.0745
        1            x       2.0     0.0178
        """
        from sheernet.models.explaining import summarize

        return summarize(self, table, member)

    def _repr_html_(self) -> str:
        """The report, for a notebook; figures, verdict, cautions and network, where a report is not shown."""
        from sheernet.foundation.notebook_reports import with_report
        from sheernet.models.model_html import model_html

        return with_report("model_display", self, model_html(self))

    def __repr__(self) -> str:
        targets, inputs = listed_names(self.targets.names), listed_names(self.inputs.names)
        return f"<model of {targets} from {inputs}: {self.network.architecture}>"


def _free_name(name: str, frame: pd.DataFrame) -> str:
    """Return a column name that is not in use; the name of the target, too, may begin with "probability_"."""
    while name in frame:
        name = f"predicted_{name}"
    return name
