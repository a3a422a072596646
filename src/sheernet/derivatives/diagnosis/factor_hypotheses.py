"""Hypotheses about wrong factors and penalty terms: g or a part of it is c times the derivative, or has c x in excess.

The number c is computed from the failed comparison that determines it most accurately, and must explain at least one
other failed comparison.  It is named in terms of the known constants: 0.005 is 1/N if N = 200.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sheernet.derivatives.diagnosis.diagnosis_data import Diagnosis, Evidence, short_list
from sheernet.foundation.arrays import Array

MIN_SINGULAR_RATIO = 1e-6  # smallest to largest singular value; below, the two columns are parallel
PENALTY = "the decay times the weights"


def common_factor(evidence: Evidence) -> Diagnosis | None:
    """Test g = c n in all comparisons."""
    c = _common_factor(evidence, evidence.gradient, np.zeros_like(evidence.gradient))
    if c is None:
        return None
    words = factor_in_words(c, evidence.constants)
    hint = "a wrong sign" if _is_whole(c, -1) else "a missing or superfluous factor"
    if abs(c - 1) < NEAR_ONE:
        hint = "a constant with few digits"
    sentence = f"Every entry of the gradient is {words} times the derivative: look for {hint}."
    return Diagnosis("factor", sentence, (), c)


def data_factor(evidence: Evidence) -> Diagnosis | None:
    """Test g - decay x = c (n - decay x): the penalty term is right, the data term is wrong."""
    decay = evidence.problem.decay
    if decay is None or not decay.any():
        return None
    penalty = decay * evidence.problem.x
    c = _common_factor(evidence, evidence.gradient - penalty, penalty)
    if c is None:
        return None
    words = factor_in_words(c, evidence.constants)
    sentence = (
        f"The data term of the gradient is {words} times its derivative; the penalty term is right."
    )
    return Diagnosis("data factor", sentence, (), c)


def hidden_penalty(evidence: Evidence) -> Diagnosis | None:
    """Test g - b x = c (n - b x), a penalty unknown to the problem: n = g / c + b (1 - 1 / c) x."""
    x = evidence.problem.x
    for term in (x, np.where(evidence.biases, 0.0, x)):
        with np.errstate(all="ignore"):
            found = _two_multiples(evidence, term)
        if found is not None:
            share, strength = found
            words = factor_in_words(1 / share, evidence.constants)
            sentence = (
                f"The data term of the gradient is {words} times its derivative; there is also a penalty, "
                f"{strength / (1 - share):.6g} / 2 times the sum of squared weights, whose term is right."
            )
            return Diagnosis("data factor", sentence, (), 1 / share)
    return None


def _two_multiples(evidence: Evidence, term: Array) -> tuple[float, float] | None:
    """Return a and b for which a g + b term is right, by least squares over the failed comparisons."""
    comparison = evidence.comparison
    failed = comparison.failed & np.isfinite(comparison.numeric)
    if failed.sum() < 4 or not term.any():  # more equations than the two unknowns
        return None
    parts = np.array([comparison.directions.dot(v) for v in (evidence.gradient, term)]).T  # (m, 2)
    weight = 1 / comparison.tolerance[failed]
    design, target = weight[:, None] * parts[failed], weight * comparison.numeric[failed]
    lengths = np.linalg.norm(design, axis=0)  # the two columns may differ by orders of magnitude
    if not np.isfinite(lengths).all() or not lengths.all():
        return None
    left, sizes, right = np.linalg.svd(design / lengths, full_matrices=False)
    if sizes[-1] < MIN_SINGULAR_RATIO * sizes[0]:
        return None
    a, b = (right.T @ (left.T @ target / sizes)) / lengths
    shown = np.abs(design * (a, b)) > 1.0
    if a == 0 or not is_plain(1 / a, evidence.constants) or np.any(shown.sum(axis=0) < 3):
        return None
    # Three standard deviations, (m,).
    error = 3 * np.linalg.norm(parts / lengths @ right.T / sizes, axis=1)
    corrected = a * evidence.gradient + b * term
    return (float(a), float(b)) if evidence.is_explained_by(corrected, error) else None


def _common_factor(evidence: Evidence, wrong: Array, base: Array) -> float | None:
    """Return the c for which base + wrong / c is right; None if there is none, or if it is due to saturation."""
    comparison = evidence.comparison
    with np.errstate(all="ignore"):
        part, rest = comparison.directions.dot(wrong), comparison.directions.dot(base)
        best = evidence.most_accurate(part)
        share = (comparison.numeric[best] - rest[best]) / part[best]
        # If g is so much too large that n is below its noise, any share of g would fit.
        shown = comparison.failed & (np.abs(share * part) > comparison.tolerance)
        error = np.abs(part) * comparison.tolerance[best] / abs(part[best])
        if not np.isfinite(share) or share == 0 or shown.sum() < 2:
            return None
        corrected = base + share * wrong
    if not evidence.is_explained_by(corrected, error):
        return None
    c = float(1 / share)
    return None if _is_from_saturation(evidence, c) else c


def _is_from_saturation(evidence: Evidence, c: float) -> bool:
    """Return whether a factor is due to saturation: the number is untypical, and g is right at small weights."""
    return not is_plain(c, evidence.constants) and evidence.is_right_when_small


def wrong_decay(evidence: Evidence) -> Diagnosis | None:
    """Test g - n = c decay x, or c x, for all of x or a part of it."""
    x, coefficients, biases = evidence.problem.x, evidence.problem.decay, evidence.biases
    wrong = evidence.entries_of(evidence.wrong_blocks)
    names = short_list(evidence.wrong_blocks or ["x"])
    candidates = [
        ("the weights and biases" if biases.any() else "x", x),
        ("the weights", np.where(biases, 0.0, x)),
        ("the biases", np.where(biases, x, 0.0)),
        (f"the weights of {names}", np.where(wrong, x, 0.0)),
    ]
    if coefficients is not None:
        penalty = coefficients * x
        candidates[:0] = [(PENALTY, penalty), (PENALTY, np.where(wrong, penalty, 0.0))]
    for words, term in candidates:
        c = _multiple(evidence, term)
        if c is not None:
            return Diagnosis("decay", _decay_sentence(c, words), (), c)
    return None


def _multiple(evidence: Evidence, term: Array) -> float | None:
    """Return the c for which g - c term is right; None if there is none."""
    comparison = evidence.comparison
    if np.unique(term).size < 3:  # all of one size: a constant would fit, too
        return None
    with np.errstate(all="ignore"):
        part = comparison.directions.dot(term)
        best = evidence.most_accurate(part)
        c = (comparison.analytic[best] - comparison.numeric[best]) / part[best]
        error = np.abs(part) * comparison.tolerance[best] / abs(part[best])
        if comparison.failed.sum() < 2 or not np.isfinite(c) or c == 0:
            return None
        corrected = evidence.gradient - c * term
    return float(c) if evidence.is_explained_by(corrected, error) else None


def _decay_sentence(c: float, words: str) -> str:
    if words == PENALTY and _is_whole(c, -1):
        return f"The gradient lacks the penalty term, {PENALTY}."
    if words == PENALTY and _is_whole(c, 1):
        return f"The gradient contains the penalty term, {PENALTY}, twice."
    return (
        f"The gradient has {abs(c):.6g} times {words} too {'much' if c > 0 else 'little'}: check the penalty (weight "
        "decay), which must be the same in value and gradient."
    )


def _is_whole(c: float, n: int) -> bool:
    """Return whether a factor equals the whole number n to rounding."""
    return abs(c - n) < FACTOR_RTOL


def block_factor(evidence: Evidence) -> Diagnosis | None:
    """Test g = c n in each wrong block, with a c for each block; the other blocks are right."""
    wrong = evidence.wrong_blocks
    if not wrong or not evidence.others_are_right:
        return None
    factors: dict[str, float] = {}
    corrected, error = evidence.gradient.copy(), np.zeros(len(evidence.comparison.directions))
    for name in wrong:
        found = _share_of_block(evidence, name)
        if found is None:
            return None
        share, uncertain = found
        part = np.where(evidence.entries_of([name]), evidence.gradient, 0.0)
        corrected[evidence.blocks[name].slice] *= share
        error += 3 * uncertain * evidence.comparison.directions.size(part)
        factors[name] = 1 / share
    if not _is_tested(evidence, factors) or not evidence.is_explained_by(corrected, error):
        return None
    if any(_is_from_saturation(evidence, c) for c in factors.values()):
        return None
    words = [
        f"{name} is {factor_in_words(c, evidence.constants)} times the derivative"
        for name, c in factors.items()
    ]
    sentence = f"In the gradient, {short_list(words)}; all other blocks are right."
    return Diagnosis("block factor", sentence, tuple(wrong), next(iter(factors.values())))


def _share_of_block(evidence: Evidence, name: str) -> tuple[float, float] | None:
    """Return n / g of a block and its error, from the comparison that determines it most accurately."""
    comparison = evidence.comparison
    of_block = np.array([block == name for block in comparison.directions.blocks])
    best = evidence.most_accurate(np.where(of_block, comparison.analytic, 0.0))
    with np.errstate(all="ignore"):
        share = float(comparison.numeric[best] / comparison.analytic[best])
        uncertain = float(comparison.tolerance[best] / abs(comparison.analytic[best]))
    is_shown = abs(comparison.numeric[best]) > comparison.tolerance[best]
    return (share, uncertain) if np.isfinite(share) and is_shown else None


def _is_tested(evidence: Evidence, factors: dict[str, float]) -> bool:
    """Return whether more comparisons failed than factors were computed from them.

    Any error in a block of one entry is a factor, so such a block must have the same factor as a larger block.
    """
    sizes = {name: int(np.prod(evidence.blocks[name].shape)) for name in factors}
    larger = [c for name, c in factors.items() if sizes[name] > 1]
    have_equals = all(
        any(_is_whole(c / other, 1) for other in larger)
        for name, c in factors.items()
        if sizes[name] == 1
    )
    return have_equals and int(evidence.comparison.failed.sum()) > len(factors)


FACTOR_RTOL = 1e-6  # relative difference up to which two factors count as equal
NEAR_ONE = 1e-5  # six digits of a factor closer to 1 would read as 1
MAX_PLAIN_INTEGER = 12


def factor_in_words(c: float, constants: Mapping[str, float]) -> str:
    """Format a factor, with its names if it equals a known constant.

    Examples
    --------
    >>> from sheernet.derivatives.diagnosis.factor_hypotheses import factor_in_words
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
    >>> from sheernet.derivatives.diagnosis.factor_hypotheses import is_plain
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
