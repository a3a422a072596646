"""Factors in words, for the sentences of a diagnosis: 3 is also K, 0.005 is also 1/N."""

from __future__ import annotations

from collections.abc import Mapping

SAME = 1e-6  # relative difference up to which a factor equals a number with a name
LARGEST_PLAIN = 12


def factor_in_words(c: float, constants: Mapping[str, float]) -> str:
    """A factor, and its names if it equals a known constant.

    Examples
    --------
    >>> from sheernet.derivatives.diagnosis.factor_words import factor_in_words
    >>> factor_in_words(2.0000000001, {"N": 200, "K": 2})
    '2 (that is K)'
    >>> factor_in_words(1 / 200, {"N": 200, "K": 2}), factor_in_words(-1.0, {}), factor_in_words(1.234567, {})
    ('0.005 (that is 1/N)', '-1', '1.23457')
    """
    names = [name for name, value in _named(constants).items() if abs(c / value - 1) < SAME]
    return f"{c:.6g} (that is {' or '.join(names)})" if names else f"{c:.6g}"


def is_plain(c: float, constants: Mapping[str, float]) -> bool:
    """Whether a factor is typical of a mistake: a small whole number, its inverse, or a number with a name.

    Examples
    --------
    >>> from sheernet.derivatives.diagnosis.factor_words import is_plain
    >>> is_plain(-0.5, {}), is_plain(200.0, {"N": 200}), is_plain(1.17, {})
    (True, True, False)
    """
    for value in (abs(c), 1 / abs(c)) if c else ():
        if value < LARGEST_PLAIN + 0.5 and abs(value - round(value)) < SAME * value:
            return True
    return any(abs(abs(c) / value - 1) < SAME for value in _named(constants).values())


def _named(constants: Mapping[str, float]) -> dict[str, float]:
    """Possible factors by name: each constant, its inverse, twice each, and products of two constants."""
    given = {name: float(value) for name, value in constants.items() if value not in (0, 1)}
    numbers: dict[str, float] = {}
    for name, value in given.items():
        numbers |= {name: value, f"1/{name}": 1 / value, f"2{name}": 2 * value}
        numbers |= {f"2/{name}": 2 / value, f"-{name}": -value, f"-1/{name}": -1 / value}
    names = list(given)
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            product = given[first] * given[second]
            numbers |= {f"{first} {second}": product, f"1/({first} {second})": 1 / product}
    return numbers
