"""`verdict`: one sentence on the quality of a model, compared with other predictions of the same rows.

The gain g of a prediction over another one, in nats per row, is

    numbers   g = ln(RMSE of the other / RMSE)
    classes   g = log loss of the other - log loss

A gain is more than chance if it is at least `CERTAIN` standard errors, which are computed from the losses of the two
predictions in each row, or in each group of rows (sheernet/data/targets/metric_errors.py).  With few of them, the
number of standard errors is the quantile of Student's distribution at the same level.

If the losses are not known, as for the linear model beside the constant, the standard error of g is estimated from g
itself.  If rows are drawn from the better of two normal densities of the same scale, and their means differ by d
scales, the logarithm of the ratio of the densities has the mean d^2 / 2 and the variance d^2: twice its mean.  So the
standard error of g in n rows is sqrt(2 g / n), and g is `CERTAIN` standard errors if g = 2 CERTAIN^2 / n.  The estimate
is rough, and too small if two equally good predictions differ much.  Of rows with case weights n is their sum, because
a row of weight k counts as k equal rows.  Rows of a group, such as the visits of a patient, may carry the same
information, so n is then the number of groups.

A single row may have almost all of the log loss, above all in a class that no other row has.  Differences are
therefore not judged if too few rows are of other classes than the most frequent one, and classes of few rows are named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import repeat
from typing import TYPE_CHECKING, Any

from sheernet.data.columns.cells import listed_labels
from sheernet.data.preprocessing.scaling_rules import TINY
from sheernet.data.targets import ClassificationFit, Judgment, RegressionFit
from sheernet.foundation.message_text import capitalized, counted, listed, plural_of
from sheernet.foundation.scalars import is_whole
from sheernet.models.baselines import LINEAR, TREES, constant_prediction, shown_name
from sheernet.models.report_beginning import LOWEST

if TYPE_CHECKING:
    from sheernet.models.model import Model

CERTAIN = 2.0
"""Number of standard errors from which a difference is taken as more than chance: the usual level of about 95 %."""
NEGLIGIBLE = 0.005
"""Maximum relative difference of errors that is called none even if it is certain: the third digit of a value."""
SLIGHT = 0.05
"""Maximum relative difference of errors for which "better" is called "slightly better"; 5 % of the RMSE is about a
tenth of the unexplained variance."""
LITTLE = 0.05
"""Relative gain in mean squared error or log loss over the constant, below which the inputs are reported to say little
about the target: the interval of a prediction is then at most 2.5 % narrower than without the inputs."""
NEARLY_EXACT = 0.001
"""1 - R^2 up to which numbers are called nearly exact: errors of 3 % of the standard deviation."""
NEARLY_EXACT_CLASSES = 0.01
"""The same limit for classes: log loss relative to that of the class frequencies.  Log loss falls slowly, even if each
row is predicted correctly."""
FEWEST_OF_CLASS = 5
"""Minimum number of rows of a class: by chance, all of 5 rows are predicted better with a probability of 3 %."""
NOTABLE = 0.1
"""Minimum distance from the training rows, in widths of their range, of rows that may explain a poor prediction: the
extremes of a random split are nearer."""
MOST_NAMES = 4
"""Maximum number of names of targets in one group."""


def verdict(model: Model) -> str:
    """Describe the quality of a model compared with the linear model, boosted trees and a constant.

    Parameters
    ----------
    model : Model
        A model with `comparisons`; names that are not in `sheernet.models.baselines` are not used.

    Returns
    -------
    str
        One sentence; empty if there is nothing to compare with.
    """
    fit, constant = model.held_out_fit, model.comparisons.get(constant_prediction(model.targets))
    if fit is None or constant is None:
        return ""
    linear, trees = (model.comparisons.get(name) for name in (LINEAR, TREES))
    by_target = zip(*map(_by_target, (fit, linear, trees, constant)), strict=False)
    contests = [_Contest(model, k, *of_target) for k, of_target in enumerate(by_target)]
    if len(contests) == 1:
        (only,) = contests
        found = only.finding + only.detail + only.remark + only.about_intervals(fit, linear)
        found += only.about_trees()
        if only.detail and only.rare:
            found += (
                f"; the log loss depends strongly on the few rows of {listed_labels(only.rare)}"
            )
        is_poor = only.finding.startswith("worse") or only.remark
        outside = rows_outside(model) if is_poor or _are_most_outside(model) else ""
        return _sentence(f"{found}; {outside}" if outside else found)
    groups: dict[str, list[str]] = {}
    for name, contest in zip(model.targets.names, contests, strict=True):
        groups.setdefault(contest.finding, []).append(name)
    for name, contest in zip(model.targets.names, contests, strict=True):
        if remark := contest.about_trees():
            groups.setdefault(remark.removeprefix("; ").partition(":")[0], []).append(name)
    parts = [
        f"{what}, for each of the {len(contests)} targets"
        if len(names) == len(contests)
        else f"{what} for {listed(names, most=MOST_NAMES)}"
        for what, names in groups.items()
    ]
    return _sentence("; ".join(parts))


def rows_outside(model: Model) -> str:
    """The number of evaluated rows with inputs far outside of the training rows, and the columns; empty if none has."""
    n: Any = model.settings.get("evaluation_rows_outside")
    columns: Any = model.settings.get("evaluation_columns_outside")
    fit = model.held_out_fit
    if not is_whole(n) or fit is None:  # a model file may contain anything here
        return ""
    have = plural_of(n, "has an input", "have inputs")
    which = f" ({listed_labels(columns)})" if isinstance(columns, list) and columns else ""
    return (
        f"{n} of these {fit.rows} rows {have}{which} outside of the range of the training rows by more than "
        f"{100 * NOTABLE:.0f} % of it"
    )


def _are_most_outside(model: Model) -> bool:
    """Whether at least half of the evaluated rows have inputs outside of the range of the training rows."""
    n: Any = model.settings.get("evaluation_rows_outside")
    return is_whole(n) and model.held_out_fit is not None and 2 * n >= model.held_out_fit.rows


def evaluated_groups(model: Model) -> int | None:
    """The number of groups to which the evaluated rows belong; None if there are no groups."""
    n: Any = model.settings.get("evaluation_groups")
    return n if is_whole(n) and n > 0 else None  # a model file may contain anything here


def evaluated_cases(model: Model) -> int | None:
    """The number of equal rows that the evaluated rows count as; None if their case weights are not counts."""
    n: Any = model.settings.get("evaluation_cases")
    return n if is_whole(n) and n > 0 else None  # a model file may contain anything here


def _gain_error(model: Model, prediction: str, k: int) -> float | None:
    """The standard error of the gain over another prediction of target k; None if it is not known."""
    found: Any = model.settings.get("evaluation_gain_errors")
    errors = found.get(prediction) if isinstance(found, Mapping) else None
    if not isinstance(errors, (list, tuple)) or k >= len(errors):
        return None  # a model file may contain anything here
    error = errors[k]
    return error if isinstance(error, float) and 0 <= error < math.inf else None


def _sentence(words: str) -> str:
    return f"{capitalized(words)}."


def _by_target(fit: Judgment | None) -> Iterator[Any]:
    """The figures of each target; None for each if they are not known."""
    if fit is None:
        yield from repeat(None)
    elif isinstance(fit, ClassificationFit):
        yield fit
    else:
        for rmse, r2 in zip(fit.rmse, fit.r2, strict=True):
            yield RegressionFit(fit.rows, (rmse,), (r2,), weight=fit.weight)


class _Contest:
    """The figures of one target: of the model, the linear model and trees (if known), and the constant prediction."""

    def __init__(
        self, model: Model, k: int, fit: Judgment, linear: Judgment | None, trees: Judgment | None, constant: Judgment
    ) -> None:  # fmt: skip
        self.fit, self.linear, self.trees, self.constant = fit, linear, trees, constant
        self.groups = evaluated_groups(model)
        """The number of groups of rows; None without groups."""
        self.n = n = self.groups or fit.weight or fit.rows
        """The number of independent rows or groups."""
        self.least = 2 * CERTAIN**2 / n
        """Minimum difference that is more than chance, in nats per row, if no standard error is known."""
        names = (LINEAR, TREES, constant_prediction(model.targets))
        self.beside = [self._least_beside(name, model, k) for name in names]
        """The minimum difference from the linear model, trees and the constant that is more than chance."""
        n_rows = fit.weight or fit.rows
        counts = _rows_of_classes(fit, n_rows) if isinstance(fit, ClassificationFit) else []
        self.too_few = bool(counts) and n_rows - max(counts) < FEWEST_OF_CLASS
        labels = zip(getattr(model.targets, "classes", ()), counts, strict=False)
        self.rare = [label for label, count in labels if 0 < count < FEWEST_OF_CLASS]
        """Classes of few rows."""
        self.line = shown_name(LINEAR, model.targets)
        if len(model.network.architecture.sizes) == 2 and model.origins.get("decay") == "given":
            self.line += (
                " with decay from the data"  # a network without hidden units is linear, too
            )
        of_numbers = isinstance(fit, RegressionFit)
        self.base = "mean of the target" if of_numbers else constant_prediction(model.targets)
        self.detail = ""
        self.finding = self._find()

    def _least_beside(self, prediction: str, model: Model, k: int) -> float:
        """The minimum difference of target k from another prediction that is more than chance."""
        error = _gain_error(model, prediction, k)
        if error is None:
            return self.least
        from scipy.special import ndtr, stdtrit

        return error * float(stdtrit(max(self.n - 1, 1), ndtr(CERTAIN)))

    def _find(self) -> str:
        """Describe what the figures show, and set the detail for a single target."""
        if isinstance(self.fit, RegressionFit) and self.fit.r2[0] is None:
            return "the target has the same value in all these rows, so they do not tell predictions apart"
        if self.too_few:
            return "too few of these rows are of another class than the most frequent one to tell predictions apart"
        if _is_nearly_exact(self.fit, self.constant):
            also = self.linear is not None and _is_nearly_exact(self.linear, self.constant)
            return f"nearly exact, and so is the {self.line}" if also else "nearly exact"
        beside_line = 0 if self.linear is None else self._compared(self.fit, self.linear)
        if beside_line < 0 and self.linear is not None:
            self.detail = f": {_difference(self.fit, self.linear)}"
            return f"worse than the {self.line}"
        beside_constant = self._compared(self.fit, self.constant)
        if beside_constant <= 0:
            chance = "" if beside_constant else self._chance(self.constant)
            self.detail = f": {_difference(self.fit, self.constant)}{chance}"
            return f"{'worse' if beside_constant else _unclear(self.fit, self.constant)} than the {self.base}"
        if _gained(self.fit, self.constant) < LITTLE:
            return f"hardly better than the {self.base}: the inputs say little about the target"
        if self.linear is None:
            return f"better than the {self.base}"
        if beside_line == 0:
            self.detail = f": {_difference(self.fit, self.linear)}{self._chance(self.linear)}"
            is_higher = _error(self.fit) > (1 + NEGLIGIBLE) * _error(self.linear)
            return f"{'not clearly worse than' if is_higher else 'as good as'} the {self.line}"
        slightly = _error(self.fit) >= (1 - SLIGHT) * _error(self.linear)
        found = ", so the networks found little curvature or interaction" if slightly else ""
        if self._compared(self.linear, self.constant) <= 0:
            found = (
                f"; the {self.line} is {_unclear(self.linear, self.constant)} than the {self.base}"
            )
        self.detail = f": {_difference(self.fit, self.linear)}{found}"
        return f"{'slightly ' if slightly else ''}better than the {self.line}"

    @property
    def remark(self) -> str:
        """A remark if predictions that are better than the constant of the training rows have a negative R^2."""
        r2 = self.fit.r2[0] if isinstance(self.fit, RegressionFit) else None
        if r2 is None or r2 >= 0 or self._compared(self.fit, self.constant) <= 0:
            return ""
        return "; R2 is negative: the mean of the target in these rows would predict them better"

    def about_intervals(self, fit: Judgment, linear: Judgment | None) -> str:
        """A remark if the predicted densities are worse than those of the linear model by more than chance."""
        own, theirs = (getattr(each, "log_density", None) for each in (fit, linear))
        if own is None or theirs is None or theirs - own < self.least:
            return ""
        lower = theirs - own
        by = f"{lower:.2g}" if lower <= -LOWEST else f"more than {-LOWEST:.0f}"
        return f"; its intervals are worse than those of the {self.line} (log density {by} lower)"

    def about_trees(self) -> str:
        """A remark if boosted trees are better by more than chance."""
        is_undecided = self.too_few or (
            isinstance(self.fit, RegressionFit) and self.fit.r2[0] is None
        )
        if self.trees is None or is_undecided or self._compared(self.fit, self.trees) >= 0:
            return ""
        lower = _difference(self.trees, self.fit)
        if _error(self.trees) >= (1 - SLIGHT) * _error(self.fit):
            return f"; {TREES} are slightly better: {lower}"
        return f"; {TREES} are better: {lower}, so consider them"

    def _compared(self, fit: Judgment, other: Judgment) -> int:
        """1 if a fit is better than another by more than chance, -1 if it is worse, and 0 else."""
        if not _differ(fit, other):
            return 0
        own, theirs = _error(fit), _error(other)
        gain = theirs - own
        if isinstance(fit, RegressionFit):
            gain = math.log(max(theirs, TINY) / max(own, TINY))
        least = self.least
        if fit is self.fit:
            others = (self.linear, self.trees, self.constant)
            least = next(b for b, each in zip(self.beside, others, strict=True) if each is other)
        if abs(gain) < least:
            return 0
        return 1 if gain > 0 else -1

    def _chance(self, other: Judgment) -> str:
        """The remark that a difference may be chance, with the numbers of rows and groups; "" without a difference."""
        if not _differ(self.fit, other):
            return ""
        rows = counted(self.fit.rows, "row")
        if self.groups is not None:
            rows = f"{counted(self.groups, 'group')} ({rows})"
        of_weight = "" if self.fit.weight is None else f" of weight {self.fit.weight:.4g} together"
        return f", which may be chance in {rows}{of_weight}"


def _rows_of_classes(fit: ClassificationFit, n: float) -> list[float]:
    """The number of n rows that are of each class."""
    return [round(n * share, 6) for share in fit.shares.tolist()]  # not 4.999...


def _error(fit: Judgment) -> float:
    """The RMSE of the first target, or the log loss."""
    return fit.rmse[0] if isinstance(fit, RegressionFit) else fit.log_loss


def _gained(fit: Judgment, constant: Judgment) -> float:
    """The part of the mean squared error, or of the log loss, of the constant that is not left."""
    power = 2 if isinstance(fit, RegressionFit) else 1
    return 1.0 - (_error(fit) / max(_error(constant), TINY)) ** power


def _is_nearly_exact(fit: Judgment, constant: Judgment) -> bool:
    """Whether almost nothing is left of the variance of these rows, or of the log loss of the class frequencies."""
    if isinstance(fit, RegressionFit):
        return 1.0 - (fit.r2[0] or 0.0) <= NEARLY_EXACT
    return 1.0 - _gained(fit, constant) <= NEARLY_EXACT_CLASSES


def _differ(fit: Judgment, other: Judgment) -> bool:
    """Whether the difference of two errors is large enough to be reported."""
    own, theirs = _error(fit), _error(other)
    return abs(own - theirs) > NEGLIGIBLE * max(own, theirs)


def _unclear(fit: Judgment, other: Judgment) -> str:
    """Say how a fit compares with another that it does not beat by more than chance."""
    return "not clearly better" if _error(fit) < _error(other) else "no better"


def _difference(fit: Judgment, other: Judgment) -> str:
    """The difference of the errors in words: "RMSE 2.7 % lower"."""
    noun = "RMSE" if isinstance(fit, RegressionFit) else "log loss"
    if not _differ(fit, other):
        return f"the {noun} is the same within {100 * NEGLIGIBLE:g} %"
    change = _error(fit) / max(_error(other), TINY) - 1
    if change >= 1:
        return f"{noun} {1 + change:.3g} times as large"
    return f"{noun} {_percent(abs(change))} {'higher' if change > 0 else 'lower'}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.0995 else f"{100 * share:.1f} %"
