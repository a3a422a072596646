"""`EvidenceJudge`: evaluate sizes on left-out rows, with decays chosen by the evidence, as the default fit does.

    splits -> rounds: splits of the same rows whose left-out rows are disjoint
           -> for each round, the ensemble of the default fit with constant noise (`best_ensemble`), of one size or of
              the sizes that it chooses
           -> its predictions of the left-out rows

The networks that predict left-out rows are not fitted to them, and the shares come from the other left-out rows of the
round.  The contest of a round keeps its networks, so those that a size and "auto" have in common are fitted once.
Kinds of noise and transforms of the targets, which `fit` tries afterwards, would take most of the time, so only the
final model has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting
from sheernet.models.fitting.fold_cases import FoldCases
from sheernet.models.fitting.simple_predictions import contest_of
from sheernet.models.selecting.grid_rows import GridRows, Judged, TimeIsOver
from sheernet.models.selecting.grid_words import Size, in_words
from sheernet.models.selecting.row_splits import Split
from sheernet.statistics.ensemble import MOST_WEIGHTS, Ensemble, best_ensemble
from sheernet.statistics.ensemble_candidates import Contest
from sheernet.statistics.folds import MOST_ROWS_TO_SEARCH, Folds

MOST_SPLITS = 50
"""Maximum number of splits of a round, because the fits of each split have a copy of its rows."""
NOT_IN_ROUND = -2
"""The fold number of rows that a round does not use; it is -1 for rows that all networks of the round are fitted to."""


@dataclass
class Round:
    """Splits that are evaluated together.

    Parameters
    ----------
    fold_of_row : ndarray of int, (N,)
        The index of the split that leaves out a row; -1 if none does; `NOT_IN_ROUND` for rows of no split.
    left_out : list of ndarray of int
        The left-out rows of each split.
    """

    fold_of_row: Indices
    left_out: list[Indices] = field(default_factory=list)

    @classmethod
    def of(cls, split: Split, n_rows: int) -> Round:
        """Begin a round with a split of N rows."""
        fold_of_row = np.full(n_rows, NOT_IN_ROUND)
        fold_of_row[split.fitted] = fold_of_row[split.left_out] = -1
        return cls(fold_of_row).add(split)

    def add(self, split: Split) -> Round:
        """Add a split."""
        self.fold_of_row[split.left_out] = len(self.left_out)
        self.left_out.append(split.left_out)
        return self

    def takes(self, split: Split) -> bool:
        """Return whether a split can be added.

        It can if it has the same rows as the round, if these are not too many to judge all of them, and if no other
        split of the round leaves out one of its left-out rows.
        """
        n_rows = int((self.fold_of_row != NOT_IN_ROUND).sum())
        return (
            len(self.left_out) < MOST_SPLITS
            and n_rows <= MOST_ROWS_TO_SEARCH
            and len(split.fitted) + len(split.left_out) == n_rows
            and bool((self.fold_of_row[split.left_out] == -1).all())
            and bool((self.fold_of_row[split.fitted] != NOT_IN_ROUND).all())
        )

    @property
    def rows(self) -> Indices:
        """The rows of the round, in the order of the table."""
        return np.flatnonzero(self.fold_of_row != NOT_IN_ROUND)

    def by_split(self, values: Array) -> list[Array]:
        """Return the values of the left-out rows of each split, given those of all left-out rows in order."""
        place = np.cumsum(self.fold_of_row >= 0) - 1
        return [values[place[rows]] for rows in self.left_out]


def rounds_of(splits: Sequence[Split], n_rows: int) -> list[Round]:
    """Return the rounds of splits of N rows; the splits remain in their order.

    Examples
    --------
    Two repeats of two folds:

    >>> import numpy as np
    >>> from sheernet.models.selecting.evidence_judge import rounds_of
    >>> from sheernet.models.selecting.row_splits import Split
    >>> left_out = [np.array(rows) for rows in ([0, 1], [2, 3], [0, 2], [1, 3])]
    >>> rounds = rounds_of([Split(np.setdiff1d(range(4), rows), rows) for rows in left_out], 4)
    >>> [each.fold_of_row.tolist() for each in rounds]
    [[0, 0, 1, 1], [0, 1, 0, 1]]
    """
    rounds: list[Round] = []
    for split in splits:
        if rounds and rounds[-1].takes(split):
            rounds[-1].add(split)
        else:
            rounds.append(Round.of(split, n_rows))
    return rounds


class EvidenceJudge:
    """Evaluates sizes with decays by the evidence.

    Parameters
    ----------
    rows : GridRows
        The rows and their splits.
    """

    def __init__(self, rows: GridRows) -> None:
        self._rows = rows
        self._rounds = rounds_of(rows.splits, len(rows.training))
        self._contests = list(map(self._contest, self._rounds))

    @property
    def contest(self) -> Contest:
        """The contest of the first round, whose networks a fit with the same folds need not fit again."""
        return self._contests[0]

    def judged(self, size: Size) -> Judged:
        """Evaluate a size.

        Parameters
        ----------
        size : tuple of int, or "auto"
            Units of each hidden layer; "auto" for the sizes that the default fit chooses.

        Raises
        ------
        InvalidInput
            If the networks have more weights than are allowed, or the rows are too few to choose decays.
        TimeIsOver
            If the time limit ended the fits.
        KeyboardInterrupt
            If Ctrl-C was pressed.
        """
        rows, hidden = self._rows, None if isinstance(size, str) else size
        if hidden is not None:
            _refuse_large(hidden, rows.architecture(hidden).n_parameters)
        means: list[Array] = []
        logs: list[Array] = []
        for of_round, contest in zip(self._rounds, self._contests, strict=True):
            found = self._ensemble(contest, hidden)
            means += of_round.by_split(found.means)
            logs += of_round.by_split(found.log_densities)
        outputs = np.concatenate(means)
        if self._of_classes:
            losses = -np.concatenate(logs)
        else:
            losses = 0.5 * np.square(outputs - rows.training.y[rows.left_out]).sum(axis=1)
        return Judged(losses, lambda: outputs)

    @property
    def _of_classes(self) -> bool:
        return isinstance(self._rows.prepared.targets, ClassTarget)

    def _ensemble(self, contest: Contest, hidden: tuple[int, ...] | None) -> Ensemble:
        """Return the ensemble of a size in a round, if it is complete."""
        try:
            if contest.ended:
                raise TimeIsOver
            found = best_ensemble(contest, self._of_classes, hidden, kinds_of_noise=False)
        except InvalidInput as error:
            if contest.ended:
                raise TimeIsOver from error
            raise
        if contest.interrupted:
            raise KeyboardInterrupt
        if contest.ended:
            raise TimeIsOver
        return found

    def _contest(self, of_round: Round) -> Contest:
        """Return the contest of a round."""
        rows, own = self._rows, of_round.rows
        folds = Folds(of_round.fold_of_row[own], len(of_round.left_out))
        cases = FoldCases(rows.training.take(own), own, folds)
        contest = contest_of(rows.prepared, rows.settings, rows.ends, cases)
        return replace(contest, report_progress=rows.report_progress)


def _refuse_large(hidden: tuple[int, ...], n_weights: int) -> None:
    """Raise if a network has more weights than those that the default fit tries."""
    if n_weights > MOST_WEIGHTS:
        raise InvalidInput(
            "the data choose the decays of networks of up to {} weights here, but a network with {} has {}; give "
            "{} as numbers",
            MOST_WEIGHTS, in_words(hidden), n_weights, Setting("decays"),
        )  # fmt: skip
