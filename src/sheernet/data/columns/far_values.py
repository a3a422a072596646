"""Finding numbers that are far from all others of a column: typing errors, or the -999 of a data logger.

A value, or a few of them, is far if its gap to the other values is larger than their range; above them three times as
large, because amounts often have a long tail there.  No value is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.sentences import ReadSetting, Sentence, sentence

_NEIGHBORS = 10
"""Number of different values that are kept at each end."""
_BELOW, _ABOVE = 1.0, 3.0
"""Factors by which the gap to a value below or above the others must exceed their range."""
_MOST_FAR = 3
"""Maximum number of different values of a column that are named."""
_ENDS = [(i, n - i) for n in range(_MOST_FAR, 0, -1) for i in range(n + 1)]
"""Numbers of the smallest and of the largest values that may be far from the others, most values first."""
_TRIED = 1000
"""Number of first values in which different values are searched for first."""

FarValues = tuple[list[float], tuple[float, float]]
"""Values that are far from all others, and the range of the others."""


@dataclass(frozen=True)
class Extremes:
    """The smallest and the largest different values of a column.

    Parameters
    ----------
    lowest, highest : tuple of float
        In ascending order, at most `_NEIGHBORS` each.
    """

    lowest: tuple[float, ...] = ()
    highest: tuple[float, ...] = ()

    @classmethod
    def of(cls, values: Array) -> Extremes:
        """Find the ends of values, (N,); missing and infinite ones are ignored."""
        values = values[np.isfinite(values)]
        found = np.unique(values[:_TRIED])
        if len(found) > 2 * _NEIGHBORS:  # sort only the few values at the ends
            low, high = found[_NEIGHBORS - 1], found[-_NEIGHBORS]
            found = np.unique(values[(values <= low) | (values >= high)])
        else:
            found = np.unique(values)
        return cls(tuple(found[:_NEIGHBORS].tolist()), tuple(found[-_NEIGHBORS:].tolist()))

    def merged(self, other: Extremes) -> Extremes:
        """Return the ends of two sets of values together."""
        return Extremes(
            tuple(sorted({*self.lowest, *other.lowest})[:_NEIGHBORS]),
            tuple(sorted({*self.highest, *other.highest})[-_NEIGHBORS:]),
        )

    def far_values(self) -> FarValues | None:
        """Return the values that are far from the others, and the range of the others."""
        low, high = self.lowest, self.highest[::-1]
        if len(low) < _NEIGHBORS or low[-1] >= high[-1]:
            return None  # fewer than 20 different values, of which a few may be far by chance
        for below, above in _ENDS:
            ends = low[below], high[above]
            width = ends[1] - ends[0]
            is_far_below = not below or ends[0] - low[below - 1] > _BELOW * width
            is_far_above = not above or high[above - 1] - ends[1] > _ABOVE * width
            if is_far_below and is_far_above:
                return [*low[:below], *high[:above][::-1]], ends
        return None


def far_value_messages(columns: Mapping[str, Extremes]) -> Iterator[Sentence]:
    """Yield a message for each column of numbers with values that are far from all others.

    Parameters
    ----------
    columns : mapping of str to Extremes
        The ends of each column of numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.columns.far_values import Extremes, far_value_messages
    >>> (message,) = far_value_messages({"t": Extremes.of(np.array([-999.0, *range(30)]))})
    >>> message.partition(";")[0]
    "-999 of 't' is far from its other values, which are from 0 to 29"
    """
    for name, extremes in columns.items():
        if far := extremes.far_values():
            values, (low, high) = far
            texts = [
                min(f"{value:.17g}", repr(value).removesuffix(".0"), key=len) for value in values
            ]
            yield sentence(
                "{} of {!r} {} far from its other values, which are from {:.6g} to {:.6g}; correct {} if wrong, "
                "because a few such values can change the model much, or use {} if {} missing",
                listed(texts), name, plural_of(len(values), "is", "are"), low, high,
                plural_of(len(values), "it", "them"), ReadSetting("missing_values", texts),
                plural_of(len(values), "it means", "they mean"),
            )  # fmt: skip
