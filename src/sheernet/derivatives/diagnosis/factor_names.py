"""Names of a wrong factor in terms of the known constants: 0.005 is 1/N if N = 200."""

from __future__ import annotations

from collections.abc import Mapping

FACTOR_RTOL = 1e-6  # relative difference up to which two factors count as equal
NEAR_ONE = 1e-5  # six digits of a factor closer to 1 would read as 1
MAX_PLAIN_INTEGER = 12


def factor_in_words(c: float, constants: Mapping[str, float]) -> str:
    """Format a factor, with its names if it equals a known constant.

    Examples
    --------
    >>> from sheernet.derivatives.diagnosis.factor_names import factor_in_words
    >>> factor_in_words(2.0000000001, {"N": 200, "K": 2})
    '2 (that is K)'
    >>> factor_in_words(1.00000012, {})
    '1 + 1.2e-07'
    >>> factor_in_words(1 / 200, {"N": 200, "K": 2}), factor_in_words(-1.0, {}), factor_in_words(1.234567, {})
    ('0.005 (that is 1/N)', '-1', '1.23457')
    """
    names = [name for name, value in _named(constants).items() if abs(c / value - 1) < FACTOR_RTOL]
    if 0 < abs(c - 1) < NEAR_ONE:
        return f"1 {'+' if c > 1 else '-'} {abs(c - 1):.2g}"
    return f"{c:.6g} (that is {' or '.join(names)})" if names else f"{c:.6g}"


def is_plain(c: float, constants: Mapping[str, float]) -> bool:
    """Return whether a factor is typical of a mistake: a small integer, its inverse, or a number with a name.

    Examples
    --------
    >>> from sheernet.derivatives.diagnosis.factor_names import is_plain
    >>> is_plain(-0.5, {}), is_plain(200.0, {"N": 200}), is_plain(1.17, {})
    (True, True, False)
    """
    for value in (abs(c), 1 / abs(c)) if c else ():
        if value < MAX_PLAIN_INTEGER + 0.5 and abs(value - round(value)) < FACTOR_RTOL * value:
            return True
    return any(abs(abs(c) / value - 1) < FACTOR_RTOL for value in _named(constants).values())


def _named(constants: Mapping[str, float]) -> dict[str, float]:
    """Return possible factors by name: each constant c, 1/c, 2c, 2/c, -c, -1/c, and products of two constants."""
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
