"""Words for the sizes and decays of a grid, for tables, messages and pictures."""

from __future__ import annotations

from collections.abc import Sequence

from sheernet.settings.network_settings import AUTO

Size = tuple[int, ...] | str
"""Units of each hidden layer, or "auto": several sizes, chosen from the data."""
Decay = float | str
"""A weight decay, or "evidence": decays chosen from the data."""


def in_words(size: Sequence[int] | str) -> str:
    """Return a description of a size.

    Examples
    --------
    >>> from sheernet.models.selecting.grid_words import in_words
    >>> in_words(()), in_words((1,)), in_words((8,)), in_words((8, 4))
    ('no hidden units', '1 unit', '8 units', '8-4 units')
    >>> in_words("auto")
    'networks of several sizes'
    """
    if size == AUTO:
        return "networks of several sizes"
    if not size:
        return "no hidden units"
    return f"{in_short(size)} unit{'' if tuple(size) == (1,) else 's'}"


def in_short(size: Sequence[int] | str) -> str:
    """Return a size as it is typed at the command line.

    Examples
    --------
    >>> from sheernet.models.selecting.grid_words import in_short
    >>> in_short(()), in_short((8, 4)), in_short("auto")
    ('0', '8-4', 'auto')
    """
    return size if isinstance(size, str) else "-".join(map(str, size)) or "0"


def decay_in_short(decay: Decay) -> str:
    """Return a decay with three digits, or "evidence".

    Examples
    --------
    >>> from sheernet.models.selecting.grid_words import decay_in_short
    >>> decay_in_short(0.031623), decay_in_short("evidence")
    ('0.0316', 'evidence')
    """
    return decay if isinstance(decay, str) else f"{decay:.3g}"


def decay_in_words(decay: Decay) -> str:
    """Return a decay as part of a sentence.

    Examples
    --------
    >>> from sheernet.models.selecting.grid_words import decay_in_words
    >>> decay_in_words(0.01), decay_in_words("evidence")
    ('decay 0.01', 'decays by the evidence')
    """
    return f"decays by the {decay}" if isinstance(decay, str) else f"decay {decay:.3g}"
