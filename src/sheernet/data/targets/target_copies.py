"""Inputs that determine the target, because they are the target in other units, transformed, rounded, ranked or coded.

With such an input a good prediction proves nothing, and it is impossible if the input is known only with the target.
A message needs several inputs: of a single one, a function is what the fit is for.

    units      y = a x + b; R^2 > 1 - 1e-5
    rounded    x is y rounded up, down or to the nearest multiple of a power of 10, or y is x rounded; the rounded
               numbers span four multiples or more: each small number is 0 if it is rounded to 1000
    ranks      x numbers the rows in the order of y, unless the rows are in this order, as in a series in time
    order      y rises or falls with x throughout, as with the logarithm or the square of y; both have at least 50
               values, and neither more than twice as many as the other, because few settings may separate the values of
               a target.  Not if x is in the order of the rows, as in a series in time
    codes      each value of x is in the rows of one value of y, and the other way round; y has at most 10 values, or
               classes that have four rows each on average
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sheernet.data.columns.cells import as_numbers, distinct
from sheernet.data.tables.table import Table
from sheernet.data.targets.class_target import ClassTarget
from sheernet.data.targets.number_targets import NumberTargets
from sheernet.foundation.arrays import Array
from sheernet.foundation.sentences import Sentence, Setting, in_quotes, sentence

_FEWEST_ROWS = 30
_FEWEST_VALUES = 5
"""Minimum number of distinct values of columns that are compared as numbers; others are compared as codes."""
_FEWEST_IN_ORDER = 50
_MOST_CODES = 10
_ROWS_OF_A_CLASS = 4
_UNEXPLAINED = 1e-5
"""Maximum 1 - R^2 of a copy: 20.1 degrees Celsius are 68.2 Fahrenheit, rounded."""
_TRIED = 1000
"""Number of rows that are tried first."""
_EXACT = 1e-6
"""Relative difference of equal numbers."""
_POWERS = 10.0 ** np.arange(-4, 5)


def target_copies(
    table: Table, inputs: Sequence[str], targets: NumberTargets | ClassTarget
) -> Iterator[Sentence]:
    """Yield a message for each input that determines a target, if there are several inputs.

    Parameters
    ----------
    table : Table
        N rows.
    inputs : sequence of str
        The columns of the inputs.
    targets : NumberTargets or ClassTarget
        The targets.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.data.targets import NumberTargets
    >>> from sheernet.data.targets.target_copies import target_copies
    >>> celsius = [20.5 + 0.3 * k * (-1) ** k for k in range(30)]
    >>> table = sn.read_table({"F": [1.8 * c + 32 for c in celsius], "x": [k % 7 for k in range(30)], "C": celsius})
    >>> targets = NumberTargets(("C",), (0.0,), (1.0,), (12.0,), (29.0,))
    >>> print(*target_copies(table, ["F", "x"], targets))
    'F' determines the target 'C' ('C' = 0.5556 * 'F' - 17.78), so a good prediction proves nothing; if it is known \
only with the target, use drop='F'
    """
    has_classes = isinstance(targets, ClassTarget)
    head = table.take(np.arange(min(len(table), _TRIED)))
    for target in targets.names if len(inputs) > 1 and len(table) >= _FEWEST_ROWS else ():
        for name in inputs:
            how = _rank(table, name, target) or _relation(head, name, target, has_classes)
            if how and len(head) < len(table):
                how = _relation(table, name, target, has_classes)
            if how:
                yield sentence(
                    "{!r} determines the target {!r} ({}), so a good prediction proves nothing; if it is "
                    "known only with the target, use {}",
                    name, target, how, Setting("drop", name),
                )  # fmt: skip


def _relation(table: Table, name: str, target: str, has_classes: bool) -> str:
    """Describe how an input determines a target; "" if it does not."""
    if _are_codes(table, name, target, has_classes):
        return "each of its values has its own value of the target"
    x, y = _numbers(table, name, target)
    if len(y) < _FEWEST_ROWS or any(len(np.unique(each)) < _FEWEST_VALUES for each in (x, y)):
        return ""
    if _is_rounded(x, y):
        return f"it is {in_quotes(target)} rounded"
    if _is_rounded(y, x):
        return f"{in_quotes(target)} is {in_quotes(name)} rounded"
    line = _line(x, y, name, target)
    return line or (
        f"{in_quotes(target)} {way} with it throughout" if (way := _order(x, y)) else ""
    )


def _numbers(table: Table, name: str, target: str) -> tuple[Array, Array]:
    """Return the values of two columns in the rows that have both; none if they do not hold numbers."""
    if not table.kind(name) == table.kind(target) == "number":
        return np.empty(0), np.empty(0)
    x, y = (as_numbers(table, each, "number") for each in (name, target))
    known = np.isfinite(x) & np.isfinite(y)
    return x[known], y[known]


def _rank(table: Table, name: str, target: str) -> str:
    """Say that an input numbers the rows in the order of the target, up or down; "" if it does not."""
    x, y = _numbers(table, name, target)
    n = len(x)
    if n < _FEWEST_ROWS or x.max() - x.min() != n - 1 or (np.diff(x) == 1).all():
        return ""
    order = np.argsort(x)
    is_count = np.array_equal(x[order], x[order[0]] + np.arange(n))
    steps = np.diff(y[order])
    is_in_order = (
        bool((steps >= 0).all() or (steps <= 0).all()) and len(np.unique(y)) >= _FEWEST_VALUES
    )
    return f"it is the rank of {in_quotes(target)}" if is_count and is_in_order else ""


def _are_codes(table: Table, name: str, target: str, has_classes: bool) -> bool:
    """Whether each value of an input is in the rows of one value of the target, and the other way round."""
    if table.kind(name) in ("empty", "other"):
        return False
    y_codes, values = distinct(table, target)
    most = len(table) // _ROWS_OF_A_CLASS if has_classes else _MOST_CODES
    if len(table) < _FEWEST_ROWS or not 1 < len(values) <= most:
        return False
    x_codes, labels = distinct(table, name)
    known = (x_codes >= 0) & (y_codes >= 0)
    pairs = np.unique(np.column_stack([x_codes, y_codes])[known], axis=0)
    return len(labels) == len(values) == len(pairs)


def _is_rounded(x: Array, y: Array) -> bool:
    """Whether x is y rounded to multiples of a power of 10, of which the rounded numbers span several."""
    change, span = np.abs(x - y).max(), x.max() - x.min()
    steps = _POWERS[
        (change <= _POWERS * (1 + _EXACT)) & (span * (1 + _EXACT) >= (_FEWEST_VALUES - 1) * _POWERS)
    ]
    return not np.array_equal(x, y) and any(
        (np.abs(rounded(y / step) * step - x) <= _EXACT * step).all()
        for step in steps
        for rounded in (np.rint, np.floor, np.ceil)
    )


def _order(x: Array, y: Array) -> str:
    """Say whether y "rises" or "falls" with x in all rows; "" if neither, or if the rows are in the order of x."""
    fewest, most = sorted(len(np.unique(each)) for each in (x, y))
    steps = np.diff(x)
    if fewest < _FEWEST_IN_ORDER or most > 2 * fewest or (steps >= 0).all() or (steps <= 0).all():
        return ""
    for way, sign in (("rises", 1.0), ("falls", -1.0)):
        if (np.diff(sign * y[np.lexsort((sign * y, x))]) >= 0).all():
            return way
    return ""


def _line(x: Array, y: Array, name: str, target: str) -> str:
    """Describe the linear function of x that equals y; "" if there is none."""
    if not _is_linear(x, y):
        return ""
    slope, level = np.polyfit(x, y, 1).tolist()
    factor = "" if abs(slope - 1) < _EXACT else f"{slope:.4g} * "
    end = f" {'-' if level < 0 else '+'} {abs(level):.4g}"
    return f"{in_quotes(target)} = {factor}{in_quotes(name)}{end if abs(level) > _EXACT * np.abs(y).max() else ''}"


def _is_linear(x: Array, y: Array) -> bool:
    """Whether a line through the points (x, y) leaves nearly nothing of y unexplained."""
    x, y = x - x.mean(), y - y.mean()
    xx, yy, xy = x @ x, y @ y, x @ y
    return bool(0 < xx * yy < np.inf and 1 - xy / xx * xy / yy < _UNEXPLAINED)
