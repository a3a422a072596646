"""`splits_of`: split the training rows into rows to fit networks to and rows to predict, by folds or by a splitter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting
from sheernet.models.fitting import Prepared
from sheernet.models.fitting.fold_cases import Parts
from sheernet.settings.selection_settings import SelectionSettings
from sheernet.statistics.folds import dealt_folds


@dataclass(frozen=True, eq=False)
class Split:
    """Indices of the training rows that networks are fitted to, and of the rows that these networks predict."""

    fitted: Indices
    left_out: Indices

    def weights(self, case_weights: Array) -> Array:
        """Return the case weights of the fitted rows, and 0 for all other rows, (N,)."""
        weights = np.zeros_like(case_weights)
        weights[self.fitted] = case_weights[self.fitted]
        return weights


def splits_of(
    prepared: Prepared, settings: SelectionSettings, seed: int | None, parts: Parts | None = None
) -> list[Split]:
    """Split the training rows.

    Parameters
    ----------
    prepared : Prepared
        The rows.
    settings : SelectionSettings
        Folds and repeats.
    seed : int or None
        Seed of the folds; not used if a splitter is given.
    parts : Parts, optional
        The parts of the training rows if their weights are counts; the splits are then those of the parts.

    Returns
    -------
    list of Split

    Raises
    ------
    InvalidInput
        If there are fewer rows or groups than folds, or a splitter does not return pairs of disjoint sets of rows.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.models.fitting import prepare
    >>> from sheernet.models.selecting.row_splits import splits_of
    >>> from sheernet.settings.selection_settings import SelectionSettings
    >>> prepared = prepare({"x": [0.1, 0.2, 0.4, 0.7], "y": [0.3, 0.5, 0.2, 0.9]}, "y")
    >>> [len(split.left_out) for split in splits_of(prepared, SelectionSettings(folds=3), seed=0)]
    [2, 1, 1]
    """
    if settings.folds_are_made_by_a_splitter:
        return _by_splitter(prepared, settings.folds)
    groups = prepared.groups
    n, targets = len(prepared.training), prepared.targets
    units = n if groups is None else int(groups.max()) + 1
    if units < settings.folds:
        noun = "training row" if groups is None else "group"
        raise InvalidInput(
            "there are {}, fewer than the {} of {}; lower {}",
            counted(units, noun), settings.folds, Setting("folds"), Setting("folds"),
        )  # fmt: skip
    strata = None
    if isinstance(targets, ClassTarget):
        strata = targets.class_indices(prepared.training.truth)
    found = []
    for repeat in range(settings.repeats):
        fold_of_row = dealt_folds(n, settings.folds, seed, repeat, strata, groups)
        if parts is not None:
            fold_of_row = parts.folds(fold_of_row, settings.folds)
        found += [
            Split(np.flatnonzero(fold_of_row != fold), np.flatnonzero(fold_of_row == fold))
            for fold in range(settings.folds)
        ]
    return found


def _by_splitter(prepared: Prepared, splitter: Any) -> list[Split]:
    """Return the splits of an object with a method split(X, y, groups), such as a splitter of scikit-learn."""
    rows, n = prepared.training, len(prepared.training)
    y = rows.truth[:, 0] if rows.truth.ndim == 2 and rows.truth.shape[1] == 1 else rows.truth
    try:
        given = [
            (np.asarray(a), np.asarray(b)) for a, b in splitter.split(rows.X, y, prepared.groups)
        ]
    except (ValueError, TypeError) as error:
        raise InvalidInput("the splitter {!r:.60} refuses the rows: {}", splitter, error) from error
    found = [Split(*(_indices(each, n, splitter) for each in pair)) for pair in given]
    if not found:
        raise InvalidInput("the splitter {!r:.60} returned no split", splitter)
    if any(len(np.intersect1d(split.fitted, split.left_out)) for split in found):
        raise InvalidInput(
            "the splitter {!r:.60} leaves out rows that it also returns for fitting", splitter
        )
    return found


def _indices(rows: npt.NDArray[Any], n: int, splitter: Any) -> Indices:
    """Return the indices of rows that are given by indices or by a mask."""
    if rows.dtype == np.bool_ and rows.shape == (n,):
        rows = np.flatnonzero(rows)
    allowed = rows.ndim == 1 and rows.size > 0 and np.issubdtype(rows.dtype, np.integer)
    if not allowed or rows.min() < 0 or rows.max() >= n or len(np.unique(rows)) < len(rows):
        raise InvalidInput(
            "the splitter {!r:.60} must give indices of some of the {} training rows, each once, to fit and to "
            "leave out, but gave {!r:.60}",
            splitter, n, rows,
        )  # fmt: skip
    return rows.astype(np.intp)
